"""Suggestions as people see them: what the reader may know of the other side, and why it fits.

A card never holds what its reader may not see: fields of a profile that are not opened to them
are left out here, before any template runs.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from matching import Match
from portal.accounts.models import User
from portal.extensions import db
from portal.matches import reasons, rules
from portal.matches.models import IndexEntry, Suggestion
from portal.matches.reasons import Pieces
from portal.matches.subjects import SUGGESTED_FIELDS, Subject
from portal.offices.models import Office
from portal.organisations.models import Organisation, Resource
from portal.profiles.models import FIELDS, Profile
from portal.teams.models import Opening, Team

KIND_WORDS = {
    "office": _l("Ansprechstelle"),
    "team": _l("Team"),
    "opening": _l("Gesuch"),
    "idea": _l("Idee"),
    "person": _l("Person"),
    "resource": _l("Zum Leihen"),
}
# Which fields of a profile an agreement tells about.
_TOLD_BY = {
    "district": {"district"},
    "borough": {"district"},
    "times": {"times"},
    "ages": {"can", "cares", "learn"},
    "languages": {"languages"},
}
EXCERPT, WHOLE_TEXT = 280, 4000  # characters of a text on a card, and where it is read in full
FIELD_WORDS = {"can": _l("Kann"), "cares": _l("Wichtig"), "learn": _l("Möchte lernen")}


@dataclass(frozen=True, slots=True)
class Detail:
    """A subject as one reader may see it."""

    subject: Subject
    title: str
    text: str
    url: str
    language: str | None
    place: str = ""
    is_complete: bool = True  # False: parts of it are not opened to the reader
    closed_facts: frozenset[str] = frozenset()  # agreements that would tell what is not opened
    can_be_asked: bool = True  # somebody stands behind it who can say yes or no
    owners: frozenset[int] = frozenset()  # accounts that stand behind it
    team_id: int | None = None  # of an opening

    @property
    def kind_word(self) -> object:
        """What kind of thing it is, in German."""
        return KIND_WORDS[self.subject[0]]

    @property
    def asked(self) -> Subject:
        """Who is asked about it: an opening's questions go to its team."""
        return ("team", self.team_id) if self.team_id else self.subject


@dataclass(frozen=True, slots=True)
class Card:
    """One suggestion for one reader: the other side, how well it fits, and why."""

    suggestion: Suggestion
    other: Detail
    label: object
    excerpt: Pieces
    reasons: list[Pieces]
    facts: list[object]
    own: Detail | None = None
    own_excerpt: Pieces = field(default_factory=list)
    why_url: str = ""  # the page that says more, where the reader may open it


def cards_for(
    subject: Subject, suggestions: Sequence[Suggestion], reader: User, token: str = ""
) -> list[Card]:
    """Return the cards `reader` sees on `subject`'s page, in the order given.

    `token` opened the page to somebody without an account and opens the reasons as well.
    """
    others = [_other_side(suggestion, subject) for suggestion in suggestions]
    details = details_of(others, reader)
    return [
        replace(
            card(suggestion, subject, details[other]),
            why_url=url_for("matches.why", suggestion_id=suggestion.id, t=token or None),
        )
        for suggestion, other in zip(suggestions, others, strict=True)
        if other in details
    ]


def card(
    suggestion: Suggestion,
    subject: Subject,
    other: Detail,
    own: Detail | None = None,
    limit: int = EXCERPT,
) -> Card:
    """Return one card, read from `subject`'s side, with at most `limit` characters of a text."""
    turned = (suggestion.source_kind, suggestion.source_id) != subject
    sides = reasons.sides_of(suggestion.reasons)
    ours, theirs = reversed(sides) if turned else sides
    why = reasons.in_words(suggestion.reasons, turned=turned, hide_other=not other.is_complete)
    return Card(
        suggestion=suggestion,
        other=other,
        label=reasons.LABEL_WORDS[suggestion.label],
        excerpt=reasons.marked(other.text, theirs.terms, limit),
        reasons=why,
        facts=[
            reasons.FACT_WORDS[code] for code in suggestion.facts if code not in other.closed_facts
        ],
        own=own,
        own_excerpt=reasons.marked(own.text, ours.terms, limit) if own else [],
    )


def result_of(detail: Detail, match: Match) -> dict[str, object]:
    """Return a card of something the matcher found just now, with its reasons."""
    stored = [reasons.as_json(reason) for reason in match.reasons]
    _ours, theirs = reasons.sides_of(stored)
    return {
        "other": detail,
        "label": reasons.LABEL_WORDS[match.label],
        "excerpt": reasons.marked(detail.text, theirs.terms),
        "reasons": reasons.in_words(stored),
    }


def details_of(
    subjects: Iterable[Subject], reader: User, opened: Collection[Subject] = ()
) -> dict[Subject, Detail]:
    """Return what `reader` may see of each subject that still exists; one statement in all.

    `opened` names what a token lets them read beside that.
    """
    wanted = set(subjects)
    found: dict[Subject, Detail] = {}
    for entry, profile, name in db.session.execute(_entries(wanted)) if wanted else ():
        subject = (entry.kind, entry.subject_id)
        detail = _detail(entry, profile, name, reader, subject in opened)
        if detail is not None:
            found[detail.subject] = detail
    return found


def _entries(subjects: Collection[Subject]) -> Select[IndexEntry, Profile, str]:
    """Select the entries of `subjects` with what each kind needs beside them, in one statement."""
    by_kind: dict[str, set[int]] = defaultdict(set)
    for kind, subject_id in subjects:
        by_kind[kind].add(subject_id)

    def is_row(kind: str, row_id: object) -> ColumnElement[bool]:
        return and_(IndexEntry.kind == kind, IndexEntry.subject_id == row_id)

    return (
        select(IndexEntry, Profile, func.coalesce(Office.slug, Team.name, Organisation.name, ""))
        .outerjoin(Profile, is_row("person", Profile.user_id))
        .outerjoin(Office, is_row("office", Office.id))
        .outerjoin(Opening, is_row("opening", Opening.id))
        .outerjoin(Team, Team.id == Opening.team_id)
        .outerjoin(Resource, is_row("resource", Resource.id))
        .outerjoin(Organisation, Organisation.id == Resource.organisation_id)
        .where(
            or_(
                *(
                    and_(IndexEntry.kind == kind, IndexEntry.subject_id.in_(sorted(ids)))
                    for kind, ids in sorted(by_kind.items())
                )
            ),
            IndexEntry.part == 0,
            IndexEntry.removed_at.is_(None),
        )
        .order_by(IndexEntry.id)
    )


def _detail(
    entry: IndexEntry, profile: Profile | None, name: str, reader: User, is_opened: bool
) -> Detail | None:
    """`name` is an office's in addresses, or whose opening or resource it is."""
    subject = (entry.kind, entry.subject_id)
    if entry.kind == "person":
        return _person(subject, entry, profile, reader) if profile else None
    is_public = entry.is_public or is_opened
    if not rules.may_read_entry(reader, is_public, owners_of(entry.facts)):
        return None  # an idea nobody has looked at yet is suggested, but not shown to others
    if entry.kind == "office":
        url = url_for("offices.show", slug=name)
    else:
        url = _URLS[entry.kind](entry.subject_id)
    title, text = entry.title, entry.text
    if entry.kind in ("opening", "resource"):
        title = _("%(title)s (%(team)s)", title=title, team=name)
        text = text.removesuffix(name).rstrip()
    return Detail(
        subject,
        title,
        text,
        url,
        entry.language,
        _place(entry),
        can_be_asked=rules.can_be_asked(entry.kind, entry.facts),
        owners=owners_of(entry.facts),
        team_id=_team_id(entry.facts),
    )


def _person(subject: Subject, entry: IndexEntry, profile: Profile, reader: User) -> Detail:
    visible = rules.visible_fields(reader, {name: profile.visibility_of(name) for name in FIELDS})
    if reader.is_authenticated and reader.id == entry.subject_id:
        visible = list(FIELDS)
    texts = [
        f"{FIELD_WORDS[name]}: {getattr(profile, name)}"
        for name in SUGGESTED_FIELDS
        if name in visible and getattr(profile, name)
    ]
    opened = any(name in visible for name in SUGGESTED_FIELDS)
    return Detail(
        subject,
        title=entry.title if opened else _("Jemand aus der Nachbarschaft"),
        text="\n".join(texts),
        url=url_for("profiles.person", user_id=entry.subject_id) if opened else "",
        language=entry.language,
        place=_place(entry) if "district" in visible else "",
        is_complete=all(name in visible for name in SUGGESTED_FIELDS),
        closed_facts=frozenset(code for code, names in _TOLD_BY.items() if names - {*visible}),
        owners=frozenset({entry.subject_id}),
    )


def owners_of(facts: Mapping[str, object]) -> frozenset[int]:
    """Return the accounts behind an index entry."""
    owners = facts.get("owners")
    return frozenset(owners) if isinstance(owners, list) else frozenset()


def _team_id(facts: Mapping[str, object]) -> int | None:
    team_id = facts.get("team_id")
    return team_id if isinstance(team_id, int) else None


def _place(entry: IndexEntry) -> str:
    places = entry.facts.get("places")
    return str(places[0]) if isinstance(places, list) and places else ""


def _other_side(suggestion: Suggestion, subject: Subject) -> Subject:
    source = (suggestion.source_kind, suggestion.source_id)
    return (suggestion.target_kind, suggestion.target_id) if source == subject else source


_URLS = {
    "idea": lambda subject_id: url_for("ideas.show", idea_id=subject_id),
    "team": lambda subject_id: url_for("teams.show", team_id=subject_id),
    "opening": lambda subject_id: url_for("teams.opening", opening_id=subject_id),
    "resource": lambda subject_id: url_for("organisations.resource", resource_id=subject_id),
}

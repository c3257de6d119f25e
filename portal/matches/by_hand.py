"""„Ich kenne jemanden“: a coordinator pairs somebody with an idea or an opening.

The pair passes the same hard facts and the same consent as the machine's: whoever is not in the
index (no consent, under 16, hidden, closed) cannot be paired, and a pair that was declined stays
so. Nothing leaves the portal: the pair waits in the queue like every other.
"""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from matching import Match
from portal import clock
from portal.accounts.models import User
from portal.errors import PortalError
from portal.extensions import db
from portal.matches import learning, rules
from portal.matches.actions import AlreadyDecided, PairWasDeclined, stored_once
from portal.matches.facts import agreements, exclusion
from portal.matches.index import Known
from portal.matches.models import Suggestion
from portal.matches.reasons import as_json
from portal.matches.subjects import Subject, describe
from portal.matches.suggest import pair_key

ASKING = ("idea", "opening")  # what somebody can be found for
CANDIDATES = {
    "idea": ("person", "team", "opening", "office"),
    "opening": ("person",),
}
WHY_NOT = {
    "own": _l("Das gehört schon zusammen."),
    "finished": _l("Das Team ist abgeschlossen und nimmt niemanden mehr auf."),
    "settled": _l("Die Idee ist weitergegeben oder nicht bei WiQ."),
    "no_contact": _l("Zu dieser Idee hat niemand einen Kontakt hinterlassen."),
    "times": _l("Die Zeiten passen nicht zusammen."),
    "languages": _l("Es fehlt eine gemeinsame Sprache."),
    "place": _l("Das ist zu weit weg: So weit möchte die Person nicht."),
    "area": _l("Die Stelle ist für einen anderen Ortsteil zuständig."),
    "ruled_out": _l("Das hat die Person ausgeschlossen."),
    "not_public": _l("Die Idee ist noch nicht öffentlich."),
    "nobody": _l("Dahinter steht gerade niemand, den wir fragen können."),
}


class CannotBePaired(PortalError):
    """A hard fact or a missing consent stands against the pair."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.message = WHY_NOT.get(
            code, _l("Dazu gibt es kein Einverständnis, oder es gibt den Eintrag nicht mehr.")
        )


def why_not(asking: Known | None, candidate: Known | None) -> str | None:
    """Say in a code what stands against the pair; "gone" if a side may not be matched at all."""
    if asking is None or candidate is None:
        return "gone"
    sides = [(*known.subject, known.facts, known.text) for known in (asking, candidate)]
    if code := exclusion(sides[0], sides[1]):
        return code
    if candidate.subject[0] == "office":
        return None
    if not asking.is_public:
        return "not_public"
    return None if all(map(_can_be_asked, (asking, candidate))) else "nobody"


def known_now(subject: Subject) -> Known | None:
    """Return what the tables say about `subject` at this moment, None if it may not be matched."""
    said = describe(subject)
    if said is None:
        return None
    passages = {part: passage.text for part, passage in enumerate(said.passages)}
    first = said.passages[0]
    return Known(subject, passages, first.title, first.language, said.is_public, said.facts)


def add_by_hand(
    asking: Subject, candidate: Subject, *, note: str, by: User, match: Match | None, version: str
) -> Suggestion:
    """Put a pair into the queue with a coordinator's reason; an office is shown at once.

    `match` is what the machine found of it, if anything: it is shown beside the reason.

    Raises
    ------
    CannotBePaired
        If a hard fact or a missing consent stands against it.
    PairWasDeclined
        If somebody decided against this very pair before.
    AlreadyDecided
        If the two are being asked already.
    """
    if asking[0] not in ASKING or candidate[0] not in CANDIDATES[asking[0]]:
        raise CannotBePaired("kind")
    ours, theirs = known_now(asking), known_now(candidate)
    if ours is None or theirs is None:
        raise CannotBePaired("gone")
    if code := why_not(ours, theirs):
        raise CannotBePaired(code)
    key = pair_key(asking, candidate)
    row = db.session.scalar(select(Suggestion).where(Suggestion.pair_key == key).with_for_update())
    if row is None:
        row = stored_once(_new(ours, theirs, match, version))
    elif row.state == "declined":
        raise PairWasDeclined
    elif row.state == "approved":
        raise AlreadyDecided
    row.added_by_id, row.note = by.id, note
    row.needs_review = candidate[0] != "office"
    row.state = "open" if row.needs_review else "shown"
    row.snoozed_until = None
    row.changed_at = clock.now()
    row.version += 1
    db.session.flush()
    learning.note(row, learning.ADDED)
    return row


def _new(ours: Known, theirs: Known, match: Match | None, version: str) -> Suggestion:
    row = Suggestion(
        pair_key=pair_key(ours.subject, theirs.subject),
        score=match.score if match else 0.0,
        label=match.label if match else "",
        reasons=[as_json(reason) for reason in match.reasons] if match else [],
        facts=agreements(ours.told, theirs.told),
        matcher_version=version,
    )
    row.source_kind, row.source_id = ours.subject
    row.target_kind, row.target_id = theirs.subject
    return row


def _can_be_asked(known: Known) -> bool:
    kind = known.subject[0]
    return kind == "person" or rules.can_be_asked(kind, known.facts)

"""What fits an idea, a profile, a team or an opening; the other views files are loaded here."""

from collections.abc import Sequence

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from portal.accounts.models import User
from portal.extensions import db
from portal.htmx import render_page
from portal.ideas.models import Idea
from portal.ideas.rules import ENDED, is_own, may_read
from portal.matches import (  # noqa: F401 - importing them adds their pages
    actions,
    batch_views,
    by_hand_views,
    commands,
    erasure,
    exports,
    founding,
    introduction_views,
    neighbour_views,
    outcome_views,
    quality_views,
    queries,
    record_views,
    review_views,
    rules,
    search_views,
    understood_views,
    why_views,
)
from portal.matches.blueprint import bp
from portal.matches.by_hand import ASKING
from portal.matches.cards import Card, cards_for
from portal.matches.index import replica
from portal.matches.jobs import init_app
from portal.matches.subjects import Subject
from portal.offices.models import Trap
from portal.offices.queries import traps_for
from portal.teams.models import Opening, Team

WISHES = ("team", "opening", "idea")
TRAPS = 2  # questions on one page; more would bury the answers

bp.record_once(lambda state: init_app(state.app))


@bp.get("/ideen/<int:idea_id>/passend")
def for_idea(idea_id: int) -> Response:
    """What fits an idea; before it is public its author and coordinators see it."""
    idea = db.get_or_404(Idea, idea_id)
    token = request.args.get("t", "")
    if not may_read(_reader(), idea, token):
        abort(404)
    holds_token = is_own(None, idea, token)
    cards = _cards(("idea", idea_id), token)
    return _page(
        ("idea", idea_id),
        title=_("Was zu deiner Idee passt") if holds_token else _("Was zu dieser Idee passt"),
        subject_title=idea.title,
        back=url_for("ideas.progress", token=token)
        if holds_token
        else url_for("ideas.show", idea_id=idea_id),
        cards=cards,
        groups=("office", "team", "resource", "idea", "opening"),
        # Everyday words decide here, not the ranking: its best offices may all be the wrong ones.
        traps=[] if idea.under_16 else traps_for(f"{idea.problem} {idea.wish}")[:TRAPS],
        people=sum(card.other.subject[0] == "person" for card in cards),
        seeks_office=_seeks_office(idea, cards),
    )


@bp.get("/profil/passend")
@login_required
def for_profile() -> Response:
    """What fits the signed-in person's profile."""
    cards = _cards(("person", current_user.id))
    hidden = [card for card in cards if not card.other.url]  # people who did not open themselves
    return _page(
        ("person", current_user.id),
        title=_("Was zu dir passt"),
        subject_title="",
        back=url_for("profiles.show"),
        cards=[card for card in cards if card not in hidden],
        groups=("opening", "team", "idea", "person"),
        people=len(hidden),
        wishes=True,
    )


@bp.get("/teams/<int:team_id>/passend")
def for_team(team_id: int) -> Response:
    """What fits a team: ideas and twins for everybody, people for its leads."""
    team = db.get_or_404(Team, team_id)
    return _team_page(("team", team_id), team_id, team.name)


@bp.get("/gesuche/<int:opening_id>/passend")
def for_opening(opening_id: int) -> Response:
    """Who fits an opening, as far as people opened themselves."""
    opening = db.get_or_404(Opening, opening_id)
    return _team_page(("opening", opening_id), opening.team_id, opening.title)


@bp.post("/wunsch/<kind>/<int:subject_id>")
@login_required
def wish(kind: str, subject_id: int) -> Response:
    """Ask the coordinators for an introduction to something public."""
    index = replica()
    target = index.known.get((kind, subject_id))
    if kind not in WISHES or target is None or not target.is_public:
        abort(404)
    back = url_for("matches.for_profile")
    if not rules.can_be_asked(target.subject[0], target.facts):
        flash(_("Hier können wir gerade niemanden fragen. Bring gern selbst eine Idee dazu ein."))
        return redirect(back, 303)
    if ("person", current_user.id) not in index.known:
        flash(_("Erzähl uns zuerst kurz, was du kannst und magst. Dann fragen wir für dich an."))
        return redirect(url_for("profiles.edit"), 303)
    if current_user.id in target.facts.get("owners", ()):  # type: ignore[operator]
        flash(_("Da bist du schon dabei."))
        return redirect(back, 303)
    found = index.matches_of(("person", current_user.id), {kind}, 200, exclude=frozenset())
    match = dict(found).get(target.subject)
    actions.wish(current_user, target.subject, match, index.matcher.version)
    db.session.commit()
    flash(_("Danke! Das Unterstützungsteam sieht sich deinen Wunsch an und fragt dann nach."))
    return redirect(back, 303)


def _reader() -> User | None:
    return current_user if current_user.is_authenticated else None


def _cards(subject: Subject, token: str = "") -> list[Card]:
    return cards_for(subject, queries.suggestions_about(subject), current_user, token)


def _team_page(subject: Subject, team_id: int, title: str) -> Response:
    cards = _cards(subject)
    entry = replica().known.get(("team", team_id))
    leads = list(entry.facts.get("leads", ())) if entry else []  # type: ignore[call-overload]
    sees_people = rules.may_see_people_of(current_user, leads)
    people = [card for card in cards if card.other.subject[0] == "person"]
    opened = [card for card in people if card.other.url]
    shown = [card for card in cards if card.other.subject[0] != "person"]
    return _page(
        subject,
        title=_("Was dazu passt"),
        subject_title=title,
        back=url_for("teams.show", team_id=team_id)
        if subject[0] == "team"
        else url_for("teams.opening", opening_id=subject[1]),
        cards=shown + (opened if sees_people else []),
        groups=("person", "resource", "idea"),
        people=len(people) - len(opened) if sees_people else 0,
    )


def _page(
    subject: Subject,
    *,
    title: str,
    subject_title: str,
    back: str,
    cards: list[Card],
    groups: tuple[str, ...],
    traps: Sequence[Trap] = (),
    people: int = 0,
    wishes: bool = False,
    seeks_office: bool = False,
) -> Response:
    """Show the cards by kind; `people` counts those who are not shown to this reader."""
    by_kind = {kind: [card for card in cards if card.other.subject[0] == kind] for kind in groups}
    return render_page(
        "matches/suggestions.html",
        fragments={"suggestions"},
        groups={kind: found for kind, found in by_kind.items() if found},
        title=title,
        subject_title=subject_title,
        back=back,
        traps=traps,
        people=people,
        wishes=wishes,
        seeks_office=seeks_office,
        office_url=_office_url(subject) if seeks_office else "",
        by_hand_url=_by_hand_url(subject),
        letter_urls=_letter_urls(subject, by_kind.get("office", [])),
    )


def _seeks_office(idea: Idea, cards: Sequence[Card]) -> bool:
    """Whether no office fits surely enough, so that a person looks for the right one."""
    has_office = any(card.other.subject[0] == "office" for card in cards)
    return not has_office and idea.state not in ENDED and ("idea", idea.id) in replica().known


def _office_url(subject: Subject) -> str:
    """Return where a coordinator chooses an office for an idea, "" for everybody else."""
    is_coordinator = current_user.is_authenticated and current_user.is_coordinator
    return url_for("letters.create", idee=subject[1]) if is_coordinator else ""


def _letter_urls(subject: Subject, offices: Sequence[Card]) -> dict[Subject, str]:
    """Return where a coordinator writes to each office about an idea; nothing for others."""
    if not offices or not (current_user.is_authenticated and current_user.is_coordinator):
        return {}
    return {
        card.other.subject: url_for(
            "letters.create", idee=subject[1], stelle_nr=card.other.subject[1]
        )
        for card in offices
    }


def _by_hand_url(subject: Subject) -> str:
    """Return where a coordinator adds somebody they know, "" for everybody else."""
    is_coordinator = current_user.is_authenticated and current_user.is_coordinator
    if not is_coordinator or subject[0] not in ASKING:
        return ""
    return url_for("matches.by_hand_pair", kind=subject[0], subject_id=subject[1])

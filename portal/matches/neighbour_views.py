"""Teams beside a team: similar ones, and twins that did the same elsewhere; paused ones to wake."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from portal.accounts.guards import coordinator_required
from portal.extensions import db
from portal.htmx import render_page
from portal.ideas.models import Idea
from portal.matches.blueprint import bp
from portal.matches.cards import details_of, result_of
from portal.matches.index import replica
from portal.matches.subjects import Subject
from portal.teams.models import Team
from portal.teams.rules import is_adoptable
from portal.teams.wording import STATES, state_codes

LOOKED_AT, SIMILAR, TWINS, PAUSED = 24, 3, 3, 3
# A twin has something to show: it works on it, runs it, or has finished it.
STRONG = ("sehr gut", "gut")  # weaker likeness between teams is chance
HAVE_DONE_IT = ("laeuft", "im_betrieb", "abgeschlossen")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A team with its card and what it shares with the one it is a neighbour of."""

    team: Team
    card: dict[str, object]
    shared: list[str]


@bp.get("/teams/<int:team_id>/nachbarn")
def neighbours(team_id: int) -> Response:
    """Show similar teams with reasons, and twins in other districts."""
    team = db.get_or_404(Team, team_id)
    found = _teams_like(("team", team_id), team.focus, STRONG)
    twins = [each for each in found if _is_twin(team, each)][:TWINS]
    similar = [each for each in found if each not in twins][:SIMILAR]
    return render_page(
        "matches/neighbours.html",
        fragments={"neighbours"},
        title=_("Nachbarn von %(team)s", team=team.name),
        team=team,
        similar=similar,
        twins=twins,
        states=STATES,
        state_codes=state_codes,
    )


@bp.get("/ideen/<int:idea_id>/pausierte-teams")
@coordinator_required
def paused_for(idea_id: int) -> Response:
    """Show paused teams that could take up an idea instead of a new one being founded."""
    idea = db.get_or_404(Idea, idea_id)
    found = [each for each in _teams_like(("idea", idea_id)) if is_adoptable(each.team)]
    return render_page(
        "matches/paused.html",
        fragments={"paused-teams"},
        idea=idea,
        back=url_for("teams.create", idee=idea_id),
        found=found[:PAUSED],
        states=STATES,
        state_codes=state_codes,
    )


def _teams_like(
    subject: Subject, focus: Sequence[str] = (), labels: Collection[str] = ()
) -> list[Neighbour]:
    """Return teams whose texts fit `subject`, best first."""
    index = replica()
    found = index.matches_of(subject, {"team"}, LOOKED_AT, exclude={subject})
    matches = {other: match for other, match in found if not labels or match.label in labels}
    details = details_of(matches, current_user)
    ids = [team_id for _kind, team_id in matches]
    rows = db.session.scalars(
        select(Team).where(Team.id.in_(ids)).options(joinedload(Team.district)).order_by(Team.id)
    )
    teams = {team.id: team for team in rows}
    return [
        Neighbour(
            teams[other[1]],
            result_of(details[other], match),
            [topic for topic in focus if topic in teams[other[1]].focus],
        )
        for other, match in matches.items()
        if other in details and other[1] in teams
    ]


def _is_twin(team: Team, other: Neighbour) -> bool:
    """Whether `other` does the same somewhere else: a shared topic, another district."""
    elsewhere = (
        team.district_id is not None
        and other.team.district_id is not None
        and team.district_id != other.team.district_id
    )
    return elsewhere and bool(other.shared) and other.team.state in HAVE_DONE_IT

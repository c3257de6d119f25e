"""Selects of the know-how room."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from portal.extensions import db
from portal.knowhow.guides import Guide
from portal.knowhow.models import TeamOffice
from portal.offices.models import Office
from portal.offices.rules import is_triggered, search_words, words_found
from portal.places.rules import fold
from portal.teams.models import Lessons, Team

# Teams that can tell: they have built it, run it, or finished it.
EXPERIENCED = ("laeuft", "im_betrieb", "abgeschlossen")
MOST = 200  # of teams with lessons that a search goes through


def offices_by_slug(slugs: Collection[str]) -> Mapping[str, Office]:
    """Return the offices check-lists lead to; those a town does not have are left out."""
    found = select(Office).where(Office.slug.in_(slugs)).order_by(Office.id)
    return {office.slug: office for office in db.session.scalars(found)}


def offices_of_team(team_id: int) -> Sequence[Office]:
    """Return the offices that have a part in a team's work, by name."""
    return db.session.scalars(
        select(Office)
        .join(TeamOffice, TeamOffice.office_id == Office.id)
        .where(TeamOffice.team_id == team_id)
        .order_by(Office.name, Office.id)
    ).all()


def teams_of_office(office_id: int) -> Sequence[Team]:
    """Return the teams that dealt with an office, by name."""
    return db.session.scalars(
        select(Team)
        .join(TeamOffice, TeamOffice.team_id == Team.id)
        .where(TeamOffice.office_id == office_id)
        .options(joinedload(Team.district))
        .order_by(Team.name, Team.id)
    ).all()


def teams_that_did(guides: Sequence[Guide], most: int = 4) -> Mapping[str, Sequence[Team]]:
    """Return for each check-list the teams that did it, those that wrote lessons first."""
    if not guides:
        return {}
    listed = db.session.execute(
        select(Team.id, Team.name, Team.challenge)
        .outerjoin(Team.lessons)
        .where(Team.state.in_(EXPERIENCED))
        .order_by(Lessons.team_id.is_(None), Team.state != "abgeschlossen", Team.id)
    ).all()
    ids = {
        guide.code: [
            team_id
            for team_id, name, challenge in listed
            if is_triggered(guide.triggers, f"{name} {challenge}")
        ][:most]
        for guide in guides
    }
    wanted = {team_id for found in ids.values() for team_id in found}
    teams = {team.id: team for team in db.session.scalars(_with_lessons(wanted))}
    return {code: [teams[team_id] for team_id in found] for code, found in ids.items()}


def teams_with_lessons(query: str = "", most: int = 12) -> Sequence[Team]:
    """Return teams that wrote down what they learned, those that know most of `query` first."""
    written = select(Lessons).join(Lessons.team).options(joinedload(Lessons.team))
    rows = db.session.scalars(
        written.order_by(Lessons.changed_at.desc(), Lessons.team_id).limit(MOST)
    ).all()
    words = search_words(query)
    if words:
        counted = [(words_found(_key(row), words), row) for row in rows]
        rows = [row for count, row in sorted(counted, key=lambda each: -each[0]) if count]
    wanted = [row.team_id for row in rows[:most]]
    teams = {team.id: team for team in db.session.scalars(_with_lessons(wanted))}
    return [teams[team_id] for team_id in wanted]


def _with_lessons(ids: Collection[int]) -> Select[Team]:
    return (
        select(Team)
        .where(Team.id.in_(ids))
        .options(joinedload(Team.lessons), joinedload(Team.district))
        .order_by(Team.id)
    )


def _key(lessons: Lessons) -> str:
    team = lessons.team
    parts = (
        team.name, *team.focus, team.challenge, lessons.worked, lessons.otherwise,
        lessons.costs, lessons.duration, lessons.permits,
    )  # fmt: skip
    return " ".join(fold(part) for part in parts if part)

"""What can happen in the know-how room; the caller commits."""

from collections.abc import Iterable

from sqlalchemy import delete, select

from portal.extensions import db
from portal.knowhow.models import TeamOffice
from portal.teams.models import Team


def set_offices_of_team(team: Team, office_ids: Iterable[int]) -> None:
    """Replace which offices have a part in the work of `team`."""
    # Of two who save at once the second one waits, so that both can insert the same office.
    db.session.execute(select(Team.id).where(Team.id == team.id).with_for_update())
    db.session.execute(delete(TeamOffice).where(TeamOffice.team_id == team.id))
    db.session.add_all(
        TeamOffice(team_id=team.id, office_id=office_id) for office_id in sorted(set(office_ids))
    )
    db.session.flush()

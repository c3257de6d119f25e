"""Teams have pictures; leads and coordinators look after them."""

from flask import url_for

from portal.extensions import db
from portal.pictures.owners import Owner, owns_pictures
from portal.teams import queries, rules
from portal.teams.models import Team


@owns_pictures("team", Team)
def team_with_pictures(team_id: int) -> Owner | None:
    """Return the team as an owner of pictures."""
    team = db.session.get(Team, team_id)
    if team is None:
        return None
    return Owner(
        kind="team",
        id=team.id,
        name=team.name,
        path=url_for("teams.show", team_id=team.id),
        is_public=True,
        may_change=lambda user: rules.may_edit(user, team, queries.lead_ids_of(team)),
    )

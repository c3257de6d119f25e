"""A team's press kit, as a page and as one file."""

from flask import Response, abort
from flask_login import current_user

from portal.htmx import render_page
from portal.news import press, queries
from portal.news.blueprint import bp
from portal.pictures.queries import press_pictures
from portal.teams.blueprint import TEAM
from portal.teams.models import Team
from portal.teams.queries import lead_ids_of
from portal.teams.rules import may_write_to


@bp.get(f"{TEAM}/presse")
def press_kit(team_id: int) -> Response:
    """Show texts to copy, facts and pictures."""
    team = _team(team_id)
    return render_page(
        "news/press.html",
        team=team,
        kit=press.kit_of(team, queries.current_status_of(team)),
        pictures=press_pictures("team", team.id),
        may_write=may_write_to(current_user, team, lead_ids_of(team)),
    )


@bp.get(f"{TEAM}/presse.zip")
def press_file(team_id: int) -> Response:
    """Hand out all of it as one archive."""
    team = _team(team_id)
    pictures = press_pictures("team", team.id)
    text = press.kit_of(team, queries.current_status_of(team)).as_text(pictures)
    answer = Response(press.as_zip(text, press.files_of(pictures)), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="presse-team-{team.id}.zip"'
    return answer


def _team(team_id: int) -> Team:
    """Return the team; examples are retold from elsewhere and have no kit of ours."""
    team = queries.team_named(team_id)
    if team is None or team.is_example:
        abort(404)
    return team

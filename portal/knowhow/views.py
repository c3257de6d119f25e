"""Pages of the know-how room: check-lists, lessons, the offices of a team."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user, login_required
from sqlalchemy import select
from werkzeug.wrappers import Response

from portal.extensions import db
from portal.forms import clean_query
from portal.htmx import render_page
from portal.ideas.models import Idea
from portal.ideas.rules import may_read
from portal.knowhow import actions, guides, queries
from portal.knowhow.forms import TeamOfficesForm
from portal.offices.models import Office
from portal.offices.queries import find_offices
from portal.teams.models import Team
from portal.teams.queries import lead_ids_of
from portal.teams.rules import may_edit
from portal.teams.wording import LESSONS, STATES, state_codes

bp = Blueprint("knowhow", __name__)

OFFICES = "/teams/<int:team_id>/stellen"


@bp.get("/wissen/")
def index() -> Response:
    """List check-lists and lessons; search in both."""
    query = clean_query(request.args.get("q", ""))
    found = guides.find_guides(query)
    teams = queries.teams_with_lessons(query)
    return render_page(
        "knowhow/index.html",
        fragments={"know-how"},
        announcement=ngettext("%(num)d Treffer", "%(num)d Treffer", len(found) + len(teams)),
        query=query,
        guides=found,
        teams=teams,
        list_url=url_for(".index"),
        lesson_names=LESSONS,
    )


@bp.get("/wissen/<code>")
def guide(code: str) -> Response:
    """Show one check-list, with the teams that did it."""
    wanted = guides.all_guides().get(code) or abort(404)
    return render_page(
        "knowhow/guide.html",
        guide=wanted,
        offices=queries.offices_by_slug({step.office for step in wanted.steps}),
        teams=queries.teams_that_did([wanted], most=8)[code],
        states=STATES,
        state_codes=state_codes,
        lesson_names=LESSONS,
    )


@bp.get("/ideen/<int:idea_id>/wissen")
def for_idea(idea_id: int) -> Response:
    """Show the check-lists that fit an idea, and teams that did it before; its page loads this."""
    idea = db.get_or_404(Idea, idea_id)
    reader = current_user if current_user.is_authenticated else None
    token = request.args.get("t", "")
    if not may_read(reader, idea, token):
        abort(404)
    fitting = guides.guides_for(f"{idea.problem} {idea.wish}")
    return render_page(
        "knowhow/for_idea.html",
        fragments={"know-how"},
        idea=idea,
        guides=fitting,
        teams=queries.teams_that_did(fitting),
        states=STATES,
        state_codes=state_codes,
    )


@bp.get(OFFICES)
def offices_of_team(team_id: int) -> Response:
    """Show the offices of a team; its page loads this."""
    team = db.get_or_404(Team, team_id)
    return render_page(
        "knowhow/offices_of_team.html",
        fragments={"team-offices"},
        team=team,
        offices=queries.offices_of_team(team_id),
        may_edit=may_edit(current_user, team, lead_ids_of(team)),
    )


@bp.route(f"{OFFICES}/bearbeiten", methods=["GET", "POST"])
@login_required
def edit_offices(team_id: int) -> Response:
    """Let leads and coordinators say which offices take part."""
    team = db.get_or_404(Team, team_id)
    if not may_edit(current_user, team, lead_ids_of(team)):
        abort(403)
    form = TeamOfficesForm(
        offices=find_offices(), chosen=[office.id for office in queries.offices_of_team(team_id)]
    )
    if form.validate_on_submit():
        actions.set_offices_of_team(team, form.offices.data or [])
        db.session.commit()
        flash(_("Die Ansprechstellen sind gespeichert."), "good")
        return redirect(url_for("teams.show", team_id=team_id), 303)
    return render_page(
        "knowhow/edit_offices.html",
        fragments={"team-offices-form"},
        status=422 if form.errors else 200,
        form=form,
        team=team,
    )


@bp.get("/ansprechstellen/<slug>/teams")
def teams_of_office(slug: str) -> Response:
    """Show the teams that dealt with an office; its page loads this."""
    office = db.session.scalar(select(Office).where(Office.slug == slug)) or abort(404)
    return render_page(
        "knowhow/teams_of_office.html",
        fragments={"office-teams"},
        office=office,
        teams=queries.teams_of_office(office.id),
        states=STATES,
        state_codes=state_codes,
    )

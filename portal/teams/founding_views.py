"""Founding a team, from an idea in one step; or letting a paused team go on with it."""

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.accounts.guards import coordinator_required
from portal.extensions import db
from portal.htmx import render_page
from portal.ideas.actions import AlreadyDecided, OwnIdea
from portal.ideas.models import Idea
from portal.ideas.queries import idea_to_decide
from portal.ideas.rules import is_from, may_found_team, may_read
from portal.places.queries import all_districts
from portal.routing import row_number
from portal.teams import actions, foundings, queries, rules, wording
from portal.teams.blueprint import TEAM, bp, team_texts
from portal.teams.forms import TeamForm
from portal.teams.models import SECTORS, Team
from portal.teams.room_forms import FoundingForm, PeopleForm


@bp.route("/teams/neu", methods=["GET", "POST"])
@coordinator_required
def create() -> Response:
    """Found a team, perhaps from an idea."""
    idea = _idea_asked_for()
    if idea is not None:
        return _create_from(idea)
    form = TeamForm(team=None, boroughs=all_districts())
    if form.validate_on_submit():
        team = actions.create_team(by=current_user, **team_texts(form))
        db.session.commit()
        flash(_("Das Team ist angelegt."), "good")
        return redirect(url_for(".show", team_id=team.id), 303)
    return render_page(
        "teams/form.html",
        fragments={"team-form"},
        status=422 if form.errors else 200,
        form=form,
        team=None,
        sectors=SECTORS,
        form_url=url_for(".create"),
    )


@bp.route(f"{TEAM}/idee", methods=["GET", "POST"])
@coordinator_required
def take_up(team_id: int) -> Response:
    """Let a paused team go on with an idea instead of founding another team."""
    team = queries.team_page(team_id) or abort(404)
    idea = _idea_asked_for() or abort(404)
    if not rules.is_adoptable(team):
        raise foundings.NotPaused(team.id)
    people = foundings.people_for(idea)
    form = PeopleForm(data={"ask": [user.id for user in people], "lead": idea.initiator_id})
    form.offer(people, idea.initiator_id)
    if form.validate_on_submit():
        foundings.take_up(team, idea, by=current_user)
        _gather(team, form)
        db.session.commit()
        flash(_("Das Team läuft wieder und nimmt die Idee auf."), "good")
        return redirect(url_for(".show", team_id=team.id), 303)
    return render_page(
        "teams/take_up.html",
        fragments={"people-form"},
        status=422 if form.errors else 200,
        form=form,
        team=team,
        idea=idea,
        has_people=bool(people),
        form_url=url_for(".take_up", team_id=team.id, idee=idea.id),
    )


@bp.get("/ideen/<int:idea_id>/team")
def of_idea(idea_id: int) -> Response:
    """Show what became of an idea; its page loads this."""
    idea = db.get_or_404(Idea, idea_id)
    reader = current_user if current_user.is_authenticated else None
    if not may_read(reader, idea, request.args.get("t", "")) or idea.team_id is None:
        abort(404)
    return render_page(
        "teams/of_idea.html",
        fragments={"became"},
        idea=idea,
        team=queries.team_page(idea.team_id),
        states=wording.STATES,
        state_codes=wording.state_codes,
    )


def _create_from(idea: Idea) -> Response:
    people = foundings.people_for(idea)
    form = FoundingForm(
        boroughs=all_districts(),
        data={
            "name": idea.title,
            "challenge": "\n\n".join(filter(None, (idea.problem, idea.wish))),
            "district": idea.district_id,
            "languages": ["de"],
            "ask": [user.id for user in people],
            "lead": idea.initiator_id,
        },
        proposals=foundings.needs_for(idea),
    )
    form.offer(people, idea.initiator_id)
    if form.validate_on_submit():
        team = actions.create_team(by=current_user, idea=idea, **team_texts(form))
        _gather(team, form)
        db.session.commit()
        flash(_("Das Team ist gegründet. Wer gefragt wurde, bekommt jetzt eine Mail."), "good")
        return redirect(url_for(".show", team_id=team.id), 303)
    return render_page(
        "teams/found.html",
        fragments={"team-form"},
        status=422 if form.errors else 200,
        form=form,
        idea=idea,
        sectors=SECTORS,
        has_people=bool(people),
        form_url=url_for(".create", idee=idea.id),
    )


def _gather(team: Team, form: PeopleForm) -> None:
    lead = form.chosen([form.lead.data]) if form.lead.data else []
    foundings.gather(
        team,
        by=current_user,
        ask=form.chosen(form.ask.data),
        agreed=form.chosen(form.agreed.data),
        lead=lead[0] if lead else None,
        needs=form.needs() if isinstance(form, FoundingForm) else (),
    )


def _idea_asked_for() -> Idea | None:
    """Return the idea a team shall grow from; whoever may not decide about it stops here."""
    idea_id = row_number("idee")
    if not idea_id:
        return None
    # Held until the answer: of two coordinators who found at once, the second is told.
    held = idea_to_decide(idea_id) if request.method == "POST" else db.session.get(Idea, idea_id)
    idea = held or abort(404)
    if is_from(current_user, idea):
        raise OwnIdea
    if not may_found_team(current_user, idea):
        raise AlreadyDecided
    return idea

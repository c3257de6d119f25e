"""Pages of the teams room: list, profile, state and log."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from portal.accounts.guards import coordinator_required
from portal.choices import LANGUAGES
from portal.extensions import db
from portal.htmx import render_page
from portal.ideas.actions import AlreadyDecided, OwnIdea
from portal.ideas.models import Idea
from portal.ideas.rules import is_initiator, may_found_team
from portal.pictures.queries import pictures_of
from portal.places.models import District
from portal.places.queries import all_districts
from portal.profiles.rules import first_name, opened_to
from portal.routing import row_number
from portal.teams import (
    actions,
    opening_views,  # noqa: F401 - importing it adds its pages
    pictures,  # noqa: F401 - importing it makes teams owners of pictures
    queries,
    rules,
    wording,
)
from portal.teams.blueprint import TEAM, bp, district_chosen, names_of, own_team
from portal.teams.forms import StateForm, StatusForm, TeamForm
from portal.teams.models import OPERATING_STATES, SECTORS, StatusEntry, Team

TEAMS_A_PAGE = 24


@dataclass(frozen=True, slots=True)
class Named:
    """A member whose first name the viewer may read; without a profile there is no page."""

    url: str | None
    name: str
    is_lead: bool


class TeamTexts(TypedDict):
    """What the team form says, as the actions want it."""

    name: str
    challenge: str
    focus: list[str]
    district: District | None
    languages: list[str]
    sectors: dict[str, int]


@bp.get("/teams/")
def index() -> Response:
    """List the teams, narrowed down by state, focus, district, or what they look for."""
    asked = request.args.get("status", "")
    focus = request.args.get("fokus", "")
    own = current_user.is_authenticated and request.args.get("meine") == "1"
    wanted = queries.Wanted(
        state=asked if asked in OPERATING_STATES else "",
        self_supporting=asked == wording.SELF_SUPPORTING,
        focus=focus if focus in wording.FOCUS else "",
        district_id=row_number("ortsteil"),
        seeking=request.args.get("sucht") == "1",
        member_id=current_user.id if own else None,
    )
    chosen = {
        "status": asked if asked in wording.STATES else None,
        "fokus": wanted.focus or None,
        "ortsteil": wanted.district_id,
        "sucht": "1" if wanted.seeking else None,
        "meine": "1" if own else None,
    }
    after = request.args.get("nach", "")
    found = queries.teams(wanted, after=after, limit=TEAMS_A_PAGE + 1)
    shown, more = found[:TEAMS_A_PAGE], len(found) > TEAMS_A_PAGE
    cursor = queries.cursor_of(shown[-1].team) if more else ""
    return render_page(
        "teams/index.html",
        fragments={"team-list"},
        announcement=ngettext("%(num)d Team", "%(num)d Teams", len(shown)),
        listed=shown,
        chosen=chosen,
        is_filtered=any(chosen.values()),
        boroughs=all_districts(),
        states=wording.STATES,
        state_codes=wording.state_codes,
        focus_names=wording.FOCUS,
        may_create=rules.may_create(current_user),
        next_url=_list_url(chosen, cursor) if more else None,
        first_url=_list_url(chosen, None) if after else None,
    )


@bp.get(TEAM)
def show(team_id: int) -> Response:
    """Show a team's public profile."""
    team = queries.team_page(team_id) or abort(404)
    return _show(team)


@bp.route("/teams/neu", methods=["GET", "POST"])
@coordinator_required
def create() -> Response:
    """Found a team, perhaps from an idea."""
    idea = _idea_asked_for()
    form = TeamForm(team=None, boroughs=all_districts(), data=_from_idea(idea))
    if form.validate_on_submit():
        team = actions.create_team(by=current_user, idea=idea, **_team_texts(form))
        db.session.commit()
        flash(_("Das Team ist angelegt."), "good")
        return redirect(url_for(".show", team_id=team.id), 303)
    return render_page(
        "teams/form.html",
        fragments={"team-form"},
        status=422 if form.errors else 200,
        form=form,
        team=None,
        idea=idea,
        sectors=SECTORS,
        form_url=url_for(".create", idee=idea.id) if idea else url_for(".create"),
    )


@bp.route(f"{TEAM}/bearbeiten", methods=["GET", "POST"])
@login_required
def edit(team_id: int) -> Response:
    """Change what the public profile says."""
    team = own_team(team_id)
    form = TeamForm(team=team, boroughs=all_districts(), data=_team_data(team))
    if form.validate_on_submit():
        actions.change_team(team, **_team_texts(form))
        db.session.commit()
        flash(_("Die Änderungen sind gespeichert."), "good")
        return redirect(url_for(".show", team_id=team.id), 303)
    return render_page(
        "teams/form.html",
        fragments={"team-form"},
        status=422 if form.errors else 200,
        form=form,
        team=team,
        idea=None,
        sectors=SECTORS,
        form_url=url_for(".edit", team_id=team.id),
    )


@bp.route(f"{TEAM}/status", methods=["GET", "POST"])
@login_required
def change_state(team_id: int) -> Response:
    """Move the team to another of WiQ's states."""
    team = own_team(team_id)
    form = StateForm(data={"state": team.state, "self_supporting": team.self_supporting})
    if form.validate_on_submit():
        actions.change_state(
            team,
            state=form.state.data,
            self_supporting=form.self_supporting.data,
            note=form.note.data,
            by=current_user,
        )
        db.session.commit()
        flash(_("Der Status ist gespeichert."), "good")
        return redirect(url_for(".show", team_id=team.id), 303)
    return render_page(
        "teams/state.html",
        fragments={"state-form"},
        status=422 if form.errors else 200,
        form=form,
        team=team,
        states=wording.STATES,
        meanings=wording.STATE_MEANINGS,
    )


@bp.post(f"{TEAM}/stand")
@login_required
def add_status(team_id: int) -> Response:
    """Add a dated Stand to the log."""
    team = own_team(team_id)
    form = StatusForm()
    if not form.validate_on_submit():
        return _show(team, status_form=form)
    actions.add_status(team, text=form.text.data, by=current_user, day=form.day.data)
    db.session.commit()
    flash(_("Der neue Stand ist veröffentlicht."), "good")
    return redirect(url_for(".show", team_id=team.id), 303)


def _list_url(chosen: Mapping[str, str | int | None], after: str | None) -> str:
    return url_for(
        ".index",
        status=chosen["status"],
        fokus=chosen["fokus"],
        ortsteil=chosen["ortsteil"],
        sucht=chosen["sucht"],
        meine=chosen["meine"],
        nach=after,
    )


def _show(team: Team, status_form: StatusForm | None = None) -> Response:
    members = queries.members_of(team)
    lead_ids = {member.user.id for member in members if member.is_lead}
    log = queries.log_of(team)
    current = next((entry for entry in log if entry.text), None)
    openings = queries.openings_of(team)
    may_edit = rules.may_edit(current_user, team, lead_ids)
    is_member = current_user.is_authenticated and current_user.id in {m.user.id for m in members}
    return render_page(
        "teams/show.html",
        fragments={"team-log"},
        status=422 if status_form else 200,
        form=status_form,
        status_form=status_form or (StatusForm(formdata=None) if may_edit else None),
        team=team,
        pictures=pictures_of("team", team.id),
        idea=team.idea if team.idea and team.idea.is_public else None,
        current=current,
        earlier=[entry for entry in log if entry is not current],
        open_openings=[opening for opening in openings if opening.is_open],
        closed_openings=[opening for opening in openings if not opening.is_open]
        if may_edit
        else [],
        people_words=_people_words(len(members), len(lead_ids)),
        sector_words=", ".join(
            f"{wording.SECTORS[sector]} {count}" for sector, count in team.sectors.items()
        ),
        spoken=names_of(team.languages, LANGUAGES),
        state_words=_state_words,
        named_members=_named(members),
        may_edit=may_edit,
        is_member=is_member,
        keeps_notes=current_user.is_authenticated and current_user.is_coordinator,
        may_open_opening=rules.may_open_opening(current_user, team, lead_ids),
        states=wording.STATES,
        state_codes=wording.state_codes,
        kinds=wording.OPENING_KINDS,
    )


def _named(members: list[queries.Member]) -> list[Named]:
    """Return who may be named to the viewer: coordinators see all, others who opened themselves."""
    everybody = current_user.is_authenticated and current_user.is_coordinator
    return [
        Named(
            url_for("profiles.person", user_id=member.user.id) if member.openness else None,
            first_name(member.user),
            member.is_lead,
        )
        for member in members
        if everybody or opened_to(current_user, member.openness, member.user)
    ]


def _people_words(members: int, leads: int) -> str:
    if not members:
        return ""
    words = ngettext("%(num)d Person", "%(num)d Personen", members)
    return _("%(people)s, davon %(leads)d in der Teamleitung", people=words, leads=leads)


def _state_words(entry: StatusEntry) -> str:
    if entry.state is None:
        return ""
    codes = wording.state_codes(entry.state, entry.self_supporting)
    return ", ".join(str(wording.STATES[code]) for code in codes)


def _idea_asked_for() -> Idea | None:
    """Return the idea a team shall grow from; whoever may not decide about it stops here."""
    idea_id = row_number("idee")
    if not idea_id:
        return None
    idea = db.get_or_404(Idea, idea_id)
    if is_initiator(current_user, idea):
        raise OwnIdea
    if not may_found_team(current_user, idea):
        raise AlreadyDecided
    return idea


def _from_idea(idea: Idea | None) -> dict[str, object] | None:
    if idea is None:
        return None
    return {
        "name": idea.title,
        "challenge": "\n\n".join(filter(None, (idea.problem, idea.wish))),
        "district": idea.district_id,
        "languages": ["de"],
    }


def _team_data(team: Team) -> dict[str, object]:
    return {
        "name": team.name,
        "challenge": team.challenge,
        "focus": team.focus,
        "district": team.district_id,
        "languages": team.languages,
        **team.sectors,
    }


def _team_texts(form: TeamForm) -> TeamTexts:
    return {
        "name": form.name.data,
        "challenge": form.challenge.data,
        "focus": form.focus.data,
        "district": district_chosen(form.district.data),
        "languages": form.languages.data,
        "sectors": form.sectors(),
    }

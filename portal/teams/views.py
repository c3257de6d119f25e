"""Pages of the teams room: list, profile, state and log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from portal import clock
from portal.choices import LANGUAGES
from portal.extensions import db
from portal.htmx import render_page
from portal.paging import Cursor
from portal.pictures.queries import pictures_of
from portal.places.queries import all_districts
from portal.profiles.rules import first_name, opened_to
from portal.routing import row_number
from portal.teams import (  # noqa: F401 - importing the other views adds their pages
    actions,
    erasure,
    founding_views,
    joining_views,
    opening_views,
    partner_views,
    pictures,
    queries,
    room_views,
    rules,
    wording,
)
from portal.teams.adoptions import open_adoptions_of
from portal.teams.blueprint import TEAM, bp, names_of, own_team, team_texts
from portal.teams.forms import StateForm, StatusForm, TeamForm
from portal.teams.foundings import invitation_counts
from portal.teams.models import OPERATING_STATES, SECTORS, StatusEntry, Team

TEAMS_A_PAGE = 24


@dataclass(frozen=True, slots=True)
class Named:
    """A member whose first name the viewer may read; without a profile there is no page."""

    url: str | None
    name: str
    is_lead: bool
    role: str


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
    after = Cursor.parse(request.args.get("nach", ""))
    found = queries.teams(wanted, after=after, limit=TEAMS_A_PAGE + 1)
    shown, more = found[:TEAMS_A_PAGE], len(found) > TEAMS_A_PAGE
    cursor = str(Cursor(shown[-1].team.changed_at, shown[-1].team.id)) if more else ""
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


@bp.route(f"{TEAM}/bearbeiten", methods=["GET", "POST"])
@login_required
def edit(team_id: int) -> Response:
    """Change what the public profile says."""
    team = own_team(team_id)
    form = TeamForm(team=team, boroughs=all_districts(), data=_team_data(team))
    if form.validate_on_submit():
        actions.change_team(team, **team_texts(form))
        db.session.commit()
        flash(_("Die Änderungen sind gespeichert."), "good")
        return redirect(url_for(".show", team_id=team.id), 303)
    return render_page(
        "teams/form.html",
        fragments={"team-form"},
        status=422 if form.errors else 200,
        form=form,
        team=team,
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
    own = _own_part(members)
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
        ideas=[idea for idea in team.ideas if idea.is_public],
        current=current,
        earlier=[entry for entry in log if entry is not current],
        stations=_stations(team, log),
        open_openings=[opening for opening in openings if opening.is_open],
        closed_openings=[opening for opening in openings if not opening.is_open]
        if may_edit
        else [],
        people_words=_people_words(len(members), len(lead_ids)),
        sector_words=wording.sectors(rules.shown_sectors(team.sectors)),
        spoken=names_of(team.languages, LANGUAGES),
        state_words=_state_words,
        named_members=_named(members),
        organisations=[each for each in team.organisations if each.is_public],
        own_part=own.membership if own else None,
        may_edit=may_edit,
        is_member=is_member,
        may_ask=rules.takes_requests(team) and not is_member,
        may_write=rules.may_write_to(current_user, team, lead_ids),
        may_adopt=rules.may_adopt(current_user, team, lead_ids),
        is_adoptable=rules.is_adoptable(team),
        adoptions=open_adoptions_of(team) if may_edit and team.state == "pausiert" else [],
        invited=invitation_counts(team) if may_edit else None,
        keeps_notes=current_user.is_authenticated and current_user.is_coordinator,
        may_open_opening=rules.may_open_opening(current_user, team, lead_ids),
        states=wording.STATES,
        state_codes=wording.state_codes,
        kinds=wording.OPENING_KINDS,
        lesson_names=wording.LESSONS,
    )


def _named(members: list[queries.Member]) -> list[Named]:
    """Return who may be named to the viewer, with the page of those who opened their profile."""
    member_ids = {member.user.id for member in members}
    return [
        Named(
            url_for("profiles.person", user_id=member.user.id)
            if opened_to(current_user, member.openness, member.user) and member.openness
            else None,
            first_name(member.user),
            member.is_lead,
            member.membership.role,
        )
        for member in members
        if rules.may_be_named_to(current_user, member.user, member.membership.is_named, member_ids)
    ]


def _own_part(members: list[queries.Member]) -> queries.Member | None:
    if not current_user.is_authenticated:
        return None
    return next((member for member in members if member.user.id == current_user.id), None)


def _stations(team: Team, log: Sequence[StatusEntry]) -> list[tuple[date, str]]:
    """Return the team's states with their days, in order; an example's start is not known."""
    moves = [(entry.day, _state_words(entry)) for entry in reversed(log) if entry.state]
    if not moves:
        codes = wording.state_codes(team.state, team.self_supporting)
        moves = [(team.state_since, ", ".join(str(wording.STATES[code]) for code in codes))]
    founded = clock.day_of(team.created_at)
    if not team.is_example and founded < moves[0][0]:
        moves.insert(0, (founded, _("gegründet")))
    return moves


def _people_words(members: int, leads: int) -> str:
    if not members:
        return ""
    words = ngettext("%(num)d Mensch", "%(num)d Menschen", members)
    return _("%(people)s, davon %(leads)d in der Teamleitung", people=words, leads=leads)


def _state_words(entry: StatusEntry) -> str:
    if entry.state is None:
        return ""
    codes = wording.state_codes(entry.state, entry.self_supporting)
    return ", ".join(str(wording.STATES[code]) for code in codes)


def _team_data(team: Team) -> dict[str, object]:
    return {
        "name": team.name,
        "challenge": team.challenge,
        "focus": team.focus,
        "district": team.district_id,
        "languages": team.languages,
        "partners": "\n".join(team.partners),
        **team.sectors,
    }

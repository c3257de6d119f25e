"""Pages of a team's openings: what it looks for, in the lead's hands."""

from collections.abc import Mapping
from datetime import date
from typing import TypedDict

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from portal import clock
from portal.choices import LANGUAGES, TIMES
from portal.extensions import db
from portal.htmx import render_page
from portal.places.models import District
from portal.places.queries import all_districts
from portal.routing import row_number
from portal.teams import actions, queries, rules, wording
from portal.teams.blueprint import TEAM, bp, district_chosen, names_of, own_team
from portal.teams.forms import OpeningForm
from portal.teams.models import OPENING_KINDS, Opening, Team, six_weeks_on

OPENING = "/gesuche/<int:opening_id>"
OPENINGS_A_PAGE = 24


class OpeningTexts(TypedDict):
    """What the opening form says, as the actions want it."""

    kind: str
    title: str
    text: str
    times: list[str]
    district: District | None
    languages: list[str]
    hours_a_week: int | None
    wanted_until: date


@bp.get("/gesuche/")
def openings() -> Response:
    """List what teams look for, narrowed down by kind, place, time and language."""
    kind, time = request.args.get("art", ""), request.args.get("zeit", "")
    language = request.args.get("sprache", "")
    wanted = queries.Sought(
        kind=kind if kind in OPENING_KINDS else "",
        time=time if time in TIMES else "",
        language=language if language in LANGUAGES else "",
        district_id=row_number("ortsteil"),
    )
    chosen = {
        "art": wanted.kind or None,
        "ortsteil": wanted.district_id,
        "zeit": wanted.time or None,
        "sprache": wanted.language or None,
    }
    after = row_number("nach")
    found = queries.open_openings(wanted, after=after, limit=OPENINGS_A_PAGE + 1)
    shown, more = found[:OPENINGS_A_PAGE], len(found) > OPENINGS_A_PAGE
    return render_page(
        "teams/openings.html",
        fragments={"opening-list"},
        announcement=ngettext("%(num)d Gesuch", "%(num)d Gesuche", len(shown)),
        listed=shown,
        chosen=chosen,
        is_filtered=any(chosen.values()),
        boroughs=all_districts(),
        kinds=wording.OPENING_KINDS,
        times=TIMES,
        languages=LANGUAGES,
        hours=wording.hours,
        next_url=_list_url(chosen, shown[-1].id) if more else None,
        first_url=_list_url(chosen, None) if after else None,
    )


@bp.get(OPENING)
def opening(opening_id: int) -> Response:
    """Show what a team looks for, and who or what fits."""
    opening = queries.opening_page(opening_id) or abort(404)
    team = opening.team
    members = queries.members_of(team)
    lead_ids = {member.user.id for member in members if member.is_lead}
    member_ids = {member.user.id for member in members}
    return render_page(
        "teams/opening.html",
        fragments={"opening-state"},
        opening=opening,
        team=team,
        kinds=wording.OPENING_KINDS,
        when=names_of(opening.times, TIMES) or _("jederzeit"),
        spoken=names_of(opening.languages, LANGUAGES),
        hours=wording.hours(opening.hours_a_week),
        states=wording.STATES,
        state_codes=wording.state_codes,
        ask_url=url_for("recruiting.ask", team_id=team.id, gesuch=opening.id),
        wish_url=url_for("matches.wish", kind="opening", subject_id=opening.id),
        may_edit=rules.may_edit(current_user, team, lead_ids),
        may_wish=rules.may_wish(current_user, team, opening, member_ids, lead_ids),
        takes_requests=rules.takes_requests(team),
        is_member=current_user.is_authenticated and current_user.id in member_ids,
    )


@bp.route(f"{TEAM}/gesuche/neu", methods=["GET", "POST"])
@login_required
def create_opening(team_id: int) -> Response:
    """Look for somebody or something in the name of the team."""
    team = own_team(team_id)
    if not team.takes_people:
        raise actions.TeamIsFinished
    form = OpeningForm(
        boroughs=all_districts(),
        data={
            "district": team.district_id,
            "languages": team.languages,
            "wanted_until": six_weeks_on(),
        },
    )
    if form.validate_on_submit():
        opening = actions.open_opening(team, by=current_user, **_opening_texts(form))
        db.session.commit()
        flash(_("Das Gesuch ist veröffentlicht."), "good")
        return redirect(url_for(".opening", opening_id=opening.id), 303)
    return _opening_form(form, team, url_for(".create_opening", team_id=team.id), None)


@bp.route(f"{OPENING}/bearbeiten", methods=["GET", "POST"])
@login_required
def edit_opening(opening_id: int) -> Response:
    """Change what the team looks for."""
    opening = _own_opening(opening_id)
    form = OpeningForm(boroughs=all_districts(), data=_opening_data(opening))
    if form.validate_on_submit():
        actions.change_opening(opening, by=current_user, **_opening_texts(form))
        db.session.commit()
        flash(_("Das Gesuch ist gespeichert."), "good")
        return redirect(url_for(".opening", opening_id=opening.id), 303)
    form_url = url_for(".edit_opening", opening_id=opening.id)
    return _opening_form(form, opening.team, form_url, opening)


@bp.post(f"{OPENING}/schliessen")
@login_required
def close_opening(opening_id: int) -> Response:
    """Stop looking."""
    opening = _own_opening(opening_id)
    actions.close_opening(opening, by=current_user)
    db.session.commit()
    flash(_("Das Gesuch ist geschlossen. Du kannst es jederzeit wieder öffnen."))
    return redirect(url_for(".opening", opening_id=opening.id), 303)


@bp.post(f"{OPENING}/oeffnen")
@login_required
def reopen_opening(opening_id: int) -> Response:
    """Look for the same again."""
    opening = _own_opening(opening_id)
    actions.reopen_opening(opening.team, opening, by=current_user)
    db.session.commit()
    flash(_("Das Gesuch ist wieder offen."), "good")
    return redirect(url_for(".opening", opening_id=opening.id), 303)


@bp.post(f"{OPENING}/verlaengern")
@login_required
def renew_opening(opening_id: int) -> Response:
    """Go on looking for some more weeks."""
    opening = _own_opening(opening_id)
    actions.renew_opening(opening.team, opening, by=current_user)
    db.session.commit()
    flash(_("Das Gesuch läuft jetzt sechs Wochen länger."), "good")
    return redirect(url_for(".opening", opening_id=opening.id), 303)


def _list_url(chosen: Mapping[str, str | int | None], after: int | None) -> str:
    return url_for(
        ".openings",
        art=chosen["art"],
        ortsteil=chosen["ortsteil"],
        zeit=chosen["zeit"],
        sprache=chosen["sprache"],
        nach=after,
    )


def _own_opening(opening_id: int) -> Opening:
    opening = queries.opening_page(opening_id) or abort(404)
    if not rules.may_edit(current_user, opening.team, queries.lead_ids_of(opening.team)):
        abort(403)
    return opening


def _opening_data(opening: Opening) -> dict[str, object]:
    return {
        "kind": opening.kind,
        "title": opening.title,
        "text": opening.text,
        "times": opening.times,
        "district": opening.district_id,
        "languages": opening.languages,
        "hours_a_week": opening.hours_a_week,
        "wanted_until": max(opening.wanted_until, clock.today()),
    }


def _opening_texts(form: OpeningForm) -> OpeningTexts:
    return {
        "kind": form.kind.data,
        "title": form.title.data,
        "text": form.text.data,
        "times": form.times.data,
        "district": district_chosen(form.district.data),
        "languages": form.languages.data,
        "hours_a_week": form.hours_a_week.data,
        "wanted_until": form.wanted_until.data,
    }


def _opening_form(form: OpeningForm, team: Team, url: str, opening: Opening | None) -> Response:
    return render_page(
        "teams/opening_form.html",
        fragments={"opening-form"},
        status=422 if form.errors else 200,
        form=form,
        team=team,
        opening=opening,
        form_url=url,
    )

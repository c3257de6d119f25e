"""Meetings of the steering teams: lists, agenda, minutes, who sits where."""

from datetime import date

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts.guards import administrator_required, coordinator_required
from portal.accounts.models import User
from portal.extensions import db
from portal.htmx import render_page
from portal.ideas.wording import STATE_NAMES
from portal.paging import Cursor
from portal.steering import actions, audited, item_views, queries, rules  # noqa: F401
from portal.steering.blueprint import bp, steering_required
from portal.steering.forms import MeetingForm, MinutesForm, SeatForm
from portal.steering.models import AREAS, CONFLICTED, Meeting
from portal.steering.wording import AREA_NAMES, OUTCOME_NAMES, VOTES_GIVEN

audited.watch_room()
MEETING = "/steuerungsteam/sitzungen/<int:meeting_id>"


@bp.get("/steuerungsteam")
@steering_required
def index() -> Response:
    """List the meetings of one area: what comes, what was."""
    return _list_page()


@bp.post("/steuerungsteam/sitzungen")
@coordinator_required
def plan() -> Response:
    """Add a meeting."""
    form = MeetingForm()
    if not form.validate():
        return _list_page(form)
    try:
        meeting = actions.plan_meeting(form.area.data, form.held_on.data)
    except actions.AlreadyPlanned as error:
        form.held_on.errors = [str(error)]
        return _list_page(form)
    db.session.commit()
    flash(_("Die Sitzung ist angelegt."), "good")
    return redirect(url_for(".meeting", meeting_id=meeting.id), 303)


@bp.get(MEETING)
@steering_required
def meeting(meeting_id: int) -> Response:
    """Show the agenda with its decisions and the minutes."""
    return _meeting_page(*_meeting(meeting_id))


@bp.post(f"{MEETING}/einladen")
@coordinator_required
def invite(meeting_id: int) -> Response:
    """Tell the members that the agenda is ready."""
    found, _own_area = _meeting(meeting_id)
    if not found.items or found.held_on < clock.today():
        abort(400)
    number = actions.invite(found)
    db.session.commit()
    flash(
        ngettext("%(num)d Mitglied weiß Bescheid.", "%(num)d Mitglieder wissen Bescheid.", number),
        "good",
    )
    return redirect(url_for(".meeting", meeting_id=meeting_id), 303)


@bp.post(f"{MEETING}/protokoll")
@coordinator_required
def write_minutes(meeting_id: int) -> Response:
    """Keep the minutes, and publish them or take them back."""
    found, own_area = _meeting(meeting_id)
    form = MinutesForm()
    if not form.validate():
        return _meeting_page(found, own_area, form)
    actions.write_minutes(found, form.minutes.data or "", publish=bool(form.publish.data))
    db.session.commit()
    flash(
        _("Das Protokoll ist öffentlich.") if found.published_at else _("Gespeichert."),
        "good",
    )
    return redirect(url_for(".meeting", meeting_id=meeting_id), 303)


@bp.get("/steuerungsteam/protokolle")
def published() -> Response:
    """List the meetings whose minutes everybody may read."""
    found = queries.published_meetings(_key())
    return render_page(
        "steering/published.html",
        listed=found[: queries.PAGE],
        next_url=_next_url(".published", found),
        area_names=AREA_NAMES,
    )


@bp.get("/steuerungsteam/protokolle/<int:meeting_id>")
def minutes(meeting_id: int) -> Response:
    """Show public minutes with the decisions about public ideas."""
    found = queries.meeting_with_agenda(meeting_id)
    if found is None or found.published_at is None:
        abort(404)
    return render_page(
        "steering/minutes.html",
        meeting=found,
        items=[item for item in found.items if item.outcome and item.is_readable],
        area_names=AREA_NAMES,
        outcome_names=OUTCOME_NAMES,
    )


@bp.get("/steuerungsteam/mitglieder")
@administrator_required
def members() -> Response:
    """Say who sits in which steering team."""
    return render_page(
        "steering/members.html", people=queries.possible_members(), area_names=AREA_NAMES
    )


@bp.post("/steuerungsteam/mitglieder/<int:user_id>")
@administrator_required
def seat(user_id: int) -> Response:
    """Let somebody sit in an area's team, or in none."""
    user = db.get_or_404(User, user_id)
    form = SeatForm()
    if not form.validate() or not (user.has_role("steering") or user.is_coordinator):
        abort(400)
    actions.seat(user, form.area.data or None)
    db.session.commit()
    flash(_("Gespeichert."), "good")
    return redirect(url_for(".members"), 303)


def _list_page(failed: MeetingForm | None = None) -> Response:
    own_area = queries.area_of(current_user)
    may_prepare = rules.may_prepare(current_user)
    asked = request.args.get("team", "")
    area = asked if may_prepare and asked in AREAS else own_area or ("ost" if may_prepare else None)
    past = queries.past_meetings(area, _key()) if area else []
    form = failed or MeetingForm(formdata=None, data={"area": area})
    return render_page(
        "steering/index.html",
        status=422 if failed else 200,
        form=form if may_prepare else None,
        is_open=failed is not None,
        area=area,
        area_names=AREA_NAMES,
        may_prepare=may_prepare,
        ahead=queries.meetings_ahead(area) if area and "vor" not in request.args else [],
        past=past[: queries.PAGE],
        next_url=_next_url(".index", past, team=area if may_prepare else None),
        first_url=url_for(".index", team=area) if "vor" in request.args else None,
        is_administrator=current_user.is_administrator,
    )


def _meeting(meeting_id: int) -> tuple[Meeting, str | None]:
    """Return a meeting somebody may read, and the area they sit in."""
    found = queries.meeting_with_agenda(meeting_id) or abort(404)
    own_area = queries.area_of(current_user)
    if not rules.may_read(current_user, found.area, own_area):
        abort(403)
    return found, own_area


def _meeting_page(
    found: Meeting, own_area: str | None, failed: MinutesForm | None = None
) -> Response:
    may_prepare = rules.may_prepare(current_user)
    data = {"minutes": found.minutes, "publish": found.published_at is not None}
    form = failed or MinutesForm(formdata=None, data=data)
    return render_page(
        "steering/meeting.html",
        fragments={"agenda"},
        status=422 if failed else 200,
        form=form if may_prepare else None,
        is_open=failed is not None,
        meeting=found,
        may_prepare=may_prepare,
        own_votes={
            vote.item_id: vote.vote
            for item in found.items
            for vote in item.votes
            if vote.user_id == current_user.id
        },
        may_arrange={item.id for item in found.items if rules.may_arrange(current_user, item)},
        is_member=own_area == found.area,
        is_past=found.held_on < clock.today(),
        conflicted=CONFLICTED,
        area_names=AREA_NAMES,
        outcome_names=OUTCOME_NAMES,
        vote_names=VOTES_GIVEN,
        state_names=STATE_NAMES,
    )


def _key() -> tuple[date, int] | None:
    return Cursor.parse(request.args.get("vor", ""), date)


def _next_url(endpoint: str, found: list[queries.Listed], team: str | None = None) -> str | None:
    if len(found) <= queries.PAGE:
        return None
    last = found[queries.PAGE - 1].meeting
    return url_for(endpoint, vor=str(Cursor(last.held_on, last.id)), team=team)

"""Who is in a team, for those in it: leaving, thanking, removing."""

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from portal.extensions import db
from portal.htmx import render_page
from portal.profiles.rules import first_name
from portal.recruiting import departures, queries, rules
from portal.recruiting.blueprint import TEAM, bp, own_room
from portal.recruiting.forms import LeaveForm, RemovalForm, ThanksForm
from portal.recruiting.queries import Room
from portal.teams.models import Membership

MEMBER = f"{TEAM}/mitglieder/<int:membership_id>"


@bp.get(f"{TEAM}/mitglieder")
@login_required
def members(team_id: int) -> Response:
    """List the members, with what the viewer may do."""
    room = own_room(team_id)
    lead_ids = room.lead_ids
    may_lead = rules.may_lead(current_user, lead_ids)
    offers = queries.lead_offers_in(team_id)
    offered = {offer.user_id for offer in offers}
    return render_page(
        "recruiting/members.html",
        team=room.team,
        memberships=room.memberships,
        first_name=first_name,
        is_member=current_user.id in room.member_ids,
        may_lead=may_lead,
        may_thank={
            m.id for m in room.memberships if rules.may_thank(current_user, m.user, lead_ids)
        },
        may_remove={
            m.id for m in room.memberships if rules.may_remove(current_user, m.user, lead_ids)
        },
        may_offer={
            m.id
            for m in room.memberships
            if may_lead
            and m.user_id != current_user.id
            and m.user_id not in offered
            and rules.may_be_offered_the_lead(m.user, lead_ids)
        },
        offers=[offer for offer in offers if may_lead or offer.user_id == current_user.id],
        without_lead=not lead_ids and rules.needs_lead(room.team),
    )


@bp.route(f"{TEAM}/austreten", methods=["GET", "POST"])
@login_required
def leave(team_id: int) -> Response:
    """Leave the team."""
    room = own_room(team_id)
    if current_user.id not in room.member_ids:
        abort(403)
    form = LeaveForm()
    is_last = room.lead_ids == {current_user.id} and rules.needs_lead(room.team)
    if form.validate_on_submit():
        try:
            departures.leave(
                room.team,
                current_user,
                farewell=form.farewell.data,
                coordinators_know=form.coordinators_know.data,
            )
        except departures.LastLead as error:
            db.session.rollback()
            room, is_last = own_room(team_id), True
            form.coordinators_know.errors = [str(error)]
        else:
            db.session.commit()
            flash(
                _("Du hast das Team verlassen. Danke für alles, was du beigetragen hast!"), "good"
            )
            return redirect(url_for("teams.show", team_id=team_id), 303)
    return render_page(
        "recruiting/leave.html",
        fragments={"leave-form"},
        status=422 if form.errors else 200,
        form=form,
        team=room.team,
        is_last_lead=is_last,
    )


@bp.route(f"{MEMBER}/danken", methods=["GET", "POST"])
@login_required
def thank(team_id: int, membership_id: int) -> Response:
    """Thank a member."""
    room, member = _member(team_id, membership_id)
    if not rules.may_thank(current_user, member.user, room.lead_ids):
        abort(403)
    form = ThanksForm()
    if form.validate_on_submit():
        departures.thank(room.team, member.user, by=current_user, words=form.words.data)
        db.session.commit()
        flash(_("Dein Dank ist angekommen."), "good")
        return redirect(url_for(".members", team_id=team_id), 303)
    return _member_form("recruiting/thank.html", "thanks-form", form, room, member)


@bp.route(f"{MEMBER}/entfernen", methods=["GET", "POST"])
@login_required
def remove(team_id: int, membership_id: int) -> Response:
    """End somebody's membership, with a reason they get to read."""
    room, member = _member(team_id, membership_id)
    if not rules.may_remove(current_user, member.user, room.lead_ids):
        abort(403)
    form = RemovalForm()
    if form.validate_on_submit():
        departures.remove(
            room.team,
            member.user,
            by=current_user,
            reason=form.reason.data,
            words=form.words.data,
        )
        db.session.commit()
        flash(
            _("%(name)s gehört nicht mehr zum Team und weiß, warum.", name=first_name(member.user))
        )
        return redirect(url_for(".members", team_id=team_id), 303)
    return _member_form("recruiting/remove.html", "removal-form", form, room, member)


def _member(team_id: int, membership_id: int) -> tuple[Room, Membership]:
    room = own_room(team_id)
    found = next((each for each in room.memberships if each.id == membership_id), None)
    return room, found or abort(404)


def _member_form(
    template: str, fragment: str, form: ThanksForm | RemovalForm, room: Room, member: Membership
) -> Response:
    return render_page(
        template,
        fragments={fragment},
        status=422 if form.errors else 200,
        form=form,
        team=room.team,
        member=member,
        name=first_name(member.user),
    )

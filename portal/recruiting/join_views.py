"""Asking a team to join, and answering."""

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts.guards import coordinator_required
from portal.extensions import db, limiter
from portal.htmx import render_page
from portal.profiles.rules import first_name, opened_to
from portal.recruiting import actions, queries, rules, wording
from portal.recruiting.blueprint import TEAM, bp, team_or_404
from portal.recruiting.forms import AnswerForm, JoinForm
from portal.recruiting.models import JoinRequest
from portal.recruiting.queries import Room
from portal.routing import row_number
from portal.teams.models import Opening
from portal.teams.wording import hours

REQUEST = "/beitrittsanfragen/<int:request_id>"
ASKS_A_DAY = "20 per day"
A_PAGE = 20

limit_asking = limiter.limit(
    ASKS_A_DAY, key_func=lambda: f"join:{current_user.get_id()}", methods=["POST"]
)


@bp.route(f"{TEAM}/mitmachen", methods=["GET", "POST"])
@login_required
@limit_asking
def ask(team_id: int) -> Response:
    """Ask to join a team, perhaps because of an opening."""
    room = team_or_404(team_id)
    openings = queries.openings_to_answer(team_id)
    wanted = row_number("gesuch")
    chosen = wanted if wanted in {opening.id for opening in openings} else None
    form = JoinForm(openings, chosen)
    last = queries.last_request(team_id, current_user.id)
    if form.validate_on_submit() and _can_ask(room, last, form):
        by_id = {opening.id: opening for opening in openings}
        try:
            return _ask(room, form, by_id.get(form.opening.data))
        except actions.AlreadyAsked:  # in another window, a moment earlier
            db.session.rollback()
            room, last = team_or_404(team_id), queries.last_request(team_id, current_user.id)
            form.message.errors = [str(actions.AlreadyAsked.message)]
    return _ask_page(room, form, last, chosen)


@bp.get("/beitrittsanfragen/")
@login_required
def mine() -> Response:
    """List what the person asked so far."""
    found = queries.requests_of(current_user.id, row_number("nach"), A_PAGE + 1)
    shown, more = found[:A_PAGE], len(found) > A_PAGE
    return render_page(
        "recruiting/mine.html",
        requests=shown,
        states=wording.STATES,
        next_url=url_for(".mine", nach=shown[-1].id) if more else None,
        first_url=url_for(".mine") if row_number("nach") else None,
    )


@bp.get(f"{TEAM}/anfragen")
@login_required
def team_requests(team_id: int) -> Response:
    """List who would like to join, for the leads."""
    room = team_or_404(team_id)
    if not rules.may_lead(current_user, room.lead_ids):
        abort(403)
    return render_page(
        "recruiting/team_requests.html",
        team=room.team,
        waiting=queries.requests_to(team_id),
        answered=queries.answered_by(team_id),
        states=wording.STATES,
        first_name=first_name,
        hours=hours,
        is_overdue=rules.is_overdue,
        today=clock.today(),
    )


@bp.get(REQUEST)
@login_required
def show(request_id: int) -> Response:
    """Show a request to who asked, to the leads, to coordinators."""
    asked, room = _readable(request_id)
    return _request_page(asked, room, AnswerForm(formdata=None))


@bp.post(f"{REQUEST}/antwort")
@login_required
def answer(request_id: int) -> Response:
    """Say yes or no, or ask back."""
    asked, room = _readable(request_id)
    if not asked.is_open:
        raise actions.AlreadyAnswered
    if not rules.may_answer(current_user, asked, room.lead_ids):
        abort(403)
    form = AnswerForm()
    if form.validate_on_submit() and form.decision.data == "ask" and asked.cleared_at is None:
        form.decision.errors = [str(actions.NotClearedYet.message)]
    if form.errors:
        return _request_page(asked, room, form)
    name = first_name(asked.user)
    if form.decision.data == "ask":
        thread = actions.ask_back(asked, room, current_user, form.text.data)
        told = _("Deine Rückfrage ist abgeschickt. Die Antwort kommt in eurem Gespräch an.")
        back = url_for("messages.thread", thread_id=thread.id)
    elif form.decision.data == "yes":
        actions.accept(asked, room, current_user, form.text.data)
        told = _("%(name)s gehört jetzt zum Team und hat eine Mail bekommen.", name=name)
        back = url_for(".show", request_id=asked.id)
    else:
        actions.decline(asked, room, current_user, reason=form.reason.data, note=form.text.data)
        told = _(
            "Deine Antwort ist unterwegs. Danke, dass du %(name)s nicht warten lässt.", name=name
        )
        back = url_for(".show", request_id=asked.id)
    db.session.commit()
    flash(told, "good")
    return redirect(back, 303)


@bp.post(f"{REQUEST}/zurueckziehen")
@login_required
def withdraw(request_id: int) -> Response:
    """Take one's own request back."""
    asked, room = _readable(request_id)
    if asked.user_id != current_user.id:
        abort(403)
    actions.withdraw(asked, room)
    db.session.commit()
    flash(_("Deine Anfrage ist zurückgezogen. Du kannst jederzeit neu fragen."))
    return redirect(url_for(".show", request_id=asked.id), 303)


@bp.post(f"{REQUEST}/freigeben")
@coordinator_required
def clear(request_id: int) -> Response:
    """Let the team read what somebody under 16 wrote."""
    asked, room = _readable(request_id)
    if not rules.may_help(current_user, asked):
        abort(403)
    actions.clear(asked, room, current_user)
    db.session.commit()
    flash(_("Das Team liest die Anfrage jetzt."), "good")
    return redirect(url_for(".show", request_id=asked.id), 303)


@bp.post(f"{REQUEST}/erinnern")
@coordinator_required
def nudge(request_id: int) -> Response:
    """Remind the leads once more."""
    asked, room = _readable(request_id)
    if not rules.may_help(current_user, asked):
        abort(403)
    actions.nudge(asked, room)
    db.session.commit()
    flash(_("Die Teamleitung ist erinnert."), "good")
    return redirect(url_for(".show", request_id=asked.id), 303)


def _ask(room: Room, form: JoinForm, opening: Opening | None) -> Response:
    asked = actions.ask_to_join(
        room,
        current_user,
        message=form.message.data,
        hours_a_week=form.hours_a_week.data,
        answer_by=form.answer_by.data,
        opening=opening,
    )
    db.session.commit()
    flash(_("Deine Anfrage ist abgeschickt."), "good")
    return redirect(url_for(".show", request_id=asked.id), 303)


def _can_ask(room: Room, last: JoinRequest | None, form: JoinForm) -> bool:
    """Whether the form may be sent on; if not, the page says why and keeps what was typed."""
    if last is not None and last.is_open:
        form.message.errors = [str(actions.AlreadyAsked.message)]
    elif rules.asks_again_from(last):
        form.message.errors = [str(actions.AskedTooSoon.message)]
    elif rules.obstacle(current_user, room.team, room.member_ids):
        form.message.errors = [str(actions.CannotAsk.message)]
    return not form.message.errors


def _ask_page(room: Room, form: JoinForm, last: JoinRequest | None, chosen: int | None) -> Response:
    obstacle = rules.obstacle(current_user, room.team, room.member_ids)
    return render_page(
        "recruiting/ask.html",
        fragments={"join-form"},
        status=422 if form.errors else 200,
        form=form,
        form_url=url_for(".ask", team_id=room.team.id, gesuch=chosen),
        team=room.team,
        obstacle=obstacle,
        standing=last if last is not None and last.is_open else None,
        again_from=rules.asks_again_from(last),
        has_lead=bool(room.leads),
    )


def _readable(request_id: int) -> tuple[JoinRequest, Room]:
    asked = queries.request_page(request_id) or abort(404)
    room = team_or_404(asked.team_id)
    if not rules.may_read(current_user, asked, room.lead_ids):
        abort(404)
    return asked, room


def _request_page(asked: JoinRequest, room: Room, form: AnswerForm) -> Response:
    is_own = asked.user_id == current_user.id
    may_answer = rules.may_answer(current_user, asked, room.lead_ids)
    can_write = asked.thread_id and queries.is_in_thread(current_user.id, asked.thread_id)
    profile = None if is_own else queries.openness_of(asked.user_id)
    page = render_page(
        "recruiting/request.html",
        fragments={"answer-form"},
        status=422 if form.errors else 200,
        form=form,
        asked=asked,
        team=room.team,
        is_own=is_own,
        name=first_name(asked.user),
        hours=hours(asked.hours_a_week),
        state=wording.STATES[asked.state],
        reason=wording.ALL_DECLINE_REASONS.get(asked.reason or "", "")
        if asked.reason != wording.OTHER
        else "",
        may_answer=may_answer and (asked.cleared_at is not None or current_user.is_coordinator),
        may_help=rules.may_help(current_user, asked),
        nudged_today=asked.nudged_at is not None
        and asked.nudged_at > clock.shifted(clock.now(), days=-1),
        has_lead=bool(room.leads),
        is_overdue=rules.is_overdue(asked, clock.today()),
        thread_url=url_for("messages.thread", thread_id=asked.thread_id) if can_write else None,
        profile_url=url_for("profiles.person", user_id=asked.user_id)
        if profile and opened_to(current_user, profile, asked.user)
        else None,
    )
    page.headers["X-Robots-Tag"] = "noindex"
    return page

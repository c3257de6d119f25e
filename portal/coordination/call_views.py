"""The call list: people who want to be called, what to say, and how it went."""

from dataclasses import dataclass
from datetime import datetime

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts.guards import coordinator_required
from portal.coordination import actions
from portal.coordination.actions import Subject
from portal.coordination.blueprint import bp
from portal.coordination.forms import CallForm
from portal.coordination.record_views import record_url
from portal.extensions import db
from portal.htmx import render_page
from portal.ideas import calls as idea_calls
from portal.ideas.wording import STATE_MEANINGS, STATE_NAMES
from portal.matches import calls, meeting
from portal.matches.cards import Detail, details_of
from portal.matches.rules import may_decide

PAGE = 20
OVERDUE_DAYS = 2  # somebody who was promised a call has waited long enough


@dataclass(frozen=True, slots=True)
class Line:
    """One call on the page."""

    planned: calls.Planned
    purpose: object
    own: Detail
    other: Detail
    proposal: str
    answers: dict[str, object]
    is_overdue: bool
    form: CallForm
    record_url: str


@dataclass(frozen=True, slots=True)
class IdeaLine:
    """News to tell somebody who left only a number with their idea."""

    news: idea_calls.News
    is_overdue: bool
    form: CallForm


@bp.get("/koordination/anrufe", endpoint="calls")
@coordinator_required
def call_list() -> Response:
    """Whom to call now, longest waiting first."""
    page = min(max(1, request.args.get("seite", 1, type=int)), 10_000)
    news, news_number = idea_calls.calls_to_make(PAGE)
    planned, number = calls.planned_calls(PAGE, skip=(page - 1) * PAGE)
    sides = [side for one in planned for side in (one.own, one.other)]
    details = details_of(sides, current_user)
    lines = [
        _line(one, details[one.own], details[one.other])
        for one in planned
        if one.own in details and one.other in details
    ]
    return render_page(
        "coordination/calls.html",
        fragments={"calls"},
        announcement=ngettext("%(num)d Anruf", "%(num)d Anrufe", number + news_number),
        # Nobody calls about themselves (four eyes).
        lines=[
            line for line in lines if may_decide(current_user, line.own.owners | line.other.owners)
        ],
        number=number,
        news_left=news_number - len(news),
        idea_lines=[_idea_line(one) for one in news] if page == 1 else [],
        told=calls.answers_to_news(),
        state_names=STATE_NAMES,
        meanings=STATE_MEANINGS,
        next_url=url_for(".calls", seite=page + 1) if page * PAGE < number else None,
        first_url=url_for(".calls") if page > 1 else None,
    )


@bp.post("/koordination/anrufe/<int:call_id>")
@coordinator_required
def note_call(call_id: int) -> Response:
    """Note how a call went, here and in the contact log of whom it was with."""
    call = calls.call_to_make(call_id) or abort(404)
    own = (call.side.kind, call.side.subject_id)
    other = calls.other_side(call.side)
    found = details_of([own, (other.kind, other.subject_id)], current_user)
    owners = frozenset().union(*(detail.owners for detail in found.values()))
    if not may_decide(current_user, owners | {call.side.user_id or 0, other.user_id or 0}):
        abort(403)
    form = CallForm()
    answers = calls.answers_of(call)
    if not form.validate_on_submit() or form.answer.data not in answers:
        return _not_saved()
    answer = form.answer.data
    calls.note_call(call, answer, form.seen.data)
    text = f"{calls.PURPOSES[call.purpose]} {answers[answer]}."
    return _noted(calls.record_of(call), text, form, answer != calls.NOT_REACHED)


@bp.post("/koordination/anrufe/idee/<int:idea_id>")
@coordinator_required
def note_idea_call(idea_id: int) -> Response:
    """Note how a call about an idea went, here and in the idea's contact log."""
    call = idea_calls.call_about(idea_id)
    if call is None:
        raise idea_calls.CallChanged(idea_id)
    form = CallForm()
    answers = calls.answers_to_news()
    if not form.validate_on_submit() or form.answer.data not in answers:
        return _not_saved()
    is_reached = form.answer.data != calls.NOT_REACHED
    text = f"{STATE_NAMES[call.idea.state]}: {answers[form.answer.data]}."
    idea_calls.note_call(call, is_reached=is_reached, seen=form.seen.data)
    return _noted(("idea", idea_id), text, form, is_reached)


def _not_saved() -> Response:
    flash(_("Das ließ sich nicht speichern. Kürze bitte die Notiz und versuch es noch einmal."))
    return redirect(url_for(".calls"), 303)


def _noted(subject: Subject, text: str, form: CallForm, is_reached: bool) -> Response:
    """Write the call into the contact log, commit, and say what comes next."""
    actions.log_contact(
        subject,
        channel="angerufen" if is_reached else "nicht_erreicht",
        text=f"{text}\n{form.note.data}".strip(),
        by=current_user,
    )
    db.session.commit()
    if is_reached:
        flash(_("Danke! Der Anruf steht im Kontaktprotokoll."), "good")
    else:
        flash(_("Nicht erreicht. Morgen steht der Anruf wieder hier."))
    return redirect(url_for(".calls"), 303)


def _idea_line(news: idea_calls.News) -> IdeaLine:
    form = CallForm(formdata=None, seen=news.call.version)
    form.stem = "idea-call"
    form.number(news.call.idea_id)
    return IdeaLine(news, _is_overdue(news.call.since), form)


def _is_overdue(since: datetime) -> bool:
    return since <= clock.shifted(clock.now(), days=-OVERDUE_DAYS)


def _line(one: calls.Planned, own: Detail, other: Detail) -> Line:
    form = CallForm(formdata=None, seen=one.call.attempts)
    form.number(one.call.id)
    near = next((side.place for side in (own, other) if side.subject[0] != "person"), "")
    introduction = one.call.side.introduction
    return Line(
        planned=one,
        purpose=calls.PURPOSES[one.call.purpose],
        own=own,
        other=other,
        proposal=meeting.proposal(introduction, near) if one.call.purpose == "introduced" else "",
        answers=calls.answers_of(one.call),
        is_overdue=_is_overdue(one.call.created_at),
        form=form,
        record_url=record_url(*calls.record_of(one.call)),
    )

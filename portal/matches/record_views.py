"""Introductions as coordinators see them: the list, and each one's record with its outcome."""

from dataclasses import dataclass

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts.guards import coordinator_required
from portal.extensions import db
from portal.htmx import render_page
from portal.matches import calls, introductions, meeting, outcomes, queries, rules, telling
from portal.matches.blueprint import bp
from portal.matches.cards import Card, Detail
from portal.matches.forms import MeetingForm
from portal.matches.models import Introduction, IntroductionSide, Outcome
from portal.matches.review_views import cards_of, decidable
from portal.routing import row_number

PAGE = 30
STATES = {
    "wartet": _l("warten auf Antwort"),
    "vorgestellt": _l("vorgestellt"),
    "beendet": _l("beendet"),
}
CHANNELS = {
    telling.MAIL: _l("per Mail"),
    telling.PORTAL: _l("nur im Portal"),
    telling.TELEPHONE: _l("per Telefon"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One introduction of the list with what was told about it."""

    introduction: Introduction
    card: Card
    outcomes: list[Outcome]


@bp.get("/koordination/vermittlungen/", endpoint="introduction_records")
@coordinator_required
def index() -> Response:
    """All introductions of one state, newest first."""
    state = request.args.get("stand", "")
    state = state if state in STATES else "wartet"
    found = queries.introductions_in(state, PAGE + 1, before=row_number("vor"))
    shown = found[:PAGE]
    told = outcomes.outcomes_of([row.id for row in shown])
    cards = cards_of([row.suggestion for row in shown])
    by_id = {one.suggestion.id: one for one in cards}
    free = decidable(cards)  # what concerns a coordinator themselves is for the others
    return render_page(
        "matches/introduction_records.html",
        fragments={"records"},
        lines=[
            Line(
                row, by_id[row.suggestion_id], [o for o in told if o.side.introduction_id == row.id]
            )
            for row in shown
            if row.suggestion_id in free
        ],
        state=state,
        states=STATES,
        answers=outcomes.ANSWERS,
        next_url=url_for(".introduction_records", stand=state, vor=shown[-1].id)
        if len(found) > PAGE
        else None,
    )


@bp.get("/koordination/vermittlungen/<int:introduction_id>")
@coordinator_required
def introduction_record(introduction_id: int) -> Response:
    """One introduction: who was asked how, what they said, what came of it."""
    introduction, one = _record(introduction_id)
    return _page(introduction, one, _meeting_form(introduction))


@bp.post("/koordination/vermittlungen/<int:introduction_id>")
@coordinator_required
def propose_meeting(introduction_id: int) -> Response:
    """Write the first words, a place and a time, while the two are not introduced yet."""
    introduction, one = _record(introduction_id)
    form = MeetingForm()
    if not form.validate_on_submit():
        return _page(introduction, one, form, 422)
    introductions.propose(
        introduction,
        line=form.opening_line.data or "",
        place=form.meeting_place.data or "",
        at=form.moment(),
    )
    db.session.commit()
    flash(_("Gespeichert. Beide lesen es, sobald beide Ja gesagt haben."), "good")
    return redirect(url_for(".introduction_record", introduction_id=introduction.id), 303)


@bp.post("/koordination/vermittlungen/<int:introduction_id>/anrufen/<int:side_id>")
@coordinator_required
def call_instead(introduction_id: int, side_id: int) -> Response:
    """Put a side that has not answered on the call list."""
    introduction, _one = _record(introduction_id)
    side = next((each for each in introduction.sides if each.id == side_id), None) or abort(404)
    introductions.call_instead(introduction, side)
    db.session.commit()
    flash(_("Steht jetzt in der Anrufliste."), "good")
    return redirect(url_for(".introduction_record", introduction_id=introduction.id), 303)


def _record(introduction_id: int) -> tuple[Introduction, Card]:
    """Return what this coordinator may work on: nobody does on their own introductions."""
    introduction = queries.introduction_in_full(introduction_id) or abort(404)
    cards = cards_of([introduction.suggestion])
    if not cards:
        abort(404)
    if introduction.suggestion_id not in decidable(cards) or any(
        side.user_id == current_user.id for side in introduction.sides
    ):
        abort(403)
    return introduction, cards[0]


def _meeting_form(introduction: Introduction) -> MeetingForm:
    at = introduction.meeting_at
    return MeetingForm(
        formdata=None,
        opening_line=introduction.opening_line,
        meeting_place=introduction.meeting_place,
        meeting_at=clock.to_local(at) if at else None,
    )


def _page(introduction: Introduction, one: Card, form: MeetingForm, status: int = 200) -> Response:
    return render_page(
        "matches/introduction_record.html",
        status=status,
        introduction=introduction,
        card=one,
        form=form,
        sides=[(side, _detail_of(side, one)) for side in introduction.sides],
        channels=CHANNELS,
        calls=queries.open_calls_of([side.id for side in introduction.sides]),
        purposes=calls.PURPOSES,
        may_call={
            side.id
            for side in introduction.sides
            if rules.may_be_called(introduction, side) and telling.phone_of(side)
        },
        runs=introduction.introduced_at is None and introduction.closed_at is None,
        proposal=meeting.proposal(introduction),
        outcomes=outcomes.outcomes_of([introduction.id]),
        answers=outcomes.ANSWERS,
    )


def _detail_of(side: IntroductionSide, one: Card) -> Detail:
    is_own = one.own is not None and (side.kind, side.subject_id) == one.own.subject
    return one.own if one.own and is_own else one.other

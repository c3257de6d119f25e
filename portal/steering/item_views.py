"""One idea on an agenda: putting it there, its one-page summary, votes, the decision."""

from dataclasses import dataclass
from datetime import datetime

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts.guards import coordinator_required
from portal.extensions import db
from portal.forms import without_contact
from portal.htmx import render_page
from portal.ideas.models import Idea
from portal.ideas.queries import idea_in_full, idea_to_decide
from portal.ideas.topics import topic_names
from portal.ideas.wording import STATE_NAMES
from portal.letters.models import Letter
from portal.letters.queries import letters_about
from portal.letters.rules import state_of
from portal.letters.wording import STATES as LETTER_STATES
from portal.routing import row_number
from portal.steering import actions, queries, rules
from portal.steering.blueprint import bp, steering_required
from portal.steering.forms import DecisionForm, ItemForm, VoteForm
from portal.steering.models import CONFLICTED, AgendaItem
from portal.steering.wording import AREA_NAMES, OUTCOME_NAMES, VOTES_GIVEN

ITEM = "/steuerungsteam/punkte/<int:item_id>"


@dataclass(frozen=True, slots=True)
class Asked:
    """An office that was asked, in words everybody may read: no text of a letter or an answer."""

    office: str
    sent_at: datetime | None
    state: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Summary:
    """What a steering team reads about an idea: nothing about who had it."""

    title: str
    problem: str
    wish: str
    contribution: str
    place: str | None
    topic: str | None
    language: str | None
    asked: list[Asked]


@bp.route("/steuerungsteam/ideen/<int:idea_id>", methods=["GET", "POST"])
@coordinator_required
def put_on(idea_id: int) -> Response:
    """Put an idea on the agenda of a meeting."""
    idea = idea_in_full(Idea.id == idea_id) or abort(404)
    meetings = queries.coming_meetings()
    may_put_on = rules.may_be_put_on(current_user, idea)
    area = idea.district.area if idea.district else None
    asked_for = row_number("sitzung") or next((m.id for m in meetings if m.area == area), 0)
    form = ItemForm(meetings, None, asked_for) if may_put_on and meetings else None
    if form and form.validate_on_submit():
        held = idea_to_decide(idea_id) or abort(404)
        item = actions.put_on_agenda(
            held,
            form.chosen_meeting(),
            asked=form.asked.data or "",
            open_questions=form.open_questions.data or "",
            by=current_user,
        )
        db.session.commit()
        flash(_("Die Idee steht auf der Tagesordnung."), "good")
        return redirect(url_for(".meeting", meeting_id=item.meeting_id), 303)
    return render_page(
        "steering/put_on.html",
        status=422 if form and form.errors else 200,
        form=form,
        idea=idea,
        item=None,
        may_put_on=may_put_on,
        items=queries.items_about(idea_id),
        area_names=AREA_NAMES,
        outcome_names=OUTCOME_NAMES,
        state_names=STATE_NAMES,
    )


@bp.route(f"{ITEM}/bearbeiten", methods=["GET", "POST"])
@coordinator_required
def edit_item(item_id: int) -> Response:
    """Reword what is asked, or postpone the idea."""
    item = _item(item_id)
    if not rules.may_record(current_user, item):
        abort(403)
    meetings = list(queries.coming_meetings())
    if item.meeting not in meetings:
        meetings.insert(0, item.meeting)
    form = ItemForm(meetings, item, 0)
    if form.validate_on_submit():
        actions.change_item(
            item,
            form.chosen_meeting(),
            asked=form.asked.data or "",
            open_questions=form.open_questions.data or "",
        )
        db.session.commit()
        flash(_("Gespeichert."), "good")
        return redirect(url_for(".meeting", meeting_id=item.meeting_id), 303)
    return render_page(
        "steering/put_on.html",
        status=422 if form.errors else 200,
        form=form,
        idea=item.idea,
        item=item,
        may_put_on=True,
        items=[],
        area_names=AREA_NAMES,
        outcome_names=OUTCOME_NAMES,
        state_names=STATE_NAMES,
    )


@bp.post(f"{ITEM}/verschieben/<richtung>")
@coordinator_required
def shift(item_id: int, richtung: str) -> Response:
    """Move an item up or down."""
    item = _item(item_id)
    if not rules.may_arrange(current_user, item):
        abort(403)
    actions.shift(item, {"hoch": -1, "runter": 1}.get(richtung) or abort(404))
    db.session.commit()
    return redirect(url_for(".meeting", meeting_id=item.meeting_id), 303)


@bp.post(f"{ITEM}/entfernen")
@coordinator_required
def take_off(item_id: int) -> Response:
    """Remove an undecided item from the agenda."""
    item = _item(item_id)
    may_take_off = rules.may_record(current_user, item) or not item.is_readable
    if not rules.may_arrange(current_user, item) or not may_take_off:
        abort(403)
    meeting_id, title = item.meeting_id, item.idea.title
    idea = idea_to_decide(item.idea_id) or abort(404)
    actions.take_off_agenda(item, idea, current_user)
    db.session.commit()
    flash(_("Nicht mehr auf der Tagesordnung: %(title)s", title=title), "good")
    return redirect(url_for(".meeting", meeting_id=meeting_id), 303)


@bp.get(ITEM)
@steering_required
def item(item_id: int) -> Response:
    """Show an idea on one page that can be printed."""
    return _item_page(_item(item_id))


@bp.post(f"{ITEM}/votum")
@steering_required
def vote(item_id: int) -> Response:
    """Note what a member thinks beforehand."""
    found = _item(item_id)
    if not rules.may_vote(current_user, found, queries.area_of(current_user)):
        abort(403)
    form = VoteForm()
    if not form.validate():
        return _item_page(found, vote_form=form)
    actions.cast_vote(found, current_user, form.vote.data, form.comment.data or "")
    db.session.commit()
    flash(_("Danke, deine Meinung ist notiert."), "good")
    return redirect(url_for(".item", item_id=item_id), 303)


@bp.post(f"{ITEM}/entscheidung")
@coordinator_required
def decide(item_id: int) -> Response:
    """Write down what the meeting decided."""
    found = _item(item_id)
    idea = idea_to_decide(found.idea_id) or abort(404)
    if not rules.may_record(current_user, found):
        if found.outcome:
            raise actions.AlreadyDecided(item_id)
        abort(403)
    form = DecisionForm(queries.members_of(found.meeting.area), [], sent=True)
    if not form.validate():
        return _item_page(found, decision_form=form)
    actions.record_decision(
        found,
        idea,
        outcome=form.outcome.data,
        reason=form.reason.data or "",
        instead=form.instead.data or "",
        conflicted=form.conflicted_members(),
        by=current_user,
    )
    db.session.commit()
    flash(_("Die Entscheidung ist notiert. Wer die Idee hatte, erfährt davon."), "good")
    return redirect(url_for(".meeting", meeting_id=found.meeting_id), 303)


def _item(item_id: int) -> AgendaItem:
    found = queries.item_in_full(item_id) or abort(404)
    if not rules.may_read(current_user, found.meeting.area, queries.area_of(current_user)):
        abort(403)
    return found


def _item_page(
    found: AgendaItem,
    vote_form: VoteForm | None = None,
    decision_form: DecisionForm | None = None,
) -> Response:
    failed = vote_form or decision_form
    may_vote = rules.may_vote(current_user, found, queries.area_of(current_user))
    may_record = rules.may_record(current_user, found)
    return render_page(
        "steering/item.html",
        status=422 if failed else 200,
        form=failed,
        item=found,
        summary=_summary(found.idea) if found.is_readable else None,
        votes=found.votes if rules.may_see_votes(current_user, found) else None,
        vote_form=(vote_form or _own_vote(found)) if may_vote else None,
        decision_form=(decision_form or _decision(found)) if may_record else None,
        may_prepare=rules.may_prepare(current_user),
        area_names=AREA_NAMES,
        outcome_names=OUTCOME_NAMES,
        vote_names=VOTES_GIVEN,
        letter_states=LETTER_STATES,
        state_names=STATE_NAMES,
    )


def _summary(idea: Idea) -> Summary:
    return Summary(
        title=without_contact(idea.title),
        problem=without_contact(idea.problem),
        wish=without_contact(idea.wish),
        contribution=without_contact(idea.contribution),
        place=idea.district.name if idea.district else None,
        topic=topic_names().get(idea.topic or ""),
        language=idea.language,
        asked=[_asked(letter) for letter in letters_about(idea.id) if letter.is_sent],
    )


def _asked(letter: Letter) -> Asked:
    state = state_of(letter, clock.now())
    return Asked(letter.office.name, letter.sent_at, state, letter.answered_at)


def _own_vote(found: AgendaItem) -> VoteForm:
    own = next((vote for vote in found.votes if vote.user_id == current_user.id), None)
    data = {"vote": own.vote, "comment": own.comment} if own else {}
    return VoteForm(formdata=None, data=data)


def _decision(found: AgendaItem) -> DecisionForm:
    conflicted = [vote.user_id for vote in found.votes if vote.vote == CONFLICTED]
    return DecisionForm(queries.members_of(found.meeting.area), conflicted, sent=False)

"""Passing an idea on: to whom, the page that goes along, the answer, what everybody may know."""

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts.guards import coordinator_required
from portal.extensions import db
from portal.htmx import render_page
from portal.ideas.models import Idea, ProgressEntry
from portal.ideas.queries import idea_in_full, idea_to_decide
from portal.ideas.rules import is_from, may_read
from portal.ideas.topics import topic_names
from portal.ideas.wording import STATE_NAMES
from portal.profiles.rules import first_name
from portal.referrals import actions, queries, rules
from portal.referrals.blueprint import bp, keep_private
from portal.referrals.forms import AnswerForm, HandoverForm
from portal.referrals.models import Handover
from portal.referrals.wording import ANSWERS, TONES


@bp.route("/weitergaben/idee/<int:idea_id>", methods=["GET", "POST"])
@coordinator_required
def pass_on(idea_id: int) -> Response:
    """Pass an idea on, and see to whom it went."""
    idea = idea_in_full(Idea.id == idea_id) or abort(404)
    if is_from(current_user, idea):
        abort(403)
    form = HandoverForm(queries.open_referrers())
    if form.validate_on_submit():
        held = idea_to_decide(idea_id) or abort(404)
        handover = actions.pass_on(
            held,
            to_name=form.to_name.data or "",
            referrer=form.referrer(),
            passed_on=form.passed_on.data or clock.today(),
            note=form.note.data or "",
            contact_agreed=bool(form.contact_agreed.data),
            by=current_user,
        )
        db.session.commit()
        flash(_("Weitergegeben. Wer die Idee hatte, erfährt es."), "good")
        return redirect(url_for(".pack", handover_id=handover.id), 303)
    return _page(idea, form)


@bp.get("/weitergaben/paket/<int:handover_id>")
@coordinator_required
def pack(handover_id: int) -> Response:
    """Show one page about an idea to print for the body; contacts only with consent."""
    handover = _handover(handover_id)
    idea = idea_in_full(Idea.id == handover.idea_id) or abort(404)
    has_contact = handover.contact_agreed_at and idea.hidden_at is None
    initiator = handover.idea.initiator
    address = initiator.email if initiator else idea.contact_email
    return keep_private(
        render_page(
            "referrals/pack.html",
            handover=handover,
            idea=idea,
            steps=_steps(idea),
            contact=address if has_contact else None,
            contact_name=first_name(initiator) if has_contact and initiator else None,
            referral=queries.referral_of(idea.id),
            state_names=STATE_NAMES,
            topic_names=topic_names(),
        )
    )


@bp.post("/weitergaben/<int:handover_id>/antwort")
@coordinator_required
def note_answer(handover_id: int) -> Response:
    """Note what the body said by mail or telephone."""
    handover = _handover(handover_id)
    form = AnswerForm()
    if not form.validate():
        idea = idea_in_full(Idea.id == handover.idea_id) or abort(404)
        return _page(idea, None, form, handover_id)
    idea = idea_to_decide(handover.idea_id) or abort(404)
    actions.answer(
        handover, idea, code=form.answer.data, text=form.text.data or "", by=current_user
    )
    db.session.commit()
    flash(_("Die Antwort ist notiert."), "good")
    return redirect(url_for(".pass_on", idea_id=handover.idea_id), 303)


@bp.get("/ideen/<int:idea_id>/weitergegeben")
def standing(idea_id: int) -> Response:
    """Tell everybody where an idea is now and since when."""
    idea = db.get_or_404(Idea, idea_id)
    if not may_read(current_user, idea):
        abort(404)
    return render_page(
        "referrals/standing.html",
        fragments={"passed-on"},
        idea=idea,
        handovers=queries.handovers_of(idea_id),
        answer_names=ANSWERS,
        tones=TONES,
    )


def _steps(idea: Idea) -> list[ProgressEntry]:
    """Return how the state changed, oldest first; further news in the same state are left out."""
    entries = [*reversed(idea.progress)]
    before = [None, *(entry.state for entry in entries)]
    return [entry for entry, last in zip(entries, before, strict=False) if entry.state != last]


def _handover(handover_id: int) -> Handover:
    handover = queries.handover_in_full(handover_id) or abort(404)
    if not rules.may_work_on(current_user, handover):
        abort(403)
    return handover


def _page(
    idea: Idea,
    form: HandoverForm | None,
    failed: AnswerForm | None = None,
    failed_id: int = 0,
) -> Response:
    handovers = queries.handovers_of(idea.id)
    forms = {}
    for each in handovers:
        data = {"answer": each.answer, "text": each.answer_text}
        forms[each.id] = (
            failed if failed and each.id == failed_id else AnswerForm(formdata=None, data=data)
        )
        forms[each.id].number(each.id)
    may_pass_on = rules.may_pass_on(current_user, idea)
    return render_page(
        "referrals/pass_on.html",
        status=422 if failed or (form and form.errors) else 200,
        form=failed or form,
        pass_form=(form or HandoverForm(queries.open_referrers())) if may_pass_on else None,
        idea=idea,
        has_contact=idea.has_contact,
        referral=queries.referral_of(idea.id),
        handovers=handovers,
        forms=forms,
        failed_id=failed_id,
        state_names=STATE_NAMES,
        answer_names=ANSWERS,
        tones=TONES,
    )

"""Pages for bodies: what a referral is, handing an idea in, the status behind their link."""

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from portal.coordination.minding import Minded, hand_over_with_everything
from portal.coordination.tiles import Waiting, show_on_workbench
from portal.extensions import db, limiter
from portal.forms import clean_query
from portal.htmx import render_page
from portal.ideas.actions import submit_idea
from portal.ideas.models import Idea
from portal.ideas.queries import idea_to_decide
from portal.ideas.wording import STATE_MEANINGS, STATE_NAMES
from portal.places.queries import all_districts
from portal.referrals import (
    actions,
    audited,
    coordinator_views,  # noqa: F401 - importing it adds its pages
    handover_views,  # noqa: F401
    personal_data,  # noqa: F401
    queries,
    routings,  # noqa: F401
)
from portal.referrals.blueprint import bp, keep_private
from portal.referrals.forms import AnswerForm, OpenReferralForm, ReferralForm
from portal.referrals.models import Handover, Referrer
from portal.referrals.wording import ANSWERS, CONSENT, KINDS, TONES
from portal.routing import row_number

audited.watch_room()
show_on_workbench(
    Waiting(
        "referrals",
        _l("Weitergaben ohne Reaktion"),
        10,
        "referrals.inbox",
        queries.count_waiting,
    )
)
hand_over_with_everything(Minded(queries.count_minded, actions.hand_over_all))
BY_LINK = "/weitergaben/bei/<token>"
_A_FEW = limiter.limit(
    "20 per hour", methods=["POST"], deduct_when=lambda response: response.status_code == 303
)


@bp.get("/weitergaben/")
def index() -> Response:
    """Say what councils and quarter managements can do here."""
    return render_page("referrals/index.html")


@bp.route("/weitergaben/neu", methods=["GET", "POST"])
@_A_FEW
def create() -> Response:
    """Take in an idea from a body without a link of its own; it gets one."""
    form = OpenReferralForm(all_districts())
    form.key()
    if form.validate_on_submit():
        idea, is_new = _submit(form)
        if is_new:
            referrer = actions.add_referrer(
                form.body.data, form.kind.data, email=None, wants_mail=False, confirmed=False
            )
            _refer(referrer, idea, form)
        else:
            known = queries.referral_of(idea.id) or abort(409)
            referrer = known.referrer
        return redirect(url_for(".status", token=referrer.token, danke=1), 303)
    return _form_page(form, None)


@bp.get(BY_LINK)
def status(token: str) -> Response:
    """Show a body its ideas and what was passed on to it; the link is the key."""
    return _status_page(_referrer(token))


@bp.route(f"{BY_LINK}/neu", methods=["GET", "POST"])
@_A_FEW
def hand_in(token: str) -> Response:
    """Take in an idea from a body with a link."""
    referrer = _referrer(token)
    form = ReferralForm(all_districts())
    form.key()
    if form.validate_on_submit():
        idea, is_new = _submit(form)
        if is_new:
            _refer(referrer, idea, form)
        return redirect(url_for(".status", token=token, danke=1), 303)
    return _form_page(form, referrer)


@bp.post(f"{BY_LINK}/mails")
def want_mail(token: str) -> Response:
    """Mail the body about its ideas, or no longer."""
    referrer = _referrer(token)
    actions.want_mail(referrer, request.form.get("mails") == "ja")
    db.session.commit()
    flash(_("Gespeichert."), "good")
    return redirect(url_for(".status", token=token), 303)


@bp.post(f"{BY_LINK}/antwort/<int:handover_id>")
@_A_FEW
def answer(token: str, handover_id: int) -> Response:
    """Let a body say what becomes of an idea it was given."""
    referrer = _referrer(token)
    handover = db.get_or_404(Handover, handover_id)
    if handover.referrer_id != referrer.id:
        abort(404)
    form = AnswerForm()
    if not form.validate():
        return _status_page(referrer, form, handover_id)
    idea = idea_to_decide(handover.idea_id) or abort(404)
    actions.answer(handover, idea, code=form.answer.data, text=form.text.data or "", by=None)
    db.session.commit()
    flash(_("Danke, das hilft uns sehr."), "good")
    return redirect(url_for(".status", token=token), 303)


def _referrer(token: str) -> Referrer:
    return queries.referrer_by_token(clean_query(token)) or abort(404)


def _submit(form: ReferralForm) -> tuple[Idea, bool]:
    submission = submit_idea(
        **form.texts(),
        contact_email=(form.contact_email.data or None) if form.consent.data else None,
        under_16=bool(form.under_16.data),
        submission_key=form.key(),
    )
    return submission.idea, submission.claim_code is not None


def _refer(referrer: Referrer, idea: Idea, form: ReferralForm) -> None:
    consent = str(CONSENT) if idea.contact_email else None
    actions.refer(referrer, idea, note=form.note.data or "", consent=consent)
    db.session.commit()
    flash(_("Danke! Die Idee ist angekommen."), "good")


def _form_page(form: ReferralForm, referrer: Referrer | None) -> Response:
    page = render_page(
        "referrals/hand_in.html",
        status=422 if form.errors else 200,
        form=form,
        referrer=referrer,
    )
    return keep_private(page) if referrer else page


def _status_page(
    referrer: Referrer, failed: AnswerForm | None = None, failed_id: int = 0
) -> Response:
    found = queries.handed_in_by(referrer, row_number("vor"))
    handovers = queries.handovers_to(referrer)
    forms = {}
    for each in handovers:
        data = {"answer": each.answer, "text": each.answer_text}
        forms[each.id] = (
            failed if failed and each.id == failed_id else AnswerForm(formdata=None, data=data)
        )
        forms[each.id].number(each.id)
    last = found[queries.PAGE - 1] if len(found) > queries.PAGE else None
    return keep_private(
        render_page(
            "referrals/status.html",
            status=422 if failed else 200,
            form=failed,
            referrer=referrer,
            referrals=found[: queries.PAGE],
            next_url=url_for(".status", token=referrer.token, vor=last.id) if last else None,
            handovers=handovers,
            forms=forms,
            failed_id=failed_id,
            has_thanks="danke" in request.args,
            address=url_for(".status", token=referrer.token, _external=True),
            state_names=STATE_NAMES,
            meanings=STATE_MEANINGS,
            kind_names=KINDS,
            answer_names=ANSWERS,
            tones=TONES,
        )
    )

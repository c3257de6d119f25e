"""Pages of the Ideenmobil: write an idea down, hand out a slip, correct, go on with the next."""

from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts.guards import role_required
from portal.choices import LANGUAGES
from portal.extensions import db, limiter
from portal.htmx import render_page
from portal.ideas.actions import Submission
from portal.outreach import (
    actions,
    audited,
    personal_data,  # noqa: F401 - importing it registers its part
    queries,
    rules,
)
from portal.outreach.forms import CaptureForm, CorrectionForm
from portal.outreach.models import Capture
from portal.outreach.slips import Slip, slip_of
from portal.outreach.wording import CONSENT
from portal.places.queries import all_districts

bp = Blueprint("outreach", __name__)
audited.watch_room()
may_capture = role_required(*rules.MAY_CAPTURE)
# The last claim code that was made, in the browser's signed session: it is stored nowhere else.
LAST_SLIP = "last_slip"


@bp.route("/ideenmobil", methods=["GET", "POST"])
@limiter.limit(
    "300 per hour", methods=["POST"], deduct_when=lambda response: response.status_code == 303
)
@may_capture
def capture() -> Response:
    """Write an idea down; below stand the day's ideas, above the slip of the last one."""
    stops = queries.stops_today()
    first_stop = str(stops[0].id) if stops else ""
    language = request.args.get("sprache", "")
    form = CaptureForm(
        all_districts(),
        stops,
        {
            "stop": request.args.get("halt", first_stop),
            "district": request.args.get("ort", ""),
            "language": language if language in LANGUAGES else "de",
        },
    )
    form.key()
    if form.validate_on_submit():
        submission = _submit(form)
        idea = submission.idea
        if submission.claim_code or (idea.problem, idea.wish) == (
            form.problem.data,
            form.wish.data,
        ):
            return redirect(_next_url(form), 303)
        form.renew_key()
        form.form_errors.append(
            _("Dieses Formular ist schon gespeichert. Ist das eine zweite Idee? Dann noch einmal.")
        )
    captures = queries.captures_today(current_user)
    return render_page(
        "outreach/capture.html",
        status=422 if form.errors else 200,
        form=form,
        slip=None if form.errors else _last_slip(captures),
        works=[(each, rules.may_correct(current_user, each)) for each in captures],
    )


@bp.get("/ideenmobil/<int:idea_id>")
@may_capture
def show(idea_id: int) -> Response:
    """How an idea was captured; for whoever did it, on that day, with the slip to print."""
    found = queries.capture_of(idea_id)
    if found is None or not rules.may_see(current_user, found):
        abort(404)
    may_hand_out = rules.may_hand_out(current_user, found, clock.today())
    return render_page(
        "outreach/show.html",
        capture=found,
        slip=slip_of(found.idea, _code_of(found)) if may_hand_out else None,
        may_correct=rules.may_correct(current_user, found),
        may_review=current_user.is_coordinator,
    )


@bp.route("/ideenmobil/<int:idea_id>/korrigieren", methods=["GET", "POST"])
@may_capture
def correct(idea_id: int) -> Response:
    """Let whoever captured it mend the text until somebody has looked."""
    found = _own_capture(idea_id)
    if not rules.may_correct(current_user, found):
        flash(str(actions.LookedAt()), "warn")
        return redirect(url_for(".show", idea_id=idea_id), 303)
    form = CorrectionForm(idea=found.idea, boroughs=all_districts())
    if form.validate_on_submit():
        actions.correct_capture(
            found,
            **form.texts(),
            by=current_user,
            contact_email=form.contact(),
            contact_phone=form.phone(),
        )
        db.session.commit()
        flash(_("Gespeichert."), "good")
        return redirect(url_for(".capture"), 303)
    return render_page(
        "outreach/correct.html", status=422 if form.errors else 200, form=form, capture=found
    )


@bp.post("/ideenmobil/<int:idea_id>/zettel")
@may_capture
def renew_slip(idea_id: int) -> Response:
    """Make another slip for somebody who lost the first; its code is void."""
    found = _own_capture(idea_id)
    if not rules.may_hand_out(current_user, found, clock.today()):
        abort(403)
    _remember(found.idea_id, actions.renew_slip(found))
    db.session.commit()
    return redirect(url_for(".show", idea_id=idea_id), 303)


def _submit(form: CaptureForm) -> Submission:
    submission = actions.capture_idea(
        **form.texts(),
        by=current_user,
        stop=form.chosen_stop(),
        language=form.language.data,
        consent=str(CONSENT),
        contact_email=form.contact_email.data or None,
        contact_phone=form.contact_phone.data or None,
        under_16=bool(form.under_16.data),
        submission_key=form.key(),
    )
    db.session.commit()
    if submission.claim_code:
        _remember(submission.idea.id, submission.claim_code)
        flash(_("Gespeichert. Gleich kann die nächste Idee kommen."), "good")
    else:
        _find_code_again(submission)
    return submission


def _find_code_again(submission: Submission) -> None:
    """Make a new code where the answer with the first one was lost: a form sent twice."""
    found = queries.capture_of(submission.idea.id, held=True)
    if found is None or _code_of(found):
        return
    if rules.may_hand_out(current_user, found, clock.today()):
        _remember(found.idea_id, actions.renew_slip(found))
        db.session.commit()


def _own_capture(idea_id: int) -> Capture:
    found = queries.capture_of(idea_id, held=request.method == "POST")
    if found is None or not rules.is_own(current_user, found):
        abort(404)
    return found


def _next_url(form: CaptureForm) -> str:
    """Return the next empty form: stop and language stay, without a stop also the district."""
    stop = form.chosen_stop()
    return url_for(
        ".capture",
        halt=form.stop.data if "stop" in form else None,
        ort=None if stop else form.district.data or None,
        sprache=form.language.data,
        neu=1,
    )


def _remember(idea_id: int, code: str) -> None:
    session[LAST_SLIP] = {"idea": idea_id, "code": code}


def _code_of(found: Capture) -> str | None:
    last = session.get(LAST_SLIP, {})
    return str(last["code"]) if last.get("idea") == found.idea_id else None


def _last_slip(captures: Sequence[Capture]) -> Slip | None:
    """Return the slip of the idea that was saved a moment ago."""
    if "neu" not in request.args or not captures:
        return None
    code = _code_of(captures[0])
    return slip_of(captures[0].idea, code) if code else None

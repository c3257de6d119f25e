"""„Wie ist es weitergegangen?“: answered by the link of a mail, without signing in, once."""

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.extensions import db, limiter
from portal.htmx import render_page
from portal.matches import outcomes
from portal.matches.blueprint import bp
from portal.matches.calls import other_side
from portal.matches.forms import OutcomeForm
from portal.matches.introductions import name_of
from portal.matches.models import Outcome

PATH = "/vermittlungen/ergebnis/<token>"


@bp.get(PATH)
@limiter.limit("60/minute")
def outcome(token: str) -> Response:
    """Show the question; opening the link answers nothing (mail scanners do)."""
    found = outcomes.outcome_by_token(token)
    asked = found[1] if found else None
    page = render_page(
        "matches/outcome.html",
        status=200 if asked and asked.answer is None else 410,
        token=token,
        days=asked.days if asked and asked.answer is None else 0,
        name=_name_of_other(asked) if asked else "",
        answers=outcomes.answers_after(asked.days) if asked else {},
    )
    page.headers["Cache-Control"] = "no-store"  # the link is a key
    page.headers["X-Robots-Tag"] = "noindex"
    return page


@bp.post(PATH)
@limiter.limit("60/minute")
def tell_outcome(token: str) -> Response:
    """Note the answer and use the link up."""
    found = outcomes.outcome_by_token(token)
    if found is None:
        raise outcomes.AlreadyTold
    key, asked = found
    form = OutcomeForm()
    if not form.validate_on_submit() or form.answer.data not in outcomes.answers_after(asked.days):
        abort(400)
    outcomes.answer_by_key(key, asked, form.answer.data)
    db.session.commit()
    flash(_("Danke, das hilft uns! Deine Antwort liest nur das Unterstützungsteam."), "good")
    return redirect(url_for("pages.home"), 303)


def _name_of_other(asked: Outcome) -> str:
    other = other_side(asked.side)
    return name_of((other.kind, other.subject_id))

"""The two who are asked: say yes or no, in the portal or by the link of the mail."""

from collections.abc import Sequence
from dataclasses import replace

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from portal.extensions import db, limiter
from portal.htmx import render_page
from portal.matches import introductions, queries, rules
from portal.matches.blueprint import bp
from portal.matches.cards import Card, card, details_of
from portal.matches.forms import AnswerForm
from portal.matches.models import IntroductionSide


@bp.get("/vermittlungen/", endpoint="introductions")
@login_required
def index() -> Response:
    """What the signed-in person was asked, and what came of it."""
    sides = queries.introductions_of(current_user.id)
    return render_page("matches/introductions.html", entries=_entries(sides))


@bp.get("/vermittlungen/<token>")
@limiter.limit("60/minute")
def introduction(token: str) -> Response:
    """One question with its reasons; opening the link decides nothing."""
    side = _side(token)
    ((_side_, other),) = _entries([side]) or abort(404)
    page = render_page("matches/introduction.html", side=side, card=other, thread_url=_thread(side))
    page.headers["Cache-Control"] = "no-store"  # the link is a key
    page.headers["X-Robots-Tag"] = "noindex"
    return page


@bp.post("/vermittlungen/<token>")
@limiter.limit("60/minute")
def answer(token: str) -> Response:
    """Note the yes or no."""
    side = _side(token)
    form = AnswerForm()
    if not form.validate_on_submit():
        abort(400)
    introductions.answer(side, form.answer.data == "ja")
    db.session.commit()
    if side.answer:
        flash(_("Danke für dein Ja!"))
    else:
        flash(_("Danke, dass du Bescheid gesagt hast. Wir geben keinen Grund weiter."))
    return redirect(url_for("matches.introduction", token=token), 303)


def _side(token: str) -> IntroductionSide:
    side = queries.side_by_token(token) or abort(404)
    if side.introduction.asked_at is None or not rules.may_answer(current_user, side):
        abort(404)
    return side


def _entries(rows: Sequence[IntroductionSide]) -> list[tuple[IntroductionSide, Card]]:
    """Pair each side with the card of the other one, as far as it is open to the reader."""
    others = [
        (each.kind, each.subject_id)
        for row in rows
        for each in row.introduction.sides
        if each is not row
    ]
    details = details_of(others, current_user)
    introduced = [
        other
        for row, other in zip(rows, others, strict=True)
        if row.introduction.introduced_at and other[0] == "person" and other in details
    ]
    for user_id, name in queries.first_names([user_id for _kind, user_id in introduced]).items():
        details["person", user_id] = replace(details["person", user_id], title=name)
    return [
        (row, card(row.introduction.suggestion, (row.kind, row.subject_id), found))
        for row, other in zip(rows, others, strict=True)
        if (found := details.get(other))
    ]


def _thread(side: IntroductionSide) -> str | None:
    thread_id = side.introduction.thread_id
    if thread_id is None or side.user_id is None:
        return None
    return url_for("messages.thread", thread_id=thread_id)

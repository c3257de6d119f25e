"""How a letter leaves: by mail, or printed and posted."""

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts.guards import coordinator_required
from portal.extensions import db
from portal.htmx import render_page
from portal.letters import actions, addresses
from portal.letters.blueprint import bp
from portal.letters.forms import PostedForm
from portal.letters.pages import letter_or_404, letter_page, seen_moment


@bp.post("/koordination/briefe/<int:letter_id>/senden")
@coordinator_required
def send(letter_id: int) -> Response:
    """Send the draft by mail, as the text that was on the page."""
    letter = letter_or_404(letter_id)
    actions.send_by_mail(letter, seen_at=seen_moment(request.form.get("seen")), by=current_user)
    db.session.commit()
    flash(_("Der Brief ist unterwegs. Nach 14 Tagen ohne Antwort erinnern wir dich."), "good")
    return redirect(url_for(".show", letter_id=letter_id), 303)


@bp.post("/koordination/briefe/<int:letter_id>/verschickt")
@coordinator_required
def post_by_hand(letter_id: int) -> Response:
    """Note that the printed letter was posted."""
    letter = letter_or_404(letter_id)
    form = PostedForm()
    if not form.validate():
        return letter_page(letter, posted=form)
    actions.send_by_post(
        letter, seen_at=seen_moment(form.seen.data), sent_at=form.moment(), by=current_user
    )
    db.session.commit()
    flash(_("Vermerkt. Nach 14 Tagen ohne Antwort erinnern wir dich."), "good")
    return redirect(url_for(".show", letter_id=letter_id), 303)


@bp.get("/koordination/briefe/<int:letter_id>/drucken")
@coordinator_required
def print_page(letter_id: int) -> Response:
    """Show the letter on a plain page, as it goes onto paper."""
    letter = letter_or_404(letter_id)
    return render_page(
        "letters/print.html",
        letter=letter,
        day=letter.sent_at or clock.now(),
        answer_to=addresses.reply_address(letter) if current_app.config["REPLY_ADDRESS"] else "",
    )

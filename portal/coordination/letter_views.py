"""Handing a letter over: the form is this room's, the letter is not."""

from dataclasses import dataclass

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.accounts.guards import coordinator_required
from portal.coordination import queries
from portal.coordination.blueprint import bp
from portal.coordination.forms import HandOverForm
from portal.extensions import db
from portal.htmx import render_page
from portal.letters import actions as letters
from portal.letters.pages import letter_or_404


@dataclass(frozen=True, slots=True)
class Work:
    """What the page of handing over shows of the letter."""

    text: str


@bp.route("/koordination/briefe/<int:letter_id>/uebergabe", methods=["GET", "POST"])
@coordinator_required
def hand_over_letter(letter_id: int) -> Response:
    """Let a colleague mind a letter."""
    letter = letter_or_404(letter_id)
    people = queries.colleagues([letter.owner_id, *queries.people_behind(letter.idea)])
    form = HandOverForm(people, letter.owner_id)
    if form.validate_on_submit():
        to = form.colleague()
        letters.hand_over(letter, to=to, note=form.note.data or "")
        db.session.commit()
        flash(_("Der Brief liegt jetzt bei %(name)s.", name=to.name), "good")
        return redirect(url_for("letters.show", letter_id=letter_id), 303)
    form.number()
    return render_page(
        "coordination/hand_over.html",
        fragments={"hand-over"},
        status=422 if form.errors else 200,
        form=form,
        work=Work(f"{letter.office.name}: {letter.subject}"),
        number=0,
        form_url=url_for(".hand_over_letter", letter_id=letter_id),
        back_url=url_for("letters.show", letter_id=letter_id),
    )

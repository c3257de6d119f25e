"""What comes back: pasted answers, verdicts, closing; answers that came without their letter."""

from collections.abc import Callable

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.accounts.guards import coordinator_required
from portal.extensions import db
from portal.htmx import render_page
from portal.letters import actions, queries, rules, wording
from portal.letters.blueprint import bp
from portal.letters.forms import PlaceForm, ReplyForm
from portal.letters.models import Letter, LetterReply
from portal.letters.pages import letter_or_404, letter_page

LETTER = "/koordination/briefe/<int:letter_id>"


@bp.post(f"{LETTER}/antwort")
@coordinator_required
def record_reply(letter_id: int) -> Response:
    """Note an answer that did not come into the mailbox."""
    letter = letter_or_404(letter_id)
    form = ReplyForm()
    if not letter.is_sent:
        raise actions.LetterChanged
    if not form.validate():
        return letter_page(letter, reply=form)
    actions.record_reply(
        letter,
        text=form.text.data or "",
        received_at=form.moment(),
        refused=form.refused.data,
        by=current_user,
    )
    return _done(letter_id, _("Die Antwort ist vermerkt."))


@bp.post(f"{LETTER}/absage")
@coordinator_required
def refuse(letter_id: int) -> Response:
    """Say that the answer is a no."""
    actions.judge(letter_or_404(letter_id), refused=True)
    return _done(letter_id, _("Als Absage vermerkt. Wen fragen wir stattdessen?"))


@bp.post(f"{LETTER}/keine-absage")
@coordinator_required
def accept(letter_id: int) -> Response:
    """Say that the answer is no no after all."""
    actions.judge(letter_or_404(letter_id), refused=False)
    return _done(letter_id, _("Als Antwort vermerkt."))


@bp.post(f"{LETTER}/abschliessen")
@coordinator_required
def close(letter_id: int) -> Response:
    """Do nothing more about it."""
    return _changed(letter_id, actions.close_letter, _("Abgeschlossen."))


@bp.post(f"{LETTER}/oeffnen")
@coordinator_required
def reopen(letter_id: int) -> Response:
    """Work on it again."""
    return _changed(letter_id, actions.reopen_letter, _("Der Brief ist wieder offen."))


@bp.get("/koordination/briefe/eingang")
@coordinator_required
def unplaced() -> Response:
    """List answers that name no letter."""
    return _unplaced_page()


@bp.post("/koordination/briefe/eingang/<int:reply_id>/zuordnen")
@coordinator_required
def place(reply_id: int) -> Response:
    """Say to which letter an answer belongs."""
    reply = db.get_or_404(LetterReply, reply_id)
    form = PlaceForm(_own_letters())
    if not form.validate():
        return _unplaced_page(form, reply_id)
    actions.place_reply(reply, letter_or_404(form.letter.data))
    return _done(form.letter.data, _("Die Antwort steht jetzt bei diesem Brief."))


@bp.post("/koordination/briefe/eingang/<int:reply_id>/loeschen")
@coordinator_required
def discard_reply(reply_id: int) -> Response:
    """Throw away what is no answer."""
    actions.discard_reply(db.get_or_404(LetterReply, reply_id))
    db.session.commit()
    flash(_("Gelöscht."))
    return redirect(url_for(".unplaced"), 303)


def _changed(letter_id: int, change: Callable[[Letter], None], notice: str) -> Response:
    change(letter_or_404(letter_id))
    return _done(letter_id, notice)


def _done(letter_id: int, notice: str) -> Response:
    db.session.commit()
    flash(notice, "good")
    return redirect(url_for(".show", letter_id=letter_id), 303)


def _own_letters() -> list[Letter]:
    return [each for each in queries.open_letters() if rules.may_write(current_user, each.idea)]


def _unplaced_page(failed: PlaceForm | None = None, reply_id: int | None = None) -> Response:
    replies = queries.replies_without_letter()
    letters = _own_letters()
    forms = {reply.id: PlaceForm(letters) for reply in replies}
    if failed and reply_id not in forms:
        abort(404)
    if failed and reply_id:
        forms[reply_id] = failed
    for number, form in forms.items():
        form.letter.id = form.letter.label.field_id = f"letter-{number}"
    return render_page(
        "letters/unplaced.html",
        fragments={"unplaced"},
        status=422 if failed else 200,
        form=failed,
        replies=replies,
        forms=forms,
        kind_names=wording.REPLY_KINDS,
    )

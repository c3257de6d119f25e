"""Conversations of people who said yes, and the administrators' view of the outbox."""

from dataclasses import dataclass

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_required

from portal.accounts.guards import administrator_required
from portal.extensions import db, limiter
from portal.htmx import render_page
from portal.messages import (  # noqa: F401
    actions,
    erasure,
    exports,
    notification_views,
    queries,
)
from portal.messages.blueprint import bp
from portal.messages.forms import ReplyForm
from portal.messages.models import OutboxMail, Participant
from portal.routing import row_number

MESSAGES_AN_HOUR = "60 per hour"


@dataclass(frozen=True, slots=True)
class Addresses:
    """The pages of one conversation as this side reaches them: by account or by link."""

    show: str
    read: str
    close: str

    @classmethod
    def of(cls, participant: Participant) -> "Addresses":
        """Return the account's pages, or those of the link in the mail."""
        token, thread_id = participant.token, participant.thread_id
        if participant.user_id:
            return cls(
                url_for("messages.thread", thread_id=thread_id),
                url_for("messages.read", thread_id=thread_id),
                url_for("messages.close", thread_id=thread_id),
            )
        return cls(
            url_for("messages.thread_by_token", token=token),
            url_for("messages.read_by_token", token=token),
            url_for("messages.close_by_token", token=token),
        )


def _own_rate_key() -> str:
    token = (request.view_args or {}).get("token")
    return f"message:{token or current_user.get_id()}"


limit_writing = limiter.limit(MESSAGES_AN_HOUR, key_func=_own_rate_key)


@bp.get("/nachrichten/")
@login_required
def inbox() -> ResponseReturnValue:
    """List the person's conversations, newest first."""
    entries, older = queries.inbox(current_user.id, row_number("vor"))
    return render_page("messages/inbox.html", entries=entries, older=older)


@bp.get("/nachrichten/<int:thread_id>")
@login_required
def thread(thread_id: int) -> ResponseReturnValue:
    """Show a conversation to one of its sides."""
    return _show(_own_side(thread_id), ReplyForm(formdata=None))


@bp.post("/nachrichten/<int:thread_id>")
@login_required
@limit_writing
def reply(thread_id: int) -> ResponseReturnValue:
    """Write to the others."""
    return _reply(_own_side(thread_id))


@bp.post("/nachrichten/<int:thread_id>/gelesen")
@login_required
def read(thread_id: int) -> ResponseReturnValue:
    """Mark everything as read; the page sends this itself when it can."""
    return _read(_own_side(thread_id))


@bp.post("/nachrichten/<int:thread_id>/beenden")
@login_required
def close(thread_id: int) -> ResponseReturnValue:
    """End the conversation for everybody."""
    return _close(_own_side(thread_id))


@bp.get("/gespraech/<token>")
def thread_by_token(token: str) -> ResponseReturnValue:
    """Show a conversation to somebody without an account, who has the link from the mail."""
    return _show(_side_by_token(token), ReplyForm(formdata=None))


@bp.post("/gespraech/<token>")
@limit_writing
def reply_by_token(token: str) -> ResponseReturnValue:
    """Write to the others without an account."""
    return _reply(_side_by_token(token))


@bp.post("/gespraech/<token>/gelesen")
def read_by_token(token: str) -> ResponseReturnValue:
    """Mark everything as read."""
    return _read(_side_by_token(token))


@bp.post("/gespraech/<token>/beenden")
def close_by_token(token: str) -> ResponseReturnValue:
    """End the conversation for everybody."""
    return _close(_side_by_token(token))


@bp.get("/koordination/postausgang")
@administrator_required
def outbox() -> ResponseReturnValue:
    """Show which mails wait or failed, without their addresses."""
    return render_page(
        "messages/outbox.html",
        fragments={"outbox-mails"},
        state=queries.outbox_state(),
        mails=queries.unsent_mails(),
    )


@bp.post("/koordination/postausgang/<int:mail_id>/erneut")
@administrator_required
def retry(mail_id: int) -> ResponseReturnValue:
    """Try a failed mail again."""
    actions.retry_mail(db.get_or_404(OutboxMail, mail_id))
    db.session.commit()
    flash(_("Die Mail wird gleich noch einmal verschickt."))
    return redirect(url_for(".outbox"), 303)


def _own_side(thread_id: int) -> Participant:
    # 404 also for coordinators: a conversation belongs to the people in it.
    return queries.participant_for(current_user.id, thread_id) or abort(404)


def _side_by_token(token: str) -> Participant:
    return queries.participant_by_token(token) or abort(404)


def _show(mine: Participant, form: ReplyForm, status: int = 200) -> ResponseReturnValue:
    messages, older = queries.messages_in(mine.thread_id, row_number("vor"))
    newest = messages[-1] if messages else None
    page = render_page(
        "messages/thread.html",
        fragments={"conversation"},
        status=status,
        form=form,
        thread=mine.thread,
        mine=mine,
        others=[side.display_name for side in mine.thread.participants if side.id != mine.id],
        messages=messages,
        older=older,
        posted=row_number("neu"),
        is_unread=newest is not None and queries.is_unread(mine, newest),
        urls=Addresses.of(mine),
    )
    page.headers["X-Robots-Tag"] = "noindex"
    return page


def _reply(mine: Participant) -> ResponseReturnValue:
    form = ReplyForm()
    if not form.validate_on_submit():
        return _show(mine, form, 422)
    message = actions.post_message(mine.thread, mine, form.text.data or "")
    db.session.commit()
    flash(_("Deine Nachricht ist abgeschickt."))
    address = f"{Addresses.of(mine).show}?neu={message.id}#nachricht-{message.id}"
    return redirect(address, 303)


def _read(mine: Participant) -> ResponseReturnValue:
    actions.mark_read(mine)
    db.session.commit()
    return redirect(Addresses.of(mine).show, 303)


def _close(mine: Participant) -> ResponseReturnValue:
    actions.close_thread(mine.thread)
    db.session.commit()
    flash(_("Das Gespräch ist beendet. Lesen könnt ihr es weiterhin."))
    return redirect(Addresses.of(mine).show, 303)

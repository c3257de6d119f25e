"""Mails and conversations: what other rooms call. Actions change rows; the caller commits."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock
from portal.accounts.models import User
from portal.errors import PortalError
from portal.extensions import db
from portal.links import portal_url
from portal.messages import keys, outbox
from portal.messages.mails import SUBJECT_LIMIT, one_line, queue_mail
from portal.messages.models import Message, OutboxMail, Participant, Thread
from portal.messages.notifications import in_language_of, mark_read_about, notify


class ThreadClosed(PortalError):
    """Somebody wanted to write into a conversation that one side has ended."""

    message = _l("Dieses Gespräch ist beendet. Es kann niemand mehr etwas schreiben.")


@dataclass(frozen=True, slots=True)
class Contact:
    """One side of a conversation to open: an account, or an address that follows by link."""

    display_name: str
    user: User | None = None
    email: str | None = None


def send_due_mails(limit: int = 50) -> int:
    """Deliver what is due, return how many went out. For the worker: it commits each mail."""
    return outbox.send_due(limit)


def forget_old_mails() -> None:
    """Drop address and text of mails sent a month ago. For the worker: it commits."""
    keys.forget_old()
    outbox.forget_old()


def retry_mail(mail: OutboxMail) -> None:
    """Try a failed mail again at once, with all its attempts."""
    if mail.failed_at is None:
        return
    mail.failed_at = mail.lease_until = mail.error = None
    mail.attempts = 0
    mail.next_try_at = clock.now()
    db.session.flush()


def open_thread(*, subject: str, people: Sequence[Contact]) -> Thread:
    """Start a conversation between `people`; nobody learns an address."""
    if len(people) < 2:
        raise ValueError("a conversation needs two sides")
    thread = Thread(subject=one_line(subject)[:SUBJECT_LIMIT])
    thread.participants = [
        Participant(
            user=contact.user,
            # An account's address may change; only people without one are written to here.
            email=None if contact.user else contact.email,
            display_name=contact.display_name,
            token=secrets.token_urlsafe(32),
        )
        for contact in people
    ]
    thread.messages = []
    db.session.add(thread)
    db.session.flush()
    return thread


def post_message(thread: Thread, participant: Participant | None, text: str) -> Message:
    """Add a text and mail the others that it is there; without a sender the portal speaks."""
    if thread.closed_at is not None:
        raise ThreadClosed(thread.id)
    message = Message(
        thread_id=thread.id, author_id=participant.id if participant else None, text=text
    )
    db.session.add(message)
    db.session.flush()
    if participant:
        participant.read_at = message.created_at
    for other in _participants(thread):
        if participant is None or other.id != participant.id:
            _notify(thread, message, other)
    db.session.flush()
    return message


def mark_read(participant: Participant) -> None:
    """Remember that this side has seen everything so far."""
    participant.read_at = clock.now()
    if participant.user_id:
        mark_read_about(participant.user_id, f"thread:{participant.thread_id}:message:")
    db.session.flush()


def close_thread(thread: Thread) -> None:
    """End a conversation for everybody; what was written stays readable."""
    if thread.closed_at is None:
        thread.closed_at = clock.now()
        db.session.flush()


def thread_url(participant: Participant) -> str:
    """Return the address under which this side reads the conversation, for mails."""
    if participant.user_id:
        return portal_url("messages.thread", thread_id=participant.thread_id)
    return portal_url("messages.thread_by_token", token=participant.token)


def _participants(thread: Thread) -> Sequence[Participant]:
    return db.session.scalars(
        select(Participant).where(Participant.thread_id == thread.id).order_by(Participant.id)
    ).all()


def _notify(thread: Thread, message: Message, to: Participant) -> None:
    """Say that there is something new; the text itself stays in the portal."""
    user = db.session.get(User, to.user_id) if to.user_id else None
    if user is not None:
        with in_language_of(user):
            notify(
                user,
                category="messages",
                key=f"thread:{thread.id}:message:{message.id}",
                subject=_("Neue Nachricht – antworte im Portal"),
                body=_body(thread),
                path=f"/nachrichten/{thread.id}",
                urgent=True,
            )
    elif to.email:
        with force_locale("de"):
            queue_mail(
                key=f"message:{message.id}:{to.id}",
                to=to.email,
                subject=_("Neue Nachricht – antworte im Portal"),
                body=_(
                    "Hallo %(name)s,\n\n%(text)s\n\n%(link)s",
                    name=to.display_name,
                    text=_body(thread),
                    link=thread_url(to),
                ),
            )


def _body(thread: Thread) -> str:
    return _(
        "im Gespräch „%(subject)s“ gibt es eine neue Nachricht für dich. Lies sie und antworte im "
        "Portal. Bitte antworte nicht auf diese Mail: Sie kommt nur bei uns an. So bleibt deine "
        "Adresse privat.",
        subject=thread.subject,
    )

"""Mails and conversations: what other rooms call. Actions change rows; the caller commits."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.accounts.models import User
from portal.errors import PortalError
from portal.extensions import db
from portal.links import portal_url
from portal.messages import keys, outbox
from portal.messages.models import Message, OutboxMail, Participant, Thread

SUBJECT_LIMIT = 200


class ThreadClosed(PortalError):
    """Somebody wanted to write into a conversation that one side has ended."""

    message = _l("Dieses Gespräch ist beendet. Es kann niemand mehr etwas schreiben.")


@dataclass(frozen=True, slots=True)
class Contact:
    """One side of a conversation to open: an account, or an address that follows by link."""

    display_name: str
    user: User | None = None
    email: str | None = None


def queue_mail(
    *,
    key: str,
    to: str,
    subject: str,
    body: str,
    not_before: datetime | None = None,
    unsubscribe_url: str | None = None,
    reply_to: str | None = None,
) -> OutboxMail:
    """Put a mail into the outbox; the same `key` gives the mail that is there already.

    It goes out with the caller's commit or not at all. `key` names the event, for example
    "introduction:12:asked:7"; it never holds an address. With `reply_to` a person wrote it:
    answers and bounces go there.
    """
    if mail := _mail_by_key(key):
        return mail
    mail = OutboxMail(
        key=key,
        to_address=to.strip(),
        subject=_one_line(subject)[:SUBJECT_LIMIT],
        body=body.strip() + "\n",
        unsubscribe_url=unsubscribe_url,
        reply_to=reply_to,
        next_try_at=not_before or clock.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(mail)
    except IntegrityError:  # the same event in another process, a moment earlier
        found = _mail_by_key(key)
        if found is None:
            raise
        return found
    return mail


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
    thread = Thread(subject=_one_line(subject)[:SUBJECT_LIMIT])
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
    """Mail that there is something new; the text itself stays in the portal."""
    user = db.session.get(User, to.user_id) if to.user_id else None
    address = user.email if user else to.email
    if not address or (user and not user.active):
        return
    with force_locale(user.locale if user and user.locale else "de"):
        body = _(
            "Hallo %(name)s,\n\n"
            "im Gespräch „%(subject)s“ gibt es eine neue Nachricht für dich.\n\n"
            "Lies sie und antworte im Portal:\n%(url)s\n\n"
            "Bitte antworte nicht auf diese Mail: Sie kommt nur bei uns an. So bleibt deine "
            "Adresse privat.",
            name=to.display_name,
            subject=thread.subject,
            url=thread_url(to),
        )
        queue_mail(
            key=f"message:{message.id}:{to.id}",
            to=address,
            subject=_("Neue Nachricht – antworte im Portal"),
            body=body,
        )


def _mail_by_key(key: str) -> OutboxMail | None:
    return db.session.scalar(select(OutboxMail).where(OutboxMail.key == key))


def _one_line(text: str) -> str:
    """Return `text` without line breaks and control characters: a header is one line."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", text).strip()

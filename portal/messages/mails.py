"""Mails to write: rows of the outbox, in the transaction of what causes them."""

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.extensions import db
from portal.messages.models import OutboxMail

SUBJECT_LIMIT = 200


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
        subject=one_line(subject)[:SUBJECT_LIMIT],
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


def one_line(text: str) -> str:
    """Return `text` without line breaks and control characters: a header is one line."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", text).strip()


def _mail_by_key(key: str) -> OutboxMail | None:
    return db.session.scalar(select(OutboxMail).where(OutboxMail.key == key))

"""The outbox's worker side: claim, deliver, remember. Files by default, SMTP by one setting.

A mail is claimed by compare-and-set on its lease, so two workers never send the same one. Whoever
dies after claiming leaves a lease that runs out; the mail is then claimed again. A file keeps its
name, and a mail its Message-ID, so that the rare second delivery can be told from a second mail.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ColumnElement, and_, or_, select, update

from portal import clock
from portal.database import writing
from portal.extensions import db
from portal.messages import delivery
from portal.messages.models import OutboxMail

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # longer than a delivery can take, see delivery.TIMEOUT
KEPT_FOR = timedelta(days=30)
# After three days without success a mail has failed and waits for an administrator.
RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440, 1440))


def send_due(limit: int) -> int:
    """Deliver up to `limit` due mails, oldest first, and return how many went out."""
    sent = 0
    with writing(), delivery.open_channel(current_app._get_current_object()) as channel:  # type: ignore[attr-defined]
        for mail_id in _due_ids(limit):
            if (lease := claim(mail_id)) is None:
                continue
            mail = db.session.get_one(OutboxMail, mail_id)
            draft = delivery.Draft.of(mail)
            db.session.rollback()  # no transaction stays open while a mail server thinks
            try:
                channel.deliver(draft)
            except delivery.Refused as error:
                note(mail_id, lease, failed_at=clock.now(), error=str(error))
            except delivery.Unavailable as error:
                _postpone(mail_id, lease, draft.attempts, str(error))
                if error.for_all:
                    break  # the others would fail alike: they wait for the next sweep
            except Exception as error:  # one mail nobody can write must not hold up the others
                reason = type(error).__name__  # its text may hold an address
                log.error("mail %s could not be written: %s", mail_id, reason)
                _postpone(mail_id, lease, draft.attempts, reason)
            else:
                note(mail_id, lease, sent_at=clock.now(), error=None)
                sent += 1
    return sent


def forget_old() -> None:
    """Drop whom an old mail went to and what it said: links in it need not lie around.

    The same for one that nobody could be given and nobody tried again.
    """
    since = clock.now() - KEPT_FOR
    is_over = or_(OutboxMail.sent_at < since, OutboxMail.failed_at < since)
    old = (is_over, OutboxMail.to_address != "")
    with writing():
        db.session.execute(update(OutboxMail).where(*old).values(to_address="", body=""))
        db.session.commit()


def due(now: datetime) -> ColumnElement[bool]:
    """Return the condition of a mail that may be claimed at `now`."""
    return and_(
        OutboxMail.sent_at.is_(None),
        OutboxMail.failed_at.is_(None),
        OutboxMail.next_try_at <= now,
        or_(OutboxMail.lease_until.is_(None), OutboxMail.lease_until < now),
    )


def _due_ids(limit: int) -> Sequence[int]:
    ids = db.session.scalars(
        select(OutboxMail.id)
        .where(due(clock.now()))
        .order_by(OutboxMail.next_try_at, OutboxMail.id)
        .limit(limit)
    ).all()
    db.session.rollback()
    return ids


def claim(mail_id: int) -> datetime | None:
    """Take the mail for a while; None when another worker was faster."""
    now = clock.now()
    lease = now + LEASE
    claimed = db.session.execute(
        update(OutboxMail)
        .where(OutboxMail.id == mail_id, due(now))
        .values(lease_until=lease, attempts=OutboxMail.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
    return lease if claimed.rowcount else None  # type: ignore[attr-defined]


def _postpone(mail_id: int, lease: datetime, attempts: int, error: str) -> None:
    if attempts > len(RETRY_AFTER):
        note(mail_id, lease, failed_at=clock.now(), error=error)
    else:
        note(mail_id, lease, next_try_at=clock.now() + RETRY_AFTER[attempts - 1], error=error)


def note(mail_id: int, lease: datetime, **values: object) -> None:
    """Write down how it went, unless the lease ran out and somebody else has the mail now."""
    if values.get("failed_at"):
        log.warning("mail %s failed: %s", mail_id, values["error"])
    db.session.execute(
        update(OutboxMail)
        .where(OutboxMail.id == mail_id, OutboxMail.lease_until == lease)
        .values(lease_until=None, **values)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()

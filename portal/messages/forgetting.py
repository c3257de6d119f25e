"""What the messages room forgets by date: addresses of silent conversations, old notifications."""

import secrets

from sqlalchemy import and_, func, or_, select, update

from portal import clock
from portal.extensions import db
from portal.messages.models import Message, Notification, Participant, Thread

KEPT_DAYS = 365  # after the last message
READ_KEPT_DAYS, UNREAD_KEPT_DAYS = 180, 365
A_BATCH, A_SWEEP = 200, 2000


def forget_silent() -> int:
    """Drop the address and the link of who has not been written to for a year; the caller commits.

    The conversation ends with it, for nobody could answer any more. Return how many.
    """
    since = clock.shifted(clock.now(), days=-KEPT_DAYS)
    spoke = (
        select(Message.id)
        .where(Message.thread_id == Participant.thread_id, Message.created_at >= since)
        .exists()
    )
    silent = db.session.execute(
        select(Participant, Thread)
        .join(Participant.thread)
        .where(Participant.email != "", Thread.created_at < since, ~spoke)
        .order_by(Participant.id)
        .limit(A_BATCH)
    ).all()
    for participant, thread in silent:
        # The row stays, so that the other side can still read who wrote what.
        participant.email, participant.token = "", secrets.token_urlsafe(32)
        thread.closed_at = thread.closed_at or clock.now()
    db.session.flush()
    return len(silent)


def forget_told() -> None:
    """Empty what somebody read half a year ago, or left unread for a year; the caller commits.

    The row stays, so that its key tells nobody the same thing again.
    """
    now = clock.now()
    read, unread = (clock.shifted(now, days=-days) for days in (READ_KEPT_DAYS, UNREAD_KEPT_DAYS))
    old = or_(
        and_(Notification.created_at < read, Notification.read_at < read),
        Notification.created_at < unread,
    )
    found = select(Notification.id).where(Notification.subject != "", old)
    db.session.execute(
        update(Notification)
        .where(Notification.id.in_(found.order_by(Notification.id).limit(A_SWEEP)))
        .values(
            subject="",
            body="",
            path="/",
            about_id=None,
            read_at=func.coalesce(Notification.read_at, now),
        )
        .execution_options(synchronize_session=False)
    )

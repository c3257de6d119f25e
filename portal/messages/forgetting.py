"""Addresses of people without account are kept as long as they write to each other."""

import secrets

from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.messages.models import Message, Participant, Thread

KEPT_DAYS = 365  # after the last message
A_BATCH = 200


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

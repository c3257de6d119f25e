"""Wakes the worker after a commit that put a mail into the outbox."""

from flask import current_app
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from portal import worker
from portal.extensions import db
from portal.messages.models import OutboxMail

WAKING = "portal_mail_queued"


def init_session() -> None:
    """Listen to the app's sessions; calling it twice listens once."""
    for name, listener in (
        ("after_flush", _note_new_mail),
        ("after_transaction_end", _wake_when_committed),
    ):
        if not event.contains(db.session, name, listener):
            event.listen(db.session, name, listener)


def _note_new_mail(session: Session, _context: object) -> None:
    if any(isinstance(row, OutboxMail) for row in (*session.new, *session.dirty)):
        session.info[WAKING] = True


def _wake_when_committed(session: Session, transaction: SessionTransaction) -> None:
    # A savepoint's end is not the end; after a rollback the worker just finds nothing.
    if transaction.parent is None and session.info.pop(WAKING, False):
        worker.wake(current_app._get_current_object())  # type: ignore[attr-defined]

"""Reading conversations and the outbox. Whoever is not a participant gets nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from portal import clock
from portal.extensions import db
from portal.messages.models import Message, Notification, OutboxMail, Participant, Thread

THREADS_A_PAGE = 20
NOTIFICATIONS_A_PAGE = 30
MESSAGES_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """One line of the inbox."""

    thread: Thread
    others: list[str]
    last: Message | None
    is_unread: bool


@dataclass(frozen=True, slots=True)
class OutboxState:
    """How the mails are doing."""

    waiting: int
    failed: int
    sent: int
    oldest_waiting: datetime | None

    @property
    def is_stuck(self) -> bool:
        """Whether a due mail waits longer than a running worker would let it."""
        return bool(
            self.oldest_waiting and self.oldest_waiting < clock.now() - timedelta(minutes=10)
        )


def notifications_of(
    user_id: int, before: int | None = None
) -> tuple[Sequence[Notification], int | None]:
    """Return what the person was told, newest first, and where the next page starts."""
    statement = select(Notification).where(
        Notification.user_id == user_id, Notification.subject != ""
    )
    if before:
        statement = statement.where(Notification.id < before)
    newest = statement.order_by(Notification.id.desc()).limit(NOTIFICATIONS_A_PAGE + 1)
    found = db.session.scalars(newest).all()
    shown = found[:NOTIFICATIONS_A_PAGE]
    return shown, shown[-1].id if len(found) > len(shown) else None


def inbox(user_id: int, before: int | None = None) -> tuple[list[InboxEntry], int | None]:
    """Return the person's conversations, newest message first, and where the next page starts."""
    newest = aliased(Message)
    last_id = select(func.max(newest.id)).where(newest.thread_id == Thread.id).scalar_subquery()
    # A conversation nobody wrote in yet has no message; it comes last.
    position = func.coalesce(Message.id, 0)
    rows = (
        select(Participant, Message)
        .join(Participant.thread)
        .outerjoin(Message, Message.id == last_id)
        .where(Participant.user_id == user_id)
        .options(contains_eager(Participant.thread).selectinload(Thread.participants))
        .order_by(position.desc(), Thread.id.desc())
        .limit(THREADS_A_PAGE + 1)
    )
    if before is not None:
        rows = rows.where(position < before)
    found = db.session.execute(rows).all()
    entries = [
        InboxEntry(
            thread=mine.thread,
            others=[p.display_name for p in mine.thread.participants if p.id != mine.id],
            last=last,
            is_unread=is_unread(mine, last),
        )
        for mine, last in found[:THREADS_A_PAGE]
    ]
    more = len(found) > THREADS_A_PAGE
    return entries, (entries[-1].last.id if more and entries[-1].last else None)


def unread_threads(user_id: int) -> Select[int]:
    """Select in how many conversations somebody else wrote since the person last looked."""
    newer = (
        select(Message.id)
        .where(
            Message.thread_id == Participant.thread_id,
            or_(Message.author_id.is_(None), Message.author_id != Participant.id),
            or_(Participant.read_at.is_(None), Message.created_at > Participant.read_at),
        )
        .exists()
    )
    count = select(func.count()).select_from(Participant)
    return count.where(Participant.user_id == user_id, newer)


def participant_for(user_id: int, thread_id: int) -> Participant | None:
    """Return the person's side of the conversation, with its thread and all sides."""
    own = (Participant.user_id == user_id, Participant.thread_id == thread_id)
    return db.session.scalars(_with_thread().where(*own)).one_or_none()


def participant_by_token(token: str) -> Participant | None:
    """Return the side of somebody without an account; accounts sign in instead."""
    if not re.fullmatch(r"[\w-]{20,64}", token, re.ASCII):  # PostgreSQL refuses a NUL
        return None
    own = (Participant.token == token, Participant.user_id.is_(None))
    return db.session.scalars(_with_thread().where(*own)).one_or_none()


def messages_in(thread_id: int, before: int | None = None) -> tuple[Sequence[Message], int | None]:
    """Return the newest messages in reading order, and the id the older ones end before."""
    newest = (
        select(Message)
        .where(Message.thread_id == thread_id)
        .options(joinedload(Message.author))
        .order_by(Message.id.desc())
        .limit(MESSAGES_A_PAGE + 1)
    )
    if before is not None:
        newest = newest.where(Message.id < before)
    found = db.session.scalars(newest).all()
    shown = found[:MESSAGES_A_PAGE]
    return shown[::-1], (shown[-1].id if len(found) > MESSAGES_A_PAGE else None)


def outbox_state() -> OutboxState:
    """Count the mails in one statement."""
    waiting = and_(OutboxMail.sent_at.is_(None), OutboxMail.failed_at.is_(None))
    oldest_due = func.min(OutboxMail.next_try_at).filter(waiting)
    row = db.session.execute(
        select(
            func.count().filter(waiting),
            func.count().filter(OutboxMail.failed_at.is_not(None)),
            func.count().filter(OutboxMail.sent_at.is_not(None)),
            oldest_due,
        )
    ).one()
    return OutboxState(*row)


def unsent_mails(limit: int = 50) -> Sequence[OutboxMail]:
    """Return what is not sent, failed first, then the oldest."""
    return db.session.scalars(
        select(OutboxMail)
        .where(OutboxMail.sent_at.is_(None))
        .order_by(OutboxMail.failed_at.is_(None), OutboxMail.created_at, OutboxMail.id)
        .limit(limit)
    ).all()


def messages_of(user_id: int) -> Sequence[Message]:
    """Return everything the person wrote, with the conversations, for their data export."""
    return db.session.scalars(
        select(Message)
        .join(Message.author)
        .where(Participant.user_id == user_id)
        .options(joinedload(Message.thread))
        .order_by(Message.id)
    ).all()


def is_unread(mine: Participant, last: Message | None) -> bool:
    """Whether somebody else wrote since this side last looked."""
    if last is None or last.author_id == mine.id:
        return False
    return mine.read_at is None or mine.read_at < last.created_at


def _with_thread() -> Select[Participant]:
    return select(Participant).options(
        joinedload(Participant.thread).options(selectinload(Thread.participants))
    )

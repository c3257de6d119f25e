"""Tables of the messages room: outbox, relay threads, notifications, keys of mails."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import User
from portal.choices import one_of
from portal.extensions import db

# What a notification can be about; each category can be set apart by the person.
CATEGORIES = (
    "messages",
    "introductions",
    "teams",
    "openings",
    "gatherings",
    "ideas",
    "coordination",
    "news",
)


# When a category is mailed: see the settings page. "auto" is what nobody changed.
CHANNELS = ("auto", "at_once", "daily", "portal")


class OutboxMail(db.Model):
    """A mail that must go out, written in the same transaction as what caused it.

    A worker claims it by setting `lease_until`; a lease that ran out is claimed again.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)  # the same event never mails twice
    to_address: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    unsubscribe_url: Mapped[str | None]  # for mails that can be turned off (RFC 8058)
    reply_to: Mapped[str | None]  # where an answer and a bounce go; empty: to the portal's sender
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    next_try_at: Mapped[datetime] = mapped_column(default=clock.now)
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str | None]

    __table_args__ = (
        Index("ix_outbox_mail_due", "sent_at", "next_try_at"),
        CheckConstraint("attempts >= 0", name="attempts_count_up"),
    )


class Thread(db.Model):
    """A conversation between people who both said yes; nobody sees an address."""

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    closed_at: Mapped[datetime | None]
    participants: Mapped[list["Participant"]] = relationship(
        back_populates="thread", lazy="raise_on_sql", order_by="Participant.id"
    )
    messages: Mapped[list["Message"]] = relationship(
        back_populates="thread", lazy="raise_on_sql", order_by="Message.id"
    )


class Participant(db.Model):
    """One side of a thread: an account, or a person without one who follows by link.

    Exactly one of `user_id` and `email` is set; `token` opens the thread without signing in.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), index=True)
    thread: Mapped[Thread] = relationship(back_populates="participants", lazy="raise_on_sql")
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    user: Mapped[User | None] = relationship(lazy="raise_on_sql")
    email: Mapped[str | None]
    display_name: Mapped[str]
    token: Mapped[str] = mapped_column(unique=True)
    read_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("(user_id IS NULL) != (email IS NULL)", name="account_or_address"),
        Index("uq_participant_once", "thread_id", "user_id", unique=True),
    )


class Message(db.Model):
    """A text in a thread."""

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), index=True)
    thread: Mapped[Thread] = relationship(back_populates="messages", lazy="raise_on_sql")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id", ondelete="SET NULL"))
    author: Mapped[Participant | None] = relationship(lazy="raise_on_sql")
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Notification(db.Model):
    """Something an account should know; the portal shows it, a mail may say it, too.

    An old one is emptied (forgetting.py), and the row stays for its key.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    about_id: Mapped[int | None] = mapped_column(  # whom the text names
        ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    key: Mapped[str]  # the same event never notifies the same person twice
    category: Mapped[str]
    subject: Mapped[str] = mapped_column()
    body: Mapped[str] = mapped_column(Text)
    path: Mapped[str]  # where it leads: a page of the portal
    is_urgent: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    read_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]  # by a mail of its own, or in a digest

    __table_args__ = (
        UniqueConstraint("user_id", "key", name="notified_once"),
        CheckConstraint(one_of("category", CATEGORIES), name="known_category"),
        Index("ix_notification_newest", "user_id", "id"),
        Index("ix_notification_unmailed", "mailed_at", "created_at"),
        Index(
            "ix_notification_kept",
            "created_at",
            sqlite_where=subject != "",
            postgresql_where=subject != "",
        ),
    )


class NotificationPreference(db.Model):
    """How a person wants to hear of one category; no row is "auto"."""

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    category: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str]

    __table_args__ = (
        CheckConstraint(one_of("category", CATEGORIES), name="known_category"),
        CheckConstraint(one_of("channel", CHANNELS), name="known_channel"),
    )


class MailKey(db.Model):
    """The key in a mail's link: does one thing without signing in, once, for a while."""

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[str]
    subject_id: Mapped[int]
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]

"""Tables of the coordination room: contact log, next steps, support requests.

Each is about an idea, a person, a team or an office, named by kind and row id as in the matches
room. What stands here is internal: only coordinators read it.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from portal import clock
from portal.accounts.models import User
from portal.choices import one_of
from portal.extensions import db

KINDS = ("idea", "person", "team", "office")
CHANNELS = ("angerufen", "gemailt", "getroffen", "nicht_erreicht", "notiz")
SUPPORT_TYPES = ("konzept", "geld", "raum", "mitglieder", "oeffentlichkeit", "sonstiges")


class AboutSomething:
    """Columns of everything that is about one subject."""

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_kind: Mapped[str]
    subject_id: Mapped[int]
    text: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    @declared_attr
    def created_by_id(cls) -> Mapped[int | None]:
        """The account of whoever wrote it."""
        return mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))

    @property
    def subject(self) -> tuple[str, int]:
        """Kind and row id of what it is about."""
        return self.subject_kind, self.subject_id


class Owned(AboutSomething):
    """Columns of work somebody does until a day, and may hand over."""

    due_on: Mapped[date]
    done_at: Mapped[datetime | None]
    handover_note: Mapped[str] = mapped_column(Text, default="")

    @declared_attr
    def owner_id(cls) -> Mapped[int | None]:
        """Who does it; None when the account is gone, then it is everybody's."""
        return mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))


class ContactEntry(AboutSomething, db.Model):
    """One call, mail, meeting or note: what was done and said."""

    channel: Mapped[str]
    created_by: Mapped[User | None] = relationship(
        lazy="raise_on_sql", foreign_keys="ContactEntry.created_by_id"
    )

    __table_args__ = (
        CheckConstraint(one_of("subject_kind", KINDS), name="known_kind"),
        CheckConstraint(one_of("channel", CHANNELS), name="known_channel"),
        CheckConstraint("channel <> 'notiz' OR text <> ''", name="a_note_says_something"),
        Index("ix_contact_entry_subject", "subject_kind", "subject_id", "id"),
    )


class NextStep(Owned, db.Model):
    """What is to be done next, by whom and until when; also a contact's follow-up."""

    owner: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys="NextStep.owner_id")

    __table_args__ = (
        CheckConstraint(one_of("subject_kind", KINDS), name="known_kind"),
        Index("ix_next_step_subject", "subject_kind", "subject_id", "id"),
        Index("ix_next_step_due", "done_at", "due_on", "id"),
        Index("ix_next_step_owner", "owner_id", "done_at"),
    )


class SupportRequest(Owned, db.Model):
    """Help somebody asked for: concept, money, room, members, publicity; done with a result."""

    type: Mapped[str]
    result: Mapped[str] = mapped_column(Text, default="")
    owner: Mapped[User | None] = relationship(
        lazy="raise_on_sql", foreign_keys="SupportRequest.owner_id"
    )

    __table_args__ = (
        CheckConstraint(one_of("subject_kind", KINDS), name="known_kind"),
        CheckConstraint(one_of("type", SUPPORT_TYPES), name="known_type"),
        CheckConstraint("(done_at IS NULL) = (result = '')", name="done_with_a_result"),
        Index("ix_support_request_subject", "subject_kind", "subject_id", "id"),
        Index("ix_support_request_due", "done_at", "due_on", "id"),
        Index("ix_support_request_owner", "owner_id", "done_at"),
    )

"""Tables of the organisations room."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import User
from portal.choices import one_of
from portal.extensions import db
from portal.messages.models import Thread
from portal.places.models import District

KINDS = ("association", "initiative", "institution", "school", "company", "faith", "other")
RESOURCE_KINDS = ("room", "tool", "knowledge", "reach")
DATED_KINDS = ("room", "tool")  # one at a time: asked for with days


class Organisation(db.Model):
    """A club, initiative or institution; public once a coordinator has looked at it.

    `mailbox` is a role address for the relay, shown to nobody. The people who speak for it are its
    members.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(default="association")
    about: Mapped[str] = mapped_column(Text)
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"), index=True)
    district: Mapped[District | None] = relationship(lazy="raise_on_sql")
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    website: Mapped[str | None]
    mailbox: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    published_at: Mapped[datetime | None]
    members: Mapped[list["OrganisationMember"]] = relationship(
        back_populates="organisation", lazy="raise_on_sql", order_by="OrganisationMember.id"
    )
    resources: Mapped[list["Resource"]] = relationship(
        back_populates="organisation", lazy="raise_on_sql", order_by="Resource.id"
    )

    __table_args__ = (
        CheckConstraint("name <> ''", name="has_a_name"),
        CheckConstraint(one_of("kind", KINDS), name="known_kind"),
        Index("ix_organisation_page", "changed_at", "id"),
    )

    @property
    def is_public(self) -> bool:
        """Whether everybody may see it."""
        return self.published_at is not None

    @property
    def member_ids(self) -> set[int]:
        """The accounts that speak for it."""
        return {member.user_id for member in self.members}


class OrganisationMember(db.Model):
    """Somebody who speaks for an organisation: edits its pages, answers requests."""

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    organisation: Mapped[Organisation] = relationship(back_populates="members", lazy="raise_on_sql")
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    user: Mapped[User] = relationship(lazy="raise_on_sql")
    since: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (UniqueConstraint("organisation_id", "user_id", name="member_once"),)


class Resource(db.Model):
    """Something an organisation lends or gives: a room, a tool, knowledge, reach."""

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    organisation: Mapped[Organisation] = relationship(
        back_populates="resources", lazy="raise_on_sql"
    )
    kind: Mapped[str]
    title: Mapped[str]
    text: Mapped[str] = mapped_column(Text, default="")
    terms: Mapped[str] = mapped_column(Text, default="")  # cost, deposit, who may, when
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("title <> ''", name="has_a_title"),
        CheckConstraint(one_of("kind", RESOURCE_KINDS), name="known_kind"),
    )

    @property
    def is_open(self) -> bool:
        """Whether it can be asked for."""
        return self.closed_at is None

    @property
    def needs_days(self) -> bool:
        """Whether it is asked for with days, because only one can have it at a time."""
        return self.kind in DATED_KINDS


class Booking(db.Model):
    """A person asks for a resource; the organisation says yes or no. They write by the relay."""

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[int] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), index=True
    )
    resource: Mapped[Resource] = relationship(lazy="raise_on_sql")
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    user: Mapped[User] = relationship(lazy="raise_on_sql")
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id", ondelete="SET NULL"))
    thread: Mapped[Thread | None] = relationship(lazy="raise_on_sql")
    purpose: Mapped[str] = mapped_column(Text)
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    answered_at: Mapped[datetime | None]
    is_agreed: Mapped[bool | None]
    cancelled_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("(first_day IS NULL) = (last_day IS NULL)", name="both_days"),
        CheckConstraint("last_day >= first_day", name="ends_after_it_begins"),
        CheckConstraint("(answered_at IS NULL) = (is_agreed IS NULL)", name="answer_is_whole"),
        Index("ix_booking_waiting", "answered_at", "cancelled_at", "created_at"),
    )

    @property
    def is_waiting(self) -> bool:
        """Whether the organisation still has to answer."""
        return self.answered_at is None and self.cancelled_at is None

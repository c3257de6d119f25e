"""Tables of the steering room. An idea is named by its row; nothing here is about a person."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import User
from portal.choices import one_of
from portal.extensions import db
from portal.ideas.models import Idea

AREAS = ("ost", "west")
OUTCOMES = ("angenommen", "rueckfrage", "nicht_bei_wiq")  # states of the idea as well
CONFLICTED = "befangen"
VOTES = (*OUTCOMES, CONFLICTED)


class SteeringMember(db.Model):
    """Which of the two steering teams somebody sits in."""

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), unique=True
    )
    user: Mapped[User] = relationship(lazy="raise_on_sql")
    area: Mapped[str]

    __table_args__ = (CheckConstraint(one_of("area", AREAS), name="known_area"),)


class Meeting(db.Model):
    """A meeting of one steering team; its minutes are public once `published_at` is set."""

    __tablename__ = "steering_meeting"

    id: Mapped[int] = mapped_column(primary_key=True)
    area: Mapped[str]
    held_on: Mapped[date]
    minutes: Mapped[str] = mapped_column(Text, default="")
    minutes_at: Mapped[datetime | None]  # when they were last written
    invited_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    items: Mapped[list["AgendaItem"]] = relationship(
        back_populates="meeting",
        lazy="raise_on_sql",
        order_by="(AgendaItem.position, AgendaItem.id)",
    )

    __table_args__ = (
        UniqueConstraint("area", "held_on"),
        CheckConstraint(one_of("area", AREAS), name="known_area"),
        CheckConstraint("published_at IS NULL OR minutes <> ''", name="published_says_something"),
        Index("ix_steering_meeting_page", "held_on", "id"),
    )


class AgendaItem(db.Model):
    """An idea on a meeting's agenda, what is asked of the steering team, and what it decided."""

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("steering_meeting.id", ondelete="CASCADE"))
    meeting: Mapped[Meeting] = relationship(back_populates="items", lazy="raise_on_sql")
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    idea: Mapped[Idea] = relationship(lazy="raise_on_sql")
    position: Mapped[int]
    asked: Mapped[str] = mapped_column(Text)
    open_questions: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[str | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    instead: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    votes: Mapped[list["Vote"]] = relationship(
        back_populates="item", lazy="raise_on_sql", order_by="Vote.id"
    )

    __table_args__ = (
        UniqueConstraint("meeting_id", "idea_id"),
        CheckConstraint(one_of("outcome", OUTCOMES), name="known_outcome"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="outcome_has_a_day"),
        CheckConstraint(
            "outcome IS NULL OR outcome = 'angenommen' OR reason <> ''", name="a_no_has_a_reason"
        ),
        CheckConstraint(
            "outcome IS NULL OR outcome <> 'nicht_bei_wiq' OR instead <> ''",
            name="a_no_says_what_instead",
        ),
    )

    @property
    def is_readable(self) -> bool:
        """Whether its text may stand on the agenda: only what everybody may read."""
        return self.idea.is_public


class Vote(db.Model):
    """What a member thinks before the meeting; "befangen" takes no part in the decision."""

    __tablename__ = "steering_vote"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id", ondelete="CASCADE"))
    item: Mapped[AgendaItem] = relationship(back_populates="votes", lazy="raise_on_sql")
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    user: Mapped[User] = relationship(lazy="raise_on_sql")
    vote: Mapped[str]
    comment: Mapped[str] = mapped_column(Text, default="")
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (
        UniqueConstraint("item_id", "user_id"),
        CheckConstraint(one_of("vote", VOTES), name="known_vote"),
    )

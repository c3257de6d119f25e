"""Tables of the recruiting room."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import User
from portal.extensions import db
from portal.teams.models import Opening, Team

OPEN, ACCEPTED, DECLINED, WITHDRAWN = "open", "accepted", "declined", "withdrawn"
EXPIRED = "expired"


class JoinRequest(db.Model):
    """A Beitrittsanfrage: somebody asks a team whether they may join, perhaps for an opening.

    `cleared_at` is empty while a coordinator has yet to look (under 16); until then the team knows
    nothing of it. `escalated_at` puts it on the coordinators' list.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), index=True)
    team: Mapped[Team] = relationship(lazy="raise_on_sql")
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    user: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=user_id)
    opening_id: Mapped[int | None] = mapped_column(ForeignKey("opening.id", ondelete="SET NULL"))
    opening: Mapped[Opening | None] = relationship(lazy="raise_on_sql")
    message: Mapped[str] = mapped_column(Text)
    hours_a_week: Mapped[int | None]
    answer_by: Mapped[date]  # the day until which the person needs an answer
    state: Mapped[str] = mapped_column(default=OPEN)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    waiting_since: Mapped[datetime] = mapped_column(default=clock.now)  # for the lead's next move
    reminders: Mapped[int] = mapped_column(default=0)  # how often since then
    cleared_at: Mapped[datetime | None]
    cleared_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    asked_back_at: Mapped[datetime | None]
    nudged_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    reason: Mapped[str | None]
    note: Mapped[str] = mapped_column(Text, default="")
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id", ondelete="SET NULL"))

    __table_args__ = (
        Index(
            "uq_join_request_open",
            "team_id",
            "user_id",
            unique=True,
            sqlite_where=state == OPEN,
            postgresql_where=state == OPEN,
        ),
        Index("ix_join_request_due", "state", "waiting_since"),
        CheckConstraint(
            "state IN ('open', 'accepted', 'declined', 'withdrawn')", name="known_state"
        ),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ends_once"),
        CheckConstraint("hours_a_week BETWEEN 1 AND 40", name="believable_hours"),
        CheckConstraint("message <> ''", name="says_something"),
    )

    @property
    def is_open(self) -> bool:
        """Whether it still waits for an answer."""
        return self.state == OPEN


class LeadOffer(db.Model):
    """A lead offers a member to lead the team, alone or together."""

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), index=True)
    team: Mapped[Team] = relationship(lazy="raise_on_sql")
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    user: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=user_id)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    by: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=by_id)
    together: Mapped[bool] = mapped_column(default=False)  # the giver stays lead as well
    state: Mapped[str] = mapped_column(default=OPEN)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_lead_offer_open",
            "team_id",
            "user_id",
            unique=True,
            sqlite_where=state == OPEN,
            postgresql_where=state == OPEN,
        ),
        CheckConstraint(
            "state IN ('open', 'accepted', 'declined', 'withdrawn', 'expired')", name="known_state"
        ),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ends_once"),
    )

    @property
    def is_open(self) -> bool:
        """Whether it still waits for an answer."""
        return self.state == OPEN

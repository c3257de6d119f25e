"""Tables of the teams room."""

from datetime import date, datetime, timedelta

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Text,
    and_,
    func,
    select,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from portal import clock
from portal.accounts.models import User
from portal.extensions import db
from portal.ideas.models import Idea
from portal.organisations.models import Organisation
from portal.places.models import District

# WiQ's five public states are these four and `self_supporting`, which may stand beside any of them.
OPERATING_STATES = ("laeuft", "im_betrieb", "pausiert", "abgeschlossen")
SECTORS = ("zivilgesellschaft", "verwaltung", "politik", "wirtschaft", "wissenschaft")
OPENING_KINDS = ("skill", "thing", "place", "caretaker")
WANTED_FOR = timedelta(weeks=6)  # how long a team looks when it says nothing else


def six_weeks_on() -> date:
    """Return the last day of an opening that begins or goes on today."""
    return clock.today() + WANTED_FOR


class Thanks(db.Model):
    """A word of thanks from a lead to a member; the words go to them, the public sees a count."""

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    day: Mapped[date] = mapped_column(default=clock.today)

    __table_args__ = (Index("uq_thanks_a_day", "team_id", "user_id", "by_id", "day", unique=True),)


class Team(db.Model):
    """A Lösungsteam with WiQ's public fields. No private address is stored here."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    focus: Mapped[list[str]] = mapped_column(JSON, default=list)
    challenge: Mapped[str] = mapped_column(Text)  # Herausforderung und Lösungsansatz
    state: Mapped[str] = mapped_column(default="laeuft", index=True)
    self_supporting: Mapped[bool] = mapped_column(default=False)
    state_since: Mapped[date] = mapped_column(default=clock.today)
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"), index=True)
    district: Mapped[District | None] = relationship(lazy="raise_on_sql")
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    sectors: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    language: Mapped[str | None] = mapped_column(default="de")
    is_example: Mapped[bool] = mapped_column(default=False)  # retold from a public page
    source_url: Mapped[str | None]
    partners: Mapped[list[str]] = mapped_column(JSON, default=list)  # organisations, no people
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    thanks: Mapped[int] = column_property(  # how often somebody was thanked; no names
        select(func.count(Thanks.id)).where(Thanks.team_id == id).scalar_subquery(), deferred=True
    )
    log: Mapped[list["StatusEntry"]] = relationship(
        back_populates="team",
        lazy="raise_on_sql",
        order_by="StatusEntry.day.desc(), StatusEntry.id.desc()",
    )
    openings: Mapped[list["Opening"]] = relationship(
        back_populates="team", lazy="raise_on_sql", order_by="Opening.id"
    )
    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="team", lazy="raise_on_sql", order_by="Membership.id"
    )
    ideas: Mapped[list[Idea]] = relationship(  # it grew from the first one and took up the others
        lazy="raise_on_sql", viewonly=True, foreign_keys=Idea.team_id, order_by=Idea.id
    )
    organisations: Mapped[list[Organisation]] = relationship(  # partners.py chooses them
        secondary="team_partner",
        lazy="raise_on_sql",
        viewonly=True,
        order_by=(Organisation.name, Organisation.id),
    )
    lessons: Mapped["Lessons | None"] = relationship(back_populates="team", lazy="raise_on_sql")

    __table_args__ = (
        CheckConstraint(
            "state IN ('laeuft', 'im_betrieb', 'pausiert', 'abgeschlossen')",
            name="known_state",
        ),
        CheckConstraint("name <> ''", name="has_a_name"),
        Index("ix_team_page", "changed_at", "id"),
    )

    @property
    def takes_people(self) -> bool:
        """Whether newcomers are wanted: everybody but finished teams."""
        return self.state != "abgeschlossen"


class StatusEntry(db.Model):
    """A dated Stand of a team; the newest with a text is the Aktueller Stand.

    An entry that records a change of state names the new one; its text may be empty then.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), index=True)
    team: Mapped[Team] = relationship(back_populates="log", lazy="raise_on_sql")
    day: Mapped[date] = mapped_column(default=clock.today)
    text: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str | None]
    self_supporting: Mapped[bool | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (
        CheckConstraint(
            "state IN ('laeuft', 'im_betrieb', 'pausiert', 'abgeschlossen')",
            name="known_state",
        ),
        CheckConstraint("(state IS NULL) = (self_supporting IS NULL)", name="state_is_whole"),
        CheckConstraint("text <> '' OR state IS NOT NULL", name="says_something"),
    )


class Membership(db.Model):
    """Somebody's part in a team; leaving keeps the row."""

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), index=True)
    team: Mapped[Team] = relationship(back_populates="memberships", lazy="raise_on_sql")
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    user: Mapped[User] = relationship(lazy="raise_on_sql")
    is_lead: Mapped[bool] = mapped_column(default=False)
    # The person's own choice: whether the public page says their first name and what they do.
    is_named: Mapped[bool] = mapped_column(default=False)
    role: Mapped[str] = mapped_column(default="")
    joined_at: Mapped[datetime] = mapped_column(default=clock.now)
    left_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        Index(
            "uq_membership_current",
            "team_id",
            "user_id",
            unique=True,
            sqlite_where=left_at.is_(None),
            postgresql_where=left_at.is_(None),
        ),
        CheckConstraint("left_at >= joined_at", name="leaves_after_joining"),
    )


class Opening(db.Model):
    """A Gesuch: the skill, thing, place or caretaker a team looks for."""

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), index=True)
    team: Mapped[Team] = relationship(back_populates="openings", lazy="raise_on_sql")
    kind: Mapped[str] = mapped_column(default="skill")
    title: Mapped[str]
    text: Mapped[str] = mapped_column(Text, default="")
    times: Mapped[list[str]] = mapped_column(JSON, default=list)
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"), index=True)
    district: Mapped[District | None] = relationship(lazy="raise_on_sql")
    hours_a_week: Mapped[int | None]
    wanted_until: Mapped[date] = mapped_column(default=six_weeks_on, index=True)  # its last day
    reminded_of: Mapped[date | None]  # the last day the leads were asked about beforehand
    language: Mapped[str | None] = mapped_column(default="de")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    changed_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )

    __table_args__ = (
        CheckConstraint("title <> ''", name="has_a_title"),
        CheckConstraint("kind IN ('skill', 'thing', 'place', 'caretaker')", name="known_kind"),
        CheckConstraint("closed_at >= created_at", name="closes_after_opening"),
        CheckConstraint("hours_a_week BETWEEN 1 AND 40", name="believable_hours"),
    )

    @hybrid_property
    def is_open(self) -> bool:
        """Whether the team still looks for it: not closed, and its last day is not over."""
        return self.closed_at is None and self.wanted_until >= clock.today()

    @is_open.inplace.expression
    @classmethod
    def _is_open(cls) -> ColumnElement[bool]:
        return and_(cls.closed_at.is_(None), cls.wanted_until >= clock.today())


class Lessons(db.Model):
    """What a team has learned, for whoever does something like it; public, about no person."""

    team_id: Mapped[int] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), primary_key=True
    )
    team: Mapped[Team] = relationship(back_populates="lessons", lazy="raise_on_sql")
    worked: Mapped[str] = mapped_column(Text, default="")
    otherwise: Mapped[str] = mapped_column(Text, default="")  # what they would do differently
    costs: Mapped[str] = mapped_column(Text, default="")
    duration: Mapped[str] = mapped_column(Text, default="")
    permits: Mapped[str] = mapped_column(Text, default="")  # offices and permits
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)


class Enquiry(db.Model):
    """A letter to a team from somebody without account, until they confirm their address.

    Then it becomes a conversation and the row is gone; unconfirmed it is forgotten after a week.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), index=True)
    team: Mapped[Team] = relationship(lazy="raise_on_sql")
    name: Mapped[str]
    email: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)


class Adoption(db.Model):
    """Somebody offers to take over a paused team; a lead or a coordinator answers.

    Without an answer but with `closed_at` it is over: taken back, or somebody else took over.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), index=True)
    team: Mapped[Team] = relationship(lazy="raise_on_sql")
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    user: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[user_id])
    message: Mapped[str] = mapped_column(Text)
    brings: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    answer: Mapped[bool | None]
    reply: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )

    __table_args__ = (
        Index(
            "uq_adoption_open",
            "team_id",
            "user_id",
            unique=True,
            sqlite_where=closed_at.is_(None),
            postgresql_where=closed_at.is_(None),
        ),
        CheckConstraint("answer IS NULL OR closed_at IS NOT NULL", name="an_answer_closes"),
        CheckConstraint("message <> ''", name="says_something"),
    )

    @property
    def is_open(self) -> bool:
        """Whether it still waits for an answer."""
        return self.closed_at is None


class Invitation(db.Model):
    """Somebody is asked to be in a new team. They join by their own yes, or a noted one."""

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), index=True)
    team: Mapped[Team] = relationship(lazy="raise_on_sql")
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    user: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[user_id])
    is_lead: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    answered_at: Mapped[datetime | None]
    answer: Mapped[bool | None]
    # The coordinator who noted that the person agreed elsewhere, by telephone or at a meeting.
    noted_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )

    __table_args__ = (
        Index("uq_invitation_once", "team_id", "user_id", unique=True),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="an_answer_is_dated"),
    )


class TeamPartner(db.Model):
    """An organisation that takes part in a team; others stand in `Team.partners` as text."""

    team_id: Mapped[int] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), primary_key=True
    )
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True, index=True
    )

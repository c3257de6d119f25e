"""Tables of the gatherings room. Every date is a row of its own, also within a series."""

import secrets
import uuid
from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import User
from portal.choices import one_of
from portal.extensions import db
from portal.ideas.models import Idea
from portal.places.models import District
from portal.teams.models import Team

KINDS = ("gesamttreffen", "ideenschmiede", "ideenmobil", "spaziergang", "teamtreffen")
RHYTHMS = ("weekly", "fortnightly", "monthly")
STEPS = ("step_free", "few_steps", "stairs", "online")
TOILETS = ("accessible", "ordinary", "none", "online")
HEARING = ("amplified", "sign_language", "on_request", "none")
WORDS = ("plain", "interpreted", "on_request", "everyday")
HINT_KINDS = ("hint", "help")


def new_token() -> str:
    """Return the secret part of a link that opens one sign-up or one hint."""
    return secrets.token_urlsafe(24)


gathering_idea = Table(
    "gathering_idea",
    db.metadata,
    Column("gathering_id", ForeignKey("gathering.id", ondelete="CASCADE"), primary_key=True),
    Column("idea_id", ForeignKey("idea.id", ondelete="CASCADE"), primary_key=True, index=True),
)
gathering_team = Table(
    "gathering_team",
    db.metadata,
    Column("gathering_id", ForeignKey("gathering.id", ondelete="CASCADE"), primary_key=True),
    Column("team_id", ForeignKey("team.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class GatheringSeries(db.Model):
    """How dates that belong together were made; each is a gathering that can change alone."""

    id: Mapped[int] = mapped_column(primary_key=True)
    rhythm: Mapped[str]
    until: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (CheckConstraint(one_of("rhythm", RHYTHMS), name="known_rhythm"),)


class Gathering(db.Model):
    """One date: when, where, what for, and which barriers there are.

    `sequence` counts changes that calendars must learn about (RFC 5545, 3.8.7.4).
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int | None] = mapped_column(
        ForeignKey("gathering_series.id", ondelete="SET NULL"), index=True
    )
    kind: Mapped[str]
    title: Mapped[str]
    text: Mapped[str] = mapped_column(Text, default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"), index=True)
    district: Mapped[District | None] = relationship(lazy="raise_on_sql")
    place: Mapped[str] = mapped_column(default="")
    online_url: Mapped[str | None]  # only for those who have a place
    languages: Mapped[list[str]] = mapped_column(JSON)
    steps: Mapped[str]
    toilet: Mapped[str]
    hearing: Mapped[str]
    words: Mapped[str]
    barrier_note: Mapped[str] = mapped_column(Text)
    bring: Mapped[str] = mapped_column(Text, default="")
    capacity: Mapped[int | None]
    team_id: Mapped[int | None] = mapped_column(
        ForeignKey("team.id", ondelete="SET NULL"), index=True
    )
    team: Mapped[Team | None] = relationship(lazy="raise_on_sql")
    host_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    uid: Mapped[str] = mapped_column(unique=True, default=lambda: str(uuid.uuid4()))
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None] = mapped_column(Text)
    reminded_at: Mapped[datetime | None]
    minutes: Mapped[str] = mapped_column(Text, default="")
    decisions: Mapped[str] = mapped_column(Text, default="")
    minutes_at: Mapped[datetime | None]
    walk_ins: Mapped[int] = mapped_column(default=0)  # who came without signing up
    ideas: Mapped[list[Idea]] = relationship(
        secondary=gathering_idea, lazy="raise_on_sql", order_by="Idea.id"
    )
    teams: Mapped[list[Team]] = relationship(
        secondary=gathering_team, lazy="raise_on_sql", order_by="Team.id"
    )

    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="known_kind"),
        CheckConstraint(one_of("steps", STEPS), name="known_steps"),
        CheckConstraint(one_of("toilet", TOILETS), name="known_toilet"),
        CheckConstraint(one_of("hearing", HEARING), name="known_hearing"),
        CheckConstraint(one_of("words", WORDS), name="known_words"),
        CheckConstraint("title <> '' AND barrier_note <> ''", name="says_what_and_how"),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        CheckConstraint("place <> '' OR online_url IS NOT NULL", name="is_somewhere"),
        CheckConstraint("capacity > 0 AND walk_ins >= 0", name="counts_people"),
        CheckConstraint(
            "(cancelled_at IS NULL) = (cancel_reason IS NULL)", name="cancelling_has_a_reason"
        ),
        Index("ix_gathering_page", "starts_at", "id"),
    )

    @property
    def is_cancelled(self) -> bool:
        """Whether it was called off."""
        return self.cancelled_at is not None

    @property
    def is_past(self) -> bool:
        """Whether it is over."""
        return self.ends_at <= clock.now()

    @property
    def takes_sign_ups(self) -> bool:
        """Whether somebody can still sign up: until it begins."""
        return not self.is_cancelled and clock.now() < self.starts_at

    @property
    def is_barrier_free(self) -> bool:
        """Whether a wheelchair gets in and to a toilet, or there is no way to go at all."""
        return self.steps in ("step_free", "online") and self.toilet in ("accessible", "online")


class SignUp(db.Model):
    """Somebody who wants to come: an account, or a name and an address without one.

    In order of life: `created_at`, `confirmed_at` (an account needs no mail), then `seated_at` or a
    `turn` in the waiting list, perhaps `cancelled_at`. `token` opens it without signing in.
    What is private (`interpretation`, `wheelchair`, `note`) goes soon after the gathering.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    gathering_id: Mapped[int] = mapped_column(ForeignKey("gathering.id", ondelete="CASCADE"))
    gathering: Mapped[Gathering] = relationship(lazy="raise_on_sql")
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    user: Mapped[User | None] = relationship(lazy="raise_on_sql")
    name: Mapped[str] = mapped_column(default="")
    email: Mapped[str | None] = mapped_column(index=True)
    token: Mapped[str] = mapped_column(unique=True, default=new_token)
    children: Mapped[int] = mapped_column(default=0)
    interpretation: Mapped[str | None]
    wheelchair: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(Text, default="")
    consented_at: Mapped[datetime | None]  # to the host reading what is private
    photos_ok: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_at: Mapped[datetime | None]
    turn: Mapped[int | None]
    seated_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None] = mapped_column()
    came: Mapped[bool | None]

    __table_args__ = (
        CheckConstraint("user_id IS NULL OR email IS NULL", name="account_or_address"),
        CheckConstraint("children BETWEEN 0 AND 20", name="counts_children"),
        CheckConstraint(
            "consented_at IS NOT NULL OR (interpretation IS NULL AND NOT wheelchair AND note = '')",
            name="private_needs_consent",
        ),
        CheckConstraint("seated_at IS NULL OR confirmed_at IS NOT NULL", name="seat_is_confirmed"),
        CheckConstraint("(turn IS NULL) = (confirmed_at IS NULL)", name="turn_is_confirmed"),
        Index("uq_sign_up_turn", "gathering_id", "turn", unique=True),
        Index(
            "uq_sign_up_account",
            "gathering_id",
            "user_id",
            unique=True,
            sqlite_where=cancelled_at.is_(None),
            postgresql_where=cancelled_at.is_(None),
        ),
        Index(
            "uq_sign_up_address",
            "gathering_id",
            "email",
            unique=True,
            sqlite_where=cancelled_at.is_(None),
            postgresql_where=cancelled_at.is_(None),
        ),
    )

    @property
    def people(self) -> int:
        """How many places it takes: the person and their children."""
        return 1 + self.children

    @property
    def is_seated(self) -> bool:
        """Whether it has a place."""
        return self.seated_at is not None and self.cancelled_at is None

    @property
    def is_waiting(self) -> bool:
        """Whether it stands in the waiting list."""
        return (
            self.confirmed_at is not None and self.seated_at is None and self.cancelled_at is None
        )

    @property
    def has_needs(self) -> bool:
        """Whether the host should read a private note."""
        return bool(self.interpretation or self.wheelchair or self.note)


class BringItem(db.Model):
    """Something of the list "Wer bringt was"; nobody or one sign-up takes it on."""

    id: Mapped[int] = mapped_column(primary_key=True)
    gathering_id: Mapped[int] = mapped_column(
        ForeignKey("gathering.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str]
    taken_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("sign_up.id", ondelete="SET NULL"), index=True
    )

    __table_args__ = (CheckConstraint("title <> ''", name="has_a_title"),)


class Hint(db.Model):
    """Wichteln: a hint, or an offer of help, to an idea that was presented at a gathering.

    `token` shows it to whoever brought the idea in. An offer comes with `user_id` or `email` of who
    makes it, so that a yes can open a conversation; neither is ever shown.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    gathering_id: Mapped[int] = mapped_column(
        ForeignKey("gathering.id", ondelete="CASCADE"), index=True
    )
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    idea: Mapped[Idea] = relationship(lazy="raise_on_sql")
    kind: Mapped[str] = mapped_column(default="hint")
    text: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(default="")
    email: Mapped[str | None] = mapped_column(index=True)
    token: Mapped[str] = mapped_column(unique=True, default=new_token)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    accepted_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(one_of("kind", HINT_KINDS), name="known_kind"),
        CheckConstraint("text <> ''", name="says_something"),
        CheckConstraint("user_id IS NULL OR email IS NULL", name="account_or_address"),
    )

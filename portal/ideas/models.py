"""Tables of the ideas room."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import User
from portal.extensions import db
from portal.places.models import District

STATES = (
    "eingegangen",
    "im_gespraech",
    "vorbereitet",
    "im_steuerungsteam",
    "rueckfrage",
    "angenommen",
    "team_gegruendet",
    "weitergegeben",
    "nicht_bei_wiq",
)
_KNOWN_STATE = "state IN ({})".format(", ".join(f"'{state}'" for state in STATES))


class Idea(db.Model):
    """What somebody wants to change in their quarter; may come from a person without account.

    Public means: `published_at` is set and `hidden_at` is not.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    problem: Mapped[str] = mapped_column(Text)
    wish: Mapped[str] = mapped_column(Text)
    contribution: Mapped[str] = mapped_column(Text, default="")
    title: Mapped[str]  # the problem's or wish's first sentence, shortened when it is saved
    topic: Mapped[str | None]
    language: Mapped[str | None]  # guessed from the text
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"), index=True)
    district: Mapped[District | None] = relationship(lazy="raise_on_sql")
    initiator_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    initiator: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[initiator_id])
    contact_email: Mapped[str | None]  # of a person without account; coordinators and outbox only
    # Whoever left a number wants to be called rather than written to; coordinators only.
    contact_phone: Mapped[str | None]
    under_16: Mapped[bool] = mapped_column(default=False)
    # Who wrote it down for somebody who talked about it, at the Ideenmobil.
    captured_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    # Progress page: a link with this token, or the claim code typed in (stored hashed).
    progress_token: Mapped[str] = mapped_column(unique=True)
    claim_code_hash: Mapped[str] = mapped_column(unique=True)
    submission_key: Mapped[str | None] = mapped_column(unique=True)  # one form, one idea
    state: Mapped[str] = mapped_column(default="eingegangen", index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    published_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    hidden_reason: Mapped[str | None] = mapped_column(Text)
    # Set beside hidden_at when the initiator took it back; only then may they undo it themselves.
    withdrawn_at: Mapped[datetime | None]
    # The team that grew from it or took it up: at most one. The room of teams comes later.
    team_id: Mapped[int | None] = mapped_column(
        ForeignKey("team.id", ondelete="SET NULL"), index=True
    )
    progress: Mapped[list["ProgressEntry"]] = relationship(
        back_populates="idea", lazy="raise_on_sql", order_by="ProgressEntry.id.desc()"
    )

    __table_args__ = (
        CheckConstraint(_KNOWN_STATE, name="known_state"),
        CheckConstraint(
            "(hidden_at IS NULL) = (hidden_reason IS NULL)", name="hiding_has_a_reason"
        ),
        CheckConstraint(
            "withdrawn_at IS NULL OR hidden_at IS NOT NULL", name="withdrawn_is_hidden"
        ),
        CheckConstraint(
            "team_id IS NULL OR state = 'team_gegruendet'", name="a_team_ends_the_search"
        ),
        Index("ix_idea_public_page", "published_at", "id"),
    )

    @property
    def is_public(self) -> bool:
        """Whether everybody may read it."""
        return self.published_at is not None and self.hidden_at is None

    @property
    def is_waiting(self) -> bool:
        """Whether a coordinator has yet to look at it."""
        return self.published_at is None and self.hidden_at is None

    @property
    def is_capture(self) -> bool:
        """Whether somebody wrote it down on another person's behalf."""
        return self.captured_by_id is not None

    @property
    def is_withdrawn(self) -> bool:
        """Whether the initiator took it back."""
        return self.withdrawn_at is not None

    @property
    def became_a_team(self) -> bool:
        """Whether a team works on it: its text and state stay as they are from then on."""
        return self.team_id is not None

    @property
    def has_contact(self) -> bool:
        """Whether the initiator can be written to; the address itself stays in the outbox."""
        return self.initiator_id is not None or bool(self.contact_email)

    @property
    def can_be_asked(self) -> bool:
        """Whether the initiator can be reached at all, by mail or telephone."""
        return self.has_contact or bool(self.contact_phone)


class ProgressEntry(db.Model):
    """One dated step of an idea, in words the initiator understands."""

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    idea: Mapped[Idea] = relationship(back_populates="progress", lazy="raise_on_sql")
    state: Mapped[str]
    note: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (CheckConstraint(_KNOWN_STATE, name="known_state"),)


class IdeaCall(db.Model):
    """A call coordinators owe to somebody who left nothing but a number with their idea.

    One row however much there is to tell; `version` counts news and attempts.
    """

    idea_id: Mapped[int] = mapped_column(
        ForeignKey("idea.id", ondelete="CASCADE"), primary_key=True
    )
    idea: Mapped[Idea] = relationship(lazy="raise_on_sql")
    since: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime] = mapped_column(default=clock.now)
    attempts: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

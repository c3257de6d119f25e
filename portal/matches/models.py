"""Tables of the matches room: index entries, suggestions, introductions, what was learned."""

from datetime import datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from portal import clock
from portal.accounts.models import User
from portal.choices import one_of
from portal.extensions import db
from portal.messages.models import Thread

# What the index knows. A subject is named by its kind and its row's id (a person by the account's).
KINDS = ("idea", "person", "team", "opening", "office", "resource")
# What people can answer when asked how it went on; `verabredet` only after the first weeks.
MET = ("zusammen", "getroffen")
OUTCOMES = (*MET, "verabredet", "keine_zeit", "keine_antwort", "passt_nicht")


class IndexEntry(db.Model):
    """One searchable text: the database's truth from which every process builds its replica.

    Most subjects have one, `part` 0. An office has one for its duties and one for each language of
    its everyday phrases, a person a second one (not `is_offer`) for what they want to learn: texts
    that are about different things are compared apart, and the best of them counts.
    `revision` comes from IndexCounter and only grows, so a replica catches up by asking for
    everything above the revision it knows. A removed entry keeps only its name, no text.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[int]
    part: Mapped[int] = mapped_column(default=0)
    is_offer: Mapped[bool] = mapped_column(default=True)  # False: asks, but is not found
    title: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str | None]
    # Structured facts that filter and explain: times, district, reach, languages, state, owners …
    facts: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    is_public: Mapped[bool] = mapped_column(default=False)
    vector: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    encoder_version: Mapped[str | None]
    revision: Mapped[int] = mapped_column(index=True)
    is_pending: Mapped[bool] = mapped_column(default=True, index=True)  # suggestions are due
    removed_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("kind", "subject_id", "part"),
        CheckConstraint(one_of("kind", KINDS), name="known_kind"),
    )

    @property
    def heading(self) -> str:
        """The title as the matcher reads it: a person's first name says nothing about them."""
        return "" if self.kind == "person" else self.title


class IndexCounter(db.Model):
    """A single row; updating it serialises writers, so revisions appear in order.

    A replica that knows another `epoch` starts again: the database was restored or emptied.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    epoch: Mapped[str]
    revision: Mapped[int] = mapped_column(default=0)


class Suggestion(db.Model):
    """The machine's proposal that two things belong together, and what became of it.

    `source` is the text that asked, `target` what was found. `pair_key` is the same for both
    directions, so a declined pair can never come back the other way round.
    States: open → approved | declined | snoozed (until a day); `shown` needs no review because
    everything in it is public already; `stale` no longer fits after a change of text.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    source_kind: Mapped[str]
    source_id: Mapped[int]
    target_kind: Mapped[str]
    target_id: Mapped[int]
    pair_key: Mapped[str] = mapped_column(unique=True)
    score: Mapped[float]
    label: Mapped[str]
    reasons: Mapped[list[dict[str, object]]] = mapped_column(JSON, default=list)
    facts: Mapped[list[str]] = mapped_column(JSON, default=list)  # "Ortsteil", "Zeit" … that agree
    matcher_version: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    # Whether a coordinator decides, because one side is a person. With the state `shown` it still
    # waits for a place in the queue: see fairness.py.
    needs_review: Mapped[bool] = mapped_column(default=False)
    wished_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )  # the person who asked for this introduction
    # A coordinator knows somebody: who put the pair together, and why, for colleagues to read.
    added_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    added_by: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[added_by_id])
    note: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )
    decided_by: Mapped[User | None] = relationship(
        lazy="raise_on_sql", foreign_keys=[decided_by_id]
    )
    decline_reason: Mapped[str | None]
    snoozed_until: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)  # compare-and-set between two coordinators

    @property
    def is_by_hand(self) -> bool:
        """Whether a coordinator put the pair together; it stays one when their account is gone."""
        return self.note is not None

    __table_args__ = (
        CheckConstraint(
            "state IN ('shown', 'open', 'approved', 'declined', 'snoozed', 'stale')",
            name="known_state",
        ),
        CheckConstraint(
            "(state IN ('approved', 'declined')) = (decided_at IS NOT NULL)",
            name="decision_is_dated",
        ),
        Index("ix_suggestion_source", "source_kind", "source_id"),
        Index("ix_suggestion_target", "target_kind", "target_id"),
        Index("ix_suggestion_queue", "needs_review", "state", "created_at", "id"),
    )


class Introduction(db.Model):
    """An approved suggestion on its way: both sides are asked, both say yes, both are introduced.

    Nothing leaves before `asks_from` (undo time of the review). Without words of a coordinator the
    opening line, place and time are proposed by the portal.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    suggestion_id: Mapped[int] = mapped_column(
        ForeignKey("suggestion.id", ondelete="CASCADE"), unique=True
    )
    suggestion: Mapped[Suggestion] = relationship(lazy="raise_on_sql")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    asks_from: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    introduced_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]  # a no, silence, a withdrawal or an undo ended it
    opening_line: Mapped[str | None] = mapped_column(Text)
    meeting_place: Mapped[str | None]
    meeting_at: Mapped[datetime | None]
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id", ondelete="SET NULL"))
    thread: Mapped[Thread | None] = relationship(lazy="raise_on_sql")
    sides: Mapped[list["IntroductionSide"]] = relationship(
        back_populates="introduction",
        lazy="raise_on_sql",
        order_by="IntroductionSide.id",
    )

    __table_args__ = (
        Index("ix_introduction_running", "closed_at", "introduced_at", "asked_at"),
        Index("ix_introduction_introduced", "introduced_at", "id"),
    )


class IntroductionSide(db.Model):
    """One of the two who are asked; a person without account answers by the link in the mail.

    Somebody without account and address has left a telephone number with their idea.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    introduction_id: Mapped[int] = mapped_column(
        ForeignKey("introduction.id", ondelete="CASCADE"), index=True
    )
    introduction: Mapped[Introduction] = relationship(back_populates="sides", lazy="raise_on_sql")
    kind: Mapped[str]  # which of KINDS this side speaks for
    subject_id: Mapped[int]
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    user: Mapped[User | None] = relationship(lazy="raise_on_sql")
    email: Mapped[str | None]
    token: Mapped[str] = mapped_column(unique=True)
    channel: Mapped[str | None]  # how this side was asked; None: not yet
    answer: Mapped[bool | None]
    answered_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("user_id IS NULL OR email IS NULL", name="account_or_address"),
        CheckConstraint("channel IN ('mail', 'portal', 'telefon')", name="known_channel"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answer_is_dated"),
        UniqueConstraint("introduction_id", "kind", "subject_id"),
    )


class Call(db.Model):
    """A telephone call coordinators owe to somebody who wants no mails; each purpose once."""

    id: Mapped[int] = mapped_column(primary_key=True)
    side_id: Mapped[int] = mapped_column(ForeignKey("introduction_side.id", ondelete="CASCADE"))
    side: Mapped[IntroductionSide] = relationship(lazy="raise_on_sql")
    purpose: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime] = mapped_column(default=clock.now)  # not reached: again the next day
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("side_id", "purpose"),
        CheckConstraint(
            "purpose IN ('ask', 'introduced', 'ended', 'outcome_14', 'outcome_60')",
            name="known_purpose",
        ),
        CheckConstraint("attempts >= 0", name="attempts_count_up"),
        Index("ix_call_due", "done_at", "due_at", "id"),
    )


class Outcome(db.Model):
    """What one side told some days after they were introduced; without an answer it was asked."""

    id: Mapped[int] = mapped_column(primary_key=True)
    side_id: Mapped[int] = mapped_column(ForeignKey("introduction_side.id", ondelete="CASCADE"))
    side: Mapped[IntroductionSide] = relationship(lazy="raise_on_sql")
    days: Mapped[int]
    asked_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("side_id", "days"),
        CheckConstraint("days IN (14, 60)", name="known_days"),
        CheckConstraint(
            "answer IN ({})".format(", ".join(f"'{answer}'" for answer in OUTCOMES)),
            name="known_answer",
        ),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answer_is_dated"),
    )

    @property
    def met(self) -> bool | None:
        """Whether they met; None while nobody knows."""
        return None if self.answer in (None, "verabredet") else self.answer in MET

    @property
    def is_together(self) -> bool:
        """Whether they still do something together."""
        return self.answer == "zusammen"


class SuggestionEvent(db.Model):
    """One thing that happened to a suggestion, with what the matcher knew at that moment.

    Says nothing about who did it; goes with the suggestion when a side is erased.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    suggestion_id: Mapped[int] = mapped_column(
        ForeignKey("suggestion.id", ondelete="CASCADE"), index=True
    )
    decision: Mapped[str]
    reason: Mapped[str | None]
    position: Mapped[int | None]  # place among what was found for the asking text, from 1
    matcher_version: Mapped[str]
    # Numbers the score was made of, and what the quality page groups by; see learning.py.
    features: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)

    __table_args__ = (
        CheckConstraint(
            "decision IN ('shown', 'approved', 'declined', 'snoozed', 'undone', 'wished',"
            " 'not_for_me', 'accepted', 'refused', 'added', 'worked', 'failed')",
            name="known_decision",
        ),
        CheckConstraint("position > 0", name="position_counts_from_one"),
    )


class MatcherParameters(db.Model):
    """What was learned from decisions and routings; at most one row is in use, without one nothing.

    `slot` is 1 for the row in use and NULL for all others, so that the database keeps it unique.
    """

    id: Mapped[int] = mapped_column(primary_key=True)  # the version people see
    parameters: Mapped[dict[str, object]] = mapped_column(JSON)
    floors: Mapped[dict[str, list[float]] | None] = mapped_column(JSON)  # None: as shipped
    # The router to offices, without pickle, and the routings there were: idea, office, sureness.
    router: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    routed: Mapped[list[list[float]] | None] = mapped_column(JSON)
    trained_on: Mapped[int]  # decided suggestions
    metrics: Mapped[dict[str, dict[str, float | int | None]]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    active_from: Mapped[datetime | None]  # None: was not better, never used
    retired_at: Mapped[datetime | None]
    slot: Mapped[int | None] = mapped_column(unique=True)
    # What was in use before; rolling back returns to it.
    replaced_id: Mapped[int | None] = mapped_column(ForeignKey("matcher_parameters.id"))

    __table_args__ = (
        CheckConstraint("slot = 1", name="one_slot"),
        CheckConstraint(
            "(slot IS NOT NULL) = (active_from IS NOT NULL AND retired_at IS NULL)",
            name="slot_is_held_while_active",
        ),
    )

"""Tables of the referrals room. A referrer is a body, never a person."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.choices import one_of
from portal.extensions import db
from portal.ideas.models import Idea

KINDS = ("beirat", "quartiersmanagement", "amt", "sonstige")
ANSWERS = ("in_arbeit", "angenommen", "abgelehnt")


class Referrer(db.Model):
    """A body that hands ideas in and gets some; its token opens its page without an account."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    token: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str | None]  # a mailbox of the body; coordinators and outbox only
    wants_mail: Mapped[bool] = mapped_column(default=False)
    confirmed_at: Mapped[datetime | None]  # a coordinator knows that it is this body
    revoked_at: Mapped[datetime | None]
    renewed_at: Mapped[datetime | None]  # when it last got another link
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="known_kind"),
        CheckConstraint("name <> ''", name="has_a_name"),
        CheckConstraint("NOT wants_mail OR email IS NOT NULL", name="mail_needs_an_address"),
    )

    @property
    def is_open(self) -> bool:
        """Whether its link still works."""
        return self.revoked_at is None


class Referral(db.Model):
    """An idea a body handed in on behalf of somebody."""

    id: Mapped[int] = mapped_column(primary_key=True)
    referrer_id: Mapped[int] = mapped_column(
        ForeignKey("referrer.id", ondelete="CASCADE"), index=True
    )
    referrer: Mapped[Referrer] = relationship(lazy="raise_on_sql")
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), unique=True)
    idea: Mapped[Idea] = relationship(lazy="raise_on_sql")
    note: Mapped[str] = mapped_column(Text, default="")  # what the body knows; coordinators only
    consent: Mapped[str | None] = mapped_column(Text)  # the wording, if an address was given
    told_entry_id: Mapped[int] = mapped_column(default=0)  # the last step the body was mailed
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Handover(db.Model):
    """An idea passed on to a body, with what came back."""

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    idea: Mapped[Idea] = relationship(lazy="raise_on_sql")
    to_name: Mapped[str]
    referrer_id: Mapped[int | None] = mapped_column(
        ForeignKey("referrer.id", ondelete="SET NULL"), index=True
    )
    passed_on: Mapped[date]
    note: Mapped[str] = mapped_column(Text, default="")  # what we ask the body for
    contact_agreed_at: Mapped[datetime | None]  # the initiator said the body may have the contact
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    owner_id: Mapped[int | None] = mapped_column(  # who minds it and hears of the answer
        ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    answer: Mapped[str | None]
    answer_text: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (
        CheckConstraint(one_of("answer", ANSWERS), name="known_answer"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="an_answer_has_a_day"),
        CheckConstraint("to_name <> ''", name="goes_somewhere"),
    )

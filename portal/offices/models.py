"""Tables of the offices room. Functions only: no person's name, address or number."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.extensions import db

EVIDENCE = ("full", "partly", "general")


class Office(db.Model):
    """An Ansprechstelle: duties in our own words, with source and the day it was checked."""

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    short_name: Mapped[str | None]
    kind: Mapped[str]
    duties: Mapped[str] = mapped_column(Text)
    everyday: Mapped[list[str]] = mapped_column(JSON, default=list)  # how residents say it
    # Which of them are in other languages, by code: pages and screen readers need to know.
    everyday_other: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    area: Mapped[list[str]] = mapped_column(JSON, default=list)  # boroughs, districts; [] city
    first_question: Mapped[str] = mapped_column(Text, default="")
    bring: Mapped[str] = mapped_column(Text, default="")
    website: Mapped[str | None]
    mailbox: Mapped[str | None]  # of the function, never of one person; coordinators only
    mailbox_bounced_at: Mapped[datetime | None]  # since then the mailbox has to be looked up again
    source_url: Mapped[str]
    checked_on: Mapped[date]
    evidence: Mapped[str]
    search_key: Mapped[str] = mapped_column(Text)  # folded name, duties, everyday words
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (
        CheckConstraint("evidence IN ('full', 'partly', 'general')", name="known_evidence"),
    )

    @property
    def everyday_german(self) -> list[str]:
        """The everyday words that are German, in their order."""
        other = {phrase for phrases in self.everyday_other.values() for phrase in phrases}
        return [phrase for phrase in self.everyday if phrase not in other]


class Trap(db.Model):
    """Concerns that sound alike but go to different offices, and the question that decides."""

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    question: Mapped[str]
    triggers: Mapped[list[str]] = mapped_column(JSON, default=list)
    options: Mapped[list["TrapOption"]] = relationship(
        back_populates="trap", lazy="raise_on_sql", order_by="TrapOption.id"
    )


class TrapOption(db.Model):
    """One answer to a trap's question and the office it leads to."""

    id: Mapped[int] = mapped_column(primary_key=True)
    trap_id: Mapped[int] = mapped_column(ForeignKey("trap.id", ondelete="CASCADE"), index=True)
    trap: Mapped[Trap] = relationship(back_populates="options", lazy="raise_on_sql")
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    office: Mapped[Office] = relationship(lazy="raise_on_sql")
    answer: Mapped[str]
    why: Mapped[str] = mapped_column(Text, default="")

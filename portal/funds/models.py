"""Tables of the funds room. A fund is described in our own words, with source and checked day."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import User
from portal.extensions import db


class Fund(db.Model):
    """A Fördertopf. Its deadlines come back every year on the same days."""

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    amount: Mapped[str] = mapped_column(Text)
    area: Mapped[list[str]] = mapped_column(JSON, default=list)  # boroughs, districts; [] city
    who: Mapped[str] = mapped_column(Text)
    who_codes: Mapped[list[str]] = mapped_column(JSON, default=list)  # wording.WHO; [] everybody
    topics: Mapped[list[str]] = mapped_column(JSON, default=list)  # codes; [] any topic
    words: Mapped[list[str]] = mapped_column(JSON, default=list)  # how ideas say it
    deadline: Mapped[str] = mapped_column(Text)  # a sentence for people
    opens: Mapped[str | None]  # "MM-DD"
    closes: Mapped[list[str]] = mapped_column(JSON, default=list)  # "MM-DD" each
    office_slug: Mapped[str | None]
    website: Mapped[str | None]
    source_url: Mapped[str]
    checked_on: Mapped[date]
    ended_on: Mapped[date | None]  # there is no more money
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (CheckConstraint("name <> ''", name="has_a_name"),)


class FundMark(db.Model):
    """Somebody wants to be reminded of a fund's deadlines."""

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id", ondelete="CASCADE"))
    fund: Mapped[Fund] = relationship(lazy="raise_on_sql")
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    user: Mapped[User] = relationship(lazy="raise_on_sql")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (UniqueConstraint("fund_id", "user_id"),)

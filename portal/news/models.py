"""The one table of the news room; the news themselves are rows of other rooms."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import User
from portal.extensions import db

LISTS = ("agreed", "withdrawn")


class NewsletterExport(db.Model):
    """That somebody took addresses for the newsletter along, and how many; never which."""

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    list: Mapped[str]
    addresses: Mapped[int]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    by: Mapped[User | None] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        CheckConstraint("list IN ('agreed', 'withdrawn')", name="known_list"),
        CheckConstraint("addresses >= 0", name="counts_addresses"),
    )

"""Tables of the outreach room."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.extensions import db
from portal.gatherings.models import Gathering
from portal.ideas.models import Idea


class Capture(db.Model):
    """How an idea was written down for somebody: at which stop, in which language they talked.

    Who wrote it down stands with the idea (`captured_by_id`).
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), unique=True)
    idea: Mapped[Idea] = relationship(lazy="raise_on_sql")
    gathering_id: Mapped[int | None] = mapped_column(
        ForeignKey("gathering.id", ondelete="SET NULL"), index=True
    )
    gathering: Mapped[Gathering | None] = relationship(lazy="raise_on_sql")
    language: Mapped[str]
    consent: Mapped[str] = mapped_column(Text)  # the sentence that was read aloud
    # When its text was last written by whoever captured it: the initiator may go on from there.
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    slip_at: Mapped[datetime] = mapped_column(default=clock.now)  # the claim code now valid
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

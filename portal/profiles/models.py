"""Tables of the profiles room."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import User
from portal.extensions import db
from portal.places.models import District

# Strictest first; the first is the default of every field.
COORDINATORS, SIGNED_IN, PUBLIC = "koordination", "angemeldet", "oeffentlich"
VISIBILITIES = (COORDINATORS, SIGNED_IN, PUBLIC)
FIELDS = ("can", "learn", "cares", "rules_out", "times", "district", "languages")


class Profile(db.Model):
    """What a resident brings along; `visibility` maps each of FIELDS to one of VISIBILITIES."""

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), unique=True
    )
    user: Mapped[User] = relationship(lazy="raise_on_sql")
    can: Mapped[str] = mapped_column(Text, default="")
    learn: Mapped[str] = mapped_column(Text, default="")
    cares: Mapped[str] = mapped_column(Text, default="")
    rules_out: Mapped[str] = mapped_column(Text, default="")
    times: Mapped[list[str]] = mapped_column(JSON, default=list)
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"), index=True)
    district: Mapped[District | None] = relationship(lazy="raise_on_sql")
    reach: Mapped[str] = mapped_column(default="stadt")
    language: Mapped[str | None]  # the language the texts are written in, guessed
    # Of the texts from which facts were read and shown to the person: asked once for each wording.
    facts_digest: Mapped[str | None]
    visibility: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    # The widest visibility of any field, so that /leute/ is one indexed select.
    openness: Mapped[str] = mapped_column(default=COORDINATORS, index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (
        CheckConstraint("reach IN ('ortsteil', 'stadtbezirk', 'stadt')", name="known_reach"),
        CheckConstraint(
            "openness IN ('koordination', 'angemeldet', 'oeffentlich')",
            name="known_openness",
        ),
    )

    def visibility_of(self, field: str) -> str:
        """Return who may read `field`; a field nobody opened is for coordinators only."""
        return self.visibility.get(field, COORDINATORS)

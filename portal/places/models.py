"""Tables of the places room; filled from the seed files, changed by administrators only."""

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.extensions import db


class Borough(db.Model):
    """A Stadtbezirk."""

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    districts: Mapped[list["District"]] = relationship(
        back_populates="borough", lazy="raise_on_sql", order_by="District.code"
    )


class District(db.Model):
    """An Ortsteil; `area` says which of WiQ's two areas it belongs to, if any."""

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    area: Mapped[str | None]
    borough_id: Mapped[int] = mapped_column(ForeignKey("borough.id"), index=True)
    borough: Mapped[Borough] = relationship(back_populates="districts", lazy="raise_on_sql")

    __table_args__ = (CheckConstraint("area IN ('ost', 'west')", name="known_area"),)


class DistrictAlias(db.Model):
    """A name people type for a district, its own included; an ambiguous one has several rows."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    key: Mapped[str] = mapped_column(index=True)  # rules.fold: SQLite folds ASCII only
    # Ordinary words as well ("Wahren", "Markt"): they count alone or after "in", not in a sentence.
    is_common_word: Mapped[bool] = mapped_column(default=False)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"), index=True)
    district: Mapped[District] = relationship(lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("key", "district_id"),)

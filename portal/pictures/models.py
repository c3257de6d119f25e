"""The table of the pictures room; the pixels lie in files (store.py)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.extensions import db

# Name in the address -> pixels of the longer side.
SIZES = {"klein": 480, "mittel": 960, "gross": 1920}


def scaled(width: int, height: int, longest: int) -> tuple[int, int]:
    """Return the size that fits `longest` pixels; nothing grows."""
    longer = max(width, height)
    if longer <= longest:
        return width, height
    return max(1, round(width * longest / longer)), max(1, round(height * longest / longer))


@dataclass(frozen=True, slots=True)
class Rendition:
    """One size of a picture, as a page needs it."""

    size: str
    width: int
    height: int


class Picture(db.Model):
    """A picture of one owner: words for who cannot see it, credit, and who had the right when.

    `digest` names its files. Owners live in rooms above this one (owners.py), hence no foreign key.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_kind: Mapped[str]
    owner_id: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)  # the lowest one is shown first
    digest: Mapped[str] = mapped_column(index=True)
    width: Mapped[int]
    height: Mapped[int]
    alt: Mapped[str] = mapped_column(Text)
    credit: Mapped[str]
    for_press: Mapped[bool] = mapped_column(default=False)  # others may print it with the credit
    rights_wording: Mapped[str] = mapped_column(Text)
    rights_at: Mapped[datetime] = mapped_column(default=clock.now)
    rights_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (
        CheckConstraint("alt <> ''", name="has_words"),
        CheckConstraint("credit <> ''", name="has_a_credit"),
        CheckConstraint("width > 0 AND height > 0", name="has_a_size"),
        Index("ix_picture_owner", "owner_kind", "owner_id", "position", "id"),
    )

    @property
    def renditions(self) -> list[Rendition]:
        """The sizes there are, smallest first; a small picture has each of its sizes once."""
        found: dict[tuple[int, int], Rendition] = {}
        for size, longest in SIZES.items():
            width, height = scaled(self.width, self.height, longest)
            found.setdefault((width, height), Rendition(size, width, height))
        return list(found.values())

    @property
    def version(self) -> str:
        """Part of the address: other pixels, another address, so that caches may keep them."""
        return self.digest[:10]

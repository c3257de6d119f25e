"""Selects of the pictures room."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from portal.accounts.models import User
from portal.extensions import db
from portal.pictures.models import Picture

_ORDER = (Picture.position, Picture.id)


def pictures_of(kind: str, owner_id: int) -> Sequence[Picture]:
    """Return the pictures of one owner, the one to show first in front."""
    return db.session.scalars(
        select(Picture)
        .where(Picture.owner_kind == kind, Picture.owner_id == owner_id)
        .order_by(*_ORDER)
    ).all()


def press_pictures(kind: str, owner_id: int) -> Sequence[Picture]:
    """Return the pictures others may print."""
    return [picture for picture in pictures_of(kind, owner_id) if picture.for_press]


def first_pictures(kind: str, owner_ids: Iterable[int]) -> dict[int, Picture]:
    """Return the first picture of each owner that has one: one statement for a whole list."""
    rank = func.row_number().over(partition_by=Picture.owner_id, order_by=_ORDER).label("rank")
    ranked = (
        select(Picture, rank)
        .where(Picture.owner_kind == kind, Picture.owner_id.in_(list(owner_ids)))
        .subquery()
    )
    first = aliased(Picture, ranked)
    listed = select(first).where(ranked.c.rank == 1).order_by(first.id)
    return {picture.owner_id: picture for picture in db.session.scalars(listed)}


def digests() -> set[str]:
    """Return the names of all files that are in use."""
    return set(db.session.scalars(select(Picture.digest).distinct().order_by(Picture.digest)))


def pictures_vouched_for_by(user: User) -> Sequence[Picture]:
    """Return the pictures `user` ticked the rights of."""
    return db.session.scalars(
        select(Picture).where(Picture.rights_by_id == user.id).order_by(Picture.id)
    ).all()

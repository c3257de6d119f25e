"""Who pictures belong to. Rooms above this one say it, so that this one need not know them.

    @owns_pictures("team", Team)
    def team_with_pictures(team_id: int) -> Owner | None: ...

The function returns what decides about showing and changing, or None if there is no such row. When
a row of the model is deleted, its pictures go with it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, Table, delete, event, select
from sqlalchemy.orm import Mapper

from portal.accounts.models import User
from portal.extensions import db
from portal.pictures.models import Picture


@dataclass(frozen=True, slots=True)
class Owner:
    """What a picture belongs to, and who may do what with it."""

    kind: str
    id: int
    name: str
    path: str  # of its page
    is_public: bool
    may_change: Callable[[User], bool]

    def may_see(self, user: User) -> bool:
        """Whether `user` may look at the pictures: everybody if the owner is public."""
        return self.is_public or (user.is_authenticated and self.may_change(user))


Finder = Callable[[int], Owner | None]
_finders: dict[str, Finder] = {}
_tables: dict[str, Table] = {}


def owns_pictures(kind: str, model: type) -> Callable[[Finder], Finder]:
    """Register how an owner of this kind is found; see the module's text."""

    def delete_pictures(_mapper: Mapper[object], connection: Connection, row: object) -> None:
        pictures = Picture.__table__.c
        connection.execute(
            delete(Picture.__table__).where(
                pictures.owner_kind == kind,
                pictures.owner_id == row.id,  # type: ignore[attr-defined]
            )
        )

    def register(find: Finder) -> Finder:
        _finders[kind], _tables[kind] = find, model.__table__  # type: ignore[attr-defined]
        event.listen(model, "after_delete", delete_pictures)
        return find

    return register


def find_owner(kind: str, owner_id: int) -> Owner | None:
    """Return the owner, or None if there is no such kind or row."""
    find = _finders.get(kind)
    return find(owner_id) if find else None


def hold_owner(kind: str, owner_id: int) -> None:
    """Keep the owner's row until the commit, so that its pictures can be counted."""
    own = _tables[kind].c.id
    db.session.execute(select(own).where(own == owner_id).with_for_update(key_share=True))

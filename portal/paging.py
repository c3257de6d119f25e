"""Keyset paging: a cursor in the address names the last row of a page, not its number."""

from datetime import date, datetime
from typing import NamedTuple, Self

from portal.routing import LARGEST


class Cursor(NamedTuple):
    """Where a list goes on that is ordered by a day or moment, then by id: after this row."""

    moment: date
    id: int

    def __str__(self) -> str:
        return f"{self.moment.isoformat()}~{self.id}"

    @classmethod
    def parse(cls, text: str, kind: type[date] = datetime) -> Self | None:
        """Read what `str` wrote; anything else is the beginning of the list."""
        moment, _tilde, number = text.partition("~")
        try:
            cursor = cls(kind.fromisoformat(moment), int(number))
        except ValueError:
            return None
        is_aware = isinstance(cursor.moment, datetime) and cursor.moment.tzinfo is not None
        return cursor if not is_aware and 0 <= cursor.id <= LARGEST else None

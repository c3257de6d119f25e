"""Keyset paging: a cursor in the address names the last row of a page, not its number."""

from datetime import date, datetime

from portal.routing import LARGEST


def cursor_of(moment: date, row_id: int) -> str:
    """Return the cursor of a row in a list ordered by a day or moment, then by id."""
    return f"{moment.isoformat()}~{row_id}"


def read_cursor(text: str, kind: type[date] = datetime) -> tuple[date, int] | None:
    """Read what `cursor_of` wrote; anything else is the beginning of the list."""
    moment, _dash, number = text.partition("~")
    try:
        key = kind.fromisoformat(moment), int(number)
    except ValueError:
        return None
    is_aware = isinstance(key[0], datetime) and key[0].tzinfo is not None
    return None if is_aware or not 0 <= key[1] <= LARGEST else key

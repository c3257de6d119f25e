"""Reading the demo's files, and the calendar that says when its past happened."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select, update

from portal import clock
from portal.extensions import db
from portal.messages.models import OutboxMail
from portal.places.models import District

FOLDER = Path(__file__).parent
Row = dict  # one table of a TOML file; tests/portal/test_demo_data.py checks its shape


class Calendar:
    """Knows the moments of the demo's past, counted back from `today`."""

    def __init__(self, today: date) -> None:
        self.today = today

    def moment(self, days_ago: int | date, key: str) -> datetime:
        """Return a moment on that day between 8 and 20 o'clock UTC, always the same for `key`."""
        day = self.today - timedelta(days_ago) if isinstance(days_ago, int) else days_ago
        minutes = int.from_bytes(sha256(key.encode()).digest()[:4]) % (12 * 60)
        return datetime.combine(day, time(8)) + timedelta(minutes=minutes)

    @contextmanager
    def at(self, days_ago: int | date, key: str) -> Iterator[datetime]:
        """Let everything inside happen at that moment, but never in the future."""
        moment = min(self.moment(days_ago, key), datetime.now(UTC).replace(tzinfo=None))
        with clock.at(moment):
            yield moment


@lru_cache
def rows(file: str, name: str) -> list[Row]:
    """Return the tables called `name` of one of the demo's files."""
    return tomllib.loads((FOLDER / f"{file}.toml").read_text("utf-8")).get(name, [])


def plain(text: str) -> str:
    """Return a text without the line breaks that only make the file pleasant to read."""
    return " ".join(text.split())


def district(name: str | None) -> District | None:
    """Return the Ortsteil of that name; a name that does not exist is a mistake in the file."""
    if name is None:
        return None
    return db.session.scalars(select(District).where(District.name == name)).one()


def call_mails_sent() -> None:
    """Mark the mails of the past as sent: nobody wants two hundred of them on the first start."""
    db.session.execute(
        update(OutboxMail)
        .where(OutboxMail.sent_at.is_(None), OutboxMail.to_address.endswith("@demo.example"))
        .values(sent_at=OutboxMail.created_at)
    )

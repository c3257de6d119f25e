"""The one place that asks for the time, so that tests can stop it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")


def now() -> datetime:
    """Return the current moment in UTC without tzinfo, as every column stores it."""
    return datetime.now(UTC).replace(tzinfo=None)


def today() -> date:
    """Return the calendar day in Leipzig, for deadlines and dated entries."""
    return datetime.now(BERLIN).date()

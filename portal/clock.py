"""The one place that asks for the time, so that tests can stop it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
_set_to: ContextVar[datetime | None] = ContextVar("clock_set_to", default=None)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let everything inside happen at `moment` (naive UTC): the demo's past, told in order."""
    token = _set_to.set(moment)
    try:
        yield
    finally:
        _set_to.reset(token)


def now() -> datetime:
    """Return the current moment in UTC without tzinfo, as every column stores it."""
    return _set_to.get() or datetime.now(UTC).replace(tzinfo=None)


def today() -> date:
    """Return the calendar day in Leipzig, for deadlines and dated entries."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """Return the calendar day in Leipzig of a moment the database keeps in UTC."""
    return moment.replace(tzinfo=UTC).astimezone(BERLIN).date()


def start_of(day: date) -> datetime:
    """Return the moment `day` begins in Leipzig (naive UTC)."""
    return from_local(datetime.combine(day, time()))


def from_local(moment: datetime) -> datetime:
    """Return the moment clocks in Leipzig show `moment` (naive UTC)."""
    return moment.replace(tzinfo=BERLIN).astimezone(UTC).replace(tzinfo=None)


def to_local(moment: datetime) -> datetime:
    """Return what clocks in Leipzig show at a naive UTC moment."""
    return moment.replace(tzinfo=UTC).astimezone(BERLIN).replace(tzinfo=None)


def shifted(moment: datetime, *, days: int) -> datetime:
    """Return the same time of day in Leipzig `days` later, or earlier if negative (naive UTC).

    A week after Friday at nine is Friday at nine, also when the clocks change in between.
    """
    local = moment.replace(tzinfo=UTC).astimezone(BERLIN) + timedelta(days=days)
    return local.astimezone(UTC).replace(tzinfo=None)

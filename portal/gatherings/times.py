"""Wall-clock time in Leipzig, which the clock change moves against UTC. Pure functions."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from portal.clock import BERLIN

MOST_DATES = 60


def to_utc(day: date, at: time) -> datetime:
    """Return the moment (naive UTC) when clocks in Leipzig show `at` on `day`.

    Of an hour that comes twice in October it is the first; one that is skipped in March is an hour
    later, as clocks are.
    """
    return datetime.combine(day, at, BERLIN).astimezone(UTC).replace(tzinfo=None)


def exists(day: date, at: time) -> bool:
    """Whether clocks in Leipzig ever show `at` on `day`: not in the hour skipped in March."""
    return local(to_utc(day, at)).replace(tzinfo=None) == datetime.combine(day, at)


def span(day: date, begin: time, end: time) -> tuple[datetime, datetime]:
    """Return begin and end (naive UTC) of what takes place on `day`, or into the night."""
    last = day if end > begin else day + timedelta(1)
    return to_utc(day, begin), to_utc(last, end)


def local(moment: datetime) -> datetime:
    """Return a moment (naive UTC) with the zone and the wall-clock time of Leipzig."""
    return moment.replace(tzinfo=UTC).astimezone(BERLIN)


def days_of(rhythm: str, first: date, until: date) -> list[date]:
    """Return the days of a series, `first` included, none after `until`, at most MOST_DATES.

    Monthly means the same weekday of the month as `first`: the second Tuesday. A fifth one, which
    most months lack, is the last.
    """
    days: list[date] = []
    for day in _monthly(first) if rhythm == "monthly" else _every(first, _DAYS[rhythm]):
        if day > until or len(days) == MOST_DATES:
            break
        days.append(day)
    return days


_DAYS = {"weekly": 7, "fortnightly": 14}


def _every(first: date, days: int) -> Iterator[date]:
    while True:
        yield first
        first += timedelta(days)


def _monthly(first: date) -> Iterator[date]:
    week = (first.day - 1) // 7
    year, month = first.year, first.month
    while True:
        start = date(year, month, 1)
        day = start + timedelta((first.weekday() - start.weekday()) % 7 + 7 * week)
        yield day if day.month == month else day - timedelta(7)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)

"""When deadlines come, how old is too old, what fits. Pure: no query, no request."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.accounts.models import User
from portal.funds.models import Fund
from portal.offices.rules import is_triggered

CHECK_AFTER = timedelta(days=180)
STAGES = (14, 42)  # so many days before a deadline people are reminded, the nearest first
MOST_WORDS = 3  # of a fund's words that count and are shown as a reason


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a fund is compared with: an idea's or a team's text, topic and place."""

    text: str
    topic: str | None = None
    district: str | None = None
    borough: str | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """A fund that may pay for something, and why."""

    fund: Fund
    strength: int
    place: str | None  # a local fund's district or borough
    topic: str | None  # code
    words: list[str]


def may_edit(user: User) -> bool:
    """Coordinators and administrators keep the list true."""
    return user.is_authenticated and user.is_coordinator


def needs_check(fund: Fund, today: date) -> bool:
    """Whether nobody compared the entry with its source for more than 180 days."""
    return today - fund.checked_on > CHECK_AFTER


def next_deadline(fund: Fund, today: date) -> date | None:
    """Return the next day applications must be in, today included."""
    return min((_next(day, today) for day in fund.closes), default=None)


def opens_on(fund: Fund, today: date) -> date | None:
    """Return when applications open, if that comes before the next deadline."""
    closes = next_deadline(fund, today)
    opens = _next(fund.opens, today) if fund.opens else None
    return opens if opens and (closes is None or opens < closes) else None


def stage_of(deadline: date, today: date) -> int | None:
    """Return which reminder is due: 42 or 14 days before, or none."""
    left = (deadline - today).days
    return next((stage for stage in STAGES if 0 <= left <= stage), None)


def fit(fund: Fund, wanted: Wanted) -> Fit | None:
    """Say whether a fund may pay for something, and why.

    A local fund must be for the place, if the place is known. A fund for some topics needs the
    topic or one of its everyday words in the text.
    """
    places = [name for name in (wanted.district, wanted.borough) if name in fund.area]
    if fund.area and not places and wanted.district:
        return None
    topic = wanted.topic if wanted.topic in fund.topics else None
    words = [word for word in fund.words if is_triggered([word], wanted.text)][:MOST_WORDS]
    if fund.topics and not topic and not words:
        return None
    strength = 3 * bool(topic) + 2 * len(words) + 2 * bool(places)
    return Fit(fund, strength, places[0] if places else None, topic, words)


def best_first(fits: Sequence[Fit], today: date) -> list[Fit]:
    """Order by strength, then by the nearest deadline, then by name."""

    def key(one: Fit) -> tuple[int, date, str]:
        return -one.strength, next_deadline(one.fund, today) or date.max, one.fund.name

    return sorted(fits, key=key)


def _next(day: str, today: date) -> date:
    this_year = _in_year(day, today.year)
    return this_year if this_year >= today else _in_year(day, today.year + 1)


def _in_year(day: str, year: int) -> date:
    """Return "MM-DD" in a year; 29 February is the 28th in most years."""
    month, number = map(int, day.split("-"))
    try:
        return date(year, month, number)
    except ValueError:
        return date(year, month, 28)

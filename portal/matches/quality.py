"""How good the suggestions are, counted from what people decided; every number is a definition.

Groups with fewer than five decisions are not told apart: behind them would be single people.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from sqlalchemy import Select, and_, func, or_, select, union_all

from portal.extensions import db
from portal.matches.learning import APPROVED, DECLINED, NOT_FOR_ME, SHOWN, UNDONE
from portal.matches.models import (
    OUTCOMES,
    IndexEntry,
    Introduction,
    Outcome,
    Suggestion,
    SuggestionEvent,
)

LEAST = 5  # decisions behind a number that is shown
LEAST_TOLD_APART = 10  # people or teams of which a tenth can be told
FIRST_PLACES = 3
UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `n`; too few to be shown when `n` is below LEAST."""

    name: str
    hits: int
    n: int

    @property
    def is_small(self) -> bool:
        """Whether single people could be recognised."""
        return self.n < LEAST

    @property
    def value(self) -> float:
        """The share between 0 and 1, 0 for nothing."""
        return self.hits / self.n if self.n else 0.0


@dataclass(frozen=True, slots=True)
class Exposure:
    """How suggestions are spread over `n` people or teams."""

    n: int
    suggestions: int
    top_tenth: float | None  # share of all suggestions, None if there are too few to tell
    without: int


@dataclass(frozen=True, slots=True)
class Decisions:
    """The log since a day: the standing reviews, and what people sorted out for themselves."""

    reviewed: tuple[SuggestionEvent, ...]
    own: tuple[SuggestionEvent, ...]

    def first_places(self) -> Share:
        """Approvals among reviewed suggestions that stood on the first three places."""
        first = [e for e in self.reviewed if e.position and e.position <= FIRST_PLACES]
        return _share("", first)

    def accepted(self) -> Share:
        """Approvals among all reviewed suggestions."""
        return _share("", self.reviewed)

    def by(self, key: Callable[[SuggestionEvent], str]) -> list[Share]:
        """Return approvals per group, the groups in the order of their names."""
        groups: dict[str, list[SuggestionEvent]] = {}
        for event in self.reviewed:
            groups.setdefault(key(event), []).append(event)
        return [_share(name, groups[name]) for name in sorted(groups)]

    def reasons(self) -> list[Share]:
        """Return how often coordinators declined for each reason, most often first."""
        return _by_reason([e for e in self.reviewed if e.decision == DECLINED])

    def own_reasons(self) -> list[Share]:
        """Return why people sorted suggestions out for themselves, most often first."""
        return _by_reason(self.own)


def decisions_since(since: datetime) -> Decisions:
    """Return the decisions that still stand, oldest first; what was taken back does not count."""
    events = db.session.scalars(
        select(SuggestionEvent)
        .where(SuggestionEvent.decision != SHOWN, SuggestionEvent.at >= since)
        .order_by(SuggestionEvent.id)
    )
    reviewed: dict[int, SuggestionEvent] = {}
    own: dict[int, SuggestionEvent] = {}
    for event in events:
        if event.decision in (APPROVED, DECLINED):
            reviewed[event.suggestion_id] = event
        elif event.decision == UNDONE:
            reviewed.pop(event.suggestion_id, None)
        elif event.decision == NOT_FOR_ME:
            own[event.suggestion_id] = event
    return Decisions(tuple(reviewed.values()), tuple(own.values()))


def introduced_since(since: datetime) -> Share:
    """Return how many introductions that came to an end ended with two yes."""
    ended = select(func.count(Introduction.id), func.count(Introduction.introduced_at)).where(
        Introduction.asked_at >= since,
        or_(Introduction.introduced_at.is_not(None), Introduction.closed_at.is_not(None)),
    )
    n, introduced = db.session.execute(ended).one()
    return Share("", introduced, n)


def outcomes_since(since: datetime) -> dict[int, list[Share]]:
    """Return how often each answer was given after so many days, the best first."""
    rows = db.session.execute(
        select(Outcome.days, Outcome.answer, func.count(Outcome.id))
        .where(Outcome.answer.is_not(None), Outcome.answered_at >= since)
        .group_by(Outcome.days, Outcome.answer)
        .order_by(Outcome.days, Outcome.answer)
    ).all()
    found: dict[int, list[Share]] = {}
    for days in sorted({row.days for row in rows}):
        counts = {answer: number for of, answer, number in rows if of == days}
        answered = sum(counts.values())
        shares = [Share(name, counts[name], answered) for name in OUTCOMES if name in counts]
        found[days] = shares
    return found


def language_of(event: SuggestionEvent) -> str:
    """Return the language of the asking text, UNKNOWN if it was not logged."""
    languages = event.features.get("languages")
    return str(languages[0] or UNKNOWN) if isinstance(languages, list) and languages else UNKNOWN


def place_of(event: SuggestionEvent) -> str:
    """Return the district of the asking text, UNKNOWN if it names none."""
    return str(event.features.get("place") or UNKNOWN)


def month_of(event: SuggestionEvent) -> str:
    """Return the month of the decision as 2026-11."""
    return event.at.strftime("%Y-%m")


def version_of(event: SuggestionEvent) -> str:
    """Return the version of the matcher that made the suggestion."""
    return event.matcher_version


def exposure(kinds: Sequence[str]) -> Exposure:
    """Return how the current suggestions of people and things are spread over `kinds`."""
    everybody = db.session.execute(
        select(IndexEntry.kind, IndexEntry.subject_id).where(
            IndexEntry.kind.in_(kinds), IndexEntry.part == 0, IndexEntry.removed_at.is_(None)
        )
    )
    counts = Counter({(kind, subject_id): 0 for kind, subject_id in everybody})
    for kind, subject_id, number in db.session.execute(_received(kinds)):
        if (kind, subject_id) in counts:
            counts[kind, subject_id] += number
    return spread(counts.values())


def spread(counts: Iterable[int]) -> Exposure:
    """Return the spread of `counts`, one for each person or team, zeros included."""
    ordered = sorted(counts, reverse=True)
    total, n = sum(ordered), len(ordered)
    top = sum(ordered[: ceil(n / 10)])
    return Exposure(
        n,
        total,
        top_tenth=top / total if total and n >= LEAST_TOLD_APART else None,
        without=ordered.count(0),
    )


def count_without_vector(version: str) -> int:
    """Return how many texts the encoders have not read yet."""
    is_old = or_(IndexEntry.encoder_version.is_(None), IndexEntry.encoder_version != version)
    waiting = and_(IndexEntry.removed_at.is_(None), is_old)
    return db.session.scalars(select(func.count(IndexEntry.id)).where(waiting)).one()


def count_pending() -> int:
    """Return how many texts wait for their suggestions."""
    pending = and_(IndexEntry.removed_at.is_(None), IndexEntry.is_pending)
    return db.session.scalars(select(func.count(IndexEntry.id)).where(pending)).one()


def _received(kinds: Sequence[str]) -> Select[str, int, int]:
    """Count the suggestions between people and things per side of one of `kinds`."""
    current = and_(
        Suggestion.state.in_(("shown", "open", "snoozed", "approved")),
        or_(Suggestion.source_kind == "person", Suggestion.target_kind == "person"),
    )
    sides = union_all(
        select(Suggestion.source_kind.label("kind"), Suggestion.source_id.label("id")).where(
            current, Suggestion.source_kind.in_(kinds)
        ),
        select(Suggestion.target_kind, Suggestion.target_id).where(
            current, Suggestion.target_kind.in_(kinds)
        ),
    ).subquery()
    return select(sides.c.kind, sides.c.id, func.count()).group_by(sides.c.kind, sides.c.id)


def _share(name: str, events: Iterable[SuggestionEvent]) -> Share:
    decisions = [event.decision for event in events]
    return Share(name, decisions.count(APPROVED), len(decisions))


def _by_reason(events: Sequence[SuggestionEvent]) -> list[Share]:
    counts = Counter(event.reason or UNKNOWN for event in events)
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return [Share(name, number, len(events)) for name, number in ordered]

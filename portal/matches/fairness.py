"""Who gets into the review queue: nobody collects all proposals, and who waits longer comes first.

A proposal that needs review waits (`shown`, with `needs_review`) until there is room on both its
sides. Where several people compete for several openings they are assigned jointly: each round gives
everybody at most one proposal so that the scores together are as high as possible, and whoever has
some already stands back in the next round.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    and_,
    func,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import defer

from portal import clock
from portal.extensions import db
from portal.matches.models import Introduction, IntroductionSide, Suggestion
from portal.matches.subjects import Subject

# So many proposals about one side wait for a coordinator at the same time; wishes do not count.
OPEN_PROPOSALS = {"person": 6, "opening": 5, "team": 5, "idea": 5}
# So many waiting proposals are assigned at once; the next change brings the others their turn.
MOST_COMPETING = 300
# A week of waiting counts as much as this difference of scores, up to three weeks.
GAIN_PER_WEEK, MOST_WEEKS = 0.1, 3
# Each proposal a side has already costs the next one so much, so that all get one before others get
# many.
CROWDING, _LEAST_GAIN = 0.2, 0.001


@dataclass(frozen=True, slots=True)
class Load:
    """How much is going on about one side: proposals in the queue of at most `most`, and asked."""

    open: int = 0
    most: int = 0
    asked: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposal waiting for a place in the queue; `gain` is its score and what waiting adds."""

    id: int
    one: Subject
    other: Subject
    gain: float


def fill_queue(subjects: Iterable[Subject]) -> int:
    """Open waiting proposals about `subjects` and whoever competes with them; return how many."""
    db.session.flush()
    near = _waiting(set(subjects))
    if not near:
        return 0
    waiting = _waiting({side for row in near for side in sides_of(row)})
    sides = {side for row in waiting for side in sides_of(row)}
    taken = Counter(side for row in _open(sides) for side in sides_of(row))
    room = {side: OPEN_PROPOSALS.get(side[0], 0) - taken[side] for side in sides}
    now = clock.now()
    admitted = admit(
        [
            Candidate(row.id, *sides_of(row), row.score + gain_of_waiting(row.created_at, now))
            for row in waiting
        ],
        room,
        taken,
    )
    # Only what still waits: somebody may have sorted it out meanwhile.
    is_waiting = (Suggestion.state == "shown") & Suggestion.needs_review
    opened = update(Suggestion).where(Suggestion.id.in_(admitted), is_waiting)
    db.session.execute(opened.values(state="open"))
    return len(admitted)


def loads_of(subjects: Collection[Subject]) -> dict[Subject, Load]:
    """Return what waits in the queue and what is being asked about each side, in one statement."""
    if not subjects:
        return {}
    is_open = and_(Suggestion.state == "open", Suggestion.needs_review)
    runs = and_(Introduction.closed_at.is_(None), Introduction.introduced_at.is_(None))
    is_asked, is_side = literal(0).label("is_side"), literal(1).label("is_side")
    sides = union_all(
        select(is_side, Suggestion.source_kind.label("kind"), Suggestion.source_id.label("id"))
        .where(is_open, _is_any(Suggestion.source_kind, Suggestion.source_id, subjects)),
        select(is_side, Suggestion.target_kind, Suggestion.target_id)
        .where(is_open, _is_any(Suggestion.target_kind, Suggestion.target_id, subjects)),
        select(is_asked, IntroductionSide.kind, IntroductionSide.subject_id)
        .join(IntroductionSide.introduction)
        .where(runs, _is_any(IntroductionSide.kind, IntroductionSide.subject_id, subjects)),
    ).subquery()  # fmt: skip
    group = (sides.c.is_side, sides.c.kind, sides.c.id)
    counted = select(*group, func.count()).group_by(*group).order_by(*group)
    numbers = {
        (bool(is_side), (kind, row_id)): n
        for is_side, kind, row_id, n in db.session.execute(counted)
    }
    return {
        side: Load(
            numbers.get((True, side), 0),
            OPEN_PROPOSALS.get(side[0], 0),
            numbers.get((False, side), 0),
        )
        for side in subjects
    }


def admit(
    candidates: Sequence[Candidate],
    room: Mapping[Subject, int],
    taken: Mapping[Subject, int] | None = None,
) -> list[int]:
    """Return the ids of the candidates to open, in the order they were given a place.

    `room` is how many places each side has left, `taken` how many it has already.
    """
    left, places, load = list(candidates), dict(room), Counter(taken)
    admitted: list[int] = []
    while True:
        left = [each for each in left if places[each.one] > 0 and places[each.other] > 0]
        if not left:
            return admitted
        gains = {
            each.id: each.gain - CROWDING * (load[each.one] + load[each.other]) for each in left
        }
        shift = max(_LEAST_GAIN - min(gains.values()), 0.0)  # a free place is never worth more
        gains = {suggestion_id: gain + shift for suggestion_id, gain in gains.items()}
        chosen = _assigned(left, gains)
        for each in sorted(chosen, key=lambda each: (-gains[each.id], each.id)):
            if places[each.one] > 0 and places[each.other] > 0:  # a pair of people uses both axes
                admitted.append(each.id)
                for side in (each.one, each.other):
                    places[side] -= 1
                    load[side] += 1
        done = {each.id for each in chosen}
        left = [each for each in left if each.id not in done]


def gain_of_waiting(since: datetime, now: datetime) -> float:
    """Return how much a proposal rises for having waited, in units of the score."""
    weeks = (now - since) / timedelta(weeks=1)
    return GAIN_PER_WEEK * min(max(weeks, 0.0), MOST_WEEKS)


def _assigned(candidates: Sequence[Candidate], gains: Mapping[int, float]) -> list[Candidate]:
    """Return the candidates of one round: nobody twice on the same side, the highest sum."""
    from scipy.optimize import linear_sum_assignment  # half a second that only this waits for

    rows = {side: at for at, side in enumerate(dict.fromkeys(each.one for each in candidates))}
    columns = {side: at for at, side in enumerate(dict.fromkeys(each.other for each in candidates))}
    table = np.zeros((len(rows), len(columns)))
    at = {}
    for each in candidates:
        cell = rows[each.one], columns[each.other]
        table[cell], at[cell] = gains[each.id], each
    chosen = zip(*linear_sum_assignment(table, maximize=True), strict=True)
    return [at[cell] for cell in ((int(row), int(column)) for row, column in chosen) if cell in at]


def sides_of(row: Suggestion) -> tuple[Subject, Subject]:
    """Return both sides, a person first, so that people stand on one side of the assignment."""
    pair = ((row.source_kind, row.source_id), (row.target_kind, row.target_id))
    return pair if pair[0][0] == "person" else (pair[1], pair[0])


def _waiting(subjects: set[Subject]) -> list[Suggestion]:
    is_waiting = and_(Suggestion.state == "shown", Suggestion.needs_review)
    return _rows(is_waiting, subjects, MOST_COMPETING)


def _open(subjects: set[Subject]) -> list[Suggestion]:
    is_open = and_(
        Suggestion.state == "open", Suggestion.needs_review, Suggestion.wished_by_id.is_(None)
    )
    return _rows(is_open, subjects)


def _rows(
    condition: ColumnElement[bool], subjects: set[Subject], limit: int | None = None
) -> list[Suggestion]:
    """Return the rows about any of `subjects`, best first, without their reasons."""
    if not subjects:
        return []
    touches = or_(
        _is_any(Suggestion.source_kind, Suggestion.source_id, subjects),
        _is_any(Suggestion.target_kind, Suggestion.target_id, subjects),
    )
    rows = select(Suggestion).where(condition, touches).limit(limit)
    return list(
        db.session.scalars(
            rows.order_by(Suggestion.score.desc(), Suggestion.id).options(
                defer(Suggestion.reasons), defer(Suggestion.facts)
            )
        )
    )


def _is_any(
    kind_column: SQLColumnExpression[str],
    id_column: SQLColumnExpression[int],
    subjects: Collection[Subject],
) -> ColumnElement[bool]:
    """Whether a side is one of `subjects`, of which there is at least one."""
    return or_(
        *(
            and_(kind_column == kind, id_column.in_(sorted(i for k, i in subjects if k == kind)))
            for kind in sorted({kind for kind, _id in subjects})
        )
    )

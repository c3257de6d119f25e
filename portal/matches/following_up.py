"""What is due about introductions: remind, close kindly, ask how it went.

Each step finds its rows by date, and does one introduction at a time by compare-and-set, with the
letters in the same transaction. So it may run twice or be cut off between any two of them.
"""

from collections.abc import Callable, Sequence
from functools import partial

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import joinedload, selectinload

from portal import clock
from portal.extensions import db
from portal.matches import telling
from portal.matches.introductions import end
from portal.matches.models import Call, Introduction, IntroductionSide, Outcome
from portal.matches.outcomes import DAYS, ENDED, ask_how_it_went

REMIND_AFTER, CLOSE_AFTER = 7, 14  # days
MOST_AT_ONCE = 500
# An introduction older than this when the question would come is no longer asked about.
TOO_LATE = {14: 60, 60: 120}

Step = tuple[Callable[[], Sequence[int]], Callable[[int], bool]]


def due_reminders() -> Sequence[int]:
    """Return introductions that have waited a week for an answer, longest first."""
    asked = Introduction.asked_at <= clock.shifted(clock.now(), days=-REMIND_AFTER)
    return _ids(_waits(), asked, Introduction.reminded_at.is_(None))


def remind(introduction_id: int) -> bool:
    """Ask whoever has not answered once more; False if it was done or answered meanwhile."""
    still = and_(_waits(), Introduction.reminded_at.is_(None))
    if not _take(introduction_id, still, reminded_at=clock.now()):
        return False
    for side in _introduction(introduction_id).sides:
        if side.answer is None:
            telling.tell(side, "reminder", partial(telling.reminder, side), urgent=True)
    return True


def due_closings() -> Sequence[int]:
    """Return what stays unanswered a week after the reminder and two weeks after the question.

    Whoever wants to be called and was not is no reason to close: that is ours to do.
    """
    now = clock.now()
    return _ids(
        _waits(),
        Introduction.asked_at <= clock.shifted(now, days=-CLOSE_AFTER),
        Introduction.reminded_at <= clock.shifted(now, days=REMIND_AFTER - CLOSE_AFTER),
        ~_waits_for_our_call(),
    )


def close_kindly(introduction_id: int) -> bool:
    """End it and tell both, each in their words; False if it was answered meanwhile."""
    if not _take(introduction_id, _waits(), closed_at=clock.now()):
        return False
    introduction = _introduction(introduction_id)
    for side in introduction.sides:
        if side.answer is None:
            telling.tell(side, "ended", partial(telling.closed_unanswered, side))
    end(introduction)
    return True


def due_outcomes(days: int) -> Sequence[int]:
    """Return introductions made `days` ago that nobody was asked about for these days."""
    now = clock.now()
    of_this = (
        IntroductionSide.introduction_id == Introduction.id,
        Outcome.side_id == IntroductionSide.id,
    )
    is_asked = exists().where(*of_this, Outcome.days == days)
    is_over = exists().where(*of_this, Outcome.days < days, Outcome.answer.in_(ENDED))
    return _ids(
        Introduction.introduced_at <= clock.shifted(now, days=-days),
        Introduction.introduced_at > clock.shifted(now, days=-TOO_LATE[days]),
        ~is_asked,
        ~is_over,
    )


def ask_outcome(days: int, introduction_id: int) -> bool:
    """Ask both how it went, unless another process was faster."""
    introduction = _introduction(introduction_id, lock=True)
    known = (
        select(Outcome.id)
        .join(Outcome.side)
        .where(IntroductionSide.introduction_id == introduction_id, Outcome.days == days)
    )
    if db.session.scalars(known.order_by(Outcome.id).limit(1)).first() is not None:
        return False
    ask_how_it_went(introduction, days)
    return True


def forget_addresses() -> None:
    """Drop the copies of addresses that nobody will be asked by any more; the caller commits."""
    last = clock.shifted(clock.now(), days=-max(TOO_LATE.values()))
    over = select(Introduction.id).where(
        or_(Introduction.closed_at.is_not(None), Introduction.introduced_at < last)
    )
    db.session.execute(
        update(IntroductionSide)
        .where(IntroductionSide.email.is_not(None), IntroductionSide.introduction_id.in_(over))
        .values(email=None)
        .execution_options(synchronize_session=False)
    )


STEPS: tuple[Step, ...] = (
    (due_reminders, remind),
    (due_closings, close_kindly),
    *((partial(due_outcomes, days), partial(ask_outcome, days)) for days in DAYS),
)


def _ids(*conditions: ColumnElement[bool]) -> Sequence[int]:
    ids = select(Introduction.id).where(*conditions)
    order = (Introduction.asked_at, Introduction.id)
    return db.session.scalars(ids.order_by(*order).limit(MOST_AT_ONCE)).all()


def _waits() -> ColumnElement[bool]:
    return and_(
        Introduction.asked_at.is_not(None),
        Introduction.introduced_at.is_(None),
        Introduction.closed_at.is_(None),
    )


def _waits_for_our_call() -> ColumnElement[bool]:
    return exists().where(
        IntroductionSide.introduction_id == Introduction.id,
        Call.side_id == IntroductionSide.id,
        Call.purpose == "ask",
        Call.attempts == 0,
        Call.done_at.is_(None),
    )


def _take(introduction_id: int, still: ColumnElement[bool], **values: object) -> bool:
    taken = db.session.execute(
        update(Introduction).where(Introduction.id == introduction_id, still).values(**values)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def _introduction(introduction_id: int, *, lock: bool = False) -> Introduction:
    found = (
        select(Introduction)
        .where(Introduction.id == introduction_id)
        .options(
            selectinload(Introduction.sides).joinedload(IntroductionSide.user),
            joinedload(Introduction.suggestion),
        )
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(found.with_for_update(of=Introduction) if lock else found).one()

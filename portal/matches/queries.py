"""Selects of the matches room; every one is ordered."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal import clock
from portal.accounts.models import User
from portal.extensions import db
from portal.ideas.models import Idea
from portal.ideas.queries import WAITS
from portal.matches.actions import OWN_NO
from portal.matches.models import Call, Introduction, IntroductionSide, Outcome, Suggestion
from portal.matches.subjects import Subject
from portal.matches.suggest import pair_key
from portal.profiles.rules import first_name

_STRENGTH = case((Suggestion.label == "sehr gut", 0), (Suggestion.label == "gut", 1), else_=2)


def suggestions_about(subject: Subject) -> Sequence[Suggestion]:
    """Return what currently fits `subject`, from either side, strongest first."""
    kind, subject_id = subject
    # A quiet no ends it for both sides; neither is shown the other again.
    said_no = (
        select(Introduction.id)
        .where(Introduction.suggestion_id == Suggestion.id, Introduction.closed_at.is_not(None))
        .exists()
    )
    about = or_(
        and_(Suggestion.source_kind == kind, Suggestion.source_id == subject_id),
        and_(Suggestion.target_kind == kind, Suggestion.target_id == subject_id),
    )
    return db.session.scalars(
        select(Suggestion)
        .where(about, Suggestion.state.in_(("shown", "open", "snoozed", "approved")), ~said_no)
        .order_by(Suggestion.score.desc(), Suggestion.id)
    ).all()


def waiting_suggestions(
    limit: int = 20, skip: int = 0, labels: Collection[str] = ()
) -> tuple[Sequence[Suggestion], int]:
    """Return what coordinators have to decide and how much it is in all, in one statement.

    Wishes and what a coordinator added come first, then strong ones, older ones first. Each week
    of waiting lifts a proposal by one grade of strength, so none waits for ever.
    """
    week = timedelta(weeks=1)
    waited = case(
        (Suggestion.created_at <= clock.now() - 2 * week, 2),
        (Suggestion.created_at <= clock.now() - week, 1),
        else_=0,
    )
    by_people = or_(Suggestion.wished_by_id.is_not(None), Suggestion.note.is_not(None))
    rows = db.session.execute(
        select(Suggestion, func.count().over())
        .where(_is_waiting(), *([Suggestion.label.in_(labels)] if labels else []))
        .options(joinedload(Suggestion.added_by).lazyload(User.roles))
        .order_by(
            case((by_people, 0), else_=1),
            _STRENGTH - waited,
            Suggestion.created_at,
            Suggestion.id,
        )
        .limit(limit)
        .offset(skip)
    ).all()
    return [row[0] for row in rows], rows[0][1] if rows else 0


def count_waiting() -> int:
    """Return how many suggestions wait for a decision."""
    return db.session.scalars(select(func.count(Suggestion.id)).where(_is_waiting())).one()


def last_decision_of(user_id: int, since: datetime) -> Suggestion | None:
    """Return what somebody decided last and may still take back, if it is later than `since`."""
    asked = (
        select(Introduction.id)
        .where(Introduction.suggestion_id == Suggestion.id, Introduction.asked_at.is_not(None))
        .exists()
    )
    return db.session.scalar(
        select(Suggestion)
        .where(_decided_by(user_id, since), ~asked)
        .order_by(Suggestion.changed_at.desc(), Suggestion.id.desc())
        .limit(1)
    )


def approved_lately(user_id: int, since: datetime) -> Sequence[Suggestion]:
    """Return what somebody approved later than `since` and nobody was asked about yet."""
    return db.session.scalars(
        select(Suggestion)
        .join(Introduction, Introduction.suggestion_id == Suggestion.id)
        .where(
            _decided_by(user_id, since),
            Suggestion.state == "approved",
            Introduction.asked_at.is_(None),
        )
        .order_by(Suggestion.id)
    ).all()


def suggestions_by_id(ids: Collection[int]) -> Sequence[Suggestion]:
    """Return these suggestions in order."""
    rows = select(Suggestion).where(Suggestion.id.in_(ids)).order_by(Suggestion.id)
    return db.session.scalars(rows).all()


def _decided_by(user_id: int, since: datetime) -> ColumnElement[bool]:
    return and_(
        Suggestion.decided_by_id == user_id,
        Suggestion.state.in_(("approved", "declined", "snoozed")),
        Suggestion.changed_at >= since,
        func.coalesce(Suggestion.decline_reason, "") != OWN_NO,
    )


def _is_waiting() -> ColumnElement[bool]:
    is_due = or_(
        Suggestion.state == "open",
        and_(Suggestion.state == "snoozed", Suggestion.snoozed_until <= clock.now()),
    )
    return and_(Suggestion.needs_review, is_due)


def decided_suggestions(limit: int = 40) -> Sequence[Suggestion]:
    """Return what coordinators decided or put aside, newest first."""
    return db.session.scalars(
        select(Suggestion)
        .where(
            or_(
                Suggestion.state == "approved",
                and_(Suggestion.state == "declined", Suggestion.decline_reason != OWN_NO),
                and_(Suggestion.state == "snoozed", Suggestion.snoozed_until > clock.now()),
            )
        )
        .options(joinedload(Suggestion.decided_by))
        .order_by(Suggestion.changed_at.desc(), Suggestion.id.desc())
        .limit(limit)
    ).all()


def introductions_by_suggestion(ids: Sequence[int]) -> dict[int, Introduction]:
    """Return the introductions of these suggestions by the suggestion's id."""
    rows = db.session.scalars(
        select(Introduction).where(Introduction.suggestion_id.in_(ids)).order_by(Introduction.id)
    )
    return {row.suggestion_id: row for row in rows}


def side_by_token(token: str) -> IntroductionSide | None:
    """Return the side a link belongs to, with its introduction."""
    return db.session.scalar(
        select(IntroductionSide)
        .where(IntroductionSide.token == token)
        .options(
            joinedload(IntroductionSide.introduction).joinedload(Introduction.suggestion),
            joinedload(IntroductionSide.introduction).selectinload(Introduction.sides),
        )
    )


def introductions_of(user_id: int) -> Sequence[IntroductionSide]:
    """Return what somebody was asked, unanswered first, then newest first."""
    return db.session.scalars(
        select(IntroductionSide)
        .join(IntroductionSide.introduction)
        .where(IntroductionSide.user_id == user_id, Introduction.asked_at.is_not(None))
        .options(
            joinedload(IntroductionSide.introduction).joinedload(Introduction.suggestion),
            joinedload(IntroductionSide.introduction).selectinload(Introduction.sides),
        )
        .order_by(IntroductionSide.answer.is_not(None), IntroductionSide.id.desc())
        .limit(50)
    ).all()


def first_names(user_ids: Sequence[int]) -> dict[int, str]:
    """Return how people who said yes to each other call themselves."""
    people = select(User).where(User.id.in_(user_ids))
    return {user.id: first_name(user) for user in db.session.scalars(people.order_by(User.id))}


def count_unanswered(user_id: int) -> int:
    """Return how many questions wait for this person's answer."""
    return db.session.scalars(
        select(func.count(IntroductionSide.id))
        .join(IntroductionSide.introduction)
        .where(
            IntroductionSide.user_id == user_id,
            IntroductionSide.answer.is_(None),
            Introduction.asked_at.is_not(None),
            Introduction.closed_at.is_(None),
        )
    ).one()


def count_open_introductions() -> int:
    """Return how many introductions wait for an answer of at least one side."""
    return db.session.scalars(
        select(func.count(Introduction.id)).where(
            Introduction.asked_at.is_not(None),
            Introduction.introduced_at.is_(None),
            Introduction.closed_at.is_(None),
        )
    ).one()


def count_waiting_ideas() -> int:
    """Return how many ideas wait for a coordinator's glance; captures are counted apart."""
    waits = (*WAITS, Idea.captured_by_id.is_(None))
    return db.session.scalars(select(func.count(Idea.id)).where(*waits)).one()


def states_of_pairs(one: Subject, others: Sequence[Subject]) -> dict[Subject, str]:
    """Return how the suggestions of `one` with each of `others` stand, where there is one."""
    by_key = {pair_key(one, other): other for other in others}
    rows = db.session.execute(
        select(Suggestion.pair_key, Suggestion.state)
        .where(Suggestion.pair_key.in_(by_key))
        .order_by(Suggestion.id)
    )
    return {by_key[key]: state for key, state in rows}


def introductions_in(state: str, limit: int, before: int | None = None) -> Sequence[Introduction]:
    """Return introductions that wait, were made, or ended, with both sides, newest first."""
    conditions = {
        "wartet": (Introduction.introduced_at.is_(None), Introduction.closed_at.is_(None)),
        "vorgestellt": (Introduction.introduced_at.is_not(None),),
        "beendet": (Introduction.closed_at.is_not(None),),
    }[state]
    rows = _in_full().where(*conditions)
    if before is not None:
        rows = rows.where(Introduction.id < before)
    return db.session.scalars(rows.order_by(Introduction.id.desc()).limit(limit)).all()


def introduction_in_full(introduction_id: int) -> Introduction | None:
    """Return an introduction with its suggestion, sides and their accounts."""
    return db.session.scalar(_in_full().where(Introduction.id == introduction_id))


def open_calls_of(side_ids: Sequence[int]) -> dict[int, Call]:
    """Return the next call that is owed to each of these sides, where there is one."""
    rows = select(Call).where(Call.side_id.in_(side_ids), Call.done_at.is_(None))
    return {call.side_id: call for call in db.session.scalars(rows.order_by(Call.id.desc()))}


def _in_full() -> Select[Introduction]:
    side = selectinload(Introduction.sides)
    return select(Introduction).options(
        joinedload(Introduction.suggestion)
        .joinedload(Suggestion.added_by)
        .lazyload(User.roles),  # nobody reads them here
        side.joinedload(IntroductionSide.user).lazyload(User.roles),
    )


def outcomes_told_by(user_id: int) -> Sequence[Outcome]:
    """Return what somebody was asked about their introductions, oldest first."""
    rows = select(Outcome).join(Outcome.side).where(IntroductionSide.user_id == user_id)
    return db.session.scalars(rows.order_by(Outcome.id)).all()

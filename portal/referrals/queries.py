"""Selects of the referrals room; every one is ordered."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from portal.accounts.models import User
from portal.extensions import db
from portal.ideas.models import Idea, ProgressEntry
from portal.ideas.queries import is_from
from portal.referrals.models import Handover, Referral, Referrer

PAGE = 30


def referrer_by_token(token: str) -> Referrer | None:
    """Return the body whose link this is, if the link still works."""
    found = select(Referrer).where(Referrer.token == token, Referrer.revoked_at.is_(None))
    return db.session.scalar(found)


def all_referrers() -> Sequence[Referrer]:
    """Return all bodies, working links first, by name."""
    order = (Referrer.revoked_at.is_not(None), Referrer.name, Referrer.id)
    return db.session.scalars(select(Referrer).order_by(*order).limit(500)).all()


def open_referrers() -> Sequence[Referrer]:
    """Return the confirmed bodies an idea can be passed on to."""
    there_are = select(Referrer).where(
        Referrer.revoked_at.is_(None), Referrer.confirmed_at.is_not(None)
    )
    return db.session.scalars(there_are.order_by(Referrer.name, Referrer.id)).all()


def handed_in_by(referrer: Referrer, before: int | None = None) -> list[Referral]:
    """Return one page of what a body handed in and one more, newest first."""
    found = _with_idea().where(Referral.referrer_id == referrer.id)
    return _page(found, before)


def handed_in(waiting: bool, me: User, before: int | None = None) -> list[Referral]:
    """Return one page of what came in and one more, newest first; what waits, oldest first."""
    found = _with_idea().options(joinedload(Referral.referrer))
    if not waiting:
        return _page(found, before)
    found = found.where(*_waits(me)).order_by(Referral.id)
    if before:
        found = found.where(Referral.id > before)
    return list(db.session.scalars(found.limit(PAGE + 1)))


def count_waiting(me: User) -> Select[int]:
    """Return the statement that counts what nobody has taken up."""
    return select(func.count(Referral.id)).join(Referral.idea).where(*_waits(me))


def referral_of(idea_id: int) -> Referral | None:
    """Return how an idea was handed in, if it was."""
    found = select(Referral).where(Referral.idea_id == idea_id)
    return db.session.scalar(found.options(joinedload(Referral.referrer)))


def handovers_of(idea_id: int) -> Sequence[Handover]:
    """Return to whom an idea was passed on, newest first."""
    found = select(Handover).where(Handover.idea_id == idea_id)
    return db.session.scalars(found.order_by(Handover.id.desc())).all()


def handovers_to(referrer: Referrer) -> Sequence[Handover]:
    """Return what was passed on to a body, newest first."""
    found = select(Handover).where(Handover.referrer_id == referrer.id)
    with_idea = found.options(joinedload(Handover.idea).joinedload(Idea.district))
    return db.session.scalars(with_idea.order_by(Handover.id.desc()).limit(100)).all()


def minded_by(user_id: int) -> tuple[ColumnElement[bool], ...]:
    """Say which ideas passed on somebody minds: a body may still say what comes of them."""
    is_open = or_(Handover.answer.is_(None), Handover.answer == "in_arbeit")
    return Handover.owner_id == user_id, is_open


def ideas_of(user: User) -> Select[int]:
    """Select the ideas somebody brought in, also without signing in."""
    return select(Idea.id).where(is_from(user.id, user.email))


def count_minded(user_id: int) -> Select[int]:
    """Select how many ideas passed on somebody minds."""
    return select(func.count(Handover.id)).where(*minded_by(user_id))


def handover_in_full(handover_id: int) -> Handover | None:
    """Return one with its idea, place and who had it."""
    idea = joinedload(Handover.idea)
    found = select(Handover).where(Handover.id == handover_id)
    return db.session.scalar(
        found.options(idea.joinedload(Idea.district), idea.joinedload(Idea.initiator))
    )


def steps_to_tell(limit: int) -> Sequence[tuple[Referral, ProgressEntry]]:
    """Return referrals whose idea has moved since the body was told, with the newest step."""
    newest = (
        select(ProgressEntry.idea_id, func.max(ProgressEntry.id).label("entry_id"))
        .where(ProgressEntry.idea_id.in_(select(Referral.idea_id)))
        .group_by(ProgressEntry.idea_id)
        .subquery()
    )
    found = (
        select(Referral, ProgressEntry)
        .join(newest, newest.c.idea_id == Referral.idea_id)
        .join(ProgressEntry, ProgressEntry.id == newest.c.entry_id)
        .join(Referral.referrer)
        .where(ProgressEntry.id > Referral.told_entry_id)
        .options(contains_eager(Referral.referrer))
        .order_by(Referral.id)
        .limit(limit)
    )
    return [(referral, entry) for referral, entry in db.session.execute(found)]


def _with_idea() -> Select[Referral]:
    idea = contains_eager(Referral.idea)
    return select(Referral).join(Referral.idea).options(idea.joinedload(Idea.district))


def _waits(me: User) -> list[ColumnElement[bool]]:
    return [
        Idea.state == "eingegangen",
        Idea.hidden_at.is_(None),
        ~is_from(me.id, me.email),
    ]


def _page(found: Select[Referral], before: int | None) -> list[Referral]:
    if before:
        found = found.where(Referral.id < before)
    return list(db.session.scalars(found.order_by(Referral.id.desc()).limit(PAGE + 1)))

"""Selects of this room. Lists are paged by key: stable however many ideas arrive meanwhile."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, or_, select, tuple_
from sqlalchemy.orm import joinedload, selectinload

from portal.extensions import db
from portal.ideas.models import Idea
from portal.ideas.rules import ENDED
from portal.paging import Cursor
from portal.places.models import District

PAGE = 24
WAITS = (Idea.published_at.is_(None), Idea.hidden_at.is_(None))


@dataclass(frozen=True, slots=True)
class Filter:
    """What the public list is narrowed to; None is everything."""

    borough: str | None = None
    district: str | None = None
    topic: str | None = None
    state: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list, and where the next one begins."""

    ideas: Sequence[Idea]
    next: Cursor | None


def public_ideas(wanted: Filter, after: Cursor | None = None, size: int = PAGE) -> Page:
    """Return public ideas with their districts, newest first."""
    found = _with_district(public_query(wanted, after), size)
    return _page(found, size, lambda idea: idea.published_at)


def public_query(wanted: Filter, after: Cursor | None = None) -> Select[Idea]:
    """Select public ideas, newest first."""
    ideas = select(Idea).where(Idea.published_at.is_not(None), Idea.hidden_at.is_(None))
    if wanted.district:
        ideas = ideas.where(Idea.district_id.in_(_district_ids(District.code == wanted.district)))
    elif wanted.borough:
        in_it = District.borough.has(code=wanted.borough)
        ideas = ideas.where(Idea.district_id.in_(_district_ids(in_it)))
    if wanted.topic:
        ideas = ideas.where(Idea.topic == wanted.topic)
    if wanted.state:
        ideas = ideas.where(Idea.state == wanted.state)
    if wanted.language:
        ideas = ideas.where(Idea.language == wanted.language)
    if after:
        key = tuple_(Idea.published_at, Idea.id)
        ideas = ideas.where(key < tuple_(after.moment, after.id))
    return ideas.order_by(Idea.published_at.desc(), Idea.id.desc())


def ideas_to_review(kind: str = "wartet", after: Cursor | None = None, size: int = PAGE) -> Page:
    """Return the coordinators' list of a kind, longest waiting first."""
    conditions = {
        "wartet": (*WAITS, Idea.captured_by_id.is_(None)),
        "erfasst": (*WAITS, Idea.captured_by_id.is_not(None)),
        "laufend": (
            Idea.published_at.is_not(None),
            Idea.hidden_at.is_(None),
            Idea.state.not_in(ENDED),
        ),
        "beendet": (
            Idea.published_at.is_not(None),
            Idea.hidden_at.is_(None),
            Idea.state.in_(ENDED),
        ),
        "verborgen": (Idea.hidden_at.is_not(None), Idea.withdrawn_at.is_(None)),
    }
    ideas = select(Idea).where(*conditions[kind])
    if after:
        ideas = ideas.where(tuple_(Idea.created_at, Idea.id) > tuple_(after.moment, after.id))
    found = _with_district(ideas.order_by(Idea.created_at, Idea.id), size)
    return _page(found, size, lambda idea: idea.created_at)


def ideas_of(user_id: int, limit: int = 100) -> Sequence[Idea]:
    """Return what an account posted, newest first."""
    ideas = select(Idea).where(Idea.initiator_id == user_id)
    return _with_district(ideas.order_by(Idea.created_at.desc(), Idea.id.desc()), limit - 1)


def idea_in_full(*conditions: ColumnElement[bool]) -> Idea | None:
    """Return one idea with its district and its progress, newest step first."""
    idea = select(Idea).where(*conditions)
    return db.session.scalar(idea.options(joinedload(Idea.district), selectinload(Idea.progress)))


def idea_to_decide(idea_id: int) -> Idea | None:
    """Return the idea for a change, held until the transaction ends: one decision at a time.

    Whoever waited for it reads it anew, even if the page had read it before.
    """
    idea = select(Idea).where(Idea.id == idea_id).with_for_update(of=Idea)
    # Reading anew forgets what the page had loaded beside it: the district is shown again.
    with_it = selectinload(Idea.progress), selectinload(Idea.district)
    idea = idea.options(*with_it).execution_options(populate_existing=True)
    return db.session.scalar(idea)


def is_from(
    user_id: int | SQLColumnExpression[int], email: str | SQLColumnExpression[str]
) -> ColumnElement[bool]:
    """Say in SQL what `rules.is_from` says of an idea and an account; never NULL."""
    return or_(
        func.coalesce(Idea.initiator_id, 0) == user_id,
        func.lower(func.coalesce(Idea.contact_email, "")) == func.lower(email),
    )


def _district_ids(condition: ColumnElement[bool]) -> Select[int]:
    return select(District.id).where(condition)


def _with_district(ideas: Select[Idea], size: int) -> Sequence[Idea]:
    # One more than asked for: so the list knows whether it goes on without counting everything.
    return db.session.scalars(ideas.options(joinedload(Idea.district)).limit(size + 1)).all()


def _page(found: Sequence[Idea], size: int, moment: Callable[[Idea], datetime | None]) -> Page:
    shown = found[:size]
    last = moment(shown[-1]) if len(found) > size else None
    return Page(shown, Cursor(last, shown[-1].id) if last else None)

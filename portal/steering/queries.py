"""Selects of the steering room; every one is ordered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select, tuple_
from sqlalchemy.orm import joinedload, selectinload

from portal import clock
from portal.accounts.models import Role, User
from portal.extensions import db
from portal.ideas.models import Idea
from portal.ideas.queries import is_from
from portal.steering.models import AgendaItem, Meeting, SteeringMember, Vote

PAGE = 30
_Listing = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Listed:
    """A meeting in a list: how many ideas stand on its agenda, how many are decided."""

    meeting: Meeting
    ideas: int
    decided: int


def area_of(user: User) -> str | None:
    """Return the steering team somebody sits in."""
    return db.session.scalar(
        select(SteeringMember.area).where(SteeringMember.user_id == user.id).limit(1)
    )


def members_of(area: str) -> Sequence[User]:
    """Return the active members of a steering team by name."""
    members = select(User).join(SteeringMember, SteeringMember.user_id == User.id)
    listed = members.where(SteeringMember.area == area, User.active)
    return db.session.scalars(listed.order_by(User.name, User.id)).all()


def possible_members() -> Sequence[tuple[User, str | None]]:
    """Return everybody who may sit in a steering team, with the area they sit in."""
    may_sit = User.roles.any(Role.name.in_(("steering", "coordinator", "administrator")))
    people = (
        select(User, SteeringMember.area)
        .outerjoin(SteeringMember, SteeringMember.user_id == User.id)
        .where(User.active, may_sit)
        .order_by(User.name, User.id)
    )
    return [(user, area) for user, area in db.session.execute(people)]


def meetings_ahead(area: str) -> Sequence[Listed]:
    """Return the meetings of today and later, the next one first."""
    ahead = _listed(Meeting.area == area, Meeting.held_on >= clock.today())
    return _read(ahead.order_by(Meeting.held_on, Meeting.id).limit(PAGE))


def past_meetings(area: str, before: tuple[date, int] | None = None) -> list[Listed]:
    """Return one page of past meetings and one more, latest first."""
    past = _listed(Meeting.area == area, Meeting.held_on < clock.today())
    if before:
        past = past.where(tuple_(Meeting.held_on, Meeting.id) < tuple_(*before))
    return _read(past.order_by(Meeting.held_on.desc(), Meeting.id.desc()).limit(PAGE + 1))


def published_meetings(before: tuple[date, int] | None = None) -> list[Listed]:
    """Return one page of meetings with public minutes and one more, latest first."""
    published = _listed(Meeting.published_at.is_not(None))
    if before:
        published = published.where(tuple_(Meeting.held_on, Meeting.id) < tuple_(*before))
    return _read(published.order_by(Meeting.held_on.desc(), Meeting.id.desc()).limit(PAGE + 1))


def meeting_with_agenda(meeting_id: int) -> Meeting | None:
    """Return a meeting with its items, their ideas and votes."""
    items = selectinload(Meeting.items)
    wanted = select(Meeting).where(Meeting.id == meeting_id)
    return db.session.scalar(
        wanted.options(
            items.joinedload(AgendaItem.idea).joinedload(Idea.district),
            items.selectinload(AgendaItem.votes),
        )
    )


def item_in_full(item_id: int) -> AgendaItem | None:
    """Return an item with its idea, meeting and votes."""
    votes = selectinload(AgendaItem.votes)
    wanted = select(AgendaItem).where(AgendaItem.id == item_id)
    return db.session.scalar(
        wanted.options(
            joinedload(AgendaItem.meeting),
            joinedload(AgendaItem.idea).joinedload(Idea.district),
            votes.joinedload(Vote.user),
        )
    )


def open_meetings_until(day: date) -> Sequence[Meeting]:
    """Return the meetings from today to `day` whose members know the agenda."""
    near = Meeting.held_on.between(clock.today(), day)
    meetings = select(Meeting).where(near, Meeting.invited_at.is_not(None))
    return db.session.scalars(meetings.order_by(Meeting.held_on, Meeting.id)).all()


def members_without_opinion(meeting: Meeting) -> Sequence[User]:
    """Return the members who said nothing about at least one undecided idea of an agenda."""
    opinion = exists().where(Vote.item_id == AgendaItem.id, Vote.user_id == User.id)
    missing = exists().where(
        AgendaItem.meeting_id == meeting.id,
        AgendaItem.outcome.is_(None),
        AgendaItem.idea_id == Idea.id,
        Idea.hidden_at.is_(None),
        ~is_from(User.id, User.email),
        ~opinion.correlate(AgendaItem, User),
    )
    members = select(User).join(SteeringMember, SteeringMember.user_id == User.id)
    silent = members.where(SteeringMember.area == meeting.area, User.active, missing)
    return db.session.scalars(silent.order_by(User.id)).all()


def items_about(idea_id: int) -> Sequence[AgendaItem]:
    """Return when an idea was or will be talked about, latest meeting first."""
    items = select(AgendaItem).join(AgendaItem.meeting).where(AgendaItem.idea_id == idea_id)
    order = items.order_by(Meeting.held_on.desc(), AgendaItem.id.desc()).limit(PAGE)
    return db.session.scalars(order.options(joinedload(AgendaItem.meeting))).all()


def coming_meetings() -> Sequence[Meeting]:
    """Return the meetings of both areas an idea can still be put on, the next one first."""
    ahead = select(Meeting).where(Meeting.held_on >= clock.today())
    return db.session.scalars(ahead.order_by(Meeting.held_on, Meeting.area).limit(PAGE)).all()


def _listed(*conditions: ColumnElement[bool]) -> _Listing:
    numbers = (
        select(
            AgendaItem.meeting_id,
            func.count(AgendaItem.id).label("listed"),
            func.count(AgendaItem.outcome).label("decided"),
        )
        .group_by(AgendaItem.meeting_id)
        .subquery()
    )
    return (
        select(Meeting, func.coalesce(numbers.c.listed, 0), func.coalesce(numbers.c.decided, 0))
        .outerjoin(numbers, numbers.c.meeting_id == Meeting.id)
        .where(*conditions)
    )


def _read(statement: _Listing) -> list[Listed]:
    return [Listed(*row) for row in db.session.execute(statement)]

"""Selects of the gatherings room."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ScalarSelect, Select, String, cast, func, or_, select, tuple_
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal import clock
from portal.accounts.models import Role, User
from portal.extensions import db
from portal.gatherings.models import BringItem, Gathering, Hint, SignUp, gathering_team
from portal.ideas.models import Idea
from portal.paging import Cursor
from portal.places.models import District
from portal.profiles.rules import first_name
from portal.teams.models import Membership, Team

PAGE = 24
MOST_IN_FEED = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to; `user_id`: only where that account signed up or is host."""

    past: bool = False
    kind: str = ""
    language: str = ""
    barrier_free: bool = False
    district: str = ""
    borough: str = ""
    team_id: int | None = None
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A gathering and how many places are taken."""

    gathering: Gathering
    taken: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many people have a place, how many sign-ups wait, how many people of them came."""

    taken: int
    waiting: int
    came: int


@dataclass(frozen=True, slots=True)
class Attendee:
    """A sign-up as the host reads it: a first name, never an address."""

    row: SignUp
    name: str


def gatherings(wanted: Wanted, after: Cursor | None = None) -> tuple[list[Listed], Cursor | None]:
    """Return a page of gatherings, next first (past ones: latest first), and where it goes on."""
    rows = select(Gathering, _taken()).options(joinedload(Gathering.district))
    rows = _narrowed(rows, wanted)
    key = tuple_(Gathering.starts_at, Gathering.id)
    if after:
        here = tuple_(after.moment, after.id)
        rows = rows.where(key < here if wanted.past else key > here)
    order = (Gathering.starts_at, Gathering.id)
    if wanted.past:
        rows = rows.order_by(*(column.desc() for column in order))
    else:
        rows = rows.order_by(*order)
    found = [Listed(row, taken or 0) for row, taken in db.session.execute(rows.limit(PAGE + 1))]
    last = found[PAGE - 1].gathering if len(found) > PAGE else None
    return found[:PAGE], Cursor(last.starts_at, last.id) if last else None


def for_calendar(wanted: Wanted) -> Sequence[Gathering]:
    """Return what a calendar subscribes to: what comes, and the last weeks."""
    since = clock.shifted(clock.now(), days=-60)
    rows = select(Gathering).where(Gathering.ends_at > since)
    rows = _narrowed(rows, wanted, in_time=False).options(joinedload(Gathering.district))
    return db.session.scalars(
        rows.order_by(Gathering.starts_at, Gathering.id).limit(MOST_IN_FEED)
    ).all()


def gathering_page(gathering_id: int) -> Gathering | None:
    """Return a gathering with district, team, ideas and teams."""
    return db.session.scalar(
        select(Gathering)
        .where(Gathering.id == gathering_id)
        .options(
            joinedload(Gathering.district),
            joinedload(Gathering.team),
            selectinload(Gathering.ideas),
            selectinload(Gathering.teams),
        )
    )


def counts_of(gathering: Gathering) -> Counts:
    """Count places taken, sign-ups that wait and who came, in one statement."""
    waiting = select(func.count(SignUp.id)).where(
        SignUp.gathering_id == gathering.id,
        SignUp.turn.is_not(None),
        SignUp.seated_at.is_(None),
        SignUp.cancelled_at.is_(None),
    )
    came = select(func.sum(1 + SignUp.children)).where(
        SignUp.gathering_id == gathering.id, SignUp.came.is_(True)
    )
    numbers = db.session.execute(
        select(_taken(), waiting.scalar_subquery(), came.scalar_subquery()).where(
            Gathering.id == gathering.id
        )
    ).one()
    return Counts(*(number or 0 for number in numbers))


def places_before(row: SignUp) -> int:
    """Return how many stand in the waiting list before this sign-up."""
    before = select(func.count(SignUp.id)).where(
        SignUp.gathering_id == row.gathering_id,
        SignUp.turn < row.turn,
        SignUp.seated_at.is_(None),
        SignUp.cancelled_at.is_(None),
    )
    return db.session.scalar(before) or 0


def sign_up_of(user: User, gathering: Gathering) -> SignUp | None:
    """Return the standing sign-up of an account."""
    if not user.is_authenticated:
        return None
    return db.session.scalar(
        select(SignUp).where(
            SignUp.gathering_id == gathering.id,
            SignUp.user_id == user.id,
            SignUp.cancelled_at.is_(None),
        )
    )


def sign_up_by_token(token: str) -> SignUp | None:
    """Return the sign-up a link leads to, with its gathering."""
    return db.session.scalar(
        select(SignUp)
        .where(SignUp.token == token)
        .options(
            joinedload(SignUp.gathering).joinedload(Gathering.district),
            joinedload(SignUp.gathering).joinedload(Gathering.team),
            joinedload(SignUp.gathering).selectinload(Gathering.ideas),
        )
    )


def attendees(gathering: Gathering) -> list[Attendee]:
    """Return the standing sign-ups with first names: who has a place, then who waits, in turn."""
    rows = db.session.scalars(
        select(SignUp)
        .outerjoin(SignUp.user)
        .options(contains_eager(SignUp.user).load_only(User.name).raiseload(User.roles))
        .where(
            SignUp.gathering_id == gathering.id,
            SignUp.turn.is_not(None),
            SignUp.cancelled_at.is_(None),
        )
        .order_by(SignUp.seated_at.is_(None), SignUp.turn)
    )
    return [Attendee(row, first_name(row.user) if row.user else row.name) for row in rows]


def items_of(gathering: Gathering) -> Sequence[BringItem]:
    """Return the list "Wer bringt was", in the order it was written."""
    items = select(BringItem).where(BringItem.gathering_id == gathering.id)
    return db.session.scalars(items.order_by(BringItem.id)).all()


def hint_by_token(token: str) -> Hint | None:
    """Return a hint with its idea."""
    return db.session.scalar(select(Hint).where(Hint.token == token).options(joinedload(Hint.idea)))


def hint_counts(gathering: Gathering) -> dict[int, int]:
    """Return how many hints each presented idea got; their texts are the initiators'."""
    rows = db.session.execute(
        select(Hint.idea_id, func.count(Hint.id))
        .where(Hint.gathering_id == gathering.id)
        .group_by(Hint.idea_id)
        .order_by(Hint.idea_id)
    )
    return {idea_id: count for idea_id, count in rows}


def led_teams(user: User) -> dict[int, str]:
    """Return the teams `user` may meet with, by name: coordinators with all, leads with theirs."""
    if not user.is_authenticated:
        return {}
    teams = select(Team.id, Team.name)
    if not user.is_coordinator:
        teams = teams.join(Team.memberships).where(
            Membership.user_id == user.id,
            Membership.is_lead.is_(True),
            Membership.left_at.is_(None),
        )
    return {
        team_id: name for team_id, name in db.session.execute(teams.order_by(Team.name, Team.id))
    }


def coordinators() -> Sequence[User]:
    """Return who works in the Unterstützungsteam, for what nobody else can pass on."""
    people = select(User).where(User.active, User.roles.any(Role.name == "coordinator"))
    return db.session.scalars(people.order_by(User.id)).all()


def public_ideas(ids: Collection[int]) -> Sequence[Idea]:
    """Return the public ones among these ideas."""
    return db.session.scalars(
        select(Idea)
        .where(Idea.id.in_(ids), Idea.published_at.is_not(None), Idea.hidden_at.is_(None))
        .order_by(Idea.id)
    ).all()


def teams_by_id(ids: Collection[int]) -> Sequence[Team]:
    """Return the teams with these numbers."""
    return db.session.scalars(select(Team).where(Team.id.in_(ids)).order_by(Team.id)).all()


def later_dates(gathering: Gathering, limit: int = 6) -> Sequence[Gathering]:
    """Return the next dates of the same series."""
    if gathering.series_id is None:
        return []
    return db.session.scalars(
        select(Gathering)
        .where(
            Gathering.series_id == gathering.series_id,
            Gathering.starts_at > gathering.starts_at,
        )
        .order_by(Gathering.starts_at, Gathering.id)
        .limit(limit)
    ).all()


def _taken() -> ScalarSelect[int]:
    return (
        select(func.sum(1 + SignUp.children))
        .where(
            SignUp.gathering_id == Gathering.id,
            SignUp.seated_at.is_not(None),
            SignUp.cancelled_at.is_(None),
        )
        .correlate(Gathering)
        .scalar_subquery()
    )


def _narrowed(rows: Select, wanted: Wanted, *, in_time: bool = True) -> Select:
    if in_time:
        over = Gathering.ends_at <= clock.now()
        rows = rows.where(over if wanted.past else ~over)
    if wanted.kind:
        rows = rows.where(Gathering.kind == wanted.kind)
    if wanted.language:
        # Both databases keep a JSON list as text; neither way to search in it is portable.
        needle = json.dumps(wanted.language)
        rows = rows.where(cast(Gathering.languages, String).contains(needle, autoescape=True))
    if wanted.barrier_free:
        rows = rows.where(
            Gathering.steps.in_(("step_free", "online")),
            Gathering.toilet.in_(("accessible", "online")),
        )
    if wanted.district:
        rows = rows.where(Gathering.district.has(District.code == wanted.district))
    elif wanted.borough:
        rows = rows.where(Gathering.district.has(District.borough.has(code=wanted.borough)))
    if wanted.team_id:
        talked_about = select(gathering_team.c.gathering_id).where(
            gathering_team.c.team_id == wanted.team_id
        )
        rows = rows.where(or_(Gathering.team_id == wanted.team_id, Gathering.id.in_(talked_about)))
    if wanted.user_id:
        joined = select(SignUp.gathering_id).where(
            SignUp.user_id == wanted.user_id, SignUp.cancelled_at.is_(None)
        )
        rows = rows.where(or_(Gathering.host_id == wanted.user_id, Gathering.id.in_(joined)))
    return rows

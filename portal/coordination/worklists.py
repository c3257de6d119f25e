"""The lists behind the workbench's tiles: what waits, longest waiting first, paged by key.

Each list is one statement whatever its length. Nobody finds work about themselves in them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    SQLColumnExpression,
    and_,
    exists,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased, contains_eager, joinedload

from portal import clock
from portal.accounts.models import User
from portal.coordination.models import ContactEntry, NextStep, SupportRequest
from portal.coordination.queries import concerns
from portal.coordination.rules import NO_REACTION_AFTER
from portal.coordination.tiles import WAITING
from portal.extensions import db
from portal.ideas import calls as ideas
from portal.ideas.models import Idea
from portal.ideas.queries import WAITS, is_from
from portal.letters.models import Letter
from portal.letters.queries import waiting
from portal.matches.models import Call, IndexEntry, Introduction, Suggestion
from portal.offices.models import Office
from portal.offices.rules import CHECK_AFTER
from portal.paging import Cursor
from portal.recruiting.models import JoinRequest
from portal.recruiting.queries import leaderless_teams, waiting_with_coordinators
from portal.teams.adoptions import is_waiting
from portal.teams.models import Adoption, Team

PAGE = 40
Statement = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Named:
    """Something an item is about."""

    kind: str
    id: int
    title: str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits: what it is about, since or until when, and the work itself."""

    about: list[Named]
    day: date
    id: int
    row: (
        Idea
        | NextStep
        | SupportRequest
        | Office
        | Introduction
        | Letter
        | JoinRequest
        | Team
        | Adoption
    )
    moment: date | datetime


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list, and the key where the next one begins."""

    items: Sequence[Item]
    next: str | None


def silent_ideas(me: User, after: str = "", mine: bool = False) -> Page:
    """Return ideas nobody reacted to for a week."""
    found = _page(select(Idea).where(*_silent(me)), Idea.created_at, Idea.id, after, datetime)
    return _items(found, lambda row: ([Named("idea", row.id, row.title)], row.created_at))


def open_introductions(me: User, after: str = "", mine: bool = False) -> Page:
    """Return introductions that wait for an answer."""
    source, target = aliased(IndexEntry), aliased(IndexEntry)
    statement = (
        select(Introduction, Suggestion, source.title, target.title)
        .join(Introduction.suggestion)
        .outerjoin(source, _is_entry(source, Suggestion.source_kind, Suggestion.source_id))
        .outerjoin(target, _is_entry(target, Suggestion.target_kind, Suggestion.target_id))
        .where(*_unanswered())
    )
    rows = _page(statement, Introduction.asked_at, Introduction.id, after, datetime)
    items = [
        Item(
            about=[
                Named(suggestion.source_kind, suggestion.source_id, source_title or "–"),
                Named(suggestion.target_kind, suggestion.target_id, target_title or "–"),
            ],
            day=_day(introduction.asked_at),
            id=introduction.id,
            row=introduction,
            moment=introduction.asked_at,
        )
        for introduction, suggestion, source_title, target_title in rows
    ]
    return _cut(items)


def join_requests(me: User, after: str = "", mine: bool = False) -> Page:
    """Return join requests no lead answers, and those of people under 16."""
    statement = select(JoinRequest).where(waiting_with_coordinators(me))
    statement = statement.options(joinedload(JoinRequest.team))
    found = _page(statement, JoinRequest.escalated_at, JoinRequest.id, after, datetime)
    return _items(found, lambda row: ([Named("join", row.id, row.team.name)], row.escalated_at))


def leaderless(me: User, after: str = "", mine: bool = False) -> Page:
    """Return running teams nobody leads."""
    found = _page(select(Team).where(leaderless_teams()), Team.created_at, Team.id, after, datetime)
    return _items(found, lambda row: ([Named("members", row.id, row.name)], row.created_at))


def open_adoptions(me: User, after: str = "", mine: bool = False) -> Page:
    """Return offers to take over a paused team that nobody has answered."""
    statement = (
        select(Adoption).where(*_unanswered_adoptions(me)).options(joinedload(Adoption.team))
    )
    found = _page(statement, Adoption.created_at, Adoption.id, after, datetime)
    return _items(found, lambda row: ([Named("adoption", row.id, row.team.name)], row.created_at))


def due_steps(me: User, after: str = "", mine: bool = False) -> Page:
    """Return next steps whose day has come."""
    return _work(NextStep, me, after, mine, NextStep.due_on <= clock.today())


def open_requests(me: User, after: str = "", mine: bool = False) -> Page:
    """Return open support requests, also those that are not due yet."""
    return _work(SupportRequest, me, after, mine)


def old_offices(me: User, after: str = "", mine: bool = False) -> Page:
    """Return office entries nobody compared with their source for half a year."""
    found = _page(select(Office).where(_old()), Office.checked_on, Office.id, after, date)
    return _items(found, lambda row: ([Named("office", row.id, row.name)], row.checked_on))


def silent_letters(me: User, after: str = "", mine: bool = False) -> Page:
    """Return letters no office answered for two weeks."""
    return _letters("silent", Letter.sent_at, me, after, mine)


def bounced_letters(me: User, after: str = "", mine: bool = False) -> Page:
    """Return letters that came back."""
    return _letters("bounced", Letter.bounced_at, me, after, mine)


def answered_letters(me: User, after: str = "", mine: bool = False) -> Page:
    """Return answers and refusals nobody has drawn a conclusion from."""
    return _letters("answered", Letter.answered_at, me, after, mine)


def counts(me: User, mine: bool) -> dict[str, int]:
    """Return how long each list is, in one statement."""
    numbers = {
        "ideas": select(func.count(Idea.id)).where(*_silent(me)),
        "introductions": select(func.count(Introduction.id)).where(*_unanswered()),
        "calls": select(_due_calls().scalar_subquery() + ideas.count_due().scalar_subquery()),
        "steps": _named(NextStep, func.count(NextStep.id)).where(
            *_open(NextStep, me, mine), NextStep.due_on <= clock.today()
        ),
        "support": _named(SupportRequest, func.count(SupportRequest.id)).where(
            *_open(SupportRequest, me, mine)
        ),
        "joins": select(func.count(JoinRequest.id)).where(waiting_with_coordinators(me)),
        "leaderless": select(func.count(Team.id)).where(leaderless_teams()),
        "adoptions": select(func.count(Adoption.id)).where(*_unanswered_adoptions(me)),
        "offices": select(func.count(Office.id)).where(_old()),
        "captures": select(func.count(Idea.id)).where(*WAITS, Idea.captured_by_id != me.id),
    }
    for state in ("silent", "bounced", "answered"):
        conditions = waiting(state, clock.now(), me, mine)
        numbers[f"{state}_letters"] = (
            select(func.count(Letter.id)).join(Letter.idea).where(*conditions)
        )
    numbers |= {code: other.count(me) for code, other in WAITING.items()}
    columns = [number.scalar_subquery().label(name) for name, number in numbers.items()]
    return dict(db.session.execute(select(*columns)).mappings().one())


def _due_calls() -> Select[int]:
    due = Call.done_at.is_(None), Call.due_at <= clock.now()
    return select(func.count(Call.id)).where(*due)


def _silent(me: User) -> list[ColumnElement[bool]]:
    contacted = exists().where(
        ContactEntry.subject_kind == "idea", ContactEntry.subject_id == Idea.id
    )
    return [
        Idea.state == "eingegangen",
        Idea.hidden_at.is_(None),
        Idea.created_at < clock.now() - NO_REACTION_AFTER,
        ~is_from(me.id, me.email),
        ~contacted,
    ]


def _unanswered() -> list[ColumnElement[bool]]:
    return [
        Introduction.asked_at.is_not(None),
        Introduction.introduced_at.is_(None),
        Introduction.closed_at.is_(None),
    ]


def _unanswered_adoptions(me: User) -> list[ColumnElement[bool]]:
    return [is_waiting(), Adoption.user_id != me.id]


def _old() -> ColumnElement[bool]:
    too_long_ago = Office.checked_on < clock.today() - CHECK_AFTER
    return or_(too_long_ago, Office.mailbox_bounced_at.is_not(None))


def _open(
    table: type[NextStep] | type[SupportRequest], me: User, mine: bool
) -> list[ColumnElement[bool]]:
    conditions = [
        table.done_at.is_(None),
        ~concerns(me, table),
    ]
    # What belongs to nobody any more is everybody's.
    return (
        [*conditions, or_(table.owner_id == me.id, table.owner_id.is_(None))]
        if mine
        else conditions
    )


def _named(table: type[NextStep] | type[SupportRequest], *columns: ColumnElement[int]) -> Statement:
    """Select `columns` with whatever the work is about joined to it."""

    def is_about(kind: str, row_id: object) -> ColumnElement[bool]:
        return and_(table.subject_kind == kind, table.subject_id == row_id)

    person = aliased(User, name="subject_person")
    names = func.coalesce(Idea.title, Team.name, Office.name, person.name, "–")
    return (
        select(*(columns or (table, names)))
        .select_from(table)
        .outerjoin(Idea, is_about("idea", Idea.id))
        .outerjoin(Team, is_about("team", Team.id))
        .outerjoin(Office, is_about("office", Office.id))
        .outerjoin(person, is_about("person", person.id))
    )


def _work(
    table: type[NextStep] | type[SupportRequest],
    me: User,
    after: str,
    mine: bool,
    *conditions: ColumnElement[bool],
) -> Page:
    statement = (
        _named(table).where(*_open(table, me, mine), *conditions).options(joinedload(table.owner))
    )
    rows = _page(statement, table.due_on, table.id, after, date)
    return _cut(
        [
            Item(
                [Named(row.subject_kind, row.subject_id, title)],
                row.due_on,
                row.id,
                row,
                row.due_on,
            )
            for row, title in rows
        ]
    )


def _letters(
    state: str, moment: InstrumentedAttribute[datetime | None], me: User, after: str, mine: bool
) -> Page:
    statement = (
        select(Letter)
        .join(Letter.idea)
        .where(*waiting(state, clock.now(), me, mine))
        .options(contains_eager(Letter.idea), joinedload(Letter.office), joinedload(Letter.owner))
    )
    found = _page(statement, moment, Letter.id, after, datetime)
    return _items(
        found,
        lambda row: (
            [Named("letter", row.id, row.office.name), Named("idea", row.idea_id, row.idea.title)],
            getattr(row, moment.key),
        ),
    )


def _page(
    statement: Statement,
    moment: SQLColumnExpression[object],
    row_id: SQLColumnExpression[int],
    after: str,
    kind: type[date],
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the rows of one page and one more, from behind the key `after`."""
    if cursor := Cursor.parse(after, kind):
        statement = statement.where(tuple_(moment, row_id) > tuple_(*cursor))
    return db.session.execute(statement.order_by(moment, row_id).limit(PAGE + 1)).all()


def _is_entry(
    entry: type[IndexEntry], kind: SQLColumnExpression[str], row_id: SQLColumnExpression[int]
) -> ColumnElement[bool]:
    return and_(entry.kind == kind, entry.subject_id == row_id, entry.part == 0)


def _items(
    rows: Sequence[Row[*tuple[Any, ...]]], read: Callable[[Any], tuple[list[Named], date]]
) -> Page:
    items = []
    for (row,) in rows:
        about, moment = read(row)
        items.append(Item(about, _day(moment), row.id, row, moment))
    return _cut(items)


def _cut(items: list[Item]) -> Page:
    last = items[PAGE - 1] if len(items) > PAGE else None
    return Page(items[:PAGE], str(Cursor(last.moment, last.id)) if last else None)


def _day(moment: date | datetime) -> date:
    """Return the day in Leipzig of a day or a moment."""
    if isinstance(moment, datetime):
        return clock.day_of(moment)
    return moment

"""News out of the tables of other rooms, in one statement however many kinds there are.

Each kind says what its columns are called here; the newest of each kind are joined and ordered.
`number` names an entry across kinds: the row's id and the kind's place in KINDS.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    Date,
    Select,
    SQLColumnExpression,
    String,
    cast,
    exists,
    false,
    null,
    or_,
    select,
    tuple_,
    union_all,
)

from portal.extensions import db
from portal.gatherings.models import Gathering, gathering_team
from portal.places.models import District
from portal.steering.models import Meeting
from portal.teams.models import StatusEntry, Team

STATUS, FOUNDING, STEERING, GATHERING = KINDS = ("status", "founding", "steering", "gathering")
# Columns a kind may leave out, and their type in the joined statement.
_OPTIONAL = {
    "day": Date,
    "language": String,
    "state": String,
    "self_supporting": Boolean,
    "topics": String,
    "district": String,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the news are narrowed down to; `numbers` leaves only these entries."""

    topic: str = ""
    district_id: int | None = None
    team_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    numbers: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened, as its room wrote it down; `at` is when it became public."""

    number: int
    at: datetime
    day: date | None
    page_id: int
    name: str  # of the team, the gathering, or the steering team's area
    text: str
    language: str | None
    state: str | None
    self_supporting: bool | None
    is_example: bool
    topics: list[str]
    district: str | None

    @property
    def kind(self) -> str:
        """Which of KINDS it is."""
        return KINDS[self.number % len(KINDS)]


def newest(
    wanted: Wanted, *, before: tuple[date, int] | None = None, limit: int
) -> Sequence[Entry]:
    """Return news, newest first, from behind the cursor `before`."""
    # Each kind is cut off before they are joined: long texts are sorted for one page only.
    parts = [
        rows.where(*_narrowed(rows, wanted, before))
        .order_by(rows.selected_columns.at.desc(), rows.selected_columns.number.desc())
        .limit(limit)
        .subquery()
        for rows in _sources(wanted)
    ]
    joined = union_all(*(select(part) for part in parts)).subquery()
    found = db.session.execute(
        select(joined).order_by(joined.c.at.desc(), joined.c.number.desc()).limit(limit)
    )
    return [_entry(**row) for row in found.mappings()]


def _entry(topics: str | None, **columns: object) -> Entry:
    return Entry(topics=json.loads(topics or "[]"), **columns)  # type: ignore[arg-type]


def _narrowed(
    rows: Select, wanted: Wanted, before: tuple[date, int] | None
) -> Iterator[SQLColumnExpression]:
    """Yield the conditions that all kinds share."""
    columns = rows.selected_columns
    if wanted.since:
        yield columns.at >= wanted.since
    if wanted.until:
        yield columns.at < wanted.until
    if wanted.numbers is not None:
        yield columns.number.in_(wanted.numbers)
    if before:
        yield tuple_(columns.at, columns.number) < tuple_(*before)


def _sources(wanted: Wanted) -> Iterator[Select]:
    """Yield the kinds that can hold what is wanted: a steering team's minutes have no topic."""
    yield _of_team(_status_entries(), wanted, Team.id == wanted.team_id)
    yield _of_team(_foundings(), wanted, Team.id == wanted.team_id)
    linked = exists().where(
        gathering_team.c.gathering_id == Gathering.id, gathering_team.c.team_id == wanted.team_id
    )
    yield _of_team(_gatherings(), wanted, or_(Gathering.team_id == wanted.team_id, linked))
    if not (wanted.topic or wanted.district_id or wanted.team_id):
        yield _meetings()


def _of_team(rows: Select, wanted: Wanted, is_theirs: SQLColumnExpression) -> Select:
    """Narrow down a kind that is joined with Team and District."""
    if wanted.topic:
        # Both databases keep a JSON list as text; neither way to search in it is portable.
        needle = json.dumps(wanted.topic)
        rows = rows.where(cast(Team.focus, String).contains(needle, autoescape=True))
    if wanted.district_id:
        rows = rows.where(District.id == wanted.district_id)
    return rows.where(is_theirs) if wanted.team_id else rows


def _status_entries() -> Select:
    columns = _columns(
        STATUS,
        StatusEntry.id,
        StatusEntry.created_at,
        page_id=Team.id,
        name=Team.name,
        text=StatusEntry.text,
        is_example=Team.is_example,
        day=StatusEntry.day,
        language=Team.language,
        state=StatusEntry.state,
        self_supporting=StatusEntry.self_supporting,
        **_place_and_topics(),
    )
    return columns.join_from(StatusEntry, Team).outerjoin(District, District.id == Team.district_id)


def _foundings() -> Select:
    columns = _columns(
        FOUNDING,
        Team.id,
        Team.created_at,
        page_id=Team.id,
        name=Team.name,
        text=Team.challenge,
        is_example=Team.is_example,
        language=Team.language,
        **_place_and_topics(),
    )
    return columns.outerjoin_from(Team, District, District.id == Team.district_id).where(
        ~Team.is_example
    )


def _gatherings() -> Select:
    columns = _columns(
        GATHERING,
        Gathering.id,
        Gathering.minutes_at,
        page_id=Gathering.id,
        name=Gathering.title,
        text=Gathering.minutes,
        is_example=false(),
        **_place_and_topics(),
    )
    return (
        columns.outerjoin_from(Gathering, Team, Team.id == Gathering.team_id)
        .outerjoin(District, District.id == Gathering.district_id)
        .where(Gathering.minutes_at.is_not(None), Gathering.cancelled_at.is_(None))
    )


def _meetings() -> Select:
    columns = _columns(
        STEERING,
        Meeting.id,
        Meeting.published_at,
        page_id=Meeting.id,
        name=Meeting.area,
        text=Meeting.minutes,
        is_example=false(),
        day=Meeting.held_on,
    )
    return columns.where(Meeting.published_at.is_not(None))


def _place_and_topics() -> dict[str, SQLColumnExpression]:
    return {"topics": cast(Team.focus, String), "district": District.name}


def _columns(
    kind: str,
    row_id: SQLColumnExpression,
    at: SQLColumnExpression,
    **columns: SQLColumnExpression,
) -> Select:
    """Return the columns of an Entry, always in one order; what a kind has not is null."""
    given: dict[str, SQLColumnExpression] = {
        name: cast(null(), kind_) for name, kind_ in _OPTIONAL.items()
    } | columns
    number = row_id * len(KINDS) + KINDS.index(kind)
    named: list[SQLColumnExpression] = [given[name].label(name) for name in sorted(given)]
    return select(number.label("number"), at.label("at"), *named)

"""What can happen to a gathering. An action changes rows; the caller commits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, time

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import select

from portal import clock
from portal.accounts.models import User
from portal.errors import PortalError
from portal.extensions import db
from portal.gatherings import attendance, letters, times
from portal.gatherings.models import BringItem, Gathering, GatheringSeries, SignUp
from portal.ideas.models import Idea
from portal.teams.models import Team


class GatheringOver(PortalError):
    """What is called off or over stays as it was."""

    message = _l("Dieser Termin ist schon vorbei oder abgesagt.")


class NotYetOver(PortalError):
    """Minutes tell what was said."""

    message = _l("Das Protokoll kannst du schreiben, sobald der Termin begonnen hat.")


@dataclass(frozen=True, slots=True)
class Details:
    """Everything about a gathering but when it is; the same for all dates of a series."""

    kind: str
    title: str
    text: str
    district_id: int | None
    place: str
    online_url: str | None
    languages: list[str]
    steps: str
    toilet: str
    hearing: str
    words: str
    barrier_note: str
    bring: str
    capacity: int | None
    team_id: int | None


@dataclass(frozen=True, slots=True)
class Slot:
    """When: a day in Leipzig, from and to; an end before the beginning is after midnight."""

    day: date
    begin: time
    end: time


# What a calendar shows; other changes need no new SEQUENCE.
_IN_CALENDAR = ("title", "text", "starts_at", "ends_at", "place", "online_url", "district_id")


def create_gatherings(
    details: Details,
    slot: Slot,
    *,
    host: User,
    rhythm: str = "",
    until: date | None = None,
    ideas: Sequence[Idea] = (),
    bring_items: Iterable[str] = (),
) -> list[Gathering]:
    """Make one date, or with `rhythm` all dates until that day, each a row of its own."""
    days, series = [slot.day], None
    if rhythm and until:
        days = times.days_of(rhythm, slot.day, until)
        series = GatheringSeries(rhythm=rhythm, until=until)
        db.session.add(series)
        db.session.flush()
    items = list(bring_items)
    made = []
    for number, day in enumerate(days):
        starts_at, ends_at = times.span(day, slot.begin, slot.end)
        gathering = Gathering(
            **_values(details),
            starts_at=starts_at,
            ends_at=ends_at,
            host_id=host.id,
            series_id=series.id if series else None,
            ideas=list(ideas) if number == 0 else [],  # an idea is presented once
            teams=[],
        )
        db.session.add(gathering)
        db.session.flush()
        for title in items:
            add_item(gathering, title)
        made.append(gathering)
    return made


def change_gathering(
    gathering: Gathering,
    details: Details,
    slot: Slot,
    *,
    following: bool = False,
    ideas: Sequence[Idea] | None = None,
) -> int:
    """Change this date, or this and all following of its series; return how many changed.

    Moving a series moves every date by as many days. Who signed up is told about time and place.
    """
    moved_by = slot.day - times.local(gathering.starts_at).date()
    targets = _targets(gathering, following)
    for each in targets:
        attendance.hold(each)
        day = times.local(each.starts_at).date() + moved_by
        _change(each, details, Slot(day, slot.begin, slot.end))
    if ideas is not None:
        gathering.ideas = list(ideas)
    db.session.flush()
    return len(targets)


def cancel_gathering(gathering: Gathering, reason: str, *, following: bool = False) -> int:
    """Call this date off, or this and all following; it stays to be seen. Return how many."""
    targets = _targets(gathering, following)
    for each in targets:
        attendance.hold(each)
        each.cancelled_at = each.changed_at = clock.now()
        each.cancel_reason = reason
        each.sequence += 1
        db.session.flush()
        letters.tell_cancelled(each, _told_about(each))
    return len(targets)


def write_minutes(
    gathering: Gathering,
    *,
    text: str,
    decisions: str,
    ideas: Sequence[Idea],
    teams: Sequence[Team],
) -> None:
    """Publish what was said; who was there is told the first time."""
    if gathering.is_cancelled or gathering.starts_at > clock.now():
        raise NotYetOver(gathering.id)
    is_first = gathering.minutes_at is None
    gathering.minutes, gathering.decisions = text, decisions
    gathering.ideas, gathering.teams = list(ideas), list(teams)
    gathering.changed_at = clock.now()
    gathering.minutes_at = gathering.minutes_at or clock.now()
    db.session.flush()
    if is_first:
        letters.tell_minutes(
            gathering,
            [row for row in _told_about(gathering) if row.is_seated and row.came is not False],
        )


def note_who_came(
    gathering: Gathering, rows: Iterable[SignUp], came: set[int], others: int
) -> None:
    """Keep who of those who signed up came, and how many came without signing up."""
    for row in rows:
        row.came = row.id in came
    gathering.walk_ins = others
    db.session.flush()


def add_item(gathering: Gathering, title: str) -> BringItem:
    """Add something to the list "Wer bringt was"."""
    item = BringItem(gathering_id=gathering.id, title=title)
    db.session.add(item)
    db.session.flush()
    return item


def remove_item(item: BringItem) -> None:
    """Take something from the list."""
    db.session.delete(item)
    db.session.flush()


def _targets(gathering: Gathering, following: bool) -> list[Gathering]:
    """Return what is changed: this date, with `following` also the later ones that still stand."""
    if gathering.is_cancelled or gathering.is_past:
        raise GatheringOver(gathering.id)
    if not following or gathering.series_id is None:
        return [gathering]
    return list(
        db.session.scalars(
            select(Gathering)
            .where(
                Gathering.series_id == gathering.series_id,
                Gathering.starts_at >= gathering.starts_at,
                Gathering.cancelled_at.is_(None),
            )
            .order_by(Gathering.starts_at, Gathering.id)
        )
    )


def _change(gathering: Gathering, details: Details, slot: Slot) -> None:
    before = {name: getattr(gathering, name) for name in _IN_CALENDAR}
    for name, value in _values(details).items():
        setattr(gathering, name, value)
    gathering.starts_at, gathering.ends_at = times.span(slot.day, slot.begin, slot.end)
    changed = {name for name, value in before.items() if getattr(gathering, name) != value}
    gathering.changed_at = clock.now()
    if "starts_at" in changed:
        gathering.reminded_at = None
    if changed:
        gathering.sequence += 1
    db.session.flush()
    if news := _news(gathering, changed):
        letters.tell_changed(gathering, _told_about(gathering), news)
    attendance.move_up(gathering)


def _news(gathering: Gathering, changed: set[str]) -> list[LazyString]:
    news = []
    if changed & {"starts_at", "ends_at"}:
        news.append(_l("Die Zeit ist neu."))
    if "place" in changed:
        news.append(_l("Der Ort ist neu."))
    if "online_url" in changed:
        news.append(_l("Der Link zum Mitmachen im Netz ist neu. Er steht auf deiner Seite."))
    return news


def _told_about(gathering: Gathering) -> Sequence[SignUp]:
    return db.session.scalars(
        select(SignUp)
        .where(
            SignUp.gathering_id == gathering.id,
            SignUp.turn.is_not(None),
            SignUp.cancelled_at.is_(None),
        )
        .order_by(SignUp.turn)
    ).all()


def _values(details: Details) -> dict[str, object]:
    return {field.name: getattr(details, field.name) for field in fields(details)}

"""Who asked which team of the demo, what came of it, and when openings end."""

from datetime import date, timedelta
from hashlib import sha256

from sqlalchemy import select

from portal.extensions import db
from portal.recruiting import actions
from portal.recruiting.jobs import remind_due
from portal.recruiting.models import JoinRequest
from portal.recruiting.queries import Room, room_of
from portal.seeds.demo.past import Calendar, Row, plain, rows
from portal.seeds.demo.people import People
from portal.teams.models import Opening, Team


def wanted_until(when: Calendar, opening: str) -> date:
    """Return the last day of an opening, always the same for its name and the day."""
    spread = sha256(opening.encode()).digest()[0] % 29
    days = _wanted(opening).get("in_days", 14 + spread)
    return when.today + timedelta(days)


def hours_a_week(opening: str) -> int | None:
    """Return how much time an opening asks for, if its file says so."""
    return _wanted(opening).get("hours") or None


def add_requests(when: Calendar, people: People, openings: dict[str, Opening]) -> None:
    """Let people ask teams and teams answer, each on its day; then remind of what is due today."""
    if db.session.scalar(select(JoinRequest.id).limit(1)):
        return  # a first try that was cut off came this far
    names = {row["key"]: row["name"] for row in rows("teams", "team")}
    for row in rows("recruiting", "request"):
        team_id = db.session.scalars(select(Team.id).where(Team.name == names[row["team"]])).one()
        room = room_of(team_id)
        assert room is not None
        with when.at(row["days_ago"], row["message"]):
            request = actions.ask_to_join(
                room,
                people[row["resident"]],
                message=plain(row["message"]),
                answer_by=when.today + timedelta(row["answer_in"]),
                hours_a_week=row["hours"],
                opening=openings.get(row.get("opening", "")),
            )
        if "ended" in row:
            with when.at(row["ended"], row["message"]):
                _answer(row, request, room)
    db.session.commit()
    with when.at(0, "reminders"):
        remind_due()


def _answer(row: Row, request: JoinRequest, room: Room) -> None:
    lead, note = room.leads[0], plain(row.get("note", ""))
    if row["state"] == "accepted":
        actions.accept(request, room, lead, note)
    elif row["state"] == "declined":
        actions.decline(request, room, lead, reason=row["reason"], note=note)
    elif row["state"] == "withdrawn":
        actions.withdraw(request, room)
    else:
        actions.ask_back(request, room, lead, note)


def _wanted(opening: str) -> Row:
    return next((row for row in rows("recruiting", "wanted") if row["opening"] == opening), {})

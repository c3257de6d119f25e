"""The demo's ideas with their progress, and its teams with log, members and openings."""

import io
from datetime import date

from sqlalchemy import select

from portal import clock
from portal.accounts.models import User
from portal.extensions import db
from portal.ideas.actions import hide_idea, move_idea, publish_idea, submit_idea
from portal.ideas.models import Idea
from portal.pictures import store
from portal.pictures.actions import add_picture
from portal.pictures.imaging import prepare
from portal.seeds.demo.drawings import DRAWINGS
from portal.seeds.demo.past import Calendar, Row, district, plain, rows
from portal.seeds.demo.people import People, coordinator
from portal.seeds.demo.recruiting import hours_a_week, wanted_until
from portal.teams.actions import add_member, add_status, change_state, create_team, open_opening
from portal.teams.models import Opening, Team

PICTURED = 50  # days ago
LOOKING_SINCE = 60  # days: since then most openings are on the page
_FORM = "demo-"  # before the key of an idea: how it is found again
_RUNNING = ("laeuft", False)


def add_ideas(when: Calendar, people: People) -> None:
    """Add all ideas, each as far as it got; those that became a team wait for `add_teams`."""
    for number, row in enumerate(rows("ideas", "idea")):
        by = coordinator(people, number)
        idea = _submit(when, row, people, by)
        for step in row.get("progress", []):
            if step["state"] != "team_gegruendet" and "told_by" not in step:
                with when.at(step["days_ago"], row["key"]):
                    move_idea(idea, step["state"], step["note"], by)


def known_ideas() -> dict[str, Idea]:
    """Return the ideas of the demo by key."""
    listed = select(Idea).where(Idea.submission_key.startswith(_FORM))
    return {str(idea.submission_key)[len(_FORM) :]: idea for idea in db.session.scalars(listed)}


def add_teams(when: Calendar, people: People, ideas: dict[str, Idea]) -> None:
    """Add all teams with their people, openings and log."""
    founders = {row["team"]: row for row in rows("ideas", "idea") if "team" in row}
    for number, row in enumerate(rows("teams", "team")):
        by = coordinator(people, number)
        idea = founders.get(row["key"])
        team = _found(when, row, by, idea, ideas)
        members = _add_members(row, team, people)
        for wanted in row.get("opening", []):
            name = f"{row['key']}/{wanted['key']}"
            _look_for(when, name, wanted, team, members[0] if members else by)
        _write_log(when, row, team, by)
        if row["key"] in DRAWINGS:
            _hang_drawing(when, row["key"], team, members[0] if members else by)


def known_openings() -> dict[str, Opening]:
    """Return the openings of the demo by "team/opening"."""
    listed = select(Team.name, Opening).join(Opening.team)
    found = {(name, opening.title): opening for name, opening in db.session.execute(listed)}
    return {
        f"{row['key']}/{wanted['key']}": found[row["name"], wanted["title"]]
        for row in rows("teams", "team")
        for wanted in row.get("opening", [])
    }


def _submit(when: Calendar, row: Row, people: People, by: User) -> Idea:
    initiator = people[row["by"]] if "by" in row else None
    public, under_16 = row.get("public", True), row.get("under_16", False)
    with when.at(row["days_ago"], row["key"]):
        idea = submit_idea(
            problem=plain(row["problem"]),
            wish=plain(row["wish"]),
            contribution=plain(row["contribution"]),
            district=district(row["district"]),
            topic=row.get("topic"),
            initiator=initiator,
            contact_email=row.get("contact"),
            contact_phone=row.get("phone"),
            under_16=under_16,
            submission_key=_FORM + row["key"],
            publish=public and initiator is not None,
        ).idea
        # A coordinator looks at what came without an account before others read it.
        if public and not idea.is_public:
            publish_idea(idea, by)
        if "hidden" in row:
            hide_idea(idea, by, row["hidden"])
    return idea


def _found(when: Calendar, row: Row, by: User, origin: Row | None, ideas: dict[str, Idea]) -> Team:
    started = origin["progress"][-1]["days_ago"] if origin else _day(row["log"][0])
    with when.at(started, row["key"]):
        return create_team(
            by=by,
            name=row["name"],
            challenge=plain(row["challenge"]),
            focus=row["focus"],
            district=district(row.get("district")),
            languages=row["languages"],
            sectors=row.get("members"),
            is_example=row.get("example", False),
            source_url=row.get("source"),
            idea=ideas[origin["key"]] if origin else None,
        )


def _write_log(when: Calendar, row: Row, team: Team, by: User) -> None:
    """Add the dated entries; the last one brings the team to the state it is in today."""
    reached = (row["state"], row["self_supporting"])
    *before, last = row["log"]
    for entry in before if reached != _RUNNING else row["log"]:
        with when.at(_day(entry), row["key"]):
            add_status(team, text=plain(entry["text"]), by=by)
    if reached != _RUNNING:
        with when.at(_day(last), row["key"]):
            change_state(
                team, state=reached[0], self_supporting=reached[1], by=by, note=plain(last["text"])
            )


def _hang_drawing(when: Calendar, key: str, team: Team, by: User) -> None:
    draw, alt = DRAWINGS[key]
    prepared = prepare(io.BytesIO(draw().as_file()))
    store.keep(prepared)
    with when.at(PICTURED, key):
        credit = "Zeichnung des Portals"
        add_picture("team", team.id, prepared, alt=alt, credit=credit, by=by, for_press=True)


def _add_members(row: Row, team: Team, people: People) -> list[User]:
    """Let the team's people join, leads first."""
    joined = []
    for field, is_lead in (("leads", True), ("member_of", False)):
        for resident in rows("residents", "resident"):
            if row["key"] in resident.get(field, []):
                user = people[resident["key"]]
                with clock.at(max(team.created_at, user.created_at)):
                    add_member(team, user, is_lead=is_lead)
                joined.append(user)
    return joined


def _look_for(when: Calendar, name: str, wanted: Row, team: Team, by: User) -> None:
    with (
        when.at(LOOKING_SINCE + len(name) % 20, name) as moment,
        clock.at(max(moment, team.created_at)),
    ):
        open_opening(
            team,
            by=by,
            kind=wanted["kind"],
            title=wanted["title"],
            text=plain(wanted["text"]),
            times=wanted["times"],
            languages=wanted["languages"],
            district=district(wanted.get("district")),
            hours_a_week=hours_a_week(name),
            wanted_until=wanted_until(when, name),
        )


def _day(entry: Row) -> int | date:
    return entry["days_ago"] if "days_ago" in entry else entry["date"]

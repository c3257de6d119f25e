"""The demo's gatherings: who comes, what they bring, one that was full and one with minutes."""

from datetime import date, time, timedelta

from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.gatherings import actions, attendance, wichteln
from portal.gatherings.actions import Details, Slot
from portal.gatherings.attendance import Wishes
from portal.gatherings.models import BringItem, Gathering, SignUp
from portal.ideas.models import Idea
from portal.seeds.demo.past import Calendar, Row, district, plain, rows
from portal.seeds.demo.people import People
from portal.teams.models import Team

ANNOUNCED = 21  # days before; but the demo is never ahead of its own day


def add_gatherings(when: Calendar, people: People, ideas: dict[str, Idea]) -> None:
    """Add all gatherings with sign-ups and lists, then what followed those that are over."""
    teams = {row["key"]: row["name"] for row in rows("teams", "team")}
    made: dict[str, Gathering] = {}
    for row in rows("gatherings", "gathering"):
        made[row["key"]] = gathering = _announce(when, row, people, ideas, teams)
        signed_up = _sign_up(row, gathering, people)
        _promise(row, gathering, signed_up)
        if "cancelled" in row:
            with when.at(1, row["key"]):
                actions.cancel_gathering(gathering, row["cancelled"])
    for row in rows("gatherings", "hint"):
        _hint(row, made[row["gathering"]], ideas[row["idea"]], people)
    for row in rows("gatherings", "gathering"):
        if "minutes" in row:
            _write_minutes(row, made[row["key"]], people, teams)


def _announce(
    when: Calendar, row: Row, people: People, ideas: dict[str, Idea], teams: dict[str, str]
) -> Gathering:
    day = _day(when, row)
    where, team = district(row.get("district")), _team(row.get("team"), teams)
    details = Details(
        kind=row["kind"],
        title=row["title"],
        text=plain(row["text"]),
        district_id=where.id if where else None,
        place=row.get("place", ""),
        online_url=row.get("online"),
        languages=row["languages"],
        steps=row["steps"],
        toilet=row["toilet"],
        hearing=row["hearing"],
        words=row["words"],
        barrier_note=row["barrier"],
        bring=row.get("bring_note", ""),
        capacity=row.get("capacity"),
        team_id=team.id if team else None,
    )
    with when.at(max(ANNOUNCED - (day - when.today).days, 2), row["key"]):
        return actions.create_gatherings(
            details,
            Slot(day, time.fromisoformat(row["begin"]), time.fromisoformat(row["end"])),
            host=people[row["host"]],
            rhythm=row.get("rhythm", ""),
            until=day + timedelta(weeks=row["weeks"]) if "weeks" in row else None,
            ideas=[ideas[key] for key in row.get("ideas", [])],
            bring_items=[_thing(entry)[0] for entry in row.get("bring", [])],
        )[0]


def _sign_up(row: Row, gathering: Gathering, people: People) -> dict[str, SignUp]:
    """Let guests sign up one after the other; who comes too late waits."""
    needs = {need["who"]: need for need in row.get("needs", [])}
    signed_up: dict[str, SignUp] = {}
    listed = [*row.get("guests", []), *row.get("by_mail", [])]
    for number, name in enumerate(listed):
        with clock.at(gathering.created_at + timedelta(minutes=97 * (number + 1))):
            need = needs.get(name, {})
            wishes = Wishes(
                children=need.get("children", 0),
                interpretation=need.get("interpretation"),
                wheelchair=need.get("wheelchair", False),
                note=need.get("note", ""),
                consents=bool(need),
                photos_ok=number % 3 != 1,
            )
            if name in people:
                entry = attendance.sign_up(gathering, wishes, user=people[name])
            else:
                address = f"gast-{name.lower()}@demo.example"
                entry = attendance.sign_up(gathering, wishes, name=name, email=address)
                attendance.confirm(entry)
            signed_up[name] = entry
    return signed_up


def _promise(row: Row, gathering: Gathering, signed_up: dict[str, SignUp]) -> None:
    items = select(BringItem).where(BringItem.gathering_id == gathering.id).order_by(BringItem.id)
    for item, entry in zip(db.session.scalars(items).all(), row.get("bring", []), strict=True):
        if who := _thing(entry)[1]:
            attendance.claim_item(item, signed_up[who])


def _hint(row: Row, gathering: Gathering, idea: Idea, people: People) -> None:
    with clock.at(gathering.starts_at + timedelta(minutes=90 + len(row["text"]) % 30)):
        wichteln.give_hint(
            gathering, idea, kind=row["kind"], text=row["text"], user=people[row["by"]],
            sign_up=None,
        )  # fmt: skip


def _write_minutes(row: Row, gathering: Gathering, people: People, teams: dict[str, str]) -> None:
    with clock.at(gathering.ends_at + timedelta(hours=15)):
        entries = select(SignUp).where(SignUp.gathering_id == gathering.id).order_by(SignUp.id)
        came = {people[key].id for key in row["came"]}
        listed = db.session.scalars(entries).all()
        actions.note_who_came(
            gathering, listed, {each.id for each in listed if each.user_id in came}, row["walk_ins"]
        )
        about = [team for key in row["minutes_teams"] if (team := _team(key, teams))]
        actions.write_minutes(
            gathering,
            text="\n\n".join(plain(part) for part in row["minutes"].split("\n\n")),
            decisions=row["decisions"].strip(),
            ideas=gathering.ideas,
            teams=about,
        )


def _day(when: Calendar, row: Row) -> date:
    """Return the wanted weekday on or after that many days from today."""
    day = when.today + timedelta(row["days"])
    return day + timedelta((row.get("weekday", day.weekday()) - day.weekday()) % 7)


def _thing(entry: str) -> tuple[str, str]:
    thing, _equals, who = entry.partition(" = ")
    return thing, who


def _team(key: str | None, names: dict[str, str]) -> Team | None:
    if key is None:
        return None
    return db.session.scalars(select(Team).where(Team.name == names[key])).one()

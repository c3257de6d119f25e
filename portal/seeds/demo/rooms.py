"""What stands in the rooms of the demo's teams, and who would like to take one over."""

from sqlalchemy import select

from portal.extensions import db
from portal.knowhow.actions import set_offices_of_team
from portal.offices.models import Office
from portal.seeds.demo.past import Calendar, Row, plain, rows
from portal.seeds.demo.people import People, coordinator
from portal.teams.actions import show_member, write_lessons
from portal.teams.adoptions import offer_adoption, refuse_adoption
from portal.teams.models import Team
from portal.teams.queries import membership_of
from portal.teams.wording import LESSONS


def furnish_rooms(when: Calendar, people: People) -> None:
    """Add partners, offices, lessons, names and adoptions."""
    names = {row["key"]: row["name"] for row in rows("teams", "team")}
    by_name = {team.name: team for team in db.session.scalars(select(Team))}
    teams = {key: by_name[name] for key, name in names.items()}
    offices = {office.slug: office.id for office in db.session.scalars(select(Office))}
    for row in rows("rooms", "room"):
        team = teams[row["team"]]
        team.partners = row.get("partners", [])
        set_offices_of_team(team, [offices[slug] for slug in row["offices"]])
        for member in row.get("named", []):
            membership = membership_of(team, people[member["who"]].id)
            assert membership is not None
            show_member(membership, is_named=True, role=member["role"])
        if "worked" in row:
            _learn(when, row, team)
    for number, row in enumerate(rows("rooms", "adoption")):
        _adopt(when, row, teams[row["team"]], people, number)


def _learn(when: Calendar, row: Row, team: Team) -> None:
    changed_at = team.changed_at
    with when.at(row["days_ago"], row["team"]):
        write_lessons(team, **{name: plain(row[name]) for name in LESSONS})
    team.changed_at = max(changed_at, team.changed_at)


def _adopt(when: Calendar, row: Row, team: Team, people: People, number: int) -> None:
    with when.at(row["days_ago"], row["message"]):
        adoption = offer_adoption(
            team, people[row["by"]], message=row["message"], brings=row["brings"]
        )
    if "reply" in row:
        with when.at(row["answered"], row["message"]):
            refuse_adoption(adoption, by=coordinator(people, number), reply=row["reply"])

"""The demo's data files: complete, consistent, and nobody in them is real."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.accounts.demo import DEMO_SIGN_INS
from portal.choices import LANGUAGES, REACH, TIMES
from portal.ideas.models import STATES
from portal.matches.actions import DECLINE_REASONS
from portal.matches.models import OUTCOMES
from portal.profiles.models import FIELDS, VISIBILITIES
from portal.teams.models import OPENING_KINDS, OPERATING_STATES, SECTORS
from portal.teams.wording import FOCUS

SEEDS = Path(__file__).parents[2] / "portal" / "seeds"
FILES = sorted((SEEDS / "demo").glob("*.toml"))
Row = dict[str, object]


def rows(file: str, name: str) -> list[Row]:
    return tomllib.loads((SEEDS / "demo" / file).read_text("utf-8"))[name]


TEAMS = rows("teams.toml", "team")
RESIDENTS = rows("residents.toml", "resident")
IDEAS = rows("ideas.toml", "idea")
ACCOUNTS = rows("accounts.toml", "account")
INTRODUCTIONS = rows("story.toml", "introduction")
DECLINED = rows("story.toml", "declined")
SNOOZED = rows("story.toml", "snoozed")
OPENINGS = {f"{team['key']}/{o['key']}": o for team in TEAMS for o in team.get("opening", [])}


def keys(listed: list[Row]) -> set[str]:
    return {row["key"] for row in listed}


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def all_texts() -> Iterator[str]:
    for file in FILES:
        yield from texts(tomllib.loads(file.read_text("utf-8")))


def test_there_is_enough_to_look_at():
    assert len(TEAMS) >= 28
    assert len(OPENINGS) >= 35
    assert len(RESIDENTS) >= 40
    assert len(IDEAS) >= 60
    assert len(DECLINED) >= 10


def test_no_key_is_used_twice():
    for listed in (TEAMS, RESIDENTS + ACCOUNTS, IDEAS):
        assert len(keys(listed)) == len(listed)


def test_people_and_ideas_speak_at_least_ten_languages():
    for listed in (RESIDENTS, IDEAS):
        spoken = Counter(row["language"] for row in listed)
        assert len(spoken) >= 10
        assert set(spoken) <= set(LANGUAGES)


def test_two_thirds_of_the_ideas_are_in_german():
    german = sum(idea["language"] == "de" for idea in IDEAS)
    assert 0.6 <= german / len(IDEAS) <= 0.7


def test_every_state_of_teams_and_ideas_occurs():
    assert {team["state"] for team in TEAMS} == set(OPERATING_STATES)
    assert {team.get("self_supporting", False) for team in TEAMS} == {True, False}
    assert {idea["state"] for idea in IDEAS} == set(STATES)


def test_finished_teams_look_for_nobody():
    assert not [t["key"] for t in TEAMS if t["state"] == "abgeschlossen" and "opening" in t]


def test_retold_teams_are_marked_and_name_their_source():
    for team in TEAMS:
        assert bool(team.get("example")) == ("source" in team), team["key"]


def test_no_invented_person_belongs_to_a_real_team():
    real = {team["key"] for team in TEAMS if team.get("example")}
    assert not [r["key"] for r in RESIDENTS if real & teams_of(r)]


@pytest.mark.parametrize("team", TEAMS, ids=lambda team: team["key"])
def test_a_team_is_written_as_the_portal_needs_it(team: Row):
    assert 60 <= len(team["challenge"].split()) <= 140
    assert (1 if team.get("example") else 2) <= len(team["log"]) <= 4
    assert set(team["focus"]) <= set(FOCUS)
    assert set(team.get("members", {})) <= set(SECTORS)
    assert set(team["languages"]) <= set(LANGUAGES)
    for opening in team.get("opening", []):
        assert opening["kind"] in OPENING_KINDS
        assert set(opening["times"]) <= set(TIMES)
        assert set(opening["languages"]) <= set(LANGUAGES)


@pytest.mark.parametrize("resident", RESIDENTS, ids=lambda resident: resident["key"])
def test_a_resident_is_written_as_the_portal_needs_it(resident: Row):
    assert " " not in resident["name"] or resident["name"] in ("Hilde vom Eck", "Abu Karim")
    assert set(resident["times"]) <= set(TIMES)
    assert set(resident["languages"]) <= set(LANGUAGES)
    assert resident["reach"] in REACH
    visibility = resident.get("visibility", {})
    assert set(visibility) <= set(FIELDS)
    assert set(visibility.values()) <= set(VISIBILITIES)
    assert teams_of(resident) <= keys(TEAMS)


def test_most_people_stay_closed_and_some_open_themselves():
    opened = [r for r in RESIDENTS if {"can", "cares"} <= set(r.get("visibility", {}))]
    assert 10 <= len(opened) < len(RESIDENTS) / 2


@pytest.mark.parametrize("idea", IDEAS, ids=lambda idea: idea["key"])
def test_the_steps_of_an_idea_lead_to_its_state(idea: Row):
    steps = idea.get("progress", [])
    days = [idea["days_ago"], *(step["days_ago"] for step in steps)]
    assert days == sorted(days, reverse=True)
    assert [*(step["state"] for step in steps), idea["state"]][-1] == idea["state"]
    assert steps or idea["state"] == "eingegangen"
    assert all(step.get("note") or step["state"] == "team_gegruendet" for step in steps)
    assert idea.get("by", "mira") in keys(RESIDENTS)
    assert idea.get("team", "schulweg") in keys(TEAMS)
    assert set(idea.get("similar", [])) <= keys(IDEAS)


def test_topics_and_districts_are_those_of_leipzig():
    places = tomllib.loads((SEEDS / "leipzig" / "places.toml").read_text("utf-8"))
    known = {d["name"] for borough in places["boroughs"] for d in borough["districts"]}
    used = {row["district"] for row in (*TEAMS, *RESIDENTS, *IDEAS) if "district" in row}
    assert used | {o["district"] for o in OPENINGS.values() if "district" in o} <= known
    topics = tomllib.loads((SEEDS / "leipzig" / "topics.toml").read_text("utf-8"))["topics"]
    assert {i["topic"] for i in IDEAS if "topic" in i} <= {topic["code"] for topic in topics}


def test_every_pair_of_the_story_exists_and_occurs_once():
    pairs = []
    for row in (*INTRODUCTIONS, *DECLINED, *SNOOZED):
        assert row["resident"] in keys(RESIDENTS)
        assert row["by"] in keys(ACCOUNTS)
        assert ("opening" in row) != ("idea" in row)
        assert row.get("opening", "schulweg/laufbus") in OPENINGS
        assert row.get("idea", "igel") in keys(IDEAS)
        pairs.append((row.get("opening", row.get("idea")), row["resident"]))
    assert len(pairs) == len(set(pairs))


def test_nobody_is_introduced_to_themselves():
    people = {resident["key"]: resident for resident in RESIDENTS}
    for row in INTRODUCTIONS:
        person = people[row["resident"]]
        if "opening" in row:
            team = row["opening"].split("/")[0]
            assert team not in person.get("leads", [])
            assert any(team in other.get("leads", []) for other in RESIDENTS), team
        else:
            initiator = next(idea["by"] for idea in IDEAS if idea["key"] == row["idea"])
            assert initiator != person["key"]


def test_introductions_are_seen_in_every_state():
    states = Counter(row["state"] for row in INTRODUCTIONS)
    assert set(states) == {"asked", "one_yes", "introduced", "declined", "met"}
    assert min(states.values()) >= 3
    assert {row["reason"] for row in DECLINED} <= set(DECLINE_REASONS)
    told = [answer for row in INTRODUCTIONS for answer in row.get("told", {}).values()]
    assert set(told) <= set(OUTCOMES)
    assert len(told) >= 5


def test_all_demo_sign_ins_have_a_person():
    addresses = {row.get("email") for row in (*RESIDENTS, *ACCOUNTS)}
    assert set(DEMO_SIGN_INS) <= addresses


def test_the_demo_team_lead_leads_two_running_teams_with_openings():
    lead = next(r for r in RESIDENTS if r.get("email") == "teamleitung@demo.example")
    running = [t for t in TEAMS if t["key"] in lead["leads"] and t["state"] == "laeuft"]
    assert len([team for team in running if team.get("opening")]) >= 2


def test_no_address_or_phone_number_could_be_real():
    for text in all_texts():
        assert all(a.endswith("@demo.example") for a in re.findall(r"\S+@\S+", text)), text
        if not text.startswith("https://"):
            number = re.search(r"\d[\d /()-]{6,}\d", text)
            # The block the Bundesnetzagentur keeps free for films.
            assert not number or re.fullmatch(r"030 23125 \d{3}", text), text
            assert "+49" not in text


def test_no_file_hides_invisible_characters():
    # U+200C is spelling in Farsi
    for text in all_texts():
        assert not re.search("[\u00ad\u200b\u200d-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", text), (
            text
        )


def teams_of(resident: Row) -> set[str]:
    return {*resident.get("leads", []), *resident.get("member_of", [])}


def test_requests_and_endings_name_what_exists_and_every_state_occurs():
    requests, wanted = (rows("recruiting.toml", name) for name in ("request", "wanted"))
    people = {resident["key"]: resident for resident in RESIDENTS}
    for row in requests:
        assert row["team"] in keys(TEAMS)
        assert row["team"] not in teams_of(people[row["resident"]])
        assert any(row["team"] in other.get("leads", []) for other in RESIDENTS)
        assert row.get("opening", row["team"] + "/").startswith(row["team"] + "/")
    named = {row["opening"] for row in (*requests, *wanted) if "opening" in row}
    assert named <= set(OPENINGS)
    states = {row["state"] for row in requests}
    assert states == {"open", "asked_back", "accepted", "declined", "withdrawn"}
    assert any(row["in_days"] < 0 for row in wanted)
    assert any(0 < row["in_days"] < 7 for row in wanted)

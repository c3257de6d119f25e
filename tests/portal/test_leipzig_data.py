"""Leipzig's seed files: complete, consistent, written for people and without anybody's contact."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from portal.funds.wording import WHO

SEEDS = Path(__file__).parents[2] / "portal" / "seeds" / "leipzig"
KINDS = {
    "amt",
    "beirat",
    "beauftragte",
    "quartiersmanagement",
    "betrieb",
    "beratung",
    "fonds",
    "meldestelle",
    "verband",
}
LANGUAGES = {"de", "en", "ar", "uk", "ru", "tr", "pl", "vi", "fa"}
WIQ_EAST = {
    "Anger-Crottendorf",
    "Sellerhausen-Stünz",
    "Schönefeld-Abtnaundorf",
    "Schönefeld-Ost",
    "Volkmarsdorf",
    "Neustadt-Neuschönefeld",
}
PHONE = re.compile(r"(\+49|\b0\d{2,4})[ /-]?\d{3,}")


def read(name: str) -> dict:
    return tomllib.loads((SEEDS / name).read_text(encoding="utf-8"))


def all_offices() -> list[dict]:
    files = sorted((SEEDS / "offices").glob("*.toml"))
    return [entry for path in files for entry in read(f"offices/{path.name}")["offices"]]


PLACES = read("places.toml")
DISTRICTS = {d["name"]: d for b in PLACES["boroughs"] for d in b["districts"]}
BOROUGHS = {b["name"] for b in PLACES["boroughs"]}
OFFICES = all_offices()
OFFICE_KEYS = {office["key"] for office in OFFICES}
each_office = pytest.mark.parametrize("office", OFFICES, ids=lambda office: office["key"])


def test_leipzig_has_ten_boroughs_and_63_districts():
    assert len(BOROUGHS) == 10
    assert len(DISTRICTS) == 63
    assert len({d["code"] for d in DISTRICTS.values()}) == 63


def test_a_district_code_begins_with_its_boroughs():
    for borough in PLACES["boroughs"]:
        assert all(d["code"].startswith(borough["code"]) for d in borough["districts"])


def test_residents_add_up_to_the_published_number():
    assert sum(borough["residents"] for borough in PLACES["boroughs"]) == 628_718


def test_the_areas_are_the_ones_wiq_works_in():
    east = {name for name, district in DISTRICTS.items() if district["area"] == "ost"}
    assert east == WIQ_EAST
    west = {d["code"][0] for d in DISTRICTS.values() if d["area"] == "west"}
    assert west == {"5", "7"}
    assert {district["area"] for district in DISTRICTS.values()} == {"", "ost", "west"}


@pytest.mark.parametrize("table", ["aliases", "aliases_whole"])
def test_every_alias_names_known_districts(table):
    for alias, districts in PLACES[table].items():
        assert districts, alias
        assert set(districts) <= set(DISTRICTS), alias
        assert len(districts) == len(set(districts)), alias


def test_at_least_150_names_people_type_are_known():
    assert len(PLACES["aliases"]) >= 150


def test_at_least_56_offices_have_unique_keys_and_names():
    assert len(OFFICES) >= 56
    assert len(OFFICE_KEYS) == len(OFFICES)
    assert len({office["name"] for office in OFFICES}) == len(OFFICES)


@each_office
def test_an_office_says_what_it_does_and_how_that_is_known(office):
    assert re.fullmatch(r"[a-z][a-z0-9-]+", office["key"])
    assert not office["key"].startswith("off-")
    assert len(office["duties"].split()) >= 10
    assert office["first_question"].strip()
    assert office["bring"].strip()
    assert office["kind"] in KINDS
    assert office["evidence"] in {"full", "partly", "general"}
    assert office["source"].startswith(("https://", "http://"))
    assert office.get("website", "https://").startswith("https://")
    assert isinstance(office["checked_on"], date)
    assert set(office["area"]) <= BOROUGHS | set(DISTRICTS)


@each_office
def test_an_office_knows_how_residents_say_it(office):
    phrases = office["everyday"]
    assert set(phrases) <= LANGUAGES
    assert 12 <= len(phrases["de"]) <= 25
    assert sum(len(words) for language, words in phrases.items() if language != "de") >= 4
    everything = [phrase for words in phrases.values() for phrase in words]
    assert len(everything) == len(set(everything))


def test_every_street_language_occurs_in_many_offices():
    for language in LANGUAGES:
        assert sum(language in office["everyday"] for office in OFFICES) >= 15, language


@pytest.mark.parametrize("path", sorted(SEEDS.rglob("*.*")), ids=lambda path: path.name)
def test_no_file_holds_a_mail_address_or_phone_number(path):
    text = re.sub(r"https?://\S+", "", path.read_text(encoding="utf-8"))
    assert "@" not in text
    assert not PHONE.search(text)


def test_traps_ask_a_question_and_lead_to_known_offices():
    traps = read("traps.toml")["traps"]
    assert len({trap["key"] for trap in traps}) == len(traps) >= 8
    for trap in traps:
        assert trap["question"].endswith("?")
        assert 2 <= len(trap["answers"]) <= 4
        assert len(trap["triggers"]) >= 3
        for answer in trap["answers"]:
            assert answer["office"] in OFFICE_KEYS
            assert answer["answer"]
            assert answer["why"].endswith(".")


def test_funds_name_their_source_and_known_offices():
    funds = read("funds.toml")["funds"]
    assert len({fund["key"] for fund in funds}) == len(funds) == 7
    for fund in funds:
        assert fund.get("office", "kulturamt") in OFFICE_KEYS
        assert set(fund["area"]) <= BOROUGHS | set(DISTRICTS)
        assert set(fund["who_codes"]) <= set(WHO)
        assert set(fund["topics"]) <= {topic["code"] for topic in read("topics.toml")["topics"]}
        assert all(fund[name] for name in ("name", "amount", "who", "deadline", "source"))


def test_about_twenty_topics_have_everyday_words():
    topics = read("topics.toml")["topics"]
    assert 18 <= len(topics) <= 24
    assert len({topic["code"] for topic in topics}) == len(topics)
    assert all(topic["name"] and len(topic["words"]) >= 6 for topic in topics)

"""The public list of what teams look for, and the life of an opening in its lead's hands."""

from datetime import timedelta

import pytest

from portal import clock
from portal.extensions import db
from portal.places.models import Borough, District
from portal.teams.actions import add_member, change_state, close_opening, create_team, open_opening
from portal.teams.models import Opening, Team


@pytest.fixture
def reudnitz(app) -> District:
    borough = Borough(code="2", name="Ost")
    district = District(code="25", name="Reudnitz-Thonberg", area="ost", borough=borough)
    db.session.add(district)
    db.session.commit()
    return district


@pytest.fixture
def garden(cem, ada, reudnitz) -> Team:
    team = create_team(by=cem, name="Hofgarten", challenge="Beete im Hof.", district=reudnitz)
    add_member(team, ada, is_lead=True)
    db.session.commit()
    return team


@pytest.fixture
def watering(garden, ada) -> Opening:
    found = open_opening(
        garden, by=ada, kind="skill", title="Wer gießt samstags?", hours_a_week=2,
        times=["wochenende_tag"], languages=["de", "ar"],
    )  # fmt: skip
    db.session.commit()
    return found


@pytest.fixture
def van(cem, ada) -> Opening:
    team = create_team(by=cem, name="Radwerkstatt", challenge="Räder reparieren.")
    add_member(team, ada, is_lead=True)
    found = open_opening(team, by=ada, kind="thing", title="Transporter gesucht")
    db.session.commit()
    return found


def titles(visitor, query: str = "") -> list[str]:
    return [each.text for each in visitor.visit(f"/gesuche/{query}").select("article h2")]


def test_everybody_narrows_the_list_down(visitor, watering, van, reudnitz):
    both = ["Transporter gesucht", "Wer gießt samstags?"]
    assert titles(visitor) == both
    assert titles(visitor, "?art=thing") == both[:1]
    assert titles(visitor, f"?ortsteil={reudnitz.id}") == both[1:]  # the team's place counts
    assert titles(visitor, "?zeit=wochenende_tag") == both  # who names no time fits any
    assert titles(visitor, "?zeit=werktag_abend") == both[:1]
    assert titles(visitor, "?sprache=ar") == both
    assert titles(visitor, "?sprache=vi") == both[:1]
    assert titles(visitor, "?art=x&zeit=%27&sprache=%25&ortsteil=99999999999&nach=-1") == both
    assert "Dazu sucht gerade niemand" in visitor.visit("/gesuche/?art=caretaker").text


def test_the_list_says_what_time_it_takes_and_until_when(visitor, watering):
    text = visitor.visit("/gesuche/").select_one("article").get_text(" ", strip=True)
    assert "etwa 2 Stunden in der Woche" in text
    assert "Reudnitz-Thonberg" in text
    assert watering.wanted_until == clock.today() + timedelta(weeks=6)


def test_closed_openings_and_those_of_finished_teams_are_not_listed(
    visitor, cem, ada, watering, van
):
    close_opening(van, by=ada)
    db.session.commit()
    assert titles(visitor) == ["Wer gießt samstags?"]
    change_state(
        db.session.get(Team, watering.team_id), state="abgeschlossen", self_supporting=False, by=cem
    )
    db.session.commit()
    assert titles(visitor) == []


def test_a_long_list_is_paged_and_cheap(visitor, garden, ada, count_queries):
    for number in range(60):
        open_opening(garden, by=ada, kind="skill", title=f"Gesuch {number}")
    db.session.commit()
    visitor.visit("/impressum")
    count_queries.clear()
    page = visitor.visit("/gesuche/")
    assert len(count_queries) <= 6, count_queries
    seen = []
    while True:
        seen += [each.text for each in page.select("article h2")]
        following = page.select_one("a[rel=next]")
        if not following:
            break
        page = visitor.visit(following["href"])
    assert seen == [f"Gesuch {number}" for number in reversed(range(60))]


def test_a_lead_says_until_when_and_how_much_time(as_user, ada, garden):
    browser, url = as_user(ada), f"/teams/{garden.id}/gesuche/neu"
    given = {"kind": "caretaker", "title": "Patin für Beet 3", "hours_a_week": "1"}
    day = clock.today() + timedelta(days=20)
    page = browser.submit(url, **given, wanted_until=day.isoformat())
    assert "etwa 1 Stunde" in page.text
    opening = db.session.query(Opening).one()
    assert (opening.wanted_until, opening.hours_a_week) == (day, 1)
    for wrong in ("2020-01-01", (clock.today() + timedelta(days=400)).isoformat(), "x", ""):
        page = browser.submit(url, status=422, **given, wanted_until=wrong)
        assert page.select_one("#wanted_until-error"), wrong
        assert page.select_one("#title")["value"] == "Patin für Beet 3"


def test_a_lead_goes_on_looking_and_a_stranger_cannot(as_user, ada, ben, watering):
    until = watering.wanted_until
    as_user(ben).submit(f"/gesuche/{watering.id}/verlaengern", status=403)
    page = as_user(ada).submit(f"/gesuche/{watering.id}/verlaengern", target="opening-state")
    assert page.select_one("#opening-state")
    assert db.session.get(Opening, watering.id).wanted_until == until + timedelta(weeks=6)


def test_the_lead_reads_who_is_shown_and_who_is_asked_first(as_user, visitor, ada, watering):
    assert "Prüfliste" in as_user(ada).visit(f"/gesuche/{watering.id}").text
    assert "Prüfliste" not in visitor.visit(f"/gesuche/{watering.id}").text

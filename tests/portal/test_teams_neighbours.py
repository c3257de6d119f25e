"""Neighbours of a team: similar ones with reasons, and twins that did the same elsewhere."""

import pytest

from portal.extensions import db
from portal.places.models import Borough, District
from portal.teams import actions
from portal.teams.models import Team
from tests.portal.pairs import follow_up

BENCHES = "Wir stellen Bänke auf den Gehweg, damit ältere Leute im Schatten ausruhen können."


@pytest.fixture
def districts(app) -> list[District]:
    borough = Borough(code="2", name="Ost")
    found = [
        District(code=str(n), name=name, area="ost", borough=borough)
        for n, name in enumerate(("Volkmarsdorf", "Paunsdorf"), 20)
    ]
    db.session.add_all(found)
    db.session.commit()
    return found


def team(cem, name: str, district: District, state: str = "laeuft", text: str = BENCHES) -> Team:
    found = actions.create_team(
        by=cem, name=name, challenge=text, focus=["Senioren"], district=district
    )
    actions.change_state(found, state=state, self_supporting=False, by=cem)
    return found


def test_a_twin_is_elsewhere_and_has_done_it(visitor, cem, districts):
    here, there = districts
    own = team(cem, "Sitzpause", here)
    team(cem, "Rastplatz", there, "abgeschlossen")
    team(cem, "Ruhebank", here)
    team(cem, "Bankschlaf", there, "pausiert")
    team(cem, "Fahrradkurs", there, text="Wir bringen Kindern bei, Fahrräder zu reparieren.")
    db.session.commit()
    follow_up()
    page = visitor.visit(f"/teams/{own.id}/nachbarn")
    names = [title.text for title in page.select(".card__title")]
    assert set(names[:2]) == {"Ruhebank", "Bankschlaf"}
    assert names[2:] == ["Rastplatz"]
    text = page.main.text
    assert text.index("Ähnliche Teams") < text.index("Zwillinge anderswo") < text.index("Rastplatz")
    assert "Gleiches Thema: Senioren" in text
    assert page.select(".reasons mark")
    fragment = visitor.visit(f"/teams/{own.id}/nachbarn", target="neighbours")
    assert fragment.select_one("h1") is None


def test_a_team_without_neighbours_says_so(visitor, cem, districts):
    own = team(cem, "Sitzpause", districts[0])
    db.session.commit()
    follow_up()
    assert "gibt es noch nicht" in visitor.visit(f"/teams/{own.id}/nachbarn").main.text
    visitor.visit("/teams/99/nachbarn", status=404)


def test_many_neighbours_need_few_statements(visitor, cem, districts, count_queries):
    for number in range(20):
        team(cem, f"Bank {number}", districts[number % 2])
    db.session.commit()
    follow_up()
    visitor.visit("/teams/1/nachbarn")
    count_queries.clear()
    page = visitor.visit("/teams/1/nachbarn")
    assert len(page.select(".card")) == 6
    assert len(count_queries) <= 6

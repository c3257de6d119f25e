"""The start page and the pages the law asks for."""

import pytest

from portal.extensions import db
from portal.ideas.actions import hide_idea, publish_idea, submit_idea
from portal.teams.actions import close_opening, create_team, open_opening
from portal.teams.models import Team

LEGAL = {
    "/impressum": "Impressum",
    "/datenschutz": "Datenschutz",
    "/barrierefreiheit": "Barrierefreiheit",
}


@pytest.fixture
def bank(app, cem):
    """A public idea of somebody without an account."""
    idea = submit_idea(
        problem="An der Haltestelle kann niemand sitzen.", wish="Eine Bank im Schatten."
    ).idea
    publish_idea(idea, cem)
    db.session.commit()
    return idea


@pytest.fixture
def welding(app, ada):
    """What a team looks for: a person who can weld."""
    team = create_team(by=ada, name="Hofgarten", challenge="Der Hof soll grün werden.")
    opening = open_opening(team, by=ada, kind="skill", title="Schweißen am Pflanzgestell")
    db.session.commit()
    return opening


def test_a_visitor_finds_three_doors_and_a_search_box(visitor):
    page = visitor.visit("/")
    doors = {door.strong.text: door["href"] for door in page.select("a.door")}
    assert doors == {
        "Idee einbringen": "/ideen/neu",
        "Mitmachen": "/mitmachen",
        "Ansprechstelle finden": "/ansprechstellen/",
    }
    assert page.select_one("form[role=search]")["action"] == "/suche"


def test_an_empty_portal_says_what_to_do_first(visitor):
    page = visitor.visit("/")
    assert [title.text for title in page.select(".empty h3")] == [
        "Noch keine Idee",
        "Gerade sucht kein Team",
    ]
    assert not page.select(".counts"), "no row of zeros"


def test_public_ideas_and_open_wishes_for_people_are_shown(visitor, bank, welding):
    page = visitor.visit("/")
    links = {link.text: link["href"] for link in page.select(".card a")}
    assert links[bank.title] == f"/ideen/{bank.id}"
    assert links["Schweißen am Pflanzgestell"] == f"/gesuche/{welding.id}"
    assert [count.text for count in page.select(".counts dd")] == ["1", "1"]


def test_a_hidden_idea_and_a_closed_opening_leave_the_start_page(visitor, bank, welding, ada, cem):
    hide_idea(bank, cem, "Doppelt eingegangen.")
    close_opening(welding, by=ada)
    db.session.commit()
    page = visitor.visit("/")
    assert not page.select(".card")
    assert [count.text for count in page.select(".counts dd")] == ["1"]


def test_openings_of_teams_that_are_only_retold_are_left_out(visitor, welding):
    db.session.get_one(Team, welding.team_id).is_example = True
    db.session.commit()
    assert not visitor.visit("/").select(".card")


def test_the_start_page_needs_four_statements(visitor, bank, welding, count_queries):
    count_queries.clear()
    visitor.visit("/")
    assert len(count_queries) <= 4, count_queries


@pytest.mark.parametrize("path", LEGAL)
def test_legal_pages_are_linked_from_the_foot_of_every_page(visitor, path):
    assert visitor.visit("/").select_one(f"footer a[href='{path}']")
    assert visitor.visit(path).h1.text == LEGAL[path]


def test_the_demonstration_says_that_its_operator_is_invented(visitor):
    assert "Vorführung" in visitor.visit("/impressum").main.text
    assert "erfunden" in visitor.visit("/datenschutz").main.text


def test_an_operator_who_filled_in_nothing_does_not_pass_for_the_demonstration(app, visitor):
    app.config["ENVIRONMENT"] = "production"
    try:
        page = visitor.visit("/impressum")
    finally:
        app.config["ENVIRONMENT"] = "demo"
    assert "noch nicht eingetragen" in page.main.text
    assert "Musterkiez" not in page.main.text


def test_a_wrong_address_leads_back_home(visitor):
    page = visitor.visit("/gibt-es-nicht", status=404)
    assert page.h1.text == "Diese Seite gibt es nicht"
    assert page.select_one("main a[href='/']")


def test_the_first_visit_asks_for_at_most_eight_files_of_our_own(visitor):
    page = visitor.visit("/")
    files = {
        (element.get("href") or element.get("src")).partition("#")[0]
        for element in page.select("link[href], script[src], img[src], use[href]")
    }
    assert all(file.startswith("/static/") for file in files)
    assert len(files) + 1 <= 8, files


def test_menu_entries_stand_in_the_wide_bar_and_in_the_phone_menu(visitor):
    page = visitor.visit("/")
    wide = [link["href"] for link in page.select(".site-header .wrap > .nav a")]
    narrow = [link["href"] for link in page.select(".menu a")]
    assert wide == narrow
    assert "/anmelden" in wide


def test_nothing_on_a_page_needs_an_inline_style_or_a_foreign_host(visitor):
    for path in ("/", *LEGAL):
        html = visitor.get(path).text
        assert "http://" not in html.replace("http://www.w3.org", "")
        assert " style=" not in html

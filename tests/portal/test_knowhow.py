"""Check-lists, lessons, and the offices of a team: complete, found, and open to everybody."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.ideas.actions import submit_idea
from portal.knowhow.guides import all_guides, find_guides, guides_for
from portal.knowhow.queries import teams_that_did, teams_with_lessons
from portal.offices.models import Office
from portal.teams import actions
from portal.teams.models import OPENING_KINDS, Lessons, Team
from portal.teams.wording import LESSONS


@pytest.fixture
def bench(cem, ada) -> Team:
    """A finished team that put up a bench."""
    team = actions.create_team(by=cem, name="Sitzpause", challenge="Eine Bank vor dem Treff.")
    actions.add_member(team, ada, is_lead=True)
    actions.write_lessons(
        team, worked="Der Bäcker hat sie übernommen.", otherwise="", costs="300 Euro",
        duration="", permits="Sondernutzung",
    )  # fmt: skip
    actions.change_state(team, state="abgeschlossen", self_supporting=False, by=cem)
    db.session.commit()
    return team


def test_the_five_types_of_projects_are_there_and_complete():
    guides = all_guides()
    assert list(guides) == ["bank", "parklet", "strassenfest", "verschenkeschrank", "baumscheibe"]
    for guide in guides.values():
        assert len(guide.steps) >= 5
        assert guide.lessons
        assert guide.sources
        assert {need.kind for need in guide.needs} <= set(OPENING_KINDS)
        assert all(len(need.title) <= 120 for need in guide.needs)
        assert all(source.url.startswith("https://") for source in guide.sources)
        assert guide.checked_on <= clock.today() + timedelta(days=1)


def test_every_office_of_a_check_list_is_in_the_directory(leipzig):
    slugs = set(db.session.scalars(select(Office.slug)))
    named = {step.office for guide in all_guides().values() for step in guide.steps}
    assert named - {""} <= slugs


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Vor dem Haus fehlt eine Bank zum Ausruhen", "bank"),
        ("Bei uns kann man nirgends sitzen, wir hätten gern Sitzbänke", "bank"),
        ("Ein Parklet vor dem Café", "parklet"),
        ("Wir wollen ein Straßenfest feiern", "strassenfest"),
        ("Ein Schrank, in dem man Sachen verschenken kann", "verschenkeschrank"),
        ("Die Baumscheibe vor unserem Haus ist kahl", "baumscheibe"),
        ("нужна скамейка у дома", "bank"),
    ],
)
def test_everyday_words_find_the_check_list(text, code):
    assert code in [guide.code for guide in guides_for(text)]


@pytest.mark.parametrize("text", ["", "Mein Bankkonto ist leer", "Die Ampel ist zu kurz grün"])
def test_other_concerns_find_none(text):
    assert guides_for(text) == []


def test_a_visitor_reads_a_check_list_with_offices_and_teams(leipzig, visitor, bench):
    page = visitor.visit("/wissen/bank")
    assert page.select_one("main a[href='/ansprechstellen/tiefbau']")
    assert page.select_one(f"main a[href='/teams/{bench.id}']")
    assert "Unser Rat, keine Vorschrift" in page.main.text
    visitor.visit("/wissen/raumschiff", status=404)


def test_know_how_is_searched(visitor, bench):
    page = visitor.visit("/wissen/")
    assert len(page.select("main .card__link[href^='/wissen/']")) == 5
    page = visitor.visit("/wissen/?q=B%C3%A4cker")
    assert page.select_one(f"a[href='/teams/{bench.id}']")
    fragment = visitor.visit("/wissen/?q=Feuerwehr", target="know-how")
    assert fragment.select_one("a[href='/wissen/parklet']")
    assert "noch nichts aufgeschrieben" in visitor.visit("/wissen/?q=xqzt").main.text
    assert find_guides("Parklet")[0].code == "parklet"


def test_an_idea_shows_what_fits_and_who_did_it(visitor, as_user, ada, ben, bench):
    idea = submit_idea(
        problem="Vor dem Laden fehlt eine Bank.", wish="Ein Platz zum Sitzen.", initiator=ada
    ).idea
    db.session.commit()
    path = f"/ideen/{idea.id}/wissen"
    visitor.visit(path, status=404)
    as_user(ben).visit(path, status=404)
    for page in (
        as_user(ada).visit(path),
        visitor.visit(f"{path}?t={idea.progress_token}"),
        visitor.visit(f"{path}?t={idea.progress_token}", target="know-how"),
    ):
        assert page.select_one("a[href='/wissen/bank']")
        assert page.select_one(f"a[href='/teams/{bench.id}']")
    page = visitor.visit(f"/fortschritt/{idea.progress_token}")
    assert page.select_one("#know-how a")["href"].startswith(path)


def test_lessons_are_written_by_leads_and_read_by_everybody(visitor, as_user, ada, ben, cem, bench):
    path = f"/teams/{bench.id}/gelernt"
    assert visitor.get(path).location.startswith("/anmelden")
    as_user(ben).visit(path, status=403)
    as_user(ben).submit(path, status=403, worked="Quatsch")
    page = as_user(ada).submit(path, worked="Früh fragen.", costs="", permits="<b>Amt</b>")
    assert "Früh fragen." in page.main.text
    assert "<b>Amt</b>" in page.main.text
    assert "300 Euro" not in visitor.visit(f"/teams/{bench.id}").main.text
    as_user(cem).submit(path, **dict.fromkeys(LESSONS, ""))
    assert db.session.get(Lessons, bench.id) is None
    assert "Was wir gelernt haben" not in visitor.visit(f"/teams/{bench.id}").main.text


@pytest.mark.parametrize("text", ["a\x00b", "abc \u202eevil", "🌱🌳", "x" * 100_000])
def test_bad_lessons_are_answered_in_german(as_user, ada, bench, text):
    page = as_user(ada).submit(f"/teams/{bench.id}/gelernt", status=422, worked=text)
    assert page.select_one(".error-summary a[href='#worked']")


def test_offices_of_a_team_are_chosen_by_its_lead(leipzig, visitor, as_user, ada, ben, bench):
    office = db.session.scalars(select(Office).where(Office.slug == "tiefbau")).one()
    path = f"/teams/{bench.id}/stellen"
    as_user(ben).visit(f"{path}/bearbeiten", status=403)
    as_user(ben).submit(f"{path}/bearbeiten", status=403, offices=[office.id])
    as_user(ada).submit(f"{path}/bearbeiten", offices=[office.id])
    assert visitor.visit(path).select_one("main a[href='/ansprechstellen/tiefbau']")
    assert visitor.visit(path).select_one("main a[href$='/bearbeiten']") is None
    page = as_user(ada).visit(f"{path}/bearbeiten")
    assert page.select_one("[name=offices][checked]")["value"] == str(office.id)
    page = visitor.visit("/ansprechstellen/tiefbau/teams", target="office-teams")
    assert page.select_one(f"a[href='/teams/{bench.id}']")
    as_user(ada).submit(f"{path}/bearbeiten", status=422, offices=[999999])
    as_user(ada).submit(f"{path}/bearbeiten", csrf_token="")
    assert "Noch ist keine genannt" in visitor.visit(path).main.text


def test_lists_need_few_statements(leipzig, visitor, cem, bench, count_queries):
    for number in range(30):
        team = actions.create_team(by=cem, name=f"Bank {number}", challenge="Eine Bank.")
        actions.write_lessons(team, worked="Gut.", otherwise="", costs="", duration="", permits="")
    db.session.commit()
    for path in ("/wissen/", "/wissen/?q=Bank", "/wissen/bank", "/ansprechstellen/tiefbau/teams"):
        count_queries.clear()
        visitor.visit(path)
        assert len(count_queries) <= 6, path
    assert len(teams_with_lessons()) == 12
    assert len(teams_that_did([all_guides()["bank"]])["bank"]) == 4

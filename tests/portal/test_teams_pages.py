"""The pages of the teams room as visitors, members, leads and coordinators see them."""

from datetime import date

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.ideas.models import Idea
from portal.places.models import Borough, District
from portal.profiles.actions import save_profile
from portal.profiles.models import PUBLIC
from portal.teams import actions
from portal.teams.models import Opening, StatusEntry, Team

TEAM_TEXTS = {"name": "Hofgarten", "challenge": "Beete im Hof anlegen.", "languages": "de"}
OPENING_TEXTS = {"kind": "skill", "title": "Wer gießt samstags mit?"}
BAD_TEXTS = {
    "1 MB": "x" * 1_000_000,
    "NUL": "a\x00bc",
    "bidi": "abc \u202eevil",
    "emoji": "🌱🌳🌻",
    "HTML": "<script>alert(1)</script>" * 200,
}


@pytest.fixture
def reudnitz(app) -> District:
    borough = Borough(code="2", name="Ost")
    district = District(code="25", name="Reudnitz-Thonberg", area="ost", borough=borough)
    db.session.add(district)
    db.session.commit()
    return district


@pytest.fixture
def garden(cem, ada) -> Team:
    """Ada's team."""
    team = actions.create_team(
        by=cem, name="Hofgarten", challenge="Beete im Hof anlegen.", focus=["Mobilität"]
    )
    actions.add_member(team, ada, is_lead=True)
    db.session.commit()
    return team


@pytest.fixture
def watering(garden, ada) -> Opening:
    opening = actions.open_opening(
        garden, by=ada, kind="skill", title="Gießen am Samstag", times=["wochenende_tag"]
    )
    db.session.commit()
    return opening


def new_idea(**given) -> Idea:
    idea = Idea(
        problem="Der Hof ist kahl.",
        wish="Beete.",
        title="Beete im Hof",
        progress_token="t" * 20,
        claim_code_hash="h" * 20,
        state="angenommen",
        **given,
    )
    db.session.add(idea)
    db.session.commit()
    return idea


def test_a_visitor_reads_the_public_profile(visitor, garden, ada):
    actions.add_status(garden, text="Die Erde ist da", by=ada, day=date(2024, 3, 1))
    actions.add_status(garden, text="Die Beete stehen", by=ada, day=date(2024, 5, 1))
    garden.sectors = {"verwaltung": 4, "politik": 1}
    db.session.commit()
    page = visitor.visit(f"/teams/{garden.id}")
    log = page.select_one("#team-log")
    assert log.text.index("Die Beete stehen") < log.text.index("Frühere Stände")
    assert "Die Erde ist da" in log.select_one(".timeline").text
    assert "Verwaltung 4, Politik (einzelne)" in page.text
    assert "1 Mensch," in page.text
    assert page.select_one("#suggestions a")["href"] == f"/teams/{garden.id}/passend"
    assert page.select_one("main form") is None
    assert "Ada" not in page.main.text
    assert "example.org" not in page.text


def test_members_are_named_only_if_they_opened_themselves(visitor, as_user, garden, ada, ben, cem):
    assert "Ada" not in as_user(ben).visit(f"/teams/{garden.id}").main.text
    assert "Ada" in as_user(cem).visit(f"/teams/{garden.id}").main.text
    as_user(ada).submit(f"/teams/{garden.id}/mein-platz", is_named="y", role="Gießplan")
    assert "Ada (Teamleitung), Gießplan" in visitor.visit(f"/teams/{garden.id}").main.text
    told = dict.fromkeys(("learn", "cares", "rules_out"), "")
    save_profile(
        ada,
        can="Gärtnern",
        **told,
        times=[],
        languages=[],
        district=None,
        reach="stadt",
        visibility={"can": PUBLIC},
    )
    db.session.commit()
    page = visitor.visit(f"/teams/{garden.id}")
    assert page.select_one(f"a[href='/leute/{ada.id}']").text == "Ada"
    as_user(ada).submit(f"/teams/{garden.id}/mein-platz", role="Gießplan")
    assert "Gießplan" not in visitor.visit(f"/teams/{garden.id}").main.text
    as_user(ben).visit(f"/teams/{garden.id}/mein-platz", status=403)


def test_a_paused_team_is_offered_and_a_finished_one_shares_what_it_learnt(visitor, garden, cem):
    actions.change_state(garden, state="pausiert", self_supporting=False, by=cem)
    db.session.commit()
    assert "Neue gesucht" in visitor.visit(f"/teams/{garden.id}").text
    actions.change_state(garden, state="abgeschlossen", self_supporting=False, by=cem)
    db.session.commit()
    page = visitor.visit(f"/teams/{garden.id}")
    assert "nichts mehr beizutreten, aber Erfahrung" in page.text
    assert page.select_one("a[href*='gesuche/neu']") is None


def test_states_may_stand_beside_each_other(visitor, garden, cem):
    actions.change_state(garden, state="im_betrieb", self_supporting=True, by=cem)
    db.session.commit()
    words = [badge.text for badge in visitor.visit(f"/teams/{garden.id}").main.select(".badge")]
    assert words == ["im Betrieb", "selbsttragende Struktur"]


def test_an_example_names_its_source(visitor, garden):
    garden.is_example, garden.source_url = True, "https://example.org/team"
    db.session.commit()
    page = visitor.visit(f"/teams/{garden.id}")
    assert "Beispiel" in [badge.text for badge in page.main.select(".badge")]
    assert page.select_one("a[href='https://example.org/team']")


def test_what_does_not_exist_is_not_found(visitor, as_user, cem):
    for path in ("/teams/7", "/gesuche/7", "/teams/99999999999999999999"):
        visitor.visit(path, status=404)
    as_user(cem).visit("/teams/neu?idee=7", status=404)


def test_strangers_are_sent_to_sign_in(visitor, garden, watering):
    for path in (
        "/teams/neu",
        f"/teams/{garden.id}/bearbeiten",
        f"/teams/{garden.id}/status",
        f"/teams/{garden.id}/gesuche/neu",
        f"/gesuche/{watering.id}/bearbeiten",
    ):
        answer = visitor.get(path)
        assert answer.status_code == 302
        assert "/anmelden" in answer.location


def test_people_who_do_not_lead_the_team_change_nothing(as_user, garden, watering, ben):
    actions.add_member(garden, ben)  # a member is not the lead
    db.session.commit()
    browser = as_user(ben)
    for path in ("bearbeiten", "status", "gesuche/neu"):
        browser.visit(f"/teams/{garden.id}/{path}", status=403)
        browser.submit(f"/teams/{garden.id}/{path}", status=403, **TEAM_TEXTS)
    browser.submit(f"/teams/{garden.id}/stand", status=403, text="Quatsch")
    for path in ("bearbeiten", "schliessen", "oeffnen"):
        browser.submit(f"/gesuche/{watering.id}/{path}", status=403, **OPENING_TEXTS)
    browser.submit("/teams/neu", status=403, **TEAM_TEXTS)
    assert db.session.get(Opening, watering.id).is_open
    assert db.session.scalars(select(StatusEntry)).all() == []


def test_a_former_lead_changes_nothing(as_user, garden, ada):
    actions.end_membership(garden, ada)
    db.session.commit()
    as_user(ada).visit(f"/teams/{garden.id}/bearbeiten", status=403)


def test_the_lead_changes_the_profile(as_user, garden, ada, reudnitz):
    page = as_user(ada).submit(
        f"/teams/{garden.id}/bearbeiten",
        name="Hofgarten Ost",
        challenge="Beete und Bänke.",
        focus=["Begegnung", "Umwelt"],
        languages=["de", "ar"],
        district=reudnitz.id,
        verwaltung="2",
    )
    assert page.h1.text == "Hofgarten Ost"
    team = db.session.get(Team, garden.id)
    assert (team.focus, team.languages) == (["Begegnung", "Umwelt"], ["de", "ar"])
    assert (team.district_id, team.sectors) == (reudnitz.id, {"verwaltung": 2})


def test_the_form_shows_what_the_team_says_now(as_user, garden, ada):
    page = as_user(ada).visit(f"/teams/{garden.id}/bearbeiten")
    assert page.select_one("#name")["value"] == "Hofgarten"
    assert page.select_one("[name=focus][checked]")["value"] == "Mobilität"


def test_the_lead_changes_the_state_and_the_log_says_when(as_user, garden, ada):
    page = as_user(ada).submit(
        f"/teams/{garden.id}/status", state="im_betrieb", self_supporting="y", note="Wir gießen."
    )
    assert "Wir gießen." in page.select_one("#team-log").text
    entry = db.session.scalars(select(StatusEntry)).one()
    assert (entry.state, entry.self_supporting, entry.by_id) == ("im_betrieb", True, ada.id)
    page = as_user(ada).submit(f"/teams/{garden.id}/status", state="pausiert")
    assert "Neuer Status: pausiert" in page.select_one(".timeline").text


def test_the_lead_writes_a_new_stand_without_leaving_the_page(as_user, garden, ada):
    browser, path = as_user(ada), f"/teams/{garden.id}/stand"
    fragment = browser.submit(path, target="team-log", text="Die Erde ist da", day="2024-03-01")
    assert fragment.select_one("h1") is None
    assert "Die Erde ist da" in fragment.select_one("#team-log").text
    fragment = browser.submit(path, status=422, target="team-log", text="Morgen", day="2999-01-01")
    assert "schon war" in fragment.select_one(".error-summary").text
    assert fragment.select_one("#text").text.strip() == "Morgen"
    page = browser.submit(path, status=422, text="")
    assert page.title.text.startswith("Fehler:")


def test_the_lead_opens_changes_closes_and_reopens_an_opening(as_user, garden, ada, reudnitz):
    browser = as_user(ada)
    page = browser.submit(
        f"/teams/{garden.id}/gesuche/neu",
        **OPENING_TEXTS,
        times=["wochenende_tag"],
        district=reudnitz.id,
        languages="uk",
    )
    assert page.h1.text == OPENING_TEXTS["title"]
    for words in ("am Wochenende tagsüber", "Ukrainisch", "Reudnitz-Thonberg", "Hofgarten"):
        assert words in page.main.text
    path = f"/gesuche/{db.session.scalars(select(Opening)).one().id}"
    assert page.select_one("#suggestions a")["href"] == f"{path}/passend"
    page = browser.submit(f"{path}/bearbeiten", kind="thing", title="Eine Gießkanne")
    assert page.h1.text == "Eine Gießkanne"
    fragment = browser.submit(f"{path}/schliessen", target="opening-state")
    assert "geschlossen" in fragment.select_one("#opening-state").text
    lead_panel = browser.visit(f"/teams/{garden.id}").select_one("#lead-title").parent
    assert "Eine Gießkanne" in lead_panel.text
    page = browser.submit(f"{path}/oeffnen")
    assert "wieder offen" in page.select_one("#notices").text


def test_a_finished_team_opens_nothing(as_user, garden, ada, cem):
    actions.change_state(garden, state="abgeschlossen", self_supporting=False, by=cem)
    db.session.commit()
    page = as_user(ada).visit(f"/teams/{garden.id}/gesuche/neu", status=400)
    assert "sucht nichts mehr" in page.text


def test_interest_is_one_button_for_people_outside_the_team(visitor, as_user, watering, ada, ben):
    path = f"/gesuche/{watering.id}"
    form = as_user(ben).visit(path).select_one("#opening-state form")
    assert form["action"] == f"/wunsch/opening/{watering.id}"
    assert "Ich habe Interesse" in form.text
    page = as_user(ada).visit(path)
    assert "Du gehörst zu diesem Team" in page.text
    page = visitor.visit(path)
    assert page.select_one("#opening-state a[href*='/anmelden']")
    assert page.select_one("#opening-state form") is None


def test_coordinators_found_teams(as_user, cem):
    page = as_user(cem).submit("/teams/neu", **TEAM_TEXTS)
    assert page.h1.text == "Hofgarten"
    page = as_user(cem).submit("/teams/neu", status=422, **TEAM_TEXTS)
    assert "gibt es schon" in page.select_one(".error-summary").text


def test_a_team_grows_from_an_idea(as_user, cem):
    idea = new_idea()
    browser = as_user(cem)
    page = browser.visit(f"/teams/neu?idee={idea.id}")
    assert page.select_one("#name")["value"] == "Beete im Hof"
    assert "Der Hof ist kahl." in page.select_one("#challenge").text
    browser.submit(page.select_one("#team-form")["action"], **TEAM_TEXTS)
    team = db.session.scalars(select(Team)).one()
    assert db.session.get(Idea, idea.id).team_id == team.id
    assert db.session.get(Idea, idea.id).state == "team_gegruendet"
    browser.visit(f"/teams/neu?idee={idea.id}", status=409)


def test_nobody_founds_a_team_from_their_own_idea(as_user, cem):
    idea = new_idea(initiator_id=cem.id)
    as_user(cem).visit(f"/teams/neu?idee={idea.id}", status=400)


def test_a_private_idea_is_not_linked_from_the_public_page(visitor, garden):
    idea = new_idea()
    idea.state, idea.team_id = "team_gegruendet", garden.id
    db.session.commit()
    assert visitor.visit(f"/teams/{garden.id}").select_one("main a[href^='/ideen/']") is None


@pytest.mark.parametrize("text", ["", *BAD_TEXTS.values()], ids=["empty", *BAD_TEXTS])
@pytest.mark.parametrize("field", ["name", "challenge"])
def test_bad_team_texts_are_answered_in_german_and_kept(as_user, garden, ada, field, text):
    answer = as_user(ada).post(f"/teams/{garden.id}/bearbeiten", data=TEAM_TEXTS | {field: text})
    assert_explained(answer, field, text)


@pytest.mark.parametrize("text", ["", *BAD_TEXTS.values()], ids=["empty", *BAD_TEXTS])
def test_a_bad_stand_is_answered_in_german_and_kept(as_user, garden, ada, text):
    assert_explained(
        as_user(ada).post(f"/teams/{garden.id}/stand", data={"text": text}), "text", text
    )


@pytest.mark.parametrize("text", BAD_TEXTS.values(), ids=BAD_TEXTS)
def test_a_bad_note_is_answered_in_german_and_kept(as_user, garden, ada, text):
    answer = as_user(ada).post(
        f"/teams/{garden.id}/status", data={"state": "pausiert", "note": text}
    )
    assert_explained(answer, "note", text)


@pytest.mark.parametrize("text", BAD_TEXTS.values(), ids=BAD_TEXTS)
@pytest.mark.parametrize("field", ["title", "text"])
def test_bad_opening_texts_are_answered_in_german_and_kept(as_user, garden, ada, field, text):
    answer = as_user(ada).post(
        f"/teams/{garden.id}/gesuche/neu", data=OPENING_TEXTS | {field: text}
    )
    assert_explained(answer, field, text)


@pytest.mark.parametrize(
    ("path", "wrong", "words"),
    [
        ("bearbeiten", {"focus": "Krieg"}, "aus der Liste"),
        ("bearbeiten", {"languages": "xx"}, "aus der Liste"),
        ("bearbeiten", {"district": "9999999999999999999999"}, "aus der Liste"),
        ("bearbeiten", {"politik": "-1"}, "von 0 bis 999"),
        ("status", {"state": "kaputt"}, "aus der Liste"),
        ("status", {"state": ""}, "Status aus"),
        ("gesuche/neu", {"kind": "geld"}, "aus der Liste"),
        ("gesuche/neu", {"times": "nachts"}, "aus der Liste"),
        ("gesuche/neu", {"title": ""}, "in einem Satz"),
        ("stand", {"text": "Erde", "day": "gestern"}, "Datum"),
        ("bearbeiten", {"politik": "viele"}, "Zahl"),
    ],
)
def test_a_choice_that_does_not_exist_is_answered_in_german(
    as_user, garden, ada, path, wrong, words
):
    data = TEAM_TEXTS | OPENING_TEXTS | {"state": "laeuft"} | wrong
    page = as_user(ada).submit(f"/teams/{garden.id}/{path}", status=422, **data)
    assert words in page.select_one(".error-summary").text


def test_html_in_a_team_is_only_text(as_user, garden, ada):
    page = as_user(ada).submit(
        f"/teams/{garden.id}/bearbeiten", **TEAM_TEXTS | {"challenge": "Wir <b>gießen</b>"}
    )
    assert "<b>gießen</b>" in page.select_one(".text").text


def test_a_fragment_with_nothing_to_say_leaves_the_notices_alone(visitor, garden):
    fragment = visitor.visit(f"/teams/{garden.id}", target="team-log")
    assert fragment.select_one("#team-log")
    assert fragment.select_one("#notices") is None


def test_the_list_is_filtered(visitor, garden, cem, reudnitz):
    other = actions.create_team(
        by=cem, name="Radtreff", challenge="Räder.", focus=["Umwelt"], district=reudnitz
    )
    actions.change_state(other, state="pausiert", self_supporting=True, by=cem)
    db.session.commit()

    def names(query):
        return {title.text for title in visitor.visit(f"/teams/?{query}").select(".card__title")}

    assert (
        names("")
        == names("status=quatsch&fokus=x&ortsteil=9999999999999999999")
        == {
            "Hofgarten",
            "Radtreff",
        }
    )
    assert names("status=laeuft") == names("fokus=Mobilit%C3%A4t") == {"Hofgarten"}
    assert names("status=selbsttragend") == names(f"ortsteil={reudnitz.id}") == {"Radtreff"}
    assert names("status=pausiert") == names("sucht=1") == {"Radtreff"}
    actions.open_opening(garden, by=cem, kind="skill", title="Gießen")
    db.session.commit()
    assert names("sucht=1") == {"Hofgarten", "Radtreff"}
    assert names("status=abgeschlossen") == set()


def test_people_find_their_own_teams(visitor, as_user, garden, ada, ben, cem):
    actions.create_team(by=cem, name="Radtreff", challenge="Räder.")
    db.session.commit()

    def names(browser):
        return [title.text for title in browser.visit("/teams/?meine=1").select(".card__title")]

    assert names(as_user(ada)) == ["Hofgarten"]
    assert names(as_user(ben)) == []
    assert len(names(visitor)) == 2


def test_filtering_answers_with_the_list_alone(visitor, garden):
    fragment = visitor.visit("/teams/?status=laeuft", target="team-list")
    assert fragment.select_one("h1") is None
    assert fragment.select_one("#team-list .card")


def test_a_long_list_goes_on_where_it_stopped_with_few_statements(as_user, cem, count_queries):
    for number in range(30):
        actions.create_team(by=cem, name=f"Team {number}", challenge="Beete.")
    db.session.commit()
    same_moment = db.session.scalars(select(Team.changed_at)).first()
    for team in db.session.scalars(select(Team)):
        team.changed_at = same_moment
    db.session.commit()
    browser = as_user(cem)
    count_queries.clear()
    page = browser.visit("/teams/?status=laeuft")
    assert len(count_queries) <= 6
    first = {title.text for title in page.select(".card__title")}
    page = browser.visit(page.select_one("a[rel=next]")["href"])
    rest = {title.text for title in page.select(".card__title")}
    assert (len(first), len(rest), len(first & rest)) == (24, 6, 0)
    assert page.select_one("a[rel=next]") is None


@pytest.mark.parametrize("cursor", ["x", "-", "20240101T000000.0-x", "%00", "20240101T000000.0-0"])
def test_a_broken_cursor_starts_from_the_beginning(visitor, garden, cursor):
    assert visitor.visit(f"/teams/?nach={cursor}").select(".card")


def test_a_team_page_needs_few_statements(as_user, garden, watering, cem, ben, count_queries):
    for user in (ben, cem):
        actions.add_member(garden, user)
    for day in range(1, 9):
        actions.add_status(garden, text="Neues", by=cem, day=date(2024, 1, day))
    db.session.commit()
    browser = as_user(ben)
    for path in (f"/teams/{garden.id}", f"/gesuche/{watering.id}"):
        count_queries.clear()
        browser.visit(path)
        assert len(count_queries) <= 7  # two of them for the account


def assert_explained(answer, field, text):
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert "<script>alert" not in answer.text
    kept = "&lt;script&gt;" if text.startswith("<") else text[:3].replace("\x00", "")
    assert kept in answer.text

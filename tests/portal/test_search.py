"""Search over everything public, the quick match and what is similar while typing."""

import pytest

from portal.extensions import db
from portal.ideas.actions import submit_idea
from portal.matches import jobs
from portal.teams.actions import create_team

GARDEN = {"problem": "Der Hof ist grau und heiß.", "wish": "Ein Gemeinschaftsgarten im Hof."}


@pytest.fixture
def garden(app, ben):
    """A public idea and a team around the same garden."""
    idea = submit_idea(**GARDEN, publish=True).idea
    create_team(by=ben, name="Grüne Höfe", challenge="Wir legen Gärten in Höfen an und gießen sie.")
    db.session.commit()
    while jobs.refresh_pending():
        pass
    return idea


def titles(page) -> list[str]:
    return [title.get_text(strip=True) for title in page.select(".card__title")]


@pytest.mark.parametrize(
    "query", ["Garten", "gemeinschaftsgarten", "Gemeinschaftsgatren", "GÄRTEN"]
)
def test_compounds_cases_and_typos_find_the_garden(visitor, garden, query):
    assert titles(visitor.visit(f"/suche?q={query}"))


def test_live_search_answers_with_the_results_alone(visitor, garden):
    fragment = visitor.visit("/suche?q=Garten", target="results")
    assert fragment.select_one("h1") is None
    assert titles(fragment)


def test_the_kind_filter_narrows(visitor, garden):
    page = visitor.visit("/suche?q=Garten&art=team")
    assert titles(page) == ["Grüne Höfe"]


def test_nothing_found_offers_next_steps(visitor, garden):
    page = visitor.visit("/suche?q=Quantenfeldtheorie")
    assert "Nichts Passendes gefunden" in page.text
    assert page.select_one(".empty a[href='/ideen/neu']")


@pytest.mark.parametrize(
    "query",
    ["", "%00", "%E2%80%AE", "<script>alert(1)</script>", "%F0%9F%8C%B3", "x" * 3000, "'\"--"],
)
def test_odd_search_texts_are_harmless(visitor, garden, query):
    page = visitor.visit(f"/suche?q={query}")
    assert not page.select("main script")


def test_unpublished_ideas_and_people_are_not_found(visitor, garden):
    submit_idea(problem="Geheimer Plan mit Garten im Hof.", wish="Ein geheimer Garten.")
    db.session.commit()
    assert not any("eheim" in title for title in titles(visitor.visit("/suche?q=geheimer Garten")))


def test_similar_ideas_appear_while_typing_and_store_nothing(visitor, garden):
    fragment = visitor.submit(
        "/ideen/aehnlich", target="similar-ideas", problem="Ich hätte gern einen Garten im Hof"
    )
    assert titles(fragment)


def test_too_few_words_ask_for_more_instead_of_guessing(visitor, garden):
    fragment = visitor.submit("/ideen/aehnlich", target="similar-ideas", problem="Garten")
    assert not titles(fragment)


def test_without_javascript_the_typed_text_comes_along(visitor, garden):
    page = visitor.submit("/ideen/aehnlich", problem="Ich hätte gern einen Garten", wish="Grün")
    kept = {field["name"]: field["value"] for field in page.select("main input[type=hidden]")}
    assert kept["problem"] == "Ich hätte gern einen Garten"
    assert kept["back"] == "1"


def test_own_ideas_are_not_similar_to_oneself(as_user, ada, app):
    submit_idea(**GARDEN, initiator=ada, publish=True)
    db.session.commit()
    fragment = as_user(ada).submit("/ideen/aehnlich", target="similar-ideas", **GARDEN)
    assert not titles(fragment)


def test_the_quick_match_needs_no_account_and_stores_nothing(visitor, garden):
    page = visitor.submit("/mitmachen", text="Ich gieße gern Gärten und Höfe")
    assert "Grüne Höfe" in titles(page)
    assert "Wir speichern davon nichts" in page.text


@pytest.mark.parametrize("text", ["", "🌳", "a\x00b c", "x" * 1_000_000])
def test_bad_input_of_the_quick_match_is_explained_and_kept(visitor, app, text):
    page = visitor.submit("/mitmachen", text=text, status=422)
    assert page.select_one(".error-summary a[href='#text']")
    kept = page.select_one("textarea#text").text.strip()
    assert kept.replace("\ufffd", "\x00") == text

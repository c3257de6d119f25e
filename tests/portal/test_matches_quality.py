"""The quality page counts decisions, says what each number means, and shows no single person."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.matches import jobs, learning, quality
from portal.matches.index import replica
from portal.matches.models import IndexEntry, MatcherParameters, Suggestion, SuggestionEvent
from portal.profiles.actions import agree_to_matching, save_profile

PAGE = "/koordination/qualitaet"


@pytest.fixture
def decided(app):
    """Log decisions as coordinators leave them: a shown suggestion and what became of it."""
    numbers = iter(range(100_000))

    def decide(n: int, decision: str, *, reason=None, position=1, language="de", place=None,
               version="m1", days_ago=0) -> None:  # fmt: skip
        for _time in range(n):
            number = next(numbers)
            row = Suggestion(
                source_kind="person", source_id=7000 + number, target_kind="opening",
                target_id=1, pair_key=f"pair {number}", score=0.6, label="gut", reasons=[],
                matcher_version=version, state="stale",
            )  # fmt: skip
            db.session.add(row)
            db.session.flush()
            features = {"score": 0.6, "languages": [language, "de"], "place": place}
            learning.note_shown(row, position, features)
            with clock.at(clock.now() - timedelta(days=days_ago)):
                learning.note(row, decision, reason)
                db.session.flush()
        db.session.commit()

    return decide


def overview(page) -> dict[str, str]:
    terms = page.select("dl.facts--stacked dt")
    return {term.text: term.find_next_sibling("dd").text for term in terms}


def table(page, name: str) -> dict[str, list[str]]:
    section = page.select_one(f"section[aria-labelledby='quality-{name}']")
    return {
        row.th.get_text(strip=True): [_words(cell) for cell in row.select("td")]
        for row in section.select("tbody tr")
    }


def _words(cell) -> str:
    return " ".join(cell.get_text(" ", strip=True).split())


def test_an_empty_portal_says_that_nothing_is_known_yet(as_user, cem):
    page = as_user(cem).visit(PAGE)
    assert all("unter 5" in text for text in overview(page).values())
    assert "Noch keine Entscheidung" in page.text
    assert "zu wenige" in page.text


def test_precision_at_3_counts_only_the_first_three_places(as_user, cem, decided):
    decided(6, "approved", position=1)
    decided(2, "declined", reason="ort", position=3)
    decided(10, "declined", reason="ort", position=4)
    page = overview(as_user(cem).visit(PAGE))
    assert "6 von 8" in page["Treffer auf den Plätzen 1 bis 3 (Precision@3)"]
    assert "6 von 18" in page["Zustimmung"]


def test_every_number_stands_beside_its_definition(as_user, cem, decided):
    decided(6, "approved")
    page = as_user(cem).visit(PAGE)
    for term in page.select("dl.facts--stacked dt"):
        assert term.find_next_sibling("dd").select_one(".muted")
    for section in page.select("section:has(table)"):
        assert section.select_one("p.muted"), section.h2
    for meter in page.select("meter"):
        assert meter["aria-label"]
        assert 0 <= float(meter["value"]) <= 1


def test_the_last_decision_counts_and_what_was_taken_back_does_not(app, decided):
    decided(5, "approved")
    rows = db.session.scalars(select(Suggestion).order_by(Suggestion.id)).all()
    learning.note(rows[0], learning.UNDONE)
    learning.note(rows[1], learning.UNDONE)
    learning.note(rows[1], learning.DECLINED, "zeit")
    db.session.commit()
    accepted = quality.decisions_since(clock.now() - timedelta(days=1)).accepted()
    assert (accepted.hits, accepted.n) == (3, 4)


def test_groups_by_reason_language_place_month_and_version(as_user, cem, decided):
    decided(8, "approved", language="ar", place="Volkmarsdorf", version="m1")
    decided(6, "declined", reason="sprache", language="de", version="m2 p1")
    decided(5, "not_for_me", reason="ort")
    page = as_user(cem).visit(PAGE)
    assert table(page, "language")["Arabisch"][0] == "8"
    assert table(page, "place")["Volkmarsdorf"][0] == "8"
    assert table(page, "place")["ohne Angabe"][0] == "6"
    assert table(page, "version") == {"m1": ["8", "100 %"], "m2 p1": ["6", "0 %"]}
    assert list(table(page, "month").values()) == [["14", "57 %"]]
    assert table(page, "declined")["Sprache passt nicht"] == ["6", "100 %"]
    assert table(page, "own")["Das ist mir zu weit weg"] == ["5", "100 %"]


def test_groups_under_five_are_hidden(as_user, cem, decided):
    decided(4, "approved", language="uk", place="Paunsdorf")
    decided(20, "declined", reason="ort")
    page = as_user(cem).visit(PAGE)
    assert table(page, "language")["Ukrainisch"] == ["unter 5", "–"]
    assert table(page, "place")["Paunsdorf"] == ["unter 5", "–"]
    assert "24" in {cells[0] for cells in table(page, "version").values()}


def test_decisions_older_than_a_year_do_not_count(as_user, cem, decided):
    decided(9, "approved", days_ago=400)
    assert "unter 5" in overview(as_user(cem).visit(PAGE))["Zustimmung"]


def test_months_come_in_order_with_their_names(as_user, cem, decided):
    decided(5, "approved", days_ago=62)
    decided(5, "approved")
    now = clock.now()
    names = list(table(as_user(cem).visit(PAGE), "month"))
    assert names[-1].endswith(str(now.year))
    assert len(names) == 2


def test_exposure_tells_how_much_the_top_tenth_gets():
    even, greedy = quality.spread([2] * 20), quality.spread([38, 2] + [0] * 18)
    assert (even.top_tenth, even.without) == (0.1, 0)
    assert (greedy.top_tenth, greedy.without) == (1.0, 18)
    assert quality.spread([5, 1]).top_tenth is None
    assert quality.spread([0] * 30).top_tenth is None


def test_exposure_counts_people_without_any_suggestion(ada, ben):
    for person in (ada, ben):
        agree_to_matching(person, "Ja")
        save_profile(
            person, can="Ich repariere gern Fahrräder.", learn="", cares="", rules_out="",
            times=[], languages=[], district=None, reach="stadt", visibility={},
        )  # fmt: skip
    db.session.commit()
    while jobs.refresh_pending():
        pass
    found = quality.exposure(("person",))
    assert (found.n, found.suggestions, found.without) == (2, 2, 0)
    db.session.add(
        Suggestion(
            source_kind="person", source_id=ada.id, target_kind="team", target_id=5,
            pair_key="x", score=1, label="gut", matcher_version="1", state="declined",
            decided_at=clock.now(),
        )
    )  # fmt: skip
    db.session.flush()
    assert quality.exposure(("person",)).suggestions == 2
    assert quality.exposure(("team", "opening")).n == 0


def test_the_page_says_which_encoders_are_missing_and_what_waits(as_user, cem, ada):
    agree_to_matching(ada, "Ja")
    save_profile(
        ada, can="Ich koche gern.", learn="", cares="", rules_out="", times=[], languages=[],
        district=None, reach="stadt", visibility={},
    )  # fmt: skip
    db.session.commit()
    page = as_user(cem).visit(PAGE)
    assert "Ohne Sprachmodell" in page.select_one(".callout--warn").text
    section = page.select_one("section[aria-labelledby='quality-machine']")
    facts = {dt.text: dt.find_next_sibling("dd").text for dt in section.select("dt")}
    assert facts["Fassung"] == replica().matcher.version
    assert facts["Texte, die noch kein Sprachmodell gelesen hat"] == "1"
    assert facts["Texte, die auf Vorschläge warten"] == "1"
    assert db.session.scalars(select(IndexEntry.is_pending)).all() == [True]  # reading is no work


def test_only_administrators_see_the_parameters(as_user, cem, eve):
    db.session.add(
        MatcherParameters(
            parameters={"slope": 1.02, "middle": 0.1, "weights": {"fact times": 0.25}, "means": {}},
            trained_on=40, active_from=clock.now(), slot=1,
            metrics={"decisions": {"n": 40, "before": 0.5, "after": 0.75},
                     "frozen": {"n": 0, "before": None, "after": None}},
        )
    )  # fmt: skip
    db.session.commit()
    page = as_user(eve).visit(PAGE)
    assert "0,5, 0,75" in page.text
    assert "+0,250" in page.text
    assert page.select_one(f"form[action='{PAGE}/zurueck']")
    page = as_user(cem).visit(PAGE)
    assert "in Gebrauch seit" in page.text
    assert "+0,250" not in page.text
    assert not page.select(f"form[action='{PAGE}/zurueck']")


def test_the_page_needs_the_same_few_statements_however_long_the_log(
    as_user, cem, decided, count_queries
):
    decided(5, "approved")
    browser = as_user(cem)
    browser.visit(PAGE)
    count_queries.clear()
    browser.visit(PAGE)
    few = len(count_queries)
    decided(40, "declined", reason="zeit")
    count_queries.clear()
    browser.visit(PAGE)
    assert len(count_queries) == few <= 14


def test_the_log_names_no_coordinator():
    assert not [key for key in SuggestionEvent.__table__.foreign_keys if "user" in str(key.column)]

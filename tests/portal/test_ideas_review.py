"""The coordinators' page: glance, publish, hide with a reason, move on; two at a time."""

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.ideas import actions
from portal.ideas.models import Idea, ProgressEntry

REVIEW = "/koordination/ideen"


def post(problem: str = "Vor dem Treff fehlt eine Bank.", **more) -> Idea:
    idea = actions.submit_idea(problem=problem, wish="", **more).idea
    db.session.commit()
    return idea


def state_of(idea: Idea) -> str:
    return db.session.get(Idea, idea.id).state


@pytest.fixture
def idea(app) -> Idea:
    """An idea of somebody without account that nobody has looked at."""
    return post()


def test_only_coordinators_see_the_page_and_decide(visitor, as_user, ada, eve, idea):
    visitor.visit(REVIEW, status=302)
    as_user(ada).visit(REVIEW, status=403)
    assert idea.title in as_user(eve).visit(REVIEW).text
    for step in ("veroeffentlichen", "verbergen", "stand"):
        visitor.submit(f"{REVIEW}/{idea.id}/{step}", status=302)
        as_user(ada).submit(f"{REVIEW}/{idea.id}/{step}", status=403)
    assert not db.session.get(Idea, idea.id).is_public


def test_the_longest_waiting_idea_stands_first(as_user, cem):
    post("Die erste Idee, die gekommen ist.")
    post("Die zweite Idee danach.")
    page = as_user(cem).visit(REVIEW)
    titles = [title.get_text(strip=True) for title in page.select(".card__title")]
    assert titles == ["Die erste Idee, die gekommen ist", "Die zweite Idee danach"]


def test_a_coordinator_publishes_with_one_button(as_user, cem, visitor, idea):
    browser = as_user(cem)
    form = browser.visit(REVIEW).select_one(f"form[action='{REVIEW}/{idea.id}/veroeffentlichen']")
    assert form["hx-target"] == "#idea-queue"
    page = browser.submit(form["action"])
    assert "öffentlich" in page.select_one("#notices").text
    assert idea.title not in page.select_one("#idea-queue").text
    assert idea.title in visitor.visit(f"/ideen/{idea.id}").text


def test_with_htmx_only_the_list_is_replaced(as_user, cem, idea):
    answer = as_user(cem).submit(f"{REVIEW}/{idea.id}/veroeffentlichen", target="idea-queue")
    assert answer.select_one("#idea-queue [autofocus]")
    assert not answer.select("html")
    assert "öffentlich" in answer.select_one("#notices").text


def test_hiding_needs_a_reason_and_keeps_what_was_typed(as_user, cem, idea):
    browser = as_user(cem)
    page = browser.submit(f"{REVIEW}/{idea.id}/verbergen", reason="  ", status=422)
    assert page.select_one("details[open] .error-summary")
    assert "Ein Nein kommt nie ohne Erklärung" in page.text
    browser.submit(f"{REVIEW}/{idea.id}/verbergen", reason="Bitte ohne Namen.")
    assert db.session.get(Idea, idea.id).hidden_reason == "Bitte ohne Namen."
    assert idea.title in browser.visit(f"{REVIEW}?liste=verborgen").text


def test_a_hidden_idea_can_be_shown_again(as_user, cem, dora, idea):
    as_user(cem).submit(f"{REVIEW}/{idea.id}/verbergen", reason="Bitte ohne Namen.")
    as_user(dora).submit(f"{REVIEW}/{idea.id}/veroeffentlichen", liste="verborgen")
    assert db.session.get(Idea, idea.id).is_public


def test_a_coordinator_moves_an_idea_with_a_note(as_user, cem, idea):
    page = as_user(cem).submit(
        f"{REVIEW}/{idea.id}/stand",
        state="im_gespraech",
        note="Wir fragen nach.",
        seen="eingegangen",
    )
    assert "im Gespräch" in page.select_one("#notices").text
    entry = db.session.scalars(select(ProgressEntry).order_by(ProgressEntry.id.desc())).first()
    assert (entry.state, entry.note, entry.by_id) == ("im_gespraech", "Wir fragen nach.", cem.id)


def test_a_no_needs_a_reason_and_says_what_helps_instead(as_user, cem, visitor, idea):
    browser, url = as_user(cem), f"{REVIEW}/{idea.id}/stand"
    asked = {"state": "nicht_bei_wiq", "seen": "eingegangen"}
    page = browser.submit(url, status=422, **asked)
    assert "Nachricht" in page.select_one(".error-summary").text
    page = browser.submit(url, status=422, note="Die Bank steht im Plan.", **asked)
    assert "was stattdessen hilft" in page.select_one(".error-summary").text
    assert page.select_one("details[open] textarea[name=note]").text.strip() == (
        "Die Bank steht im Plan."
    )
    browser.submit(
        url, note="Die Bank steht im Plan.", alternative="Frag beim Stadtbüro nach.", **asked
    )
    page = visitor.visit(f"/fortschritt/{idea.progress_token}")
    assert "Die Bank steht im Plan." in page.text
    assert "Was stattdessen hilft: Frag beim Stadtbüro nach." in page.text


@pytest.mark.parametrize("state", ["", "verschollen", "eingegangen", "x" * 1000])
def test_an_unknown_state_is_refused(as_user, cem, idea, state):
    as_user(cem).submit(f"{REVIEW}/{idea.id}/stand", state=state, seen="eingegangen", status=422)
    assert state_of(idea) == "eingegangen"


def test_of_two_coordinators_at_once_one_wins_and_the_other_sees_it(as_user, cem, dora, idea):
    moved = {"state": "im_gespraech", "seen": "eingegangen"}
    as_user(cem).submit(f"{REVIEW}/{idea.id}/stand", **moved)
    page = as_user(dora).submit(
        f"{REVIEW}/{idea.id}/stand", state="vorbereitet", seen="eingegangen", status=422
    )
    assert "Da war jemand schneller" in page.text
    assert state_of(idea) == "im_gespraech"
    as_user(cem).submit(f"{REVIEW}/{idea.id}/veroeffentlichen")
    page = as_user(dora).submit(f"{REVIEW}/{idea.id}/veroeffentlichen")
    assert "inzwischen einen anderen Stand" in page.select_one("#notices").text


def test_nobody_decides_about_their_own_idea(as_user, cem):
    own = post(initiator=cem)
    page = as_user(cem).visit(REVIEW)
    assert "deine eigene Idee" in page.text
    assert not page.select("#idea-queue form")
    for step in ("veroeffentlichen", "verbergen", "stand"):
        as_user(cem).submit(f"{REVIEW}/{own.id}/{step}", status=403)
    assert db.session.get(Idea, own.id).is_waiting


def test_a_single_idea_is_opened_from_its_page_and_stays_open(as_user, cem, idea):
    browser = as_user(cem)
    link = browser.visit(f"/ideen/{idea.id}").select_one(f"a[href='{REVIEW}?idee={idea.id}']")
    page = browser.visit(link["href"])
    assert page.select_one("input[name=einzeln]")
    page = browser.submit(f"{REVIEW}/{idea.id}/veroeffentlichen", einzeln="1")
    assert idea.title in page.select_one("#idea-queue").text
    assert "Nichts zu tun" in browser.visit(f"{REVIEW}?idee=99999999999999999999").text


def test_lists_hold_what_their_name_says_and_unknown_ones_the_new(as_user, cem, idea):
    browser = as_user(cem)
    assert idea.title in browser.visit(f"{REVIEW}?liste=quatsch").text
    browser.submit(f"{REVIEW}/{idea.id}/veroeffentlichen")
    assert idea.title in browser.visit(f"{REVIEW}?liste=laufend").text
    actions.move_idea(db.session.get(Idea, idea.id), "team_gegruendet", "", cem)
    db.session.commit()
    assert idea.title in browser.visit(f"{REVIEW}?liste=beendet").text
    assert idea.title not in browser.visit(f"{REVIEW}?liste=laufend").text


def test_a_withdrawn_idea_leaves_the_lists(as_user, cem, idea):
    actions.withdraw_idea(idea)
    db.session.commit()
    for kind in ("wartet", "laufend", "beendet", "verborgen"):
        assert idea.title not in as_user(cem).visit(f"{REVIEW}?liste={kind}").text
    as_user(cem).submit(f"{REVIEW}/{idea.id}/veroeffentlichen")
    assert not db.session.get(Idea, idea.id).is_public


def test_a_team_is_founded_from_the_idea_it_grows_from(as_user, cem, idea):
    founding = f"a[href='/teams/neu?idee={idea.id}']"
    assert not as_user(cem).visit(f"{REVIEW}?idee={idea.id}").select(founding)
    as_user(cem).submit(f"{REVIEW}/{idea.id}/veroeffentlichen")
    assert as_user(cem).visit(f"{REVIEW}?idee={idea.id}").select_one(founding)
    as_user(cem).visit(f"/teams/neu?idee={idea.id}")

"""Hands on the keys: reviewing without a mouse, and pages that answer while somebody types."""

import re
from collections.abc import Iterable

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.walker import PHONE, Walker

pytestmark = pytest.mark.xdist_group("journeys")
COORDINATOR = "koordination2@demo.example"
FORTY = 40


class Keys:
    """A keyboard that counts what is pressed."""

    def __init__(self, window: Walker) -> None:
        self.window, self.pressed = window, 0

    def press(self, key: str) -> None:
        self.window.page.keyboard.press(key)
        self.pressed += 1

    def decide(self, keys: Iterable[str]) -> None:
        """Press the keys of one decision and wait for the answer."""
        with self.window.page.expect_response(lambda answer: not 300 <= answer.status < 400):
            for key in keys:
                self.press(key)


def test_a_coordinator_reviews_forty_suggestions_with_two_keys_each(walk):
    window = walk(COORDINATOR).visit("/koordination/vorschlaege")
    cards, keys = window.page.locator("[data-review]"), Keys(window)
    window.page.keyboard.press("a")  # the focus is not in the list: a letter does nothing
    expect(window.page.locator("#notices")).not_to_contain_text("Zugestimmt.")
    _tab_to(window, window.page.get_by_role("link", name="Mit der Tastatur prüfen"))
    window.page.keyboard.press("Enter")
    expect(cards.nth(0)).to_be_focused()
    keys.press("j")
    expect(cards.nth(1)).to_be_focused()
    keys.press("k")
    expect(cards.nth(0)).to_be_focused()

    keys.pressed = 0
    answers = {"a": "Zugestimmt.", "d1": "Abgelehnt.", "s2": "Zurückgelegt."}
    for number in range(FORTY):
        decision, answer = list(answers.items())[number % len(answers)]
        gone = cards.nth(0).get_attribute("id")
        keys.decide(decision)
        expect(window.page.locator("#notices")).to_contain_text(answer)
        expect(window.page.locator(f"#{gone}")).to_have_count(0)
        expect(cards.nth(0)).to_be_focused()
    assert keys.pressed <= 2 * FORTY

    keys.decide("z")
    expect(window.page.locator("#notices")).to_contain_text("Zurückgenommen.")
    assert window.settle().check_accessibility() == []
    window.follow("Letzte Entscheidungen").see("zugestimmt", "abgelehnt", "später")
    approved = window.page.get_by_role("article").filter(has_text="zugestimmt").first
    _tab_to(window, approved.get_by_role("button", name="Zurücknehmen"))
    Keys(window).decide(["Enter"])
    expect(window.page.locator("#notices")).to_contain_text("Zurückgenommen.")


def test_the_skip_link_leads_past_the_menu(walk):
    window = walk().visit("/")
    window.page.keyboard.press("Tab")
    expect(window.page.get_by_role("link", name="Zum Inhalt springen")).to_be_focused()
    window.page.keyboard.press("Enter")
    expect(window.page.locator("main")).to_be_focused()


def test_search_answers_while_somebody_types_and_leaves_the_focus_alone(walk):
    window = walk(size=PHONE).visit("/suche")
    box = window.page.get_by_role("searchbox")
    box.press_sequentially("wer repariert")
    results = window.page.locator("#results")
    expect(results.get_by_role("article").first).to_be_visible()
    box.press_sequentially(" Fahräder")
    expect(window.page).to_have_url(re.compile("q=wer%20repariert%20Fahr"))
    expect(results.get_by_role("article").filter(has_text="Fahrr").first).to_be_visible()
    expect(box).to_be_focused()
    expect(box).to_have_value("wer repariert Fahräder")
    window.settle().follow("Team", inside=results.locator(".tabs"))
    expect(window.page.get_by_role("searchbox")).to_have_value("wer repariert Fahräder")


def test_similar_ideas_appear_beside_the_form_and_typing_goes_on(walk):
    window = walk().visit("/ideen/neu")
    problem = window.page.get_by_label("Was stört dich oder fehlt?")
    first = "Alte Menschen finden an der Eisenbahnstraße keine Bank zum Ausruhen"
    problem.press_sequentially(first)
    expect(window.page.locator("#similar-ideas")).to_contain_text("Das ist ähnlich")
    problem.press_sequentially(" und im Sommer keinen Schatten")
    expect(problem).to_be_focused()
    expect(problem).to_have_value(first + " und im Sommer keinen Schatten")
    window.settle()


def _tab_to(window: Walker, control: Locator) -> None:
    for _step in range(80):
        if control.evaluate("e => e === document.activeElement"):
            return
        window.page.keyboard.press("Tab")
    raise AssertionError("the Tab key does not get there")

"""After the question: a call instead of a mail, somebody a coordinator knows, how it went."""

import pytest
from playwright.sync_api import expect

from tests.journeys.served import ServedPortal
from tests.journeys.walker import PHONE

pytestmark = pytest.mark.xdist_group("journeys")
COORDINATOR, ADMINISTRATOR = "koordination2@demo.example", "verwaltung@demo.example"
RESIDENT = "bewohnerin@demo.example"


@pytest.mark.parametrize("javascript", [True, False], ids=["htmx", "plain"])
def test_a_coordinator_works_through_the_call_list(walk, javascript):
    window = walk(COORDINATOR, javascript=javascript, size=PHONE)
    window.visit("/koordination/vermittlungen/").see("erinnert am")
    listed = window.page.get_by_role("article").filter(has_text="Friedemann")
    window.use(listed.get_by_role("link").first).see("Beide Seiten", "per Telefon")
    place = "am Brunnen" if javascript else "vor der Bibliothek"
    window.fill("Ort für ein erstes Treffen", place)
    window.press("Speichern").see(f"{place}. Macht es gern anders aus.")
    if javascript:
        assert window.check_everywhere() == []
        window.visit("/koordination/").follow("Anrufe").see("Friedemann", "030 23125")
        assert window.check_everywhere() == []
        return
    window.visit("/koordination/anrufe")
    call = window.page.get_by_role("article").filter(has_text="Möchtet ihr euch kennenlernen?")
    call.first.get_by_label("Notiz zum Anruf").fill("Geht nie vor zehn ans Telefon.")
    window.press("nicht erreicht", inside=call.first).see("Morgen steht der Anruf wieder hier.")
    expect(call).to_have_count(0)


def test_a_coordinator_adds_somebody_they_know_and_looks_before_approving_many(walk):
    window = walk(ADMINISTRATOR, size=PHONE).visit("/koordination/vorschlaege")
    window.follow("Vielen auf einmal zustimmen").see("Das folgt daraus")
    assert window.check_everywhere() == []
    window.visit("/ideen/").use(window.page.locator("main article h2 a, main article h3 a").first)
    number = window.page.url.rpartition("/")[2]
    window.visit(f"/ideen/{number}/passend").follow("Ich kenne jemanden")
    window.fill("Name, Team, Stelle", "Kalle").press("Suchen").see("Warum passt das?")
    window.press("In die Liste").see("Wähl bitte aus")
    assert window.check_everywhere() == []


def test_how_it_went_is_told_by_one_click_without_signing_in(served: ServedPortal, walk):
    link = walk("teamleitung@demo.example")
    link.visit("/mitteilungen/")
    asked = link.page.locator("a[href*='/vermittlungen/ergebnis/']").first
    path = str(asked.get_attribute("href"))
    window = walk(size=PHONE).visit(path).see("Habt ihr euch getroffen?")
    assert window.check_everywhere() == []
    window.press("Ja, und wir machen zusammen weiter").see("Danke, das hilft uns!")
    window.visit(path, status=410).see("schon beantwortet")

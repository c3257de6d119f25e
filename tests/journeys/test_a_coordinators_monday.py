"""A Monday at the workbench: an idea nobody answered, a call, a promise, a holiday."""

import pytest
from playwright.sync_api import expect

from portal import clock
from tests.journeys.walker import DESKTOP, PHONE

pytestmark = pytest.mark.xdist_group("journeys")
COORDINATOR = "koordination@demo.example"


@pytest.mark.parametrize(("javascript", "size"), [(True, DESKTOP), (False, PHONE)])
def test_a_coordinator_calls_promises_and_hands_over(walk, javascript, size):
    said = "Der Hausmeister hilft mit" if javascript else "Die Hausverwaltung ruft zurück"
    window = walk(COORDINATOR, javascript=javascript, size=size).visit("/koordination/")
    window.see("Zusammen etwa").follow("Ideen ohne Reaktion")
    idea = window.page.locator("#worklist article h2 a").first
    title = idea.inner_text()
    window.use(idea).see(title, "Nächste Schritte", "Kontakte und Notizen", "Was dazu passt")

    window.fill("Was ist besprochen?", said).press("angerufen").see("Vermerkt: angerufen.", said)
    record = window.page.url

    window.page.locator("summary", has_text="Nächsten Schritt eintragen").click()
    form = window.page.locator("form[action$='/schritt']")
    window.press("Eintragen", inside=form).see("Schreib bitte auf, was als Nächstes ansteht.")
    form.get_by_label("Was ist zu tun?").fill(f"Ortstermin: {said}")
    form.get_by_label("Bis wann?").fill(clock.today().isoformat())
    window.press("Eintragen", inside=form).see("Der nächste Schritt ist eingetragen.")

    window.page.locator("summary", has_text="Unterstützungsanfrage eintragen").click()
    form = window.page.locator("form[action$='/unterstuetzung']")
    form.get_by_label("Worum geht es genau?").fill(f"Holz und Schrauben. {said}")
    window.press("Eintragen", inside=form).see("Die Unterstützungsanfrage ist eingetragen.")
    if javascript:
        assert window.check_accessibility() == []

    window.visit("/koordination/liste/ideen")
    expect(window.page.get_by_role("link", name=title, exact=True)).to_have_count(0)

    window.visit("/koordination/").follow("Alles übergeben")
    colleague = window.page.get_by_label("An wen?").locator("option:checked").inner_text()
    window.fill("Was soll sie oder er wissen?", "Ich bin bis Mitte Dezember im Urlaub.")
    window.press("Übergeben").see(f"jetzt bei {colleague}")

    window.visit(record).see("Übergabe: Ich bin bis Mitte Dezember im Urlaub.", colleague)
    step = window.page.get_by_role("listitem").filter(has_text=f"Ortstermin: {said}")
    window.press("Erledigt", inside=step).see("Noch nichts geplant.")

"""Somebody tells an idea at the Ideenmobil, takes a slip home, and a coordinator looks at it."""

import pytest
from playwright.sync_api import expect

from tests.journeys.walker import PHONE, Walker

pytestmark = pytest.mark.xdist_group("journeys")
WORKER, COORDINATOR = "ideenmobil@demo.example", "koordination3@demo.example"
STOP = "Das Ideenmobil auf dem Stannebeinplatz"


def check(window: Walker) -> list[str]:
    """Check a page where the checker, which is a script, can run."""
    return window.check_everywhere() if window.javascript else []


@pytest.mark.parametrize(
    ("javascript", "thing"), [(True, "Hochbeet"), (False, "Schachtisch")], ids=["htmx", "plain"]
)
def test_an_idea_is_captured_taken_home_and_looked_at(walk, javascript, thing):
    window = walk(WORKER, javascript=javascript, size=PHONE).visit("/")
    window.page.locator("summary", has_text="Menü").click()
    window.follow("Ideenmobil", inside=window.page.locator("details.menu"))
    expect(window.page.get_by_label("Halt").locator("option:checked")).to_have_text(STOP)
    window.page.get_by_label("Sprache des Gesprächs").select_option("ar")
    window.fill("Was stört dich oder fehlt?", f"Auf dem Platz fehlt ein {thing}.")
    window.press("Speichern").see("Lies bitte den Satz vor.")
    faults = check(window)
    problem = window.page.get_by_label("Was stört dich oder fehlt?")
    expect(problem).to_have_value(f"Auf dem Platz fehlt ein {thing}.")
    window.fill("Was wünschst du dir?", f"Ein {thing} für alle.")
    window.page.get_by_label("Vorgelesen").check()
    window.press("Speichern").see("Zettel zum Mitnehmen", "Die nächste Idee")
    faults += check(window)
    code = window.page.locator("#claim-code").inner_text()
    expect(problem).to_have_value("")
    expect(window.page.get_by_label("Sprache des Gesprächs")).to_have_value("ar")
    window.follow("Zettel zum Ausdrucken").see(code, STOP)
    faults += check(window)
    window.follow("Korrigieren").fill("Was wünschst du dir?", f"Ein {thing} im Schatten.")
    faults += check(window)
    window.press("Speichern").see(f"Ein {thing} im Schatten", "wartet")

    person = walk(javascript=javascript, size=PHONE).visit("/abholen")
    person.fill("Dein Abholcode", code).press("Zu meiner Idee")
    person.see(f"Auf dem Platz fehlt ein {thing}.")

    coordinator = walk(COORDINATOR, javascript=javascript, size=PHONE).visit("/koordination/")
    coordinator.follow("Erfassungen prüfen")
    card = coordinator.page.locator("main article").filter(has_text=f"Ein {thing} im Schatten")
    coordinator.follow("erfasst", inside=card)
    faults += check(coordinator.see(STOP, "Arabisch"))
    coordinator.follow("Ansehen und entscheiden").press("Veröffentlichen")
    window.visit("/ideenmobil").see("angesehen")
    assert not faults, "\n".join(faults)

"""A council hands an idea in by its link; it is passed on with a page to print, and answered."""

import pytest

from tests.journeys.walker import DESKTOP, PHONE, Walker

pytestmark = pytest.mark.xdist_group("journeys")
COORDINATOR = "koordination4@demo.example"


def check(window: Walker) -> list[str]:
    """Check a page where the checker, which is a script, can run."""
    return window.check_everywhere() if window.javascript else []


@pytest.mark.parametrize(
    ("javascript", "size", "place"),
    [(True, DESKTOP, "Sandkasten"), (False, PHONE, "Klettergerüst")],
    ids=["htmx", "plain"],
)
def test_an_idea_goes_from_a_council_to_an_office(walk, javascript, size, place):
    window = walk(COORDINATOR, javascript=javascript, size=size)
    window.own_addresses.add("sbb-ost@demo.example")
    body = f"Probebeirat {place}"
    window.visit("/weitergaben/stellen").page.locator("summary", has_text="Stelle").click()
    window.fill("Name der Stelle", body).press("Link anlegen").see("Der Link ist fertig.")
    faults = check(window)
    panel = window.page.locator("main article").filter(has_text=body)
    link = panel.locator("p a").get_attribute("href") or ""

    council = walk(javascript=javascript, size=size).visit(link)
    faults += check(council)
    council.follow("Idee weitergeben").press("Idee weitergeben")
    faults += check(council.see("Schreib bitte auf, was dich stört oder was fehlt."))
    council.fill("Was stört oder fehlt?", f"Am {place} ist es im Sommer viel zu heiß.")
    council.fill("Was wünscht sich die Person?", f"Zwei Bäume am {place}.")
    council.press("Idee weitergeben").see("Danke, die Idee ist angekommen", "eingegangen")
    faults += check(council)

    window.visit("/koordination/").follow("Weitergaben ohne Reaktion").see(body)
    faults += check(window)
    window.follow(f"Zwei Bäume am {place}").follow("Weitergeben an eine Stelle")
    faults += check(window.see(f"von: {body}"))
    window.press("Weitergeben").see("Wähl eine Stelle aus oder schreib ihren Namen dazu.")
    window.page.get_by_label("An wen?").select_option(label=body)
    window.fill("Worum bitten wir die Stelle?", "Bitte prüft das in eurer nächsten Sitzung.")
    window.press("Weitergeben").see("Weitergabe an", body, "Worum wir bitten")
    faults += check(window)
    idea = window.page.locator(".breadcrumb a").first.get_attribute("href") or ""
    window.visit(f"/koordination/ideen?idee={idea.rpartition('/')[2]}").press("Veröffentlichen")

    council.visit(link).see("Von uns an euch")
    council.page.locator("summary", has_text="Sagen, was daraus wird").click()
    council.page.get_by_label("macht es", exact=True).check()
    council.fill("Ein paar Worte dazu", "Die Bäume kommen im Herbst.")
    council.press("Antwort speichern").see("Danke, das hilft uns sehr.", "macht es")
    faults += check(council)
    window.visit(f"/weitergaben/idee/{idea.rpartition('/')[2]}").see("Die Bäume kommen im Herbst.")
    faults += check(window)
    council.visit("/weitergaben/")
    faults += check(council)
    assert not faults, "\n".join(faults)

"""Whatever people type is text: nothing of it runs, and no page falls apart on a phone."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.people import join
from tests.journeys.walker import PHONE, Walker

pytestmark = pytest.mark.xdist_group("journeys")
LEAD, COORDINATOR = "teamleitung@demo.example", "koordination@demo.example"
GARDENER = "abu-karim@demo.example"
SHORT = "<img src=x onerror=window.hacked=1><b>f</b>"
NAME = SHORT.replace(" ", "/")  # others see the first word of a name
MIDDLE = SHORT + "Straßenbahnhaltestellenwartehäuschenbank"
LONG = (
    "<script>window.hacked=1</script>\"'><svg onload=window.hacked=1></textarea><b>fett</b>"
    "<a href='javascript:window.hacked=1'>Link</a> {{ 7*7 }} %(x)s %s 😀🏳️‍🌈 مرحبا\u200f "
    + SHORT
    + "Donaudampfschifffahrtsgesellschaft" * 8
)


def test_an_idea(walk):
    visitor = walk(size=PHONE).visit("/ideen/neu")
    fill_all(visitor.page.locator("#idea-form"))
    visitor.press("Idee abschicken").see("Dein Abholcode", LONG)
    unharmed(visitor)
    progress = visitor.page.locator("#link-title ~ p a").get_attribute("href") or ""
    unharmed(visitor.follow("Text ändern"))
    expect(visitor.page.get_by_label("Was stört dich oder fehlt?")).to_have_value(LONG)

    coordinator = walk(COORDINATOR, size=PHONE).visit("/koordination/ideen")
    card = coordinator.page.get_by_role("article").filter(has_text="Donaudampf").first
    idea = (card.get_by_role("link").first.get_attribute("href") or "").rpartition("/")[2]
    coordinator.press("Veröffentlichen", inside=card)
    coordinator.visit(f"/koordination/ideen?idee={idea}")
    coordinator.page.get_by_text("Stand ändern").click()
    move = coordinator.page.locator("form[action$='/stand']")
    move.get_by_label("Neuer Stand").select_option(index=0)
    fill_all(move)
    unharmed(coordinator.press("Stand speichern"))
    for path in ("/", "/ideen/", f"/ideen/{idea}", f"/ideen/{idea}/passend", progress):
        unharmed(visitor.visit(path))
    expect(visitor.page.locator(".timeline")).to_contain_text(LONG)
    coordinator.visit(f"/koordination/ideen?idee={idea}")
    coordinator.page.locator("summary", has_text="Verbergen").click()
    hide = coordinator.page.locator("form[action$='/verbergen']")
    fill_all(hide)
    unharmed(coordinator.press("Verbergen", inside=hide))
    unharmed(visitor.visit(progress).see(LONG))


def test_a_name_and_a_profile(served, walk):
    window = walk(size=PHONE)
    join(served, window, name=NAME, address="svg@example.org", can="Singen")
    unharmed(window.visit("/profil/bearbeiten"))
    form = window.page.locator("#profile-form")
    fill_all(form)
    for select in form.locator("select[name^=visibility]").all():
        select.select_option(label="öffentlich")
    unharmed(window.press("Profil speichern").see(LONG))
    for path in ("/konto", "/profil/passend", "/leute/", "/ideen/meine"):
        unharmed(window.visit(path))
    stranger = walk(size=PHONE).visit("/leute/")
    unharmed(stranger.follow(NAME).see(LONG))
    coordinator = walk(COORDINATOR, size=PHONE)
    unharmed(coordinator.visit("/koordination/leute?name=" + quote(NAME)).see(NAME))


def test_a_team_its_openings_and_its_log(walk):
    window = walk(COORDINATOR, size=PHONE).visit("/teams/neu")
    fill_all(window.page.locator("#team-form"))
    unharmed(window.press("Team gründen").see(LONG))
    team = window.page.url.removesuffix("/")
    window.page.get_by_text("Neuen Stand schreiben").click()
    log = window.page.locator("#team-log form")
    fill_all(log)
    unharmed(window.press("Veröffentlichen", inside=log))
    window.visit(f"{team}/status")
    fill_all(window.page.locator("#state-form"))
    window.page.get_by_label("läuft", exact=True).check()
    unharmed(window.press("Status speichern"))
    window.visit(f"{team}/gesuche/neu")
    fill_all(window.page.locator("#opening-form"))
    unharmed(window.press("Gesuch veröffentlichen").see(MIDDLE))
    opening = window.page.url
    stranger = walk(size=PHONE)
    for path in (opening, team, f"{team}/passend", "/teams/", "/"):
        unharmed(stranger.visit(path))
    stranger.see(MIDDLE)


def test_a_message(walk):
    lead, reader = walk(LEAD, size=PHONE), walk(GARDENER, size=PHONE)
    lead.visit("/nachrichten/").follow("Abu")
    fill_all(lead.page.locator("form").filter(has=lead.page.get_by_label("Deine Nachricht")))
    unharmed(lead.press("Nachricht abschicken").see(LONG))
    unharmed(reader.visit("/nachrichten/"))
    unharmed(reader.follow("Wurzelwerk").see(LONG))


def test_an_office(walk):
    window = walk(COORDINATOR, size=PHONE).visit("/ansprechstellen/stadtforsten/bearbeiten")
    for label in ("Wofür", "Was vorher", "Was bereit"):
        window.page.get_by_label(label).first.fill(LONG)
    link = window.page.locator("[name=website]")
    link.fill("javascript:window.hacked=1")
    unharmed(window.press("Speichern"))
    expect(link).to_have_value("javascript:window.hacked=1")
    expect(window.page.locator(".error-summary")).to_be_visible()
    link.fill("https://www.leipzig.de/")
    unharmed(window.press("Speichern").see(LONG))
    unharmed(walk(size=PHONE).visit("/ansprechstellen/"))


@pytest.mark.parametrize("javascript", [True, False], ids=["htmx", "plain"])
def test_searches_codes_and_addresses(walk, javascript):
    window = walk(size=PHONE, javascript=javascript)
    hostile = quote(LONG)
    for path in (
        f"/suche?q={hostile}&art={hostile}",
        f"/ansprechstellen/?q={hostile}&bezirk={hostile}&art={hostile}",
        f"/ideen/?ort={hostile}&thema={hostile}&stand={hostile}&nach={hostile}",
        f"/teams/?fokus={hostile}&status={hostile}&ortsteil={hostile}",
        f"/leute/?sprache={hostile}&zeit={hostile}",
        f"/ideen/neu?problem={hostile}",
        f"/anmelden?next={quote('javascript:window.hacked=1')}",
        f"/registrieren?next={quote('//example.org/')}",
    ):
        unharmed(window.visit(path))
    window.visit("/suche").page.get_by_role("searchbox").fill(LONG)
    unharmed(window.press("Suchen"))
    unharmed(window.visit("/mitmachen").fill("Was kannst du, was magst du?", LONG))
    unharmed(window.press("Passendes zeigen"))
    expect(window.page.get_by_label("Was kannst du, was magst du?")).to_have_value(LONG)
    unharmed(window.visit("/abholen").fill("Dein Abholcode", LONG).press("Zu meiner Idee"))
    window.visit("/anmelden").fill("E-Mail-Adresse", LONG).fill("Passwort", LONG)
    unharmed(window.press("Anmelden", inside=window.page.locator("main form").first))
    window.visit("/gibt-es-nicht/" + hostile.replace("/", "%2F"), status=404)


def test_marks_that_turn_the_reading_direction_are_refused_and_the_text_stays(walk):
    window = walk(size=PHONE).visit("/ideen/neu")
    typed = "Bank am \u202eegaßtsnhabnesiE"
    window.fill("Was stört dich oder fehlt?", typed).press("Idee abschicken")
    window.see("unsichtbare Steuerzeichen")
    expect(window.page.locator(".error-summary")).to_be_focused()
    expect(window.page.get_by_label("Was stört dich oder fehlt?")).to_have_value(typed)


def fill_all(form: Locator) -> None:
    """Write into every field that takes words, as much as it takes, and choose what must be."""
    for field in form.locator("textarea:visible").all():
        field.fill(LONG)
    for field in form.locator("input[type=text]:visible:not([tabindex])").all():
        field.fill(MIDDLE)
    kinds = form.locator("input[type=radio]:visible")
    if kinds.count() and not form.locator("input[type=radio]:checked").count():
        kinds.first.check()


def unharmed(window: Walker) -> None:
    """Nothing ran, nothing was built from the text, no template was filled in."""
    assert window.page.evaluate("() => !('hacked' in window)"), window.page.url
    assert not window.page.locator("main b, main [onload], main [onerror]").count()
    assert not window.page.locator("a[href^='javascript']").count()
    assert not re.search(r"\b49 %", window.page.locator("body").inner_text())

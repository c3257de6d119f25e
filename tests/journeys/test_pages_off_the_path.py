"""Pages no link leads to: refused forms, answers, errors, links of mails. Each is accessible.

Phone and desktop, light and dark; what links lead to is audited in test_every_page.py.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.people import PASSWORD
from tests.journeys.walker import NARROW, PHONE

pytestmark = pytest.mark.xdist_group("pages")
RESIDENT, LEAD = "bewohnerin@demo.example", "teamleitung@demo.example"
COORDINATOR = "koordination3@demo.example"

# What the button does without JavaScript; axe itself needs it.
SEND_AS_A_PAGE = """() => { const form = document.querySelector("#idea-form");
    form.action = form.querySelector("[formaction]").formAction; form.submit(); }"""


def test_pages_of_somebody_with_an_idea(walk):
    window = walk(size=PHONE)
    window.visit("/ideen/neu").press("Idee abschicken")
    expect(window.page.locator(".error-summary")).to_be_focused()
    faults = window.check_everywhere()
    window.fill("Was stört dich oder fehlt?", "In der Mariannenstraße fehlen Fahrradbügel")
    faults += window.press("Idee abschicken").check_everywhere()
    faults += window.follow("Text ändern").check_everywhere()
    window.page.go_back()
    path = window.page.locator("#link-title ~ p a").get_attribute("href") or ""
    faults += window.visit(path).press("Idee zurückziehen").check_everywhere()
    faults += window.visit("/abholen").press("Zu meiner Idee").check_everywhere()
    assert not faults, "\n".join(faults)


def test_pages_that_answer_a_question(walk):
    window, faults = walk(size=PHONE), []
    for path in (
        "/suche?q=Bank+zum+Ausruhen",
        "/suche?q=Bank&art=office",
        "/suche?q=xqzt",
        "/ansprechstellen/?q=Bank+vor+dem+Haus",
        "/ansprechstellen/?q=xqzt",
        "/teams/?sucht=1",
        "/teams/?status=pausiert&fokus=Sport&ortsteil=1",
        "/ideen/?thema=umwelt",
    ):
        faults += window.visit(path).check_everywhere()
    window.visit("/mitmachen").fill("Was kannst du, was magst du?", "Ich nähe gern Taschen")
    faults += window.press("Passendes zeigen").check_everywhere()
    faults += window.visit("/gibt-es-nicht", status=404).check_everywhere()
    window.visit("/ideen/neu")
    window.fill("Was stört dich oder fehlt?", "Es gibt zu wenig Orte, an denen man Räder repariert")
    with window.page.expect_navigation():
        window.page.evaluate(SEND_AS_A_PAGE)
    faults += window.settle().see("Das ist ähnlich").check_everywhere()
    window.press("Zurück zu meiner Idee")
    problem = window.page.get_by_label("Was stört dich oder fehlt?")
    expect(problem).to_have_value(re.compile("Räder"))
    assert not faults, "\n".join(faults)


def test_pages_on_the_way_to_an_account(served, walk):
    window, address = walk(size=PHONE), "neu@example.org"
    window.own_addresses.add(address)
    faults = window.visit("/registrieren").press("Konto anlegen").check_everywhere()
    window.fill("Vorname", "Nele").fill("E-Mail-Adresse", address).fill("Passwort", PASSWORD)
    faults += window.press("Konto anlegen").check_everywhere()
    faults += window.visit(served.wait_for_link(address, "/bestaetigen")).check_everywhere()
    window.press("Ja, das ist meine Adresse")
    window.visit("/anmelden").fill("E-Mail-Adresse", address).fill("Passwort", "falsch")
    form = window.page.locator("main form").first
    faults += window.press("Anmelden", inside=form).check_everywhere()
    window.visit("/anmelden/link").fill("E-Mail-Adresse", address)
    faults += window.press("Link schicken").check_everywhere()
    link = served.wait_for_link(address, "/anmelden/link/")
    faults += window.visit(link).check_everywhere()
    faults += window.press("Jetzt anmelden").check_everywhere()
    faults += window.visit("/profil/bearbeiten").press("Profil speichern").check_everywhere()
    faults += window.visit("/koordination/", status=403).check_everywhere()
    stranger = walk(size=PHONE)
    faults += stranger.visit(link, status=410).check_everywhere()  # used up
    stranger.own_addresses.add(address)
    stranger.visit("/passwort-vergessen").fill("E-Mail-Adresse", address).press("Link schicken")
    reset = stranger.visit(served.wait_for_link(address, "/passwort-vergessen/"))
    faults += reset.press("Passwort speichern").check_everywhere()
    assert not faults, "\n".join(faults)


def test_pages_of_people_who_were_asked(walk):
    faults = []
    for person in (RESIDENT, LEAD):
        window = walk(person, size=PHONE).visit("/vermittlungen/")
        cards = window.page.locator("main .card__title a")
        for path in [link.get_attribute("href") or "" for link in cards.all()][:3]:
            faults += window.visit(path).check_everywhere()
        thread = window.visit("/nachrichten/").page.locator("main .card__title a").first
        faults += window.use(thread).press("Nachricht abschicken").check_everywhere()
    assert not faults, "\n".join(faults)


def test_forms_of_leads_and_coordinators_when_something_is_missing(walk):
    lead = walk(LEAD, size=PHONE).visit("/teams/?meine=1").follow("Wurzelwerk")
    team = lead.page.url.removesuffix("/")
    faults = lead.visit(f"{team}/gesuche/neu").press("Gesuch veröffentlichen").check_everywhere()
    lead.visit(f"{team}/bearbeiten").fill("Name des Teams", "")
    faults += lead.press("Speichern").check_everywhere()
    faults += lead.visit(f"{team}/status").check_everywhere()
    window = walk(COORDINATOR, size=PHONE)
    faults += window.visit("/teams/neu").press("Team gründen").check_everywhere()
    window.visit("/koordination/vorschlaege").page.get_by_text("Ablehnen …").first.click()
    faults += window.check_everywhere()
    window.visit("/ansprechstellen/tiefbau/bearbeiten").fill("Name", "")
    faults += window.press("Speichern").check_everywhere()
    window.visit("/koordination/ideen").page.locator("summary", has_text="Verbergen").first.click()
    hide = window.page.locator("form[action$='/verbergen']").first
    faults += window.press("Verbergen", inside=hide).check_everywhere()
    assert not faults, "\n".join(faults)


def test_pages_of_guests_and_hosts(served, walk):
    window, address = walk(size=PHONE), "gast-neu@example.org"
    window.own_addresses.add(address)
    window.visit("/termine/?art=gesamttreffen").follow("Gesamttreffen Ost")
    form = window.page.locator("#sign-up-form form")
    window.page.locator("summary", has_text="Brauchst du etwas").click()
    window.fill("Was brauchst du noch?", "Ich höre schlecht")
    faults = window.press("Anmelden", inside=form).check_everywhere()
    window.page.get_by_label("Wer einlädt, darf lesen").check()
    window.fill("Vorname", "Gesa").fill("E-Mail-Adresse", address)
    faults += window.press("Anmelden", inside=form).check_everywhere()
    link = served.wait_for_link(address, "/termine/anmeldung/")
    faults += window.visit(link).check_everywhere()
    faults += window.press("Ja, ich komme").check_everywhere()
    window.use(window.page.locator("#hints-title ~ ul a").first)
    faults += window.press("Hinweis abschicken").check_everywhere()
    faults += window.visit(link).press("Abmelden").check_everywhere()
    faults += window.visit("/termine/?zeit=vorbei").check_everywhere()
    faults += window.visit("/termine/?sprache=ro&art=ideenmobil").check_everywhere()
    host = walk(COORDINATOR, size=PHONE)
    faults += host.visit("/termine/neu").press("Termin veröffentlichen").check_everywhere()
    host.visit("/termine/?zeit=vorbei").follow("Gesamttreffen Ost im Herbst")
    path = host.page.url
    faults += host.visit(f"{path}/liste").check_everywhere()
    host.visit(f"{path}/protokoll").fill("Was wurde besprochen?", "")
    faults += host.press("Protokoll veröffentlichen").check_everywhere()
    host.visit("/termine/?art=spaziergang").follow("Spaziergang zu durstigen")
    path = host.page.url
    faults += host.visit(f"{path}/absagen").press("Termin absagen").check_everywhere()
    faults += host.visit(f"{path}/liste").press("Auf die Liste setzen").check_everywhere()
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("javascript", [True, False], ids=["htmx", "plain"])
def test_the_menu_opens_on_the_smallest_phone(walk, javascript):
    window = walk(size=NARROW, javascript=javascript).visit("/")
    window.page.locator("summary", has_text="Menü").click()
    window.look_over()
    window.follow("Teams", inside=window.page.locator("details.menu")).see("Lösungsteams")

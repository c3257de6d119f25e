"""From an opening to a place in the team: ask, be answered, be thanked, lead, leave."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.people import choose, find_in_list, join, open_mail
from tests.journeys.served import ServedPortal, addresses_in, until
from tests.journeys.walker import PHONE, Walker

pytestmark = pytest.mark.xdist_group("journeys")
LEAD, COORDINATOR = "teamleitung@demo.example", "koordination@demo.example"
TEAM, OPENING = "Wurzelwerk", "Mitgärtnern am Freitag oder Sonntag"
GARDENING = "Ich gieße, jäte und kompostiere gern mit anderen zusammen"


@pytest.mark.parametrize("javascript", [True, False], ids=["htmx", "plain"])
def test_a_resident_asks_is_answered_helps_and_leaves(served, walk, javascript):
    name = "Wanja" if javascript else "Ivo"
    address, message = f"{name.lower()}@example.org", f"Hier ist {name}: Darf ich mitgärtnern?"
    person = walk(javascript=javascript, size=PHONE)
    join(served, person, name=name, address=address, can=GARDENING)
    _ask(person, message)

    lead = walk(LEAD, javascript=javascript)
    open_mail(served, lead, LEAD, "/beitrittsanfragen/", message)
    lead.see("etwa 2 Stunden", OPENING)
    choose(lead, "Nein, diesmal nicht")
    lead.press("Antwort abschicken").see("Ein Nein ohne Grund tut weh.")
    choose(lead, "Ja, du bist dabei")
    lead.fill("Ein paar Worte dazu", "Wie schön, komm am Freitag!").press("Antwort abschicken")
    lead.see(f"{name} gehört jetzt zum Team")

    until(lambda: "Du bist dabei" in _subjects(served, address), "the answer's mail")
    person.visit(served.wait_for_link(address, "/beitrittsanfragen/"))
    person.see("Willkommen im Team", "Wie schön, komm am Freitag!").follow("Zum Gespräch")
    person.fill("Deine Nachricht", "Danke, bis Freitag!").press("Nachricht abschicken")

    _thank_and_offer_the_lead(lead, name)
    stranger = walk(javascript=javascript, size=PHONE)  # the mail's link, without signing in
    stranger.visit(served.wait_for_link(address, "/leitung/antwort/")).see("zusammen mit dir")
    stranger.press("Ja, ich leite das Team").see("Du leitest jetzt das Team")
    person.visit("/teams/?meine=1").follow(TEAM).follow("Mitglieder, Danke, Verlassen")
    person.follow("Team verlassen").fill("Ein paar Worte an die Teamleitung", "Macht es gut!")
    person.press("Team verlassen").see("Du hast das Team verlassen")
    lead.visit("/mitteilungen/").see("Macht es gut!")
    for mail in served.mails():
        assert not (found := addresses_in(mail)), f"{mail['Subject']}: {found}"


def test_one_click_keeps_an_opening_and_the_used_link_says_so(walk):
    lead = walk(LEAD).visit("/mitteilungen/")
    link = lead.page.locator("main a[href^='/gesuche/antwort/']").first
    path = link.get_attribute("href") or ""
    faults = lead.visit(path).check_everywhere()
    stranger = walk(javascript=False, size=PHONE).visit(path)
    stranger.press("Noch aktuell").see("sechs Wochen länger").follow("Zum Gesuch")
    assert not re.search("geschlossen", stranger.page.locator("main").inner_text())
    faults += lead.visit(path, status=410).see("schon benutzt").check_everywhere()
    assert not faults, "\n".join(faults)


def test_pages_of_joining_are_accessible_when_something_is_missing(walk):
    resident = walk("bewohnerin@demo.example", size=PHONE).visit("/gesuche/?art=caretaker")
    faults = resident.check_everywhere()
    faults += resident.visit("/gesuche/?art=place&sprache=vi&zeit=werktag_abend").check_everywhere()
    faults += resident.visit("/beitrittsanfragen/").check_everywhere()
    faults += resident.use(resident.page.locator("main .card__title a").first).check_everywhere()
    resident.visit("/teams/").follow("Kannenkette").follow("Beim Team anfragen")
    faults += resident.press("Anfrage abschicken").check_everywhere()
    expect(resident.page.locator(".error-summary")).to_be_focused()
    lead = walk(LEAD, size=PHONE).visit("/teams/?meine=1").follow("Schrauberhof")
    lead.follow("Mitglieder, Danke, Verlassen")
    members = lead.page.url
    faults += lead.follow("Danke sagen").press("Danke sagen").check_everywhere()
    faults += lead.visit(members).follow("Leitung anbieten").check_everywhere()
    lead.visit(members).follow("Mitgliedschaft beenden")
    faults += lead.press("Mitgliedschaft beenden").check_everywhere()
    faults += (
        lead.visit(members).follow("Team verlassen").press("Team verlassen").check_everywhere()
    )
    lead.see("Du leitest das Team als Letzte:r")
    coordinator = walk(COORDINATOR, size=PHONE).visit("/koordination/liste/beitrittsanfragen")
    faults += coordinator.follow("Vorlesesofa").see("überfällig").check_everywhere()
    faults += coordinator.visit("/koordination/liste/leitung").check_everywhere()
    assert not faults, "\n".join(faults)


def _ask(person: Walker, message: str) -> None:
    person.visit("/gesuche/?art=skill")
    link = person.page.locator("main").get_by_role("link", name=OPENING)
    person.use(find_in_list(person, link)).follow("Auf das Gesuch antworten")
    person.press("Anfrage abschicken").see("Schreib dem Team ein paar Sätze.")
    person.fill("Deine Nachricht an das Team", message)
    person.page.get_by_label("Wie viel Zeit hast du").select_option(label="etwa 2 Stunden")
    person.press("Anfrage abschicken").see("Deine Anfrage ist abgeschickt", message)


def _thank_and_offer_the_lead(lead: Walker, name: str) -> None:
    lead.visit("/teams/?meine=1").follow(TEAM).follow("Mitglieder, Danke, Verlassen")
    card = lead.page.get_by_role("article").filter(has_text=name)
    lead.follow("Danke sagen", inside=card).fill("Dein Dank", "Danke fürs Gießen!")
    lead.press("Danke sagen").see("Dein Dank ist angekommen")
    lead.follow("Leitung anbieten", inside=card)
    choose(lead, "Ich leite das Team mit, auch danach")
    lead.press("Leitung anbieten").see(f"{name} hat dein Angebot bekommen")


def _subjects(portal: ServedPortal, address: str) -> list[str]:
    return [str(mail["Subject"]) for mail in portal.mails(address)]

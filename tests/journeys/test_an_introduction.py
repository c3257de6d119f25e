"""From an opening to a conversation: the team asks, a coordinator approves, both say yes."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.people import choose, find_in_list, join, open_mail
from tests.journeys.served import ServedPortal, addresses_in, until
from tests.journeys.walker import PHONE, Walker

pytestmark = pytest.mark.xdist_group("journeys")
LEAD, COORDINATOR = "teamleitung@demo.example", "koordination@demo.example"
TEAM = "Schrauberhof Neustadt"
ACCORDION = "Ich spiele seit Jahren Akkordeon und stimme alte Drehorgeln"


@pytest.mark.parametrize("javascript", [True, False], ids=["htmx", "plain"])
def test_two_people_who_both_say_yes_write_to_each_other(served, walk, javascript):
    name, suffix = ("Tamsin", "") if javascript else ("Rufus", " am Sonntag")
    address, opening = f"{name.lower()}@example.org", f"Wer spielt Akkordeon{suffix}?"
    person = walk(javascript=javascript, size=PHONE)
    join(served, person, name=name, address=address, can=ACCORDION)
    lead = walk(LEAD, javascript=javascript)
    _post_opening(lead, opening)
    coordinator = walk(COORDINATOR, javascript=javascript)
    _approve(coordinator, name, opening)
    coordinator.visit("/koordination/vorschlaege/entschieden")
    decided = coordinator.page.get_by_role("article").filter(has_text=opening)
    coordinator.press("Jetzt fragen", inside=decided.filter(has_text=name))
    coordinator.see("Beide Seiten sind gefragt")

    for window, mailbox in ((lead, LEAD), (person, address)):
        open_mail(served, window, mailbox, "/vermittlungen/", "Ja, gern", "Akkordeon")
        window.press("Ja, gern").see("Danke für dein Ja!")
    person.see("Ihr habt beide Ja gesagt").follow("Zum Gespräch")
    _write(person, f"Hallo, ich bin {name} und bringe das Akkordeon mit.")
    lead.visit("/nachrichten/").follow(name).see("bringe das Akkordeon mit")
    _write(lead, "Prima, Samstag um drei im Hof!")
    person.visit("/nachrichten/").follow(TEAM).see("Prima, Samstag um drei im Hof!")
    _see_no_address_in_mails(served, address)


def _post_opening(lead: Walker, title: str) -> None:
    lead.visit("/teams/?meine=1").follow(TEAM).follow("Gesuch aufgeben")
    choose(lead, "Mitmachen: jemand, der etwas kann oder lernen möchte")
    lead.fill("In einem Satz", title)
    lead.fill("Mehr dazu", "Für unser Hoffest suchen wir jemanden mit Akkordeon oder Drehorgel.")
    lead.press("Gesuch veröffentlichen").see(title)


def _approve(coordinator: Walker, name: str, opening: str) -> None:
    """Find the pair in the queue and agree."""
    coordinator.visit("/koordination/vorschlaege")
    card = coordinator.page.get_by_role("article").filter(has_text=opening).filter(has_text=name)
    card = find_in_list(coordinator, card)
    expect(card).to_contain_text("Akkordeon")
    expect(card.locator("mark").first).to_be_visible()
    expect(card).to_contain_text("fragen wir in 10 Minuten beide Seiten")
    coordinator.press("Zustimmen", inside=card).see("Zugestimmt.")


def _write(window: Walker, text: str) -> None:
    window.fill("Deine Nachricht", text).press("Nachricht abschicken").see(text)


def _see_no_address_in_mails(portal: ServedPortal, address: str) -> None:
    news = until(
        lambda: [m for m in portal.mails(address) if re.search("Nachricht|Gespräch", m["Subject"])],
        "the mail about the conversation",
    )
    assert news
    for mail in portal.mails():
        assert not (found := addresses_in(mail)), f"{mail['Subject']}: {found}"

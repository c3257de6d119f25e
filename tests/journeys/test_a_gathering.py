"""Gatherings from announcement to cancellation; guests only have their mails."""

import urllib.request
from datetime import date, timedelta
from email.message import EmailMessage

import pytest
import vobject
from playwright.sync_api import expect

from tests.journeys.served import ServedPortal, addresses_in, until
from tests.journeys.walker import PHONE, Walker

pytestmark = pytest.mark.xdist_group("journeys")
COORDINATOR, LEAD = "koordination@demo.example", "teamleitung@demo.example"
EVERY_WAY = pytest.mark.parametrize("javascript", [True, False], ids=["htmx", "plain"])


@EVERY_WAY
def test_a_guest_without_account_comes_and_brings_something(served, walk, javascript):
    address = f"fiete-{'with' if javascript else 'without'}@example.org"
    window = walk(javascript=javascript, size=PHONE)
    window.visit("/").page.locator("summary", has_text="Menü").click()
    window.follow("Termine", inside=window.page.locator("details.menu")).see("Termine")
    window.visit("/termine/?sprache=ar").follow("Gesamttreffen Ost").see("Barrierehinweis")
    window.see("ohne Stufen").page.get_by_label("Vorname").fill("Fiete")
    window.own_addresses.add(address)
    window.fill("E-Mail-Adresse", address)
    window.press("Anmelden", inside=window.page.locator("#sign-up-form form"))
    window.see("Ein Schritt fehlt noch")
    link = served.wait_for_link(address, "/termine/anmeldung/")
    window.visit(link).see("Noch nicht bestätigt").press("Ja, ich komme").see("Du bist dabei")
    expect(window.page.get_by_role("link", name="Online dazukommen")).to_have_attribute(
        "href", "https://treffen.demo.example/ost"
    )
    fruit = window.page.locator("#mitbringen li").filter(has_text="Obst für dreißig Leute")
    window.press("Bringe ich mit", inside=fruit).see("bringst du mit")
    window.press("Doch nicht", inside=fruit)
    window.page.locator("#hints-title ~ ul a").first.click()
    window.settle().fill("Dein Hinweis", "Die Gärtnerei an der Ecke verleiht Kübel.")
    window.press("Hinweis abschicken").see("Dein Hinweis ist unterwegs")
    window.visit(link).press("Abmelden").see("Du bist abgemeldet")
    for mail in served.mails(address):
        assert addresses_in(mail) <= set()
        assert "treffen.demo.example" not in mail.get_content()


@EVERY_WAY
def test_the_next_in_line_moves_up_and_everybody_hears_of_the_end(served, walk, javascript):
    way = "with" if javascript else "without"
    title = f"Teestunde {way}"
    host = walk(COORDINATOR, javascript=javascript)
    _announce(host, title, capacity="1")
    path = host.page.url.removeprefix(served.url)
    first, second = f"ada-{way}@example.org", f"ben-{way}@example.org"
    links = [_sign_up(served, walk(javascript=javascript), path, each) for each in (first, second)]
    guest = walk(javascript=javascript)
    guest.visit(links[1]).see("Du stehst auf der Warteliste", "Deine Stelle: 1")
    guest.visit(links[0]).see("Du bist dabei").press("Abmelden")
    _wait_for(served, second, "Du bist nachgerückt")
    guest.visit(links[1]).see("Du bist dabei")
    host.visit(f"{path}/liste").see("Ben")
    host.visit(f"{path}/bearbeiten").page.locator("#place").fill("Im Garten hinter dem Haus")
    host.press("Speichern").see("Der Termin ist geändert.")
    changed = _wait_for(served, second, f"Geändert: {title}").get_content()
    assert "Der Ort ist neu." in changed
    host.visit(f"{path}/absagen").fill("Warum fällt der Termin aus?", "Der Ofen ist kaputt.")
    host.press("Termin absagen").see("Dieser Termin fällt aus")
    assert "Der Ofen ist kaputt." in _wait_for(served, second, f"Abgesagt: {title}").get_content()
    assert not [mail for mail in served.mails(first) if title in mail["Subject"]]
    guest.visit(links[1]).see("Dieser Termin fällt aus")
    guest.visit("/termine/").see(title, "abgesagt")


def test_a_lead_makes_a_series_and_a_calendar_subscribes_to_it(served, walk):
    window = walk(LEAD)
    day = date.today() + timedelta(30)
    window.visit("/termine/neu")
    expect(window.page.get_by_label("Teamtreffen")).to_be_visible()
    expect(window.page.get_by_label("Gesamttreffen")).to_have_count(0)
    window.press("Termin veröffentlichen").see("Bitte sieh dir diese Angaben noch einmal an")
    _fill_in(window, "Gartenabend", day)
    window.page.locator("#team").select_option(label="Wurzelwerk – Nachbarschaftsgarten")
    window.page.locator("#rhythm").select_option("fortnightly")
    window.fill("Bis wann?", str(day + timedelta(45)))
    window.press("Termin veröffentlichen").see("Weitere Termine der Reihe", "4 Termine")
    with urllib.request.urlopen(f"{served.url}/termine/kalender.ics") as answer:
        calendar = vobject.readOne(answer.read().decode())
    evenings = [e for e in calendar.vevent_list if e.summary.value == "Gartenabend"]
    assert len({event.uid.value for event in evenings}) == 4
    assert {event.dtstart.value.hour for event in evenings} == {18}
    window.page.get_by_role("link", name="Absagen").click()
    window.settle().fill("Warum fällt der Termin aus?", "Es schneit.")
    window.page.get_by_label("Auch alle folgenden").check()
    window.press("Termin absagen").see("4 Termine sind abgesagt.")


def _announce(window: Walker, title: str, *, capacity: str) -> None:
    window.visit("/termine/").follow("Termin anlegen")
    window.page.get_by_label("Gesamttreffen").check()
    _fill_in(window, title, date.today() + timedelta(14))
    window.fill("Wie viele Plätze?", capacity).press("Termin veröffentlichen")
    window.see("Der Termin steht im Kalender.")


def _fill_in(window: Walker, title: str, day: date) -> None:
    window.fill("Titel", title).fill("Tag", str(day)).fill("Beginn", "18:00").fill("Ende", "20:00")
    window.page.locator("#place").fill("Nachbarschaftstreff, Küche")
    for label in ("ohne Stufen", "keine Toilette", "Hilfe auf Anfrage", "in einfacher Sprache"):
        window.page.get_by_label(label).first.check()
    window.fill("Barrierehinweis", "Alles ist ebenerdig.")


def _sign_up(served: ServedPortal, window: Walker, path: str, address: str) -> str:
    """Sign up and confirm; return the link that was mailed."""
    window.own_addresses.add(address)
    window.visit(path).fill("Vorname", address.partition("-")[0].title())
    window.fill("E-Mail-Adresse", address)
    window.press("Anmelden" if "ada" in address else "Auf die Warteliste setzen",
                 inside=window.page.locator("#sign-up-form form"))  # fmt: skip
    link = served.wait_for_link(address, "/termine/anmeldung/")
    window.visit(link).press("Ja, ich komme")
    return link


def _wait_for(served: ServedPortal, address: str, subject: str) -> EmailMessage:
    def found() -> list[EmailMessage]:
        return [mail for mail in served.mails(address) if mail["Subject"] == subject]

    mails = until(found, f"{subject} to {address}")
    assert len(mails) == 1
    return mails[0]

"""What people do in more than one journey."""

import re

from playwright.sync_api import Locator, expect

from tests.journeys.served import ServedPortal, until
from tests.journeys.walker import Walker, sign_in

PASSWORD = "drei alte Linden im Hof"


def join(
    portal: ServedPortal,
    window: Walker,
    *,
    name: str,
    address: str,
    can: str,
    language: str = "Deutsch",
) -> None:
    """Register, confirm by the mail's link, sign in, and write a profile."""
    window.own_addresses.add(address)
    window.visit("/registrieren").fill("Vorname", name)
    window.fill("E-Mail-Adresse", address).fill("Passwort", PASSWORD)
    window.press("Konto anlegen").see("schau in deine Mails")
    window.visit(portal.wait_for_link(address, "/bestaetigen"))
    window.press("Ja, das ist meine Adresse")
    sign_in(window, address, PASSWORD)
    window.visit("/profil/bearbeiten").fill("Das kann ich", can)
    choose(window, language)
    window.page.get_by_label("Das Portal darf meine Angaben").check()
    window.press("Profil speichern")
    expect(window.page).to_have_url(portal.url + "/profil")


def open_mail(
    portal: ServedPortal, window: Walker, address: str, pattern: str, *about: str
) -> None:
    """Follow the link like `pattern` whose page says all of `about`, once a mail brought it.

    A mailbox that several journeys write to holds older links of the same kind.
    """
    looked_at: set[str] = set()

    def arrived() -> str:
        for link in set(portal.links_to(address, pattern)) - looked_at:
            looked_at.add(link)
            page = re.sub("<[^>]+>", "", window.page.request.get(link).text())
            if all(text in page for text in about):
                return link
        return ""

    window.visit(until(arrived, f"a mail to {address} like {pattern} about {about}"))


def find_in_list(window: Walker, card: Locator) -> Locator:
    """Turn the pages of a list until `card` is there."""
    while not card.count():
        window.follow("Mehr anzeigen")
    return card.first


def choose(window: Walker, *labels: str) -> None:
    """Tick the boxes of these labels; folded ones are unfolded first."""
    for label in labels:
        box = window.page.get_by_label(label, exact=True)
        fold = window.page.locator("details").filter(has=box)
        if fold.count() and not box.is_visible():
            fold.locator("summary").click()
        box.check()

"""Somebody looks for money: the list, a fund, what fits an idea, text for the form, reminders."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.walker import DESKTOP, PHONE, Walker

pytestmark = pytest.mark.xdist_group("journeys")
RESIDENT, COORDINATOR = "bewohnerin@demo.example", "koordination3@demo.example"
FUND = "Beispiel: Hofkasse Ost"


def check(window: Walker) -> list[str]:
    """Check a page where the checker, which is a script, can run."""
    return window.check_everywhere() if window.javascript else []


@pytest.mark.parametrize(
    ("javascript", "size"), [(True, DESKTOP), (False, PHONE)], ids=["htmx", "plain"]
)
def test_a_resident_finds_money_and_is_reminded(walk, javascript, size):
    window = walk(RESIDENT, javascript=javascript, size=size).visit("/foerdertoepfe/")
    faults = check(window)
    window.see(FUND, "Jugendfonds")
    window.page.get_by_label("Thema").select_option("gaerten")
    if javascript:
        window.page.wait_for_url("**thema=gaerten**")
        window.settle()
    else:
        window.press("Filtern")
    expect(window.page.locator("#fund-list")).not_to_contain_text("Jugendfonds")
    window.follow(FUND).see("bis 300 €", "Nächste Frist")
    faults += check(window)
    window.press("Nicht mehr erinnern").see("erinnern dich nicht mehr")
    window.press("Merken und an die Frist erinnern").see("Gemerkt.")

    window.visit("/ideen/?stand=im_steuerungsteam").follow("Große Pflanzkübel")
    if not javascript:
        window.follow("Passende Fördertöpfe ansehen")
    window.see(FUND, "im Text: Pflanzkübel")
    faults += check(window)
    window.follow("Text für einen Antrag kopieren").see("Kopier die Stücke")
    expect(window.page.get_by_label("Alles zusammen")).to_have_value(re.compile("Ausgangslage:"))
    faults += check(window)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("javascript", [True, False], ids=["htmx", "plain"])
def test_a_coordinator_keeps_the_list_true(walk, javascript):
    window = walk(COORDINATOR, javascript=javascript).visit("/foerdertoepfe/neu")
    faults = check(window)
    window.press("Speichern").see("Der Name fehlt.", "Die Quelle fehlt.")
    faults += check(window)
    window.visit("/foerdertoepfe/jugendfonds").press("Heute geprüft").see("Als heute geprüft")
    window.visit("/foerdertoepfe/jugendfonds/bearbeiten").press("Speichern")
    window.see("Der Eintrag ist gespeichert")
    window.visit("/foerdertoepfe/pruefen").see("Nichts zu tun")
    faults += check(window)
    assert not faults, "\n".join(faults)

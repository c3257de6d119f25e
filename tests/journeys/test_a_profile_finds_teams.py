"""A new resident registers, says what they can do, and finds teams; in any language."""

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.people import join
from tests.journeys.walker import PHONE, Walker

pytestmark = pytest.mark.xdist_group("journeys")
BIKES = "Ich repariere gern Fahrräder und habe einen Transporter"
BIKES_IN_ARABIC = "أحب إصلاح الدراجات الهوائية وعندي سيارة نقل صغيرة"


@pytest.mark.parametrize("javascript", [True, False], ids=["htmx", "plain"])
def test_a_new_resident_confirms_their_mail_and_sees_fitting_teams(served, walk, javascript):
    window = walk(javascript=javascript, size=PHONE)
    address = f"juri-{'with' if javascript else 'without'}@example.org"
    join(served, window, name="Juri", address=address, can=BIKES)
    team = _suggested(window, javascript)
    expect(team).to_contain_text("passt")
    expect(team.locator(".reasons li").first).to_be_visible()


def test_somebody_who_writes_arabic_finds_german_teams(served, walk):
    window = walk(size=PHONE)
    join(
        served, window, name="Salma", address="salma@example.org", can=BIKES_IN_ARABIC,
        language="Arabisch",
    )  # fmt: skip
    team = _suggested(window, javascript=True)
    expect(team).to_contain_text("Ähnliche Bedeutung")
    expect(window.page.locator(".facts").get_by_text(BIKES_IN_ARABIC)).to_have_attribute(
        "dir", "auto"
    )


def _suggested(window: Walker, javascript: bool) -> Locator:
    """Return the card of the demo's bicycle workshop, or of one of its openings."""
    window.visit("/profil")
    if not javascript:
        window.follow("Passende Teams, Gesuche und Ideen ansehen")
    found = window.page.get_by_role("region", name="Teams")
    return found.get_by_role("article").filter(has_text="Fahrr").first

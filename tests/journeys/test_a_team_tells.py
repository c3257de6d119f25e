"""A team shows a picture and writes what is new; neighbours, feed readers and the press read it."""

import io
import re
import zipfile
from xml.etree import ElementTree

import pytest
from playwright.sync_api import FilePayload, expect

from tests.journeys.walker import PHONE
from tests.portal.photos import photo

pytestmark = pytest.mark.xdist_group("journeys")
LEAD, COORDINATOR = "teamleitung@demo.example", "koordination3@demo.example"
RESIDENT = "bewohnerin@demo.example"
ATOM = "{http://www.w3.org/2005/Atom}"
RIGHTS = "Ich darf dieses Bild veröffentlichen"


def a_file(content: bytes, name: str = "beet.jpg", kind: str = "image/jpeg") -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": content}


@pytest.mark.parametrize("javascript", [True, False], ids=["htmx", "plain"])
def test_a_lead_shows_a_picture_and_takes_it_back(walk, javascript):
    lead = walk(LEAD, size=PHONE, javascript=javascript).visit("/teams/?meine=1")
    team = lead.follow("Schrauberhof").page.url.partition("?")[0]
    lead.follow("Bilder").see("Bild hinzufügen")
    words = "Ein Werkzeugbrett mit acht Schraubenziehern"
    lead.fill("Was ist zu sehen?", words).fill("Wer hat das Bild gemacht?", "Schrauberhof")
    lead.page.get_by_label("Bild", exact=True).set_input_files(
        a_file(b"<html>Hallo</html>", "beet.html", "text/html")
    )
    lead.page.get_by_label(re.compile(RIGHTS)).check()
    lead.press("Bild veröffentlichen").see("mehr als ein Bild")
    expect(lead.page.get_by_label("Was ist zu sehen?")).to_have_value(words)
    faults = lead.check_everywhere() if javascript else []
    lead.page.get_by_label("Bild", exact=True).set_input_files(a_file(photo(1600, 1200)))
    lead.press("Bild veröffentlichen").see("Das Bild ist veröffentlicht.", words)
    if javascript:
        lead.page.set_viewport_size(PHONE)
    visitor = walk(size=PHONE, javascript=javascript).visit(team)
    shown = visitor.page.get_by_role("img", name=words)
    shown.scroll_into_view_if_needed()
    expect(shown).to_have_js_property("complete", True)
    assert shown.evaluate("image => image.naturalWidth") > 0
    card = lead.page.locator("article.card", has_text=words)
    lead.press("Entfernen", inside=card).see("Das Bild ist entfernt.")
    expect(visitor.visit(team).page.get_by_role("img", name=words)).to_have_count(0)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("javascript", [True, False], ids=["htmx", "plain"])
def test_news_reach_neighbours_and_feed_readers(walk, javascript):
    text = f"Drei Räder laufen wieder, {'mit' if javascript else 'ohne'} Klingel."
    lead = walk(LEAD, javascript=javascript).visit("/teams/?meine=1").follow("Schrauberhof")
    lead.page.locator("summary", has_text="Neuen Stand schreiben").click()
    lead.fill("Was gibt es Neues?", text).press("Veröffentlichen").see(text)
    window = walk(size=PHONE, javascript=javascript).visit("/")
    window.follow("Neues", inside=window.page.get_by_role("contentinfo")).see(text)
    if javascript:
        window.page.get_by_label("Ortsteil").select_option(label="Mockau-Nord")
        expect(window.page.locator("#news-list")).not_to_contain_text(text)
        window.settle()
    else:
        window.page.get_by_label("Ortsteil").select_option(label="Mockau-Nord")
        window.press("Filtern")
        expect(window.page.locator("#news-list")).not_to_contain_text(text)
    window.visit("/neues/").follow("Neuer Stand: Schrauberhof").see(text)
    feed = window.page.locator("link[type='application/atom+xml']").get_attribute("href") or ""
    answer = window.context.request.get(feed)
    newest = ElementTree.fromstring(answer.body()).find(f"{ATOM}entry")
    assert newest is not None
    assert text in (newest.findtext(f"{ATOM}content") or "")


def test_the_press_takes_a_kit_along(walk):
    team = walk(LEAD).visit("/teams/?meine=1").follow("Schrauberhof").page.url
    window = walk(size=PHONE).visit(team).follow("Für die Presse")
    window.see("Zum Abdruck frei", "Fakten")
    faults = window.check_everywhere()
    with window.page.expect_download() as caught:
        window.page.get_by_role("link", name="Texte und Bilder herunterladen").click()
    with zipfile.ZipFile(io.BytesIO(caught.value.path().read_bytes())) as archive:
        assert archive.testzip() is None
        assert [name.rpartition(".")[2] for name in archive.namelist()] == ["txt", "jpg"]
    assert not faults, "\n".join(faults)


def test_a_coordinator_puts_the_newsletter_together(walk):
    resident = walk(RESIDENT, size=PHONE).visit("/konto")
    if resident.page.get_by_role("button", name="Newsletter bestellen").count():
        resident.press("Newsletter bestellen")
    faults = resident.see("Neuigkeiten per Mail").check_everywhere()
    window = walk(COORDINATOR, size=PHONE).visit("/koordination/").follow("Newsletter")
    faults += window.check_everywhere()
    window.page.get_by_role("checkbox").first.uncheck()
    window.press("Text erstellen").see("HTML zum Kopieren")
    faults += window.check_everywhere()
    written = window.page.get_by_label("Reiner Text zum Kopieren").input_value()
    assert "Neues aus dem Quartier" in written
    with window.page.expect_download() as caught:
        window.page.get_by_role("button", name="Zusagen herunterladen (CSV)").click()
    rows = caught.value.path().read_text("utf-8").splitlines()
    assert rows[0] == "First Name,Last Name,Email,Preferred Language,Consent Date"
    assert any(RESIDENT in row for row in rows[1:])
    assert not faults, "\n".join(faults)

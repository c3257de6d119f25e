"""A letter to an office: written from the case, sent, answered by mail, told at the idea."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.served import until
from tests.journeys.walker import DESKTOP, PHONE
from tests.portal.letter_mails import answer

pytestmark = pytest.mark.xdist_group("journeys")
COORDINATOR = "koordination2@demo.example"


@pytest.mark.parametrize(("javascript", "size"), [(True, DESKTOP), (False, PHONE)])
def test_a_letter_is_written_sent_and_answered(served, walk, javascript, size):
    street = "Eisenbahnstraße" if javascript else "Wurzner Straße"
    visitor = walk(javascript=javascript, size=size).visit("/ideen/neu")
    visitor.fill("Was stört dich oder fehlt?", f"In der {street} fehlt eine Bank auf dem Gehweg.")
    visitor.press("Idee abschicken")
    progress = visitor.page.url

    window = walk(COORDINATOR, javascript=javascript, size=size).visit("/koordination/ideen")
    window.use(window.page.get_by_role("link", name=re.compile(street)).first)
    idea = re.search(r"/ideen/(\d+)", window.page.url)
    assert idea
    window.visit(f"/koordination/ideen/{idea[1]}")
    if not javascript:
        window.follow("Briefe ansehen oder schreiben")
    window.follow("Brief an ein Amt schreiben").see("An welche Stelle?")
    faults = window.check_accessibility() if javascript else []
    window.follow("Mobilitäts- und Tiefbauamt").see("An: Mobilitäts- und Tiefbauamt")
    faults += window.check_accessibility() if javascript else []

    text = window.page.get_by_label("Text", exact=True)
    expect(text).to_have_value(re.compile(f"„In der {street} fehlt eine Bank"))
    written = text.input_value()
    text.fill(written + "\nRückfragen: 0341 1234567")
    window.press("Entwurf speichern").see("Nimm es heraus")
    expect(text).to_have_value(re.compile("0341 1234567"))
    text.fill(written + "\n\nP.S. Wir kommen gern zu einem Ortstermin.")
    window.press("Entwurf speichern").see("Abgeschickt ist er noch nicht.")
    window.see("Ortstermin", "Zuerst klären", "Beilegen")
    faults += window.check_accessibility() if javascript else []
    letter = window.page.url
    window.follow("Druckansicht").see("Unser Zeichen", "Antwort bitte an")
    faults += window.check_accessibility() if javascript else []
    window.visit(letter).press("Jetzt per Mail senden").see("Der Brief ist unterwegs.")

    mail = until(
        lambda: next((m for m in served.mails("amt-tiefbau@demo.example")
                      if street in m.get_content()), None),
        "the letter",
    )  # fmt: skip
    assert "P.S. Wir kommen gern" in mail.get_content()
    visitor.visit(progress)
    if not javascript:
        visitor.follow("Welche Ämter gefragt wurden")
    visitor.see("Wir warten auf Antwort.")

    reply = answer(
        str(mail["Reply-To"]), f"An der {street} geht das.", Message_ID=f"<js-{javascript}@x>"
    )
    served.imap.put(reply)
    served.run_jobs()
    window.visit(letter).see("beantwortet", f"An der {street} geht das.")
    window.visit("/mitteilungen/").see("Ein Amt hat geantwortet")
    visitor.visit(progress)
    if not javascript:
        visitor.follow("Welche Ämter gefragt wurden")
    visitor.see("Das Unterstützungsteam meldet sich damit.")
    assert f"An der {street}" not in visitor.page.content()
    window.visit(letter).press("Das ist eine Absage").see("Wen fragen wir stattdessen?")
    window.press("Abschließen").see("Abgeschlossen.")
    assert not faults, "\n".join(faults)


def test_the_demos_letters_wait_on_the_workbench(walk):
    window = walk("koordination@demo.example", size=PHONE)
    window.visit("/koordination/?wer=alle").follow("Ämter, die schweigen").see("Zebrastreifen")
    faults = window.check_everywhere()
    window.visit("/koordination/liste/unzustellbar?wer=alle").see("LWB")
    window.follow("Leipziger Wohnungs- und Baugesellschaft").see("Die Mail kam zurück.")
    faults += window.check_everywhere()
    window.visit("/koordination/liste/ansprechstellen").see("Postfach unzustellbar")
    window.visit("/koordination/liste/aemter-antworten?wer=alle").follow("Stadtgrün").see("Gieß")
    window.page.locator("summary", has_text="Antwort eintragen").click()
    faults += window.press("Antwort speichern").check_everywhere()
    window.follow("An jemand anderes übergeben").press("Übergeben")
    faults += window.see("Schreib bitte ein paar Worte").check_everywhere()
    for path in ("/koordination/briefe/", "/koordination/briefe/eingang"):
        faults += window.visit(path).check_everywhere()
    assert not faults, "\n".join(faults)

"""Monday morning at the workbench, from its tiles: suggestions, ideas, offices, then a holiday.

Both runs do every step, one without JavaScript on a phone. The first mends the mailbox that bounced
in the demo; before the second, a mail to the mended one comes back as well.
"""

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from portal import clock
from tests.journeys.walker import DESKTOP, PHONE, Walker
from tests.portal.letter_mails import bounce

if TYPE_CHECKING:
    from tests.journeys.served import ServedPortal

pytestmark = pytest.mark.xdist_group("journeys")
COORDINATOR, COLLEAGUE = "koordination3@demo.example", "koordination4@demo.example"
MENDED = "amt-wohnen@demo.example"
BY_HAND = 3


@pytest.mark.parametrize(("javascript", "size"), [(True, DESKTOP), (False, PHONE)])
def test_a_monday_morning(served, walk, javascript, size):
    _let_the_mended_mailbox_bounce(served)
    window = walk(COORDINATOR, javascript=javascript, size=size).visit("/koordination/?wer=alle")
    assert _number(window, "Vorschläge prüfen") > BY_HAND
    assert _number(window, "Ideen ohne Reaktion") >= 2
    assert _number(window, "Ämter, die schweigen") >= 1
    assert _number(window, "Briefe unzustellbar") == 1

    _review(window)
    idea = _log_a_contact_and_move_on(window)
    _ask_a_silent_office_again(window, elsewhere=javascript)
    letter = _mend_the_mailbox_and_send_again(window)
    record = _finish_a_follow_up(window)
    colleague = walk(COLLEAGUE, javascript=javascript, size=size)
    _hand_over_one(window, colleague, record)
    _hand_over_everything(window, colleague, letter, record)
    assert idea not in window.visit("/koordination/liste/ideen").page.locator("main").inner_text()


def _number(window: Walker, tile: str) -> int:
    card = window.page.get_by_role("article").filter(has=window.page.get_by_role("link", name=tile))
    return int(card.locator(".lead").inner_text())


def _let_the_mended_mailbox_bounce(served: "ServedPortal") -> None:
    for number, mail in enumerate(served.mails(MENDED)):
        came_back = bounce(str(mail["Reply-To"]))
        served.imap.put(came_back.replace(b"<failed@", f"<monday-{number}@".encode()))
    served.run_jobs()


def _review(window: Walker) -> None:
    """Decide some by keys, or by buttons without scripts; then agree to what is left at once."""
    window.follow("Vorschläge prüfen")
    if window.javascript:
        window.page.get_by_role("link", name="Mit der Tastatur prüfen").click()
    for keys, answer in (("a", "Zugestimmt."), ("d1", "Abgelehnt."), ("s2", "Zurückgelegt.")):
        card = window.page.locator("[data-review]").first
        if window.javascript:
            expect(card).to_be_focused()
            with window.page.expect_response(lambda answer: not 300 <= answer.status < 400):
                for key in keys:
                    window.page.keyboard.press(key)
            window.settle().see(answer)
            continue
        if keys == "a":
            window.press("Zustimmen", inside=card).see(answer)
            continue
        fold = card.locator(f"[data-fold={keys[0]}]")
        fold.locator("summary").click()
        window.use(fold.locator(f"[data-key='{keys[1]}']")).see(answer)
    window.follow("Vielen auf einmal zustimmen").follow("oder besser")
    for box in window.page.get_by_role("checkbox").all()[4:]:
        box.uncheck()
    window.press("Angekreuzten zustimmen").see("In zehn Minuten fragen wir")


def _log_a_contact_and_move_on(window: Walker) -> str:
    window.visit("/koordination/").follow("Ideen ohne Reaktion")
    link = window.page.locator("#worklist article h2 a").first
    title = link.inner_text()
    window.use(link).fill("Was ist besprochen?", "Am Montag zurückgerufen.")
    window.press("angerufen").see("Vermerkt: angerufen.")
    idea = re.search(r"/ideen/(\d+)", window.page.url)
    assert idea
    window.visit(f"/koordination/ideen?idee={idea[1]}")
    window.page.locator("summary", has_text="Stand ändern").click()
    form = window.page.locator("form[action$='/stand']")
    form.get_by_label("Stand", exact=False).first.select_option("im_gespraech")
    form.get_by_role("textbox").first.fill("Wir haben am Montag telefoniert.")
    window.press("Stand speichern", inside=form)
    window.visit(f"/koordination/ideen/{idea[1]}").see("Wir haben am Montag telefoniert.")
    return title


def _ask_a_silent_office_again(window: Walker, *, elsewhere: bool) -> None:
    """Write to the same office once more, or to another one instead."""
    window.visit("/koordination/?wer=alle").follow("Ämter, die schweigen")
    silent = window.page.locator("#worklist article")
    number = silent.count()
    link = silent.first.locator("h2 a").first
    office = link.inner_text()
    window.use(link)
    if elsewhere:
        window.follow("Andere Stelle fragen").see(f"Zuvor gefragt: {office}")
        window.page.get_by_label("Stelle", exact=True).select_option("tiefbau")
        window.press("Weiter zum Brief").see("An: Mobilitäts- und Tiefbauamt")
    else:
        window.follow("Noch einmal schreiben").see(f"An: {office}")
    window.press("Entwurf speichern").see("Abgeschickt ist er noch nicht.")
    window.press("Jetzt per Mail senden").see("Der Brief ist unterwegs.", "Wer gefragt wurde")
    window.visit("/koordination/liste/aemter-schweigen?wer=alle")
    expect(silent).to_have_count(number - 1)


def _mend_the_mailbox_and_send_again(window: Walker) -> str:
    """Correct the office's entry from the letter that came back; return the new letter's page."""
    window.visit("/koordination/?wer=alle").follow("Briefe unzustellbar")
    window.use(window.page.locator("#worklist article h2 a").first).see("Die Mail kam zurück.")
    bounced = window.page.url
    window.follow("Prüf das Postfach der Stelle").fill("Postfach der Stelle", MENDED)
    window.press("Speichern")
    window.visit(bounced).follow("Noch einmal schreiben").press("Entwurf speichern")
    window.see(f"Die Mail geht an {MENDED}").press("Jetzt per Mail senden")
    window.see("Der Brief ist unterwegs.")
    letter = window.page.url
    window.visit("/koordination/liste/unzustellbar?wer=alle").see("Alle Briefe sind angekommen.")
    window.visit("/koordination/liste/ansprechstellen")
    expect(window.page.get_by_text("Postfach unzustellbar")).to_have_count(0)
    return letter


def _finish_a_follow_up(window: Walker) -> str:
    """Note that nobody answered, to try again today; the step is in the list, and done."""
    window.visit("/koordination/?wer=alle").follow("Unterstützungsanfragen")
    window.use(window.page.locator("#worklist article h2 a").first)
    record = window.page.url
    window.fill("Was ist besprochen?", "Anrufbeantworter, Montag noch einmal.")
    window.fill("Wieder nachfragen am", clock.today().isoformat())
    window.press("nicht erreicht").see("Vermerkt: nicht erreicht.")
    window.visit("/koordination/").follow("Fällige Schritte")
    step = window.page.get_by_role("article").filter(has_text="Anrufbeantworter, Montag")
    window.press("Erledigt", inside=step).see("Erledigt.")
    expect(step).to_have_count(0)
    return record


def _add_step(window: Walker, record: str, text: str) -> None:
    window.visit(record).page.locator("summary", has_text="Nächsten Schritt eintragen").click()
    form = window.page.locator("form[action$='/schritt']")
    form.get_by_label("Was ist zu tun?").fill(text)
    form.get_by_label("Bis wann?").fill(clock.today().isoformat())
    window.press("Eintragen", inside=form).see("Der nächste Schritt ist eingetragen.")


def _hand_over_one(window: Walker, colleague: Walker, record: str) -> None:
    text = f"Holz abholen ({'mit' if window.javascript else 'ohne'} Skript)"
    _add_step(window, record, text)
    window.visit("/koordination/liste/schritte")
    step = window.page.get_by_role("article").filter(has_text=text)
    window.follow("Übergeben", inside=step)
    window.page.get_by_label("An wen?").select_option("Benno")
    window.fill("Was soll sie oder er wissen?", "Du hast den Transporter.")
    window.press("Übergeben").see("1 Eintrag liegt jetzt bei Benno.")
    colleague.visit("/koordination/").follow("Fällige Schritte")
    theirs = colleague.page.get_by_role("article").filter(has_text=text)
    expect(theirs).to_contain_text("Übergabe: Du hast den Transporter.")
    colleague.press("Erledigt", inside=theirs)


def _hand_over_everything(window: Walker, colleague: Walker, letter: str, record: str) -> None:
    text = f"Schlüssel holen ({'mit' if window.javascript else 'ohne'} Skript)"
    _add_step(window, record, text)
    window.visit("/koordination/").follow("Alles übergeben")
    window.page.get_by_label("An wen?").select_option("Benno")
    window.fill("Was soll sie oder er wissen?", "Urlaub bis zum zweiten Advent.")
    window.press("Übergeben").see("Einträge liegen jetzt bei Benno.")
    window.visit("/koordination/uebergabe").see("0 offene Einträge")
    colleague.visit("/koordination/").follow("Fällige Schritte")
    theirs = colleague.page.get_by_role("article").filter(has_text=text)
    expect(theirs).to_contain_text("Übergabe: Urlaub bis zum zweiten Advent.")
    colleague.press("Erledigt", inside=theirs)
    colleague.visit(letter).see("Urlaub bis zum zweiten Advent.", "Benno")
    if window.javascript:
        assert window.check_accessibility() == []

"""From the record to the agenda, the members' opinions, the decision, and what everybody reads."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.walker import DESKTOP, PHONE, Walker

pytestmark = pytest.mark.xdist_group("journeys")
COORDINATOR, MEMBER = "koordination2@demo.example", "steuerung@demo.example"


def check(window: Walker) -> list[str]:
    """Check a page where the checker, which is a script, can run."""
    return window.check_everywhere() if window.javascript else []


@pytest.mark.parametrize(
    ("javascript", "size", "title"),
    [(True, DESKTOP, "Sommerkino im Hof"), (False, PHONE, "One afternoon a week reserved")],
    ids=["htmx", "plain"],
)
def test_an_idea_comes_before_the_steering_team(walk, javascript, size, title):
    window = walk(COORDINATOR, javascript=javascript, size=size)
    window.visit("/koordination/ideen?liste=laufend")
    record = window.page.get_by_role("link", name=re.compile(f"Akte ?: {title}"))
    while not record.count():
        window.follow("Mehr anzeigen")
    window.use(record)
    window.follow("Ins Steuerungsteam").press("Auf die Tagesordnung")
    faults = check(window)
    window.see("Schreib bitte auf, was ihr vom Steuerungsteam braucht.")
    window.fill("Was soll das Steuerungsteam entscheiden oder tun?", "Soll daraus ein Team werden?")
    window.press("Auf die Tagesordnung").see("Die Idee steht auf der Tagesordnung.", title)
    faults += check(window)
    agenda = window.page.url

    member = walk(MEMBER, javascript=javascript, size=size).visit("/steuerungsteam")
    faults += check(member)
    member.visit(agenda).see("Deine Meinung fehlt noch")
    faults += check(member)
    member.use(member.page.locator("main article h3 a", has_text=title))
    member.see("Was wir vom Steuerungsteam brauchen", "Soll daraus ein Team werden?")
    member.press("Meinung speichern").see("Wähl bitte aus")
    faults += check(member)
    member.page.get_by_label("dafür").check()
    member.fill("Anmerkung für die Sitzung", "Mein Hof macht mit.")
    member.press("Meinung speichern").see("Danke, deine Meinung ist notiert.")
    faults += check(member)

    window.visit(agenda)
    panel = window.page.locator("main article").filter(has_text=title)
    window.follow("Entscheidung notieren", inside=panel).see("Mein Hof macht mit.")
    window.page.get_by_label("nicht bei WiQ").check()
    window.press("Entscheidung speichern")
    faults += check(window)
    window.see("Dazu gehört die Frage oder der Grund.", "Nenn bitte auch, was stattdessen hilft.")
    window.page.get_by_label("angenommen").check()
    window.fill("Begründung oder Frage", "Alle fanden es schön.")
    window.press("Entscheidung speichern").see("Die Entscheidung ist notiert.")
    panel = window.page.locator("main article").filter(has_text=title)
    expect(panel).to_contain_text("Alle fanden es schön.")

    visitor = walk(javascript=javascript, size=size).visit("/steuerungsteam/protokolle")
    faults += check(visitor)
    visitor.use(visitor.page.locator("main article a").first)
    visitor.see("Gemüsebeete", "angenommen")
    faults += check(visitor)
    assert not faults, "\n".join(faults)

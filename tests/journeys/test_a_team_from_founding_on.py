"""A team's life: founded from an idea, people join, it stops, is taken over, and carries itself."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.people import join
from tests.journeys.served import ServedPortal
from tests.journeys.walker import PHONE, Walker

pytestmark = pytest.mark.xdist_group("journeys")
COORDINATOR, LEAD = "koordination@demo.example", "teamleitung@demo.example"


@pytest.mark.parametrize("javascript", [True, False], ids=["htmx", "plain"])
def test_a_team_from_founding_to_carrying_itself(served, walk, javascript):
    name, heir, place = ("Ilse", "Kurt", "Wurzner") if javascript else ("Grete", "Hans", "Rabet")
    first, second = f"{name.lower()}@example.org", f"{heir.lower()}@example.org"
    person, successor = (walk(javascript=javascript, size=PHONE) for _ in range(2))
    join(served, person, name=name, address=first, can="Ich schraube Regale aus Holz zusammen")
    idea = _post_idea(person, place)
    coordinator = walk(COORDINATOR, javascript=javascript)
    team = _found(coordinator, idea, name, place)
    person.visit(served.wait_for_link(first, "/teams/einladung/"))
    person.press("Ja, ich bin dabei").see("Schön, dass du dabei bist!", "Für die Teamleitung")
    person.follow("Entstanden aus") if False else person.visit(team)
    _tell_who_one_is(person, name)
    _write_to_it(served, walk, javascript, team, person)
    _pause(person, team)
    join(served, successor, name=heir, address=second, can="Ich lese gern vor und ordne Bücher")
    offer = _offer_to_take_over(successor, team)
    coordinator.visit("/koordination/liste/uebernahmen").see(place)
    coordinator.visit(offer).fill("Ein Satz dazu", "Wunderbar, mach weiter!")
    coordinator.press("Ja, Team übergeben").see("Das Team läuft wieder.")
    successor.visit(team).see("Für die Teamleitung", "Neue Leute haben das Team übernommen")
    _carry_itself(successor, team)


def _post_idea(person: Walker, place: str) -> str:
    """Post an idea and return its address."""
    person.visit("/ideen/neu")
    person.fill("Was stört dich oder fehlt?", f"In der Gegend {place} fehlt ein Bücherschrank.")
    person.fill(
        "Was wünschst du dir?",
        "Einen Schrank zum Tauschen. Wir brauchen jemanden, der zweimal in der Woche nachsieht.",
    )
    person.press("Idee abschicken").follow("So sehen andere deine Idee")
    return person.page.url


def _found(coordinator: Walker, idea: str, name: str, place: str) -> str:
    """Found the team from the idea in one step and return its address."""
    coordinator.visit(f"{idea}/wissen").see("Checkliste: Ein Verschenkeschrank")
    coordinator.visit(idea).follow("Stand ändern oder verbergen").follow("Team gründen")
    coordinator.see("Ruht schon ein Team dazu?", f"{name} (hatte die Idee)")
    coordinator.page.get_by_label("Gesuch 1 aufgeben").check()
    coordinator.fill("Gesuch 1 in einem Satz", "Wer sieht zweimal in der Woche nach?")
    coordinator.fill("Name des Teams", f"Bücherschrank {place}")
    coordinator.press("Team gründen", inside=coordinator.page.locator("#team-form"))
    coordinator.see("Wer sieht zweimal in der Woche nach?", "Eine gefragte Person hat noch nicht")
    team = re.sub(r"\?.*", "", coordinator.page.url)
    coordinator.visit(idea).see("Daraus wurde ein Team")
    coordinator.follow("Daraus wurde ein Team" if not coordinator.javascript else "Bücherschrank")
    coordinator.visit(f"/teams/neu?idee={idea.rpartition('/')[2]}", status=409)
    return team


def _tell_who_one_is(person: Walker, name: str) -> None:
    expect(person.page.get_by_text(f"{name} (Teamleitung)")).to_be_visible()
    person.follow("Name und Aufgabe ändern")
    person.page.get_by_label("Mein Vorname darf auf der Seite").check()
    person.fill("Was machst du im Team?", "Bretter und Schrauben")
    person.press("Speichern").see(f"{name} (Teamleitung), Bretter und Schrauben")


def _write_to_it(served: ServedPortal, walk, javascript: bool, team: str, lead: Walker) -> None:
    """A stranger without account writes, the lead answers, nobody sees an address."""
    address = "fremd@example.org" if javascript else "auch-fremd@example.org"
    stranger = walk(javascript=javascript, size=PHONE).visit(team)
    stranger.own_addresses.add(address)
    stranger.follow("Dem Team schreiben").fill("Deine Nachricht", "Ich habe Bücher übrig.")
    stranger.fill("Deine E-Mail-Adresse", address).press("Nachricht abschicken")
    stranger.see("Schau in deine Mails")
    stranger.visit(served.wait_for_link(address, "/teams/nachricht/"))
    stranger.press("Ja, abschicken").see("Ich habe Bücher übrig.")
    lead.visit("/nachrichten/").follow("Nachricht an das Team").see("Ich habe Bücher übrig.")
    lead.fill("Deine Nachricht", "Her damit!").press("Nachricht abschicken").see("Her damit!")
    stranger.visit(served.wait_for_link(address, "/gespraech/")).see("Her damit!")


def _pause(lead: Walker, team: str) -> None:
    lead.visit(f"{team}/status")
    lead.page.get_by_label("pausiert").check()
    lead.fill("Was hat sich geändert?", "Mir fehlt gerade die Zeit.")
    lead.press("Status speichern").see("Mir fehlt gerade die Zeit.")


def _offer_to_take_over(successor: Walker, team: str) -> str:
    successor.visit(team).follow("Team übernehmen")
    successor.press("Angebot abschicken").see("Schreib bitte kurz, was du vorhast.")
    successor.fill("Was habt ihr vor?", "Der Schrank soll bleiben.")
    successor.press("Angebot abschicken").see("noch keine Antwort")
    return re.sub(r"\?.*", "", successor.page.url)


def _carry_itself(lead: Walker, team: str) -> None:
    lead.visit(f"{team}/status")
    lead.page.get_by_label("im Betrieb").check()
    lead.page.get_by_label("Selbsttragende Struktur").check()
    lead.fill("Was hat sich geändert?", "Der Hausverein kümmert sich von nun an.")
    lead.press("Status speichern").see("selbsttragende Struktur", "Weg des Teams")
    lead.follow("Gelerntes aufschreiben")
    lead.fill("Was hat gut geklappt?", "Früh mit dem Hausverein reden.")
    lead.press("Veröffentlichen").see("Was wir gelernt haben", "Früh mit dem Hausverein reden.")
    lead.visit("/wissen/?q=Hausverein").see("Bücherschrank")


def test_the_new_pages_are_accessible(walk):
    faults = []
    window = walk(size=PHONE)
    for path in (
        "/wissen/",
        "/wissen/?q=xqzt",
        "/wissen/bank",
        "/ideen/1/wissen",
        "/akteure/1/teams",
    ):
        faults += window.visit(path).check_everywhere()
    lead = walk(LEAD, size=PHONE).visit("/teams/?meine=1").follow("Wurzelwerk")
    team = lead.page.url
    for page in ("stellen", "stellen/bearbeiten", "akteure", "nachbarn", "gelernt", "mein-platz"):
        faults += lead.visit(f"{team}/{page}").check_everywhere()
    faults += window.visit(f"{team}/schreiben").press("Nachricht abschicken").check_everywhere()
    paused = window.visit("/teams/?status=pausiert").page.get_by_role("link", name="Klingelrunde")
    resident = walk("bewohnerin@demo.example", size=PHONE)
    resident.visit(f"{paused.get_attribute('href')}/uebernehmen").press("Angebot abschicken")
    faults += resident.check_everywhere()
    coordinator = walk(COORDINATOR, size=PHONE).visit("/koordination/liste/uebernahmen")
    coordinator.follow("Klingelrunde").press("Dieses Mal nicht")
    faults += coordinator.see("ohne Erklärung").check_everywhere()
    idea = coordinator.visit("/koordination/ideen?liste=laufend").follow("Team gründen")
    faults += idea.check_everywhere()
    faults += coordinator.visit("/teams/nachricht/gibt-es-nicht", status=410).check_everywhere()
    assert not faults, "\n".join(faults)

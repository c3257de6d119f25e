"""The coordinators' day: records, contacts, steps, support requests, what waits, handing over."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from portal import clock
from portal.accounts.actions import role_named
from portal.accounts.erasure import delete_user
from portal.accounts.exports import everything_about
from portal.coordination import actions
from portal.coordination.models import ContactEntry, NextStep, SupportRequest
from portal.coordination.worklists import PAGE
from portal.errors import Conflict
from portal.extensions import db
from portal.ideas.actions import submit_idea
from portal.ideas.models import Idea
from portal.matches.models import Introduction, Suggestion
from portal.moderation.models import AuditEntry
from portal.offices.models import Office
from portal.profiles.actions import save_profile
from portal.teams.actions import create_team
from portal.teams.models import Team
from tests.portal.letter_cast import drafted, sent

LIST = "/koordination/liste"


@pytest.fixture
def idea(app, ada) -> Idea:
    found = submit_idea(
        problem="Vor dem Treff fehlt eine Bank.", wish="Eine Bank im Schatten.", initiator=ada
    ).idea
    db.session.commit()
    return found


@pytest.fixture
def team(app, ben) -> Team:
    found = create_team(by=ben, name="Radwerkstatt", challenge="Wir reparieren Räder.")
    db.session.commit()
    return found


@pytest.fixture
def office(app) -> Office:
    found = Office(
        slug="gruen", name="Grünamt", kind="amt", duties="Pflegt Bäume.",
        source_url="https://example.org/", checked_on=clock.today() - timedelta(days=200),
        evidence="full", search_key="gruenamt", mailbox="gruen@office.example",
    )  # fmt: skip
    db.session.add(found)
    db.session.commit()
    return found


def day(ahead: int = 0) -> str:
    return (clock.today() + timedelta(days=ahead)).isoformat()


def all_of(table: type) -> list:
    return list(db.session.scalars(select(table).order_by(table.id)))


def step(idea: Idea, owner, due: int = 0, text: str = "Beim Treff anrufen") -> NextStep:
    found = actions.add_step(
        ("idea", idea.id), text=text, owner=owner, by=owner,
        due_on=clock.today() + timedelta(days=due),
    )  # fmt: skip
    db.session.commit()
    return found


def support(idea: Idea, owner) -> SupportRequest:
    found = actions.request_support(
        ("idea", idea.id), type="geld", text="300 Euro für Holz", owner=owner, by=owner,
        due_on=clock.today() + timedelta(days=7),
    )  # fmt: skip
    db.session.commit()
    return found


def waits(page) -> list[str]:
    return [each.h2.get_text(" ", strip=True) for each in page.select("#worklist article")]


# Records


def test_an_ideas_case_shows_everything_about_it(as_user, cem, ben, idea, team):
    suggestion = Suggestion(
        source_kind="idea", source_id=idea.id, target_kind="team", target_id=team.id,
        pair_key=f"idea:{idea.id}|team:{team.id}", score=1, label="gut", matcher_version="1",
        state="approved", decided_at=clock.now(),
    )  # fmt: skip
    db.session.add(Introduction(suggestion=suggestion, asks_from=clock.now()))
    step(idea, cem)
    support(idea, cem)
    page = as_user(cem).visit(f"/koordination/ideen/{idea.id}")
    for expected in (
        "Vor dem Treff fehlt eine Bank.", "Eine Bank im Schatten.", "Radwerkstatt",
        "noch nicht gefragt", "Beim Treff anrufen", "300 Euro für Holz",
        "Die Idee ist angekommen",
    ):  # fmt: skip
        assert expected in page.text
    assert page.select_one(f"#suggestions a[hx-get='/ideen/{idea.id}/passend']")
    assert page.select_one(f"#idea-queue a[href='/koordination/ideen?idee={idea.id}']")
    assert "@" not in page.text


def test_the_state_is_changed_with_the_ideas_own_form(as_user, cem, idea):
    url = f"/koordination/ideen?idee={idea.id}"
    page = as_user(cem).visit(url, target="idea-queue")
    form = page.select_one(f"form[action='/koordination/ideen/{idea.id}/stand']")
    assert form["hx-target"] == "#idea-queue"


@pytest.mark.parametrize("kind", ["person", "team", "ansprechstelle", "idee"])
def test_people_teams_and_offices_have_a_record_too(as_user, cem, ada, idea, team, office, kind):
    number = {"person": ada, "team": team, "ansprechstelle": office, "idee": idea}[kind].id
    url = f"/koordination/akte/{kind}/{number}"
    browser = as_user(cem)
    page = browser.submit(f"{url}/kontakt", channel="getroffen", text="Kaffee am Markt")
    assert "Kaffee am Markt" in page.text
    assert browser.get(url).status_code == (302 if kind == "idee" else 200)


def test_there_is_no_record_of_what_does_not_exist(as_user, cem, idea):
    for path in ("akte/team/99", "akte/idee/99", "akte/wolke/1", "ideen/99"):
        as_user(cem).visit(f"/koordination/{path}", status=404)


def test_residents_never_read_records(as_user, visitor, ada, idea):
    url = f"/koordination/ideen/{idea.id}"
    as_user(ada).visit(url, status=403)
    assert visitor.get(url).location.startswith("/anmelden")


def test_nobody_reads_or_writes_notes_about_themselves(as_user, cem, ada, idea):
    actions.log_contact(("idea", idea.id), channel="notiz", text="Geheim", by=cem)
    actions.log_contact(("person", ada.id), channel="notiz", text="Auch geheim", by=cem)
    mine, request = step(idea, cem), support(idea, cem)
    ada.roles.append(role_named("coordinator"))
    db.session.commit()
    browser = as_user(ada)
    assert "eheim" not in browser.visit(f"/koordination/ideen/{idea.id}").text
    assert "eheim" not in browser.visit(f"/koordination/akte/person/{ada.id}").text
    for path in (
        f"akte/idee/{idea.id}/kontakt", f"akte/idee/{idea.id}/schritt",
        f"akte/person/{ada.id}/unterstuetzung", f"schritte/{mine.id}/erledigt",
        f"unterstuetzung/{request.id}/erledigt", f"uebergabe?schritt={mine.id}",
    ):  # fmt: skip
        browser.submit(f"/koordination/{path}", status=403)
    assert waits(browser.visit(f"{LIST}/schritte?wer=alle")) == []
    assert waits(browser.visit(f"{LIST}/unterstuetzung?wer=alle")) == []


# Contact log


@pytest.mark.parametrize("channel", ["angerufen", "gemailt", "getroffen", "nicht_erreicht"])
def test_one_button_notes_a_contact_without_a_word(as_user, cem, idea, channel):
    page = as_user(cem).visit(f"/koordination/ideen/{idea.id}")
    button = page.select_one(f"button[name=channel][value={channel}]")
    form = button.find_parent("form")
    page = as_user(cem).submit(form["action"], channel=channel, target="record-work")
    (entry,) = all_of(ContactEntry)
    assert (entry.channel, entry.created_by_id) == (channel, cem.id)
    assert "Cem" in page.select_one(".timeline").text


def test_a_contact_with_a_day_comes_back_on_that_day(as_user, cem, idea):
    as_user(cem).submit(
        f"/koordination/akte/idee/{idea.id}/kontakt",
        channel="nicht_erreicht", text="Mailbox besprochen", follow_up_on=day(3),
    )  # fmt: skip
    (follow_up,) = all_of(NextStep)
    assert (follow_up.owner_id, follow_up.due_on.isoformat()) == (cem.id, day(3))
    assert waits(as_user(cem).visit(f"{LIST}/schritte")) == []
    follow_up.due_on = clock.today()
    db.session.commit()
    assert waits(as_user(cem).visit(f"{LIST}/schritte")) == [idea.title]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"channel": "notiz", "text": ""}, "was du dir merken willst"),
        ({"channel": "notiz", "text": "böse\u202e"}, "Steuerzeichen"),
        ({"channel": "notiz", "text": "x" * 4001}, "höchstens 4000"),
        ({"channel": "angerufen", "text": "Bis bald", "follow_up_on": "2020-01-01"}, "heute oder"),
        ({"channel": "gefaxt", "text": "Bis bald"}, ""),
    ],
)
def test_a_wrong_contact_is_explained_and_kept(as_user, cem, idea, values, message):
    url = f"/koordination/akte/idee/{idea.id}/kontakt"
    page = as_user(cem).submit(url, status=422, **values)
    assert message in page.select_one(".error-summary").text
    if "\u202e" not in values["text"]:
        assert values["text"] in page.select_one("#contact-text").text
    assert all_of(ContactEntry) == []


# Next steps


def test_a_step_has_an_owner_and_a_day_and_is_ticked_off(as_user, cem, dora, idea):
    browser = as_user(cem)
    page = browser.submit(
        f"/koordination/akte/idee/{idea.id}/schritt",
        text="Ortstermin vereinbaren", owner=dora.id, due_on=day(),
    )  # fmt: skip
    assert "Ortstermin vereinbaren" in page.text
    assert "Dora" in page.select_one("#record-work").text
    (found,) = all_of(NextStep)
    page = as_user(dora).submit(f"/koordination/schritte/{found.id}/erledigt", target="record-work")
    assert "Noch nichts geplant" in page.text
    as_user(cem).submit(f"/koordination/schritte/{found.id}/erledigt", status=409)


def test_a_step_ticked_off_in_the_list_leads_back_to_the_list(as_user, cem, idea):
    found = step(idea, cem)
    page = as_user(cem).submit(
        f"/koordination/schritte/{found.id}/erledigt", liste="schritte", wer="ich"
    )
    assert "Bis heute ist nichts mehr zu tun" in page.text


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"text": "", "due_on": "2099-01-01"}, "was als Nächstes ansteht"),
        ({"text": "Anrufen", "due_on": ""}, "Nenn bitte einen Tag"),
        ({"text": "Anrufen", "due_on": "2020-01-01"}, "heute oder"),
        ({"text": "Anrufen", "owner": "999"}, "aus der Liste"),
    ],
)
def test_a_wrong_step_is_explained_and_kept(as_user, cem, idea, values, message):
    values = {"owner": cem.id, "due_on": day(1)} | values
    url = f"/koordination/akte/idee/{idea.id}/schritt"
    page = as_user(cem).submit(url, status=422, target="record-work", **values)
    assert message in page.select_one(".error-summary").text
    assert values["text"] in page.select_one("#step-text").text
    assert page.select_one("#step-text").find_parent("details").has_attr("open")


def test_work_of_a_deleted_account_is_everybodys(as_user, cem, dora, idea):
    step(idea, dora)
    delete_user(dora)
    db.session.commit()
    page = as_user(cem).visit(f"{LIST}/schritte")
    assert waits(page) == [idea.title]
    assert "noch niemand" in page.text


# Support requests


def test_a_support_request_ends_with_a_result(as_user, cem, idea):
    browser = as_user(cem)
    page = browser.submit(
        f"/koordination/akte/idee/{idea.id}/unterstuetzung",
        type="konzept", text="Skizze für den Antrag", owner=cem.id, due_on=day(10),
    )  # fmt: skip
    assert "Skizze für den Antrag" in page.text
    (request,) = all_of(SupportRequest)
    url = f"/koordination/unterstuetzung/{request.id}/erledigt"
    page = browser.submit(url, result="", status=422)
    assert "was daraus geworden ist" in page.select_one(".error-summary").text
    assert page.select_one(f"#result-{request.id}-result").find_parent("details").has_attr("open")
    page = browser.submit(url, result="Liegt beim Quartiersrat.")
    assert "Liegt beim Quartiersrat." in page.text
    browser.submit(url, result="Noch einmal.", status=409)
    assert request.result == "Liegt beim Quartiersrat."


# Workbench and lists


def test_the_workbench_counts_and_estimates(as_user, cem, dora, idea, office):
    idea.created_at = clock.now() - timedelta(days=8)
    step(idea, cem)
    step(idea, dora)
    support(idea, dora)
    numbers = {
        each.h2.text.strip(): int(each.select_one(".lead").text)
        for each in as_user(cem).visit("/koordination/").select(".card")
    }
    assert numbers == {
        "Ideen ansehen": 1, "Vorschläge prüfen": 0, "Anrufe": 0, "Ideen ohne Reaktion": 1,
        "Vermittlungen warten auf Antwort": 0, "Fällige Schritte": 1, "Unterstützungsanfragen": 0,
        "Ansprechstellen neu prüfen": 1, "Ämter, die schweigen": 0, "Briefe unzustellbar": 0,
        "Antworten von Ämtern": 0, "Übernahmen pausierter Teams": 0,
        "Unbeantwortete Beitrittsanfragen": 0, "Teams ohne Leitung": 0,
        "Erfassungen prüfen": 0, "Fördertöpfe neu prüfen": 0, "Weitergaben ohne Reaktion": 0,
    }  # fmt: skip
    page = as_user(cem).visit("/koordination/?wer=alle")
    # An idea to look at and one without reaction 10 each, two steps, a request 15, an office 5.
    assert "Zusammen etwa 60 Minuten" in page.text


def test_an_idea_waits_until_somebody_reacts(as_user, cem, idea):
    browser = as_user(cem)
    assert waits(browser.visit(f"{LIST}/ideen")) == []
    idea.created_at = clock.now() - timedelta(days=8)
    db.session.commit()
    assert waits(browser.visit(f"{LIST}/ideen")) == [idea.title]
    actions.log_contact(("idea", idea.id), channel="angerufen", by=cem)
    db.session.commit()
    assert waits(browser.visit(f"{LIST}/ideen")) == []


def test_introductions_wait_until_both_answered(as_user, cem, ada, idea, team):
    suggestion = Suggestion(
        source_kind="idea", source_id=idea.id, target_kind="team", target_id=team.id,
        pair_key="x", score=1, label="gut", matcher_version="1", state="approved",
        decided_at=clock.now(),
    )  # fmt: skip
    introduction = Introduction(
        suggestion=suggestion, asks_from=clock.now(), asked_at=clock.now() - timedelta(days=2)
    )
    db.session.add(introduction)
    db.session.commit()
    (found,) = waits(as_user(cem).visit(f"{LIST}/vermittlungen"))
    assert "Radwerkstatt" in found
    introduction.closed_at = clock.now()
    db.session.commit()
    assert waits(as_user(cem).visit(f"{LIST}/vermittlungen")) == []


def test_old_office_entries_wait_for_a_check(as_user, cem, office):
    assert waits(as_user(cem).visit(f"{LIST}/ansprechstellen")) == ["Grünamt"]
    as_user(cem).submit("/ansprechstellen/gruen/geprueft")
    assert waits(as_user(cem).visit(f"{LIST}/ansprechstellen")) == []


def test_lists_show_mine_or_all_longest_waiting_first(as_user, cem, dora, idea):
    step(idea, cem, 0)
    step(idea, dora, -3)
    browser = as_user(cem)
    assert len(waits(browser.visit(f"{LIST}/schritte"))) == 1
    page = browser.visit(f"{LIST}/schritte?wer=alle")
    owners = [each.select_one(".card__meta").text for each in page.select("#worklist article")]
    assert "Dora" in owners[0]
    assert "überfällig" in owners[0]
    assert "Cem" in owners[1]
    browser.visit(f"{LIST}/unbekannt", status=404)


@pytest.mark.parametrize("name", ["schritte", "unterstuetzung", "ideen", "ansprechstellen"])
def test_long_lists_are_paged_by_key_in_few_statements(
    as_user, cem, ada, idea, count_queries, name
):
    for number in range(PAGE + 5):
        if name == "schritte":
            step(idea, cem, -number // 3)
        elif name == "unterstuetzung":
            support(idea, cem)
        elif name == "ideen":
            one = submit_idea(problem=f"Problem Nummer {number}", wish="Hilfe", initiator=ada).idea
            one.created_at = clock.now() - timedelta(days=20)
        else:
            db.session.add(
                Office(
                    slug=f"o{number}", name=f"Amt {number}", kind="amt", duties="Pflegt.",
                    source_url="https://example.org/", evidence="full", search_key="amt",
                    checked_on=clock.today() - timedelta(days=200 + number % 3),
                )
            )  # fmt: skip
    db.session.commit()
    browser = as_user(cem)
    count_queries.clear()
    page = browser.visit(f"{LIST}/{name}")
    assert len(count_queries) <= 6
    rest = browser.visit(page.select_one("a[rel=next]")["href"])
    links = [a["href"] for one in (page, rest) for a in one.select("#worklist h2 a")]
    assert len(links) == PAGE + 5
    if name in ("ideen", "ansprechstellen"):
        assert len(set(links)) == PAGE + 5
    for broken in ("x", "2026-01-01~", "~1", "2026-01-01~99999999999", "2026-01-01T00:00+01:00~1"):
        browser.visit(f"{LIST}/{name}?nach={broken}")


# Handing over


def test_one_item_goes_to_a_colleague_with_a_note(as_user, cem, dora, idea):
    found = step(idea, cem)
    url = f"/koordination/uebergabe?schritt={found.id}"
    browser = as_user(cem)
    assert "Beim Treff anrufen" in browser.visit(url).text
    page = browser.submit(url, to=dora.id, note="Der Treff ruft zurück.", seen=cem.id)
    assert "Der Treff ruft zurück." in page.text
    assert waits(browser.visit(f"{LIST}/schritte")) == []
    assert waits(as_user(dora).visit(f"{LIST}/schritte")) == [idea.title]


def test_everything_goes_to_a_colleague_before_a_holiday(as_user, cem, dora, idea):
    first, second = step(idea, cem), support(idea, cem)
    done = step(idea, cem)
    actions.finish_step(done)
    db.session.commit()
    assert "2 offene Einträge" in as_user(cem).visit("/koordination/uebergabe").text
    page = as_user(cem).submit(
        "/koordination/uebergabe", to=dora.id, note="Urlaub bis Januar", seen=cem.id
    )
    assert "2 Einträge liegen jetzt bei Dora" in page.text
    assert first.owner_id == second.owner_id == dora.id
    assert done.owner_id == cem.id


def test_all_kinds_of_owned_work_go_over_with_the_note(as_user, cem, dora, eve, idea, office):
    """Whatever table says who owns it is handed over; a new one without it fails here."""
    step(idea, cem)
    support(idea, cem)
    drafted(idea, office, cem)
    for state in ("bounced_at", "answered_at", None):
        letter = sent(idea, office, cem, days_ago=20)
        if state:
            setattr(letter, state, clock.now())
    db.session.commit()
    as_user(cem).submit("/koordination/uebergabe", to=dora.id, note="Urlaub bis Mai", seen=cem.id)
    owning = [table for table in db.metadata.sorted_tables if "handover_note" in table.columns]
    assert {table.name for table in owning} == {"next_step", "support_request", "letter"}
    for table in owning:
        rows = db.session.execute(select(table.c.owner_id, table.c.handover_note)).all()
        assert set(rows) == {(dora.id, "Urlaub bis Mai")}, table.name
    browser = as_user(dora)
    lists = ("schritte", "unterstuetzung", "aemter-schweigen", "unzustellbar", "aemter-antworten")
    for name in lists:
        page = browser.visit(f"{LIST}/{name}")
        assert "Übergabe: Urlaub bis Mai" in page.select_one("#worklist").text, name
        assert waits(as_user(cem).visit(f"{LIST}/{name}")) == [], name
        assert waits(as_user(eve).visit(f"{LIST}/{name}")) == [], name
    assert "0 offene Einträge" in as_user(cem).visit("/koordination/uebergabe").text


def test_nobody_is_given_work_about_their_own_idea(as_user, cem, dora, ada, idea, team):
    ada.roles.append(role_named("coordinator"))
    db.session.commit()
    found = step(idea, cem)
    actions.add_step(("team", team.id), text="Nachsehen", owner=cem, by=cem, due_on=clock.today())
    db.session.commit()
    browser = as_user(cem)
    url = f"/koordination/uebergabe?schritt={found.id}"
    people = [each.text for each in browser.visit(url).select("#handover-to option")]
    assert people == ["Dora"]
    page = browser.visit(f"/koordination/ideen/{idea.id}")
    assert [each.text for each in page.select("#step-owner option")] == ["Cem", "Dora"]
    page = browser.submit("/koordination/uebergabe", to=ada.id, note="Urlaub", seen=cem.id)
    assert "Was Ada selbst betrifft, bleibt bei dir" in page.text
    assert found.owner_id == cem.id
    assert waits(as_user(ada).visit(f"{LIST}/schritte")) == ["Radwerkstatt"]


def test_every_page_of_a_subject_leads_coordinators_to_its_record(
    as_user, cem, ada, ben, idea, team, office
):
    save_profile(
        ben, can="Holz sägen", learn="", cares="", rules_out="", times=[], languages=[],
        district=None, reach="stadt", visibility={"can": "oeffentlich"},
    )  # fmt: skip
    idea.published_at = clock.now()
    db.session.commit()
    for path, link in (
        (f"/ideen/{idea.id}", f"/koordination/ideen/{idea.id}"),
        (f"/koordination/ideen?idee={idea.id}", f"/koordination/ideen/{idea.id}"),
        (f"/teams/{team.id}", f"/koordination/akte/team/{team.id}"),
        ("/ansprechstellen/gruen", f"/koordination/akte/ansprechstelle/{office.id}"),
        (f"/leute/{ben.id}", f"/koordination/akte/person/{ben.id}"),
    ):
        assert as_user(cem).visit(path).select_one(f"a[href='{link}']"), path
        if "koordination" not in path:
            assert not as_user(ada).visit(path).select(f"a[href='{link}']")


def test_handing_over_needs_a_colleague_and_a_word(as_user, cem, dora, ada, idea):
    found = step(idea, cem)
    for to, note in ((cem.id, "Urlaub"), (ada.id, "Urlaub"), (dora.id, "")):
        url = f"/koordination/uebergabe?schritt={found.id}"
        page = as_user(cem).submit(
            url, to=to, note=note, seen=cem.id, status=422, target="hand-over"
        )
        assert note in page.select_one("#handover-note").text
    with pytest.raises(actions.NotAColleague):
        actions.hand_over(found, to=ada, note="Urlaub")
    assert found.owner_id == cem.id


def test_of_two_who_act_at_once_one_wins(app, cem, dora, eve, idea):
    found = step(idea, cem)
    assert found.owner_id == cem.id  # what the slower one read
    db.session.execute(text(f"UPDATE next_step SET owner_id = {dora.id}"))
    with pytest.raises(Conflict):
        actions.hand_over(found, to=eve, note="Ich mache das")


def test_who_hands_over_from_an_old_page_is_told(as_user, cem, dora, eve, idea):
    found = step(idea, cem)
    url = f"/koordination/uebergabe?schritt={found.id}"
    seen = as_user(cem).visit(url).select_one("[name=seen]")["value"]
    as_user(dora).submit(url, to=dora.id, note="Ich übernehme", seen=seen)
    page = as_user(cem).submit(url, to=eve.id, note="Urlaub", seen=seen, status=422)
    assert "inzwischen" in page.select_one(".error-summary").text
    assert found.owner_id == dora.id


# What is kept


def test_everything_is_in_the_audit_log_without_its_words(as_user, cem, dora, idea):
    url, browser = f"/koordination/akte/idee/{idea.id}", as_user(cem)
    browser.submit(f"{url}/kontakt", channel="angerufen", text="Geheim")
    browser.submit(f"{url}/schritt", text="Geheim", owner=cem.id, due_on=day(1))
    browser.submit(f"{url}/unterstuetzung", type="geld", text="Geheim", owner=cem.id, due_on=day(1))
    browser.submit("/koordination/uebergabe", to=dora.id, note="Geheim", seen=cem.id)
    browser.submit(f"/koordination/schritte/{all_of(NextStep)[0].id}/erledigt")
    browser.submit(
        f"/koordination/unterstuetzung/{all_of(SupportRequest)[0].id}/erledigt", result="Geheim"
    )
    kept = [entry for entry in all_of(AuditEntry) if not entry.by_command]
    assert [entry.action for entry in kept] == [
        "contact.logged", "step.added", "support.added", "step.handed_over", "support.handed_over",
        "step.done", "support.done",
    ]  # fmt: skip
    assert "Geheim" not in str([(entry.before, entry.after) for entry in kept])


def test_notes_about_a_person_are_told_to_them_and_deleted_with_the_account(app, cem, ada):
    actions.log_contact(("person", ada.id), channel="notiz", text="Ruft gern abends an", by=cem)
    db.session.commit()
    told = everything_about(ada)["coordination"]
    assert told["contact_entry"][0]["text"] == "Ruft gern abends an"
    assert "Cem" not in str(told)
    delete_user(ada)
    db.session.commit()
    assert all_of(ContactEntry) == []

"""Many approvals at once, whom a coordinator knows, snoozing until a day, four eyes everywhere."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from portal import clock
from portal.accounts.actions import role_named
from portal.extensions import db
from portal.ideas.actions import submit_idea
from portal.matches import jobs
from portal.matches.fairness import Load, loads_of
from portal.matches.models import Introduction, Suggestion
from portal.moderation.models import AuditEntry
from portal.offices.models import Office
from portal.profiles.actions import delete_profile
from portal.teams.actions import add_member, create_team, open_opening
from tests.portal.pairs import follow_up, log_of, profile_of, suggestion_between

QUEUE = "/koordination/vorschlaege"
BATCH = f"{QUEUE}/sammeln"


def waiting(workshop, person, label: str = "sehr gut") -> Suggestion:
    row = suggestion_between(f"person:{person.id}", f"opening:{workshop[1].id}")
    row.state, row.needs_review, row.label = "open", True, label
    db.session.commit()
    return row


def make_coordinator(user) -> None:
    user.roles.append(role_named("coordinator"))
    db.session.commit()


def chosen(*rows: Suggestion) -> list[str]:
    return [f"{row.id}-{row.version}" for row in rows]


@pytest.fixture
def two(workshop, ada, dora) -> list[Suggestion]:
    """Ada fits Ben's opening very well, Dora just well."""
    profile_of(ada)
    profile_of(dora)
    db.session.execute(update(Suggestion).values(state="shown", needs_review=False))
    return [waiting(workshop, ada), waiting(workshop, dora, "gut")]


@pytest.fixture
def idea(app, ben):
    """Ben's public idea, about something nobody has in their profile."""
    made = submit_idea(
        problem="Im Hof fehlt eine Bank.", wish="Eine Bank zum Sitzen.", initiator=ben, publish=True
    ).idea
    db.session.commit()
    follow_up()
    return made


def by_hand(idea_or_opening: str) -> str:
    return f"{QUEUE}/von-hand/{idea_or_opening}"


def test_the_preview_shows_who_will_be_asked_and_approves_nothing(as_user, cem, two):
    page = as_user(cem).visit(BATCH)
    follows = page.select_one("#asked-title").find_parent("section").text
    assert "Person Ada: 1 Frage" in follows
    assert "(Radwerkstatt): 1 Frage" in follows
    assert "Dora" not in page.text  # fits well, not very well
    assert len(as_user(cem).visit(f"{BATCH}?ab=gut").select("[name=chosen][checked]")) == 2
    assert db.session.scalars(select(Introduction)).first() is None


def test_only_what_is_ticked_is_approved(as_user, cem, two):
    page = as_user(cem).submit(BATCH, chosen=chosen(two[1]))
    assert "1 Vorschlag zugestimmt" in page.select_one("#notices").text
    assert [row.state for row in two] == ["open", "approved"]
    assert two[1].decided_by_id == cem.id


def test_nobody_gets_more_than_two_questions_without_a_look(as_user, ada, ben, cem, app):
    rows = []
    profile_of(ada)
    for number in range(3):
        team = create_team(by=ben, name=f"Rad {number}", challenge="Wir reparieren Fahrräder.")
        add_member(team, ben, is_lead=True)
        opening = open_opening(
            team, by=ben, kind="skill", title="Fahrräder reparieren", text="Hilf uns mit Rädern.",
            times=[], languages=[], district=None,
        )  # fmt: skip
        db.session.commit()
        follow_up()
        rows.append(waiting((team, opening), ada))
    page = as_user(cem).visit(BATCH)
    assert len(page.select("[name=chosen]")) == 3
    assert len(page.select("[name=chosen][checked]")) == 2


def test_a_stale_version_and_an_own_pair_are_left_out_and_said(as_user, cem, ada, two):
    values = chosen(*two)
    as_user(cem).submit(f"{QUEUE}/{two[0].id}", decision="later", version=two[0].version)
    page = as_user(cem).submit(BATCH, chosen=values)
    assert "1 ging nicht mehr" in page.text
    assert [row.state for row in two] == ["snoozed", "approved"]


def test_a_batch_can_be_taken_back_at_once(as_user, cem, dora, eve, two):
    as_user(cem).submit(BATCH, chosen=chosen(*two))
    page = as_user(cem).visit(f"{QUEUE}/entschieden")
    assert "Alle zurücknehmen" in page.text
    assert "Alle zurücknehmen" not in as_user(eve).visit(f"{QUEUE}/entschieden").text
    as_user(eve).submit(f"{QUEUE}/alle-zurueck")  # nothing of hers
    assert [row.state for row in two] == ["approved", "approved"]
    as_user(cem).submit(f"{QUEUE}/alle-zurueck")
    assert [row.state for row in two] == ["open", "open"]
    assert db.session.scalars(select(Introduction)).first() is None


@pytest.mark.parametrize("value", ["", "x", "1", "1-x", "0-1", "1-1-1", "999999999999-1"])
def test_nonsense_in_the_batch_changes_nothing(as_user, cem, two, value):
    page = as_user(cem).submit(BATCH, chosen=value)
    assert "Kreuze bitte an" in page.text
    assert [row.state for row in two] == ["open", "open"]


def test_the_queue_can_take_back_the_last_decision_for_ten_minutes(as_user, cem, dora, two):
    browser = as_user(cem)
    for decision in ({"decision": "approve"}, {"decision": "later"}, {"reason": "ort"}):
        fields = {"decision": "decline", "version": two[0].version} | decision
        page = browser.submit(f"{QUEUE}/{two[0].id}", seite=1, **fields)
        assert page.select_one("[data-undo]")
        assert not as_user(dora).visit(QUEUE).select_one("[data-undo]")
        page = browser.submit(f"{QUEUE}/{two[0].id}/zurueck", version=two[0].version, seite=1)
        assert page.select_one("[data-review]")
        assert two[0].state == "open"
    browser.submit(f"{QUEUE}/{two[0].id}", decision="approve", version=two[0].version)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11), tick=False):
        jobs.ask_due()
        assert not browser.visit(QUEUE).select_one("[data-undo]")


def test_snoozed_until_a_day_it_comes_back_that_morning_also_when_the_clocks_change(
    as_user, cem, two
):
    friday = datetime(2026, 10, 23, 8, tzinfo=UTC)
    with time_machine.travel(friday, tick=False):
        page = as_user(cem).submit(
            f"{QUEUE}/{two[0].id}", decision="later", version=two[0].version, until="2026-10-26"
        )
        assert "26. Oktober 2026" in page.text
    monday = datetime.combine(date(2026, 10, 26), time(), clock.BERLIN)
    assert two[0].snoozed_until == monday.astimezone(UTC).replace(tzinfo=None)
    for moment, shown in ((monday - timedelta(minutes=1), 1), (monday, 2)):
        with time_machine.travel(moment, tick=False):
            assert len(as_user(cem).visit(QUEUE).select("[data-review]")) == shown


@pytest.mark.parametrize("until", ["2020-01-01", "2090-01-01", "Montag"])
def test_a_day_that_is_none_or_too_far_changes_nothing(as_user, cem, two, until):
    as_user(cem).submit(
        f"{QUEUE}/{two[0].id}", decision="later", version=two[0].version, until=until
    )
    assert two[0].state == "open"


def test_the_queue_says_how_much_is_going_on_about_a_side(as_user, cem, ada, two):
    assert "mehr als 6 legt die Maschine nicht vor" in as_user(cem).visit(QUEUE).text
    as_user(cem).submit(BATCH, chosen=chosen(two[0]))
    person, opening = ("person", ada.id), (two[0].source_kind, two[0].source_id)
    if opening[0] == "person":
        opening = (two[0].target_kind, two[0].target_id)
    assert loads_of([person, opening]) == {person: Load(0, 6, 1), opening: Load(1, 5, 1)}
    assert "Gerade läuft 1 Anfrage" in as_user(cem).visit(QUEUE).text


@pytest.mark.parametrize("path", [QUEUE, f"{BATCH}?ab=gut", f"{QUEUE}/entschieden"])
def test_long_lists_need_at_most_six_statements(as_user, cem, two, count_queries, path):
    for number in range(1, 60):
        db.session.add(
            Suggestion(
                source_kind=two[0].source_kind, source_id=two[0].source_id,
                target_kind=two[0].target_kind, target_id=two[0].target_id,
                pair_key=f"copy {number}", score=0.9, label="gut", reasons=[], matcher_version="1",
                state="open", needs_review=True,
            )
        )  # fmt: skip
    db.session.commit()
    as_user(cem).submit(BATCH, chosen=chosen(two[0]))
    browser = as_user(cem)
    browser.visit(path)
    count_queries.clear()
    browser.visit(path)
    assert len(count_queries) <= 6, count_queries


def test_a_coordinator_adds_somebody_they_know(as_user, ada, cem, idea):
    profile_of(ada, can="Ich koche gern Suppe.")
    page = as_user(cem).visit(f"{by_hand(f'idea/{idea.id}')}?q=ada")
    value = page.select_one("[name=candidate]")["value"]
    assert value == f"person-{ada.id}"
    page = as_user(cem).submit(
        by_hand(f"idea/{idea.id}"), candidate=value, q="ada", note="Sie hat mir von Holz erzählt."
    )
    card = page.select_one("[data-review]")
    assert "Cem" in card.text
    assert "von Holz erzählt" in card.text
    row = suggestion_between(f"idea:{idea.id}", f"person:{ada.id}")
    assert (row.state, row.needs_review, row.added_by_id) == ("open", True, cem.id)
    assert log_of(row)[-1].decision == "added"
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "suggestion.added")
    ).one()
    assert entry.actor_id == cem.id
    assert "Holz" not in str(entry.after)
    jobs.refresh([("idea", idea.id), ("person", ada.id)])  # a new look keeps it
    assert suggestion_between(f"idea:{idea.id}", f"person:{ada.id}").state == "open"
    assert "Holz" not in as_user(ada).visit("/profil/passend").text


def test_by_hand_asks_for_a_choice_and_a_reason(as_user, ada, cem, idea):
    profile_of(ada)
    page = as_user(cem).submit(by_hand(f"idea/{idea.id}"), q="ada", status=422)
    assert "Wähl bitte aus" in page.text
    assert "Schreib bitte dazu" in page.text


def test_hard_facts_and_consent_hold_for_what_is_added_by_hand(as_user, ada, ben, cem, idea):
    profile_of(ada, rules_out="Keine Bank bauen.")
    path, browser = by_hand(f"idea/{idea.id}"), as_user(cem)
    page = browser.visit(f"{path}?q=ada")
    assert not page.select("[name=candidate]")
    assert "ausgeschlossen" in page.text
    refused = {"candidate": f"person-{ada.id}", "note": "Ich kenne sie."}
    assert "ausgeschlossen" in browser.submit(path, status=400, **refused).text
    delete_profile(ada)
    db.session.commit()
    assert "Niemand gefunden" in browser.visit(f"{path}?q=ada").text
    assert "kein Einverständnis" in browser.submit(path, status=400, **refused).text
    own = browser.submit(path, status=400, candidate=f"person-{ben.id}", note="Er selbst.")
    assert "kein Einverständnis" in own.text
    profile_of(ben)
    own = browser.submit(path, status=400, candidate=f"person-{ben.id}", note="Er selbst.")
    assert "gehört schon zusammen" in own.text


def test_a_declined_pair_cannot_be_added_again(as_user, ada, cem, idea):
    profile_of(ada)
    path, browser = by_hand(f"idea/{idea.id}"), as_user(cem)
    fields = {"candidate": f"person-{ada.id}", "note": "Ich kenne sie."}
    browser.submit(path, **fields)
    row = suggestion_between(f"idea:{idea.id}", f"person:{ada.id}")
    browser.submit(f"{QUEUE}/{row.id}", decision="decline", reason="person", version=row.version)
    assert "schon einmal geprüft" in browser.visit(f"{path}?q=ada").text
    assert "schon einmal geprüft" in browser.submit(path, status=400, **fields).text


def test_an_office_added_by_hand_is_shown_at_once_and_nobody_is_asked(as_user, cem, visitor, idea):
    office = Office(
        slug="gruen", name="Grünamt", kind="amt", duties="Pflegt Bäume.",
        source_url="https://example.org/", checked_on=clock.today(), evidence="full",
        search_key="gruenamt",
    )  # fmt: skip
    db.session.add(office)
    db.session.commit()
    follow_up()
    as_user(cem).submit(
        by_hand(f"idea/{idea.id}"), candidate=f"office-{office.id}", note="Stellt Bänke auf."
    )
    assert "Grünamt" in visitor.visit(f"/ideen/{idea.id}/passend").text
    assert not as_user(cem).visit(QUEUE).select("[data-review]")


def test_the_way_to_add_somebody_is_shown_to_coordinators_only(as_user, ada, cem, visitor, idea):
    path = f"/ideen/{idea.id}/passend"
    assert "Ich kenne jemanden" in as_user(cem).visit(path).text
    for browser in (as_user(ada), visitor):
        assert "Ich kenne jemanden" not in browser.visit(path).text
    as_user(cem).visit(by_hand("person/1"), status=404)
    as_user(cem).visit(by_hand("idea/999"), status=404)


def test_whoever_left_their_address_with_an_idea_decides_nothing_about_it(as_user, cem, dora, ada):
    made = submit_idea(
        problem="Im Hof fehlt eine Bank.", wish="Eine Bank.", contact_email="Cem@example.org"
    ).idea
    db.session.commit()
    url = f"/koordination/ideen/{made.id}"
    for step, fields in (
        ("veroeffentlichen", {}),
        ("verbergen", {"reason": "Doppelt eingereicht."}),
        ("stand", {"state": "im_gespraech", "note": "Wir reden.", "seen": "eingegangen"}),
    ):
        as_user(cem).submit(f"{url}/{step}", status=403, **fields)
    as_user(dora).submit(f"{url}/veroeffentlichen")
    follow_up()
    profile_of(ada, can="Ich baue eine Bank.")
    row = suggestion_between(f"idea:{made.id}", f"person:{ada.id}")
    row.state, row.needs_review = "open", True
    db.session.commit()
    as_user(cem).submit(f"{QUEUE}/{row.id}", decision="approve", version=row.version, status=403)
    as_user(dora).submit(f"{QUEUE}/{row.id}", decision="approve", version=row.version)
    assert row.decided_by_id == dora.id


@pytest.mark.parametrize("who", ["ada", "ben", "member"])
def test_nobody_decides_about_themselves_or_their_team_by_any_route(
    as_user, ada, ben, cem, dora, two, workshop, who
):
    person = {"ada": ada, "ben": ben, "member": dora}[who]
    if who == "member":
        add_member(workshop[0], dora)
        db.session.commit()
    make_coordinator(person) if not person.is_coordinator else None
    row, version = two[0], two[0].version
    url, browser = f"{QUEUE}/{row.id}", as_user(person)
    for decision in ("approve", "decline", "later"):
        browser.submit(url, decision=decision, reason="ort", version=version, status=403)
    assert not browser.visit(f"{BATCH}?ab=gut").select(f"#chosen-{row.id}")
    browser.submit(BATCH, chosen=chosen(row))
    assert row.state == "open"
    as_user(cem).submit(url, decision="approve", version=version)
    browser.submit(f"{url}/zurueck", version=row.version, status=403)
    browser.submit(f"{url}/jetzt", status=403)
    assert row.state == "approved"
    assert not browser.visit(f"{QUEUE}/entschieden").select(f"form[action*='/{row.id}/']")

"""The audit log: every decision leaves an entry, nobody changes one, administrators read them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.accounts.actions import create_user, role_named
from portal.accounts.erasure import delete_user
from portal.extensions import db
from portal.ideas.actions import submit_idea
from portal.ideas.models import Idea
from portal.matches.models import MatcherParameters, Suggestion
from portal.messages.mails import queue_mail
from portal.moderation.models import AuditEntry
from portal.moderation.queries import PAGE
from portal.offices.models import Office
from portal.organisations.actions import create_organisation
from portal.profiles.actions import agree_to_matching, save_profile
from portal.teams.actions import add_member, create_team
from portal.teams.models import Team
from tests.browser import form_fields
from tests.test_access import ADMINISTRATOR, COORDINATOR, calls

LOG = "/koordination/protokoll"
# Every POST of coordinators and administrators, and the test below that reads its entry.
COVERED = {
    # tests/portal/test_coordination.py
    "coordination": (
        "log_contact", "add_step", "request_support", "finish_step", "finish_request", "hand_over",
        "hand_over_letter",  # tests/portal/test_letters.py
        "note_call", "note_idea_call",  # tests/portal/test_calls.py
    ),
    "ideas": ("veroeffentlichen", "verbergen", "stand"),
    # tests/portal/test_letters.py
    "letters": (
        "create", "edit", "discard", "send", "post_by_hand", "record_reply", "refuse", "accept",
        "close", "reopen", "place", "discard_reply",
    ),
    "matches": (
        "decide", "undo", "ask_now", "roll_back", "approve_batch", "undo_all", "by_hand_pair",
        "propose_meeting", "call_instead",  # tests/portal/test_introductions.py
    ),
    "messages": ("retry",),
    "news": ("newsletter_addresses",),  # tests/portal/test_newsletter.py
    "offices": ("edit", "confirm"),
    "funds": ("create", "edit", "confirm"),  # tests/portal/test_funds.py
    "referrals": (  # tests/portal/test_referrals.py
        "referrers", "change_referrer", "pass_on", "note_answer",
    ),
    # tests/portal/test_steering.py; the order of an agenda is no decision
    "steering": (
        "plan", "write_minutes", "put_on", "edit_item", "shift", "take_off", "decide", "seat",
        "invite",
    ),
    "organisations": ("publish", "unpublish", "add_member"),
    # tests/portal/test_recruiting_requests.py
    "recruiting": ("clear", "nudge"),
    "teams": ("create", "take_up"),
}  # fmt: skip


@pytest.fixture
def idea(app, ada) -> Idea:
    found = submit_idea(
        problem="Vor dem Treff fehlt eine Bank.", wish="Eine Bank im Schatten.", initiator=ada
    ).idea
    db.session.commit()
    return found


@pytest.fixture
def team(app, ada) -> Team:
    found = create_team(by=ada, name="Radwerkstatt", challenge="Wir reparieren Räder.")
    add_member(found, ada, is_lead=True)
    db.session.commit()
    return found


@pytest.fixture
def office(app) -> Office:
    found = Office(
        slug="gruen", name="Grünamt", kind="amt", duties="Pflegt Bäume.",
        source_url="https://example.org/", checked_on=clock.today() - timedelta(days=200),
        evidence="full", search_key="gruenamt",
    )  # fmt: skip
    db.session.add(found)
    db.session.commit()
    return found


@pytest.fixture
def proposal(app, ada, ben, team) -> Suggestion:
    for person in (ada, ben):
        agree_to_matching(person, "Ja")
        save_profile(
            person, can="Ich repariere gern Fahrräder.", learn="", cares="", rules_out="",
            times=[], languages=[], district=None, reach="stadt", visibility={},
        )  # fmt: skip
    row = Suggestion(
        source_kind="person", source_id=ben.id, target_kind="team", target_id=team.id,
        pair_key=f"person:{ben.id}|team:{team.id}", score=1, label="gut", matcher_version="1",
        needs_review=True,
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()
    return row


def entries(action: str = "") -> list[AuditEntry]:
    found = select(AuditEntry).order_by(AuditEntry.id)
    return list(db.session.scalars(found.where(AuditEntry.action == action) if action else found))


def decisions() -> list[AuditEntry]:
    return [entry for entry in entries() if not entry.by_command]


def only(action: str) -> AuditEntry:
    (entry,) = entries(action)
    return entry


def test_publishing_an_idea_is_logged_with_who_and_when(as_user, cem, idea):
    as_user(cem).submit(f"/koordination/ideen/{idea.id}/veroeffentlichen")
    entry = only("idea.published")
    assert (entry.actor_id, entry.subject_kind, entry.subject_id) == (cem.id, "idea", idea.id)
    assert entry.before == {"published_at": None}
    assert entry.after == {"published_at": idea.published_at.isoformat()}
    assert not entry.by_command


def test_hiding_an_idea_is_logged_without_the_words(as_user, cem, idea):
    as_user(cem).submit(f"/koordination/ideen/{idea.id}/verbergen", reason="Da steht ein Name.")
    entry = only("idea.hidden")
    assert "Name" not in str((entry.before, entry.after))
    assert "Bank" not in str((entry.before, entry.after))


def test_moving_an_idea_is_logged_with_both_states(as_user, cem, idea):
    as_user(cem).submit(
        f"/koordination/ideen/{idea.id}/stand", state="im_gespraech", note="", seen="eingegangen"
    )
    entry = only("idea.moved")
    assert (entry.before, entry.after) == ({"state": "eingegangen"}, {"state": "im_gespraech"})


def test_what_the_initiator_does_is_not_logged(as_user, ada, idea):
    as_user(ada).submit(f"/ideen/{idea.id}/zurueckziehen")
    ada.roles.append(role_named("coordinator"))
    db.session.commit()
    before = len(entries())
    as_user(ada).submit(f"/ideen/{idea.id}/wiederherstellen")
    assert len(entries()) == before


def test_rolling_learned_parameters_back_is_logged(as_user, eve):
    row = MatcherParameters(parameters={}, trained_on=0, active_from=clock.now(), slot=1)
    db.session.add(row)
    db.session.commit()
    as_user(eve).submit("/koordination/qualitaet/zurueck", version=row.id)
    entry = only("parameters.rolled_back")
    assert (entry.actor_id, entry.subject_id) == (eve.id, row.id)


def test_every_decision_about_a_suggestion_is_logged(as_user, cem, proposal):
    browser, url = as_user(cem), f"/koordination/vorschlaege/{proposal.id}"
    browser.submit(url, decision="later", version=proposal.version)
    browser.submit(f"{url}/zurueck", version=proposal.version)
    browser.submit(url, decision="decline", reason="zeit", version=proposal.version)
    browser.submit(f"{url}/zurueck", version=proposal.version)
    browser.submit(url, decision="approve", version=proposal.version)
    browser.submit(f"{url}/jetzt")
    assert [entry.action for entry in decisions()] == [
        "suggestion.snoozed", "suggestion.undone", "suggestion.declined", "suggestion.undone",
        "suggestion.approved", "introduction.asked",
    ]  # fmt: skip
    declined = only("suggestion.declined")
    assert declined.after == {"state": "declined", "decline_reason": "zeit"}
    assert declined.subject_id == proposal.id


def test_who_comes_too_late_leaves_no_entry(as_user, cem, dora, proposal):
    version = proposal.version
    url = f"/koordination/vorschlaege/{proposal.id}"
    as_user(cem).submit(url, decision="approve", version=version)
    as_user(dora).submit(url, decision="decline", reason="ort", version=version, status=409)
    assert [entry.actor_id for entry in decisions()] == [cem.id]


def test_checking_and_editing_an_office_are_logged(as_user, cem, office):
    old_day = office.checked_on
    browser = as_user(cem)
    browser.submit("/ansprechstellen/gruen/geprueft")
    entry = only("office.confirmed")
    assert entry.before == {"checked_on": old_day.isoformat()}
    page = browser.visit("/ansprechstellen/gruen/bearbeiten")
    fields = form_fields(page, "main form")
    kinds = [option["value"] for option in page.select("select[name=kind] option")]
    fields |= {"duties": "Pflegt Bäume und Bänke.", "kind": kinds[-1], "evidence": "full"}
    fields["everyday"] = "Bank kaputt\nBaum krank\nLaub liegt"
    browser.submit("/ansprechstellen/gruen/bearbeiten", **fields)
    entry = only("office.changed")
    assert entry.before["duties"] == "Pflegt Bäume."
    assert entry.after["duties"] == "Pflegt Bäume und Bänke."


def test_a_coordinators_change_of_a_team_is_logged_the_leads_own_is_not(as_user, ada, cem, team):
    url = f"/teams/{team.id}/status"
    as_user(ada).submit(url, state="im_betrieb", note="")
    assert decisions() == []
    as_user(cem).submit(url, state="pausiert", note="")
    entry = only("team.moved")
    assert (entry.before["state"], entry.after["state"]) == ("im_betrieb", "pausiert")


def test_founding_a_team_is_logged(as_user, cem):
    as_user(cem).submit(
        "/teams/neu", name="Hofgarten", challenge="Wir begrünen den Hof.", languages="de"
    )
    entry = only("team.founded")
    assert entry.before == {}
    assert entry.after["name"] == "Hofgarten"


def test_looking_at_an_organisation_is_logged(as_user, ada, ben, cem):
    club = create_organisation(by=ada, name="Hofkultur", kind="association", about="Höfe für alle.")
    db.session.commit()
    browser = as_user(cem)
    browser.submit(f"/akteure/{club.id}/veroeffentlichen")
    browser.submit(f"/akteure/{club.id}/menschen", email="ben@example.org")
    browser.submit(f"/akteure/{club.id}/zuruecknehmen")
    assert [entry.action for entry in entries() if entry.action.startswith("org")] == [
        "organisation.published", "organisation.member_added", "organisation.unpublished",
    ]  # fmt: skip


def test_sending_a_mail_again_is_logged_without_its_address(as_user, eve):
    mail = queue_mail(key="test:1", to="jemand@example.org", subject="Hallo", body="Text")
    mail.failed_at = clock.now()
    db.session.commit()
    as_user(eve).submit(f"/koordination/postausgang/{mail.id}/erneut")
    assert "@" not in str(only("mail.retried").before)


def test_a_change_of_roles_is_logged_also_by_command(app, ada):
    assert entries() == []  # signing up is no decision
    ada.roles.append(role_named("coordinator"))
    db.session.commit()
    entry = only("user.roles")
    assert entry.by_command
    assert entry.actor_id is None
    assert (entry.before, entry.after) == (
        {"roles": ["resident"]}, {"roles": ["coordinator", "resident"]},
    )  # fmt: skip
    create_user(email="neu@example.org", name="Neu", password=None, roles=["administrator"])
    db.session.commit()
    assert [each.after for each in entries("user.roles")][1:] == [{"roles": ["administrator"]}]


def test_an_entry_goes_with_its_change_or_not_at_all(app, ada):
    ada.roles.append(role_named("coordinator"))
    db.session.flush()
    assert len(entries()) == 1
    db.session.rollback()
    assert entries() == []


@pytest.mark.parametrize(
    "statement",
    [
        update(AuditEntry).values(action="idea.hidden"),
        update(AuditEntry).values(after={}),
        update(AuditEntry).values(at=datetime(2020, 1, 1)),
        update(AuditEntry).values(actor_id=1),
        delete(AuditEntry),
        text("UPDATE audit_entry SET subject_id = 7"),
        text("DELETE FROM audit_entry"),
    ],
)
def test_the_database_refuses_to_change_or_delete_an_entry(app, as_user, cem, idea, statement):
    as_user(cem).submit(f"/koordination/ideen/{idea.id}/veroeffentlichen")
    with pytest.raises(IntegrityError, match="append-only"):
        db.session.execute(statement)
    db.session.rollback()
    assert only("idea.published").actor_id == cem.id


def test_a_whole_log_cannot_be_truncated(app, cem):
    if db.engine.dialect.name == "postgresql":
        with pytest.raises(IntegrityError, match="append-only"):
            db.session.execute(text("TRUNCATE audit_entry"))
        db.session.rollback()


def test_deleting_an_account_forgets_the_actor_only(as_user, cem, eve, idea):
    as_user(cem).submit(f"/koordination/ideen/{idea.id}/veroeffentlichen")
    delete_user(cem)
    db.session.commit()
    assert only("idea.published").actor_id is None
    assert "gelöschtes Konto" in as_user(eve).visit(LOG).text


def test_administrators_read_the_log_in_words(as_user, cem, eve, idea):
    as_user(cem).submit(
        f"/koordination/ideen/{idea.id}/stand", state="im_gespraech", note="", seen="eingegangen"
    )
    page = as_user(eve).visit(LOG)
    entry = page.select_one("#audit-log article")
    assert "Stand einer Idee geändert" in entry.text
    assert "Cem" in entry.text
    assert "eingegangen" in entry.dd.text
    assert "im Gespräch" in entry.dd.text
    as_user(cem).visit(LOG, status=403)


def test_the_log_is_searched_by_person_action_and_day(as_user, cem, dora, eve, idea):
    yesterday = datetime.now(UTC) - timedelta(days=1)
    with time_machine.travel(yesterday, tick=False):
        as_user(cem).submit(f"/koordination/ideen/{idea.id}/verbergen", reason="Bitte ohne Namen.")
    as_user(dora).submit(f"/koordination/ideen/{idea.id}/veroeffentlichen")
    browser = as_user(eve)

    def found(**wanted: object) -> list[str]:
        query = "&".join(f"{name}={value}" for name, value in wanted.items())
        page = browser.visit(f"{LOG}?{query}", target="audit-log")
        return [each.h2.text for each in page.select("article")]

    roles = ["Rollen geändert"] * 3  # of the people in this test
    assert found() == ["Idee veröffentlicht", "Idee verborgen", *roles]
    assert found(person=cem.id) == ["Idee verborgen"]
    assert found(aktion="idea.published") == ["Idee veröffentlicht"]
    with time_machine.travel(yesterday, tick=False):
        day = clock.today()
    assert found(tag=day) == ["Idee verborgen"]
    assert found(tag="kein Tag", person="x", aktion="y", vor="-1") == found()
    assert found(person=eve.id) == []


def test_a_long_log_is_paged_and_cheap(as_user, eve, count_queries):
    for number in range(PAGE + 5):
        db.session.add(
            AuditEntry(
                actor_id=eve.id, action="office.changed", subject_kind="office", subject_id=number
            )
        )
    db.session.commit()
    browser = as_user(eve)
    count_queries.clear()
    page = browser.visit(LOG)
    assert len(count_queries) <= 6
    assert len(page.select("article")) == PAGE
    rest = browser.visit(page.select_one("a[rel=next]")["href"])
    assert len(rest.select("article")) == 6  # five, and Eve's own role


def test_every_decision_of_coordinators_is_covered_here(app):
    adapter = app.url_map.bind("localhost")
    rooms: dict[str, int] = {}
    for method, path in calls(app, COORDINATOR, ADMINISTRATOR):
        if method == "POST":
            room = adapter.match(path, method="POST")[0].partition(".")[0]
            rooms[room] = rooms.get(room, 0) + 1
    assert rooms == {room: len(names) for room, names in COVERED.items() if names}

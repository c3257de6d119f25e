"""People who want to be called: the call list, how a call ends, and what it leads to."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal import clock
from portal.accounts.actions import ask_to_be_called, role_named
from portal.accounts.exports import everything_about
from portal.coordination.models import ContactEntry
from portal.extensions import db
from portal.ideas.actions import submit_idea
from portal.ideas.models import Idea
from portal.matches import jobs
from portal.matches.actions import approve
from portal.matches.introductions import answer, ask_at_once
from portal.matches.models import Call, Introduction, IntroductionSide, Outcome, Suggestion
from portal.messages.models import Notification, OutboxMail, Thread
from portal.moderation.models import AuditEntry
from tests.browser import form_fields
from tests.portal.pairs import follow_up, profile_of

CALLS = "/koordination/anrufe"
NUMBER = "0341 123 456"


def calls() -> list[Call]:
    return list(db.session.scalars(select(Call).order_by(Call.id)))


def only_call() -> Call:
    (call,) = [call for call in calls() if call.done_at is None]
    return call


def note(browser, call: Call, answer: str, **more):
    fields = {"answer": answer, "seen": call.attempts, "note": ""} | more
    return browser.submit(f"{CALLS}/{call.id}", **fields)


def side_of(user) -> IntroductionSide:
    return db.session.scalars(
        select(IntroductionSide).where(IntroductionSide.user_id == user.id)
    ).one()


def ask(row: Suggestion, by) -> Introduction:
    introduction = approve(row, by, row.version)
    ask_at_once(row)
    db.session.commit()
    return introduction


def mails_to(address: str) -> list[str]:
    rows = db.session.scalars(select(OutboxMail).where(OutboxMail.to_address == address))
    return [row.subject for row in rows]


@pytest.fixture
def asked(proposal, ada, cem) -> Introduction:
    """Ada wants to be called; she and Ben's opening are asked."""
    ask_to_be_called(ada, NUMBER)
    return ask(proposal, cem)


@pytest.fixture
def idea_by_phone(app, ada, cem) -> Introduction:
    """Somebody without account left nothing but a number; Ada fits."""
    profile_of(ada)
    submit_idea(
        problem="Die Fahrräder im Hof sind kaputt.", wish="Jemand soll Fahrräder reparieren.",
        contact_phone=NUMBER, publish=True,
    )  # fmt: skip
    db.session.commit()
    follow_up()
    row = db.session.scalars(select(Suggestion).where(Suggestion.pair_key.contains("idea:"))).one()
    row.state, row.needs_review = "open", True
    return ask(row, cem)


def test_an_account_asks_to_be_called_and_takes_it_back(as_user, ada):
    browser = as_user(ada)
    page = browser.submit("/konto/anrufen", phone="keine Ahnung", status=422)
    assert "Telefonnummer" in page.select_one(".error-summary").text
    browser.submit("/konto/anrufen", phone=NUMBER)
    assert ada.phone == NUMBER
    assert everything_about(ada)["account"]["phone"] == NUMBER
    assert browser.visit("/konto").select_one("#phone")["value"] == NUMBER
    browser.submit("/konto/anrufen", phone="")
    assert ada.phone is None


def test_who_wants_a_call_gets_no_mail_and_stands_on_the_list(as_user, asked, ada, cem):
    assert mails_to("ada@example.org") == []
    assert mails_to("ben@example.org") == ["Wir möchten dir jemanden vorstellen"]
    assert side_of(ada).channel == "telefon"
    page = as_user(cem).visit(CALLS)
    assert page.select_one("a[href^='tel:']").text == NUMBER
    assert "Hilf uns beim Reparieren" in page.text
    card = as_user(cem).visit("/koordination/").find("a", string="Anrufe").find_parent("article")
    assert "1" in card.select_one(".lead").text


def test_a_yes_on_the_telephone_counts_and_stands_in_the_contact_log(as_user, asked, ada, ben, cem):
    answer(side_of(ben), True)
    db.session.commit()
    page = note(as_user(cem), only_call(), "ja", note="Am liebsten samstags.")
    assert "Kontaktprotokoll" in page.text
    assert asked.introduced_at
    entry = db.session.scalars(select(ContactEntry)).one()
    assert (entry.subject_kind, entry.subject_id, entry.channel) == ("person", ada.id, "angerufen")
    assert "Am liebsten samstags." in entry.text
    assert only_call().purpose == "introduced"
    page = as_user(cem).visit(CALLS)
    assert "Unser Vorschlag für ein erstes Treffen" in page.text
    note(as_user(cem), only_call(), "gesagt")
    assert all(call.done_at for call in calls())
    logged = {row.action for row in db.session.scalars(select(AuditEntry))}
    assert {"call.noted", "contact.logged"} <= logged


def test_a_no_on_the_telephone_ends_it_quietly(as_user, asked, ben, cem):
    answer(side_of(ben), True)
    db.session.commit()
    note(as_user(cem), only_call(), "nein")
    assert asked.closed_at
    assert all(call.done_at for call in calls())
    subjects = db.session.scalars(
        select(Notification.subject).where(Notification.user_id == ben.id).order_by(Notification.id)
    ).all()
    assert subjects[-1] == "Diesmal hat es leider nicht geklappt"


def test_not_reached_comes_back_the_next_day_at_the_same_time_also_in_october(
    as_user, proposal, ada, cem
):
    ask_to_be_called(ada, NUMBER)
    saturday = datetime(2026, 10, 24, 8, tzinfo=UTC)  # the clocks change in the night after it
    with time_machine.travel(saturday, tick=False):
        ask(proposal, cem)
        page = note(as_user(cem), only_call(), "nicht_erreicht")
        assert "Morgen steht der Anruf wieder hier." in page.text
        assert "Niemand wartet" in as_user(cem).visit(CALLS).text
    for hours, shown in ((24, False), (25, True)):
        with time_machine.travel(saturday + timedelta(hours=hours), tick=False):
            page = as_user(cem).visit(CALLS)
            assert bool(page.select("article")) is shown
    assert "einmal nicht erreicht" in page.text
    assert db.session.scalars(select(ContactEntry.channel)).one() == "nicht_erreicht"


def test_of_two_who_call_at_once_one_is_told(as_user, asked, cem, dora):
    call = only_call()
    fields = {"answer": "nicht_erreicht", "seen": call.attempts}
    as_user(cem).submit(f"{CALLS}/{call.id}", **fields)
    page = as_user(dora).submit(f"{CALLS}/{call.id}", status=409, **fields)
    assert "inzwischen schon jemand gemacht" in page.text
    assert len(db.session.scalars(select(ContactEntry)).all()) == 1


def test_an_answer_in_the_portal_takes_the_call_off_the_list(as_user, asked, ada, cem):
    as_user(ada).submit(f"/vermittlungen/{side_of(ada).token}", answer="ja")
    assert not as_user(cem).visit(CALLS).select("article")


@pytest.mark.parametrize("bad", [{"answer": "vielleicht"}, {"answer": ""}, {"note": "x" * 5000}])
def test_nonsense_notes_nothing(as_user, asked, cem, bad):
    page = note(as_user(cem), only_call(), **({"answer": "ja"} | bad))
    assert "ließ sich nicht speichern" in page.text
    assert only_call().attempts == 0


def test_residents_and_whoever_is_concerned_do_not_call(as_user, visitor, asked, ada, ben, cem):
    assert visitor.get(CALLS).location.startswith("/anmelden")
    as_user(ada).visit(CALLS, status=403)
    for person in (ada, ben):
        person.roles.append(role_named("coordinator"))
        db.session.commit()
        assert not as_user(person).visit(CALLS).select("article")
        as_user(person).submit(f"{CALLS}/{only_call().id}", answer="ja", seen=0, status=403)
    as_user(cem).submit(f"{CALLS}/999", answer="ja", seen=0, status=404)


def test_nobody_but_coordinators_sees_a_number(as_user, visitor, idea_by_phone, asked, ada, ben):
    idea = db.session.scalars(select(Idea)).one()
    for browser in (visitor, as_user(ada), as_user(ben)):
        for path in (f"/ideen/{idea.id}", f"/fortschritt/{idea.progress_token}", "/vermittlungen/"):
            answered = browser.get(path)
            assert NUMBER not in answered.text
    edit = visitor.visit(f"/ideen/{idea.id}/bearbeiten?t={idea.progress_token}")
    assert NUMBER not in str(edit)
    assert "Eine Nummer ist hinterlegt" in edit.text


def test_a_number_left_with_an_idea_is_kept_and_can_be_forgotten(visitor):
    visitor.submit(
        "/ideen/neu", problem="Es fehlt eine Bank.", wish="Eine Bank.", contact_phone=NUMBER
    )
    idea = db.session.scalars(select(Idea)).one()
    assert (idea.contact_phone, idea.contact_email) == (NUMBER, None)
    path = f"/ideen/{idea.id}/bearbeiten?t={idea.progress_token}"
    fields = dict(form_fields(visitor.visit(path), "#idea-form"))
    fields.pop("forget_contact", None)
    visitor.submit(path, **fields)
    assert idea.contact_phone == NUMBER
    fields = dict(form_fields(visitor.visit(path), "#idea-form")) | {"forget_contact": "y"}
    visitor.submit(path, **fields)
    assert idea.contact_phone is None


def test_with_nothing_but_a_number_coordinators_carry_the_words(as_user, idea_by_phone, ada, cem):
    call = only_call()
    assert call.purpose == "ask"
    note(as_user(cem), call, "ja")
    entry = db.session.scalars(select(ContactEntry)).one()
    assert entry.subject_kind == "idea"
    as_user(ada).submit(f"/vermittlungen/{side_of(ada).token}", answer="ja")
    assert idea_by_phone.introduced_at
    assert db.session.scalars(select(Thread)).all() == []
    page = as_user(ada).visit(f"/vermittlungen/{side_of(ada).token}")
    assert "ruft an und bringt euch zusammen" in page.text
    told = db.session.scalars(
        select(Notification).where(Notification.user_id == ada.id).order_by(Notification.id.desc())
    ).first()
    assert told.subject == "Ihr habt beide Ja gesagt"
    assert only_call().purpose == "introduced"


def test_nobody_is_closed_out_before_we_called(as_user, proposal, ada, cem):
    ask_to_be_called(ada, NUMBER)
    start = clock.now()
    introduction = ask(proposal, cem)

    def after(days: int) -> int:
        moment = clock.shifted(start, days=days) + timedelta(minutes=1)
        with time_machine.travel(moment.replace(tzinfo=UTC), tick=False):
            return jobs.remind_due()

    assert [after(7), after(14), after(30)] == [1, 0, 0]
    with time_machine.travel(clock.shifted(start, days=30).replace(tzinfo=UTC), tick=False):
        page = as_user(cem).visit(CALLS)
        assert "überfällig" in page.text
        note(as_user(cem), only_call(), "nicht_erreicht")
    assert after(31) == 1
    db.session.refresh(introduction)
    assert introduction.closed_at
    assert all(call.done_at for call in calls())


def test_how_it_went_can_be_told_on_the_telephone(as_user, asked, ada, ben, cem):
    note(as_user(cem), only_call(), "ja")
    answer(side_of(ben), True)
    db.session.commit()
    note(as_user(cem), only_call(), "gesagt")
    later = clock.shifted(clock.now(), days=14) + timedelta(minutes=1)
    with time_machine.travel(later.replace(tzinfo=UTC), tick=False):
        jobs.remind_due()
        assert only_call().purpose == "outcome_14"
        assert "Habt ihr euch getroffen?" in as_user(cem).visit(CALLS).text
        note(as_user(cem), only_call(), "zusammen")
    told = db.session.scalars(select(Outcome).where(Outcome.side_id == side_of(ada).id)).one()
    assert told.answer == "zusammen"
    assert all(call.done_at for call in calls())


def test_a_question_by_mail_can_become_a_call(as_user, proposal, ada, cem):
    introduction = ask(proposal, cem)
    url = f"/koordination/vermittlungen/{introduction.id}"
    path = f"{url}/anrufen/{side_of(ada).id}"
    as_user(cem).submit(path, status=400)  # no number known
    ask_to_be_called(ada, NUMBER)
    db.session.commit()
    assert "Lieber anrufen" in as_user(cem).visit(url).text
    as_user(cem).submit(path)
    assert only_call().purpose == "ask"
    assert side_of(ada).channel == "telefon"
    as_user(cem).submit(path, status=400)
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "side.to_be_called")
    ).one()
    assert entry.actor_id == cem.id


def test_the_call_list_needs_six_statements_however_long(
    as_user, asked, cem, proposal, count_queries
):
    for number in range(1, 40):
        row = Suggestion(
            source_kind=proposal.source_kind, source_id=proposal.source_id,
            target_kind=proposal.target_kind, target_id=proposal.target_id,
            pair_key=f"copy {number}", score=0.9, label="gut", reasons=[], matcher_version="1",
            state="approved", decided_at=clock.now(), needs_review=True,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        ends = ((row.source_kind, row.source_id), (row.target_kind, row.target_id))
        sides = [
            IntroductionSide(kind=kind, subject_id=row_id, token=f"t{number}{kind}")
            for kind, row_id in ends
        ]
        db.session.add(
            Introduction(
                suggestion_id=row.id, asks_from=clock.now(), asked_at=clock.now(), sides=sides
            )
        )
        db.session.flush()
        purpose = "introduced" if number % 2 else "ask"
        db.session.add(Call(side_id=sides[0].id, purpose=purpose))
    db.session.commit()
    browser = as_user(cem)
    browser.visit(CALLS)
    count_queries.clear()
    page = browser.visit(CALLS)
    assert len(count_queries) <= 6, count_queries
    assert len(page.select("article")) == 20
    assert browser.visit(page.select_one("a[rel=next]")["href"]).select("article")

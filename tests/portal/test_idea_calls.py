"""Somebody left nothing but a number with their idea: news of it are told by telephone."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal import clock
from portal.coordination.models import ContactEntry
from portal.extensions import db
from portal.ideas.actions import (
    hide_idea,
    move_idea,
    publish_idea,
    submit_idea,
    withdraw_idea,
)
from portal.ideas.jobs import remind_due
from portal.ideas.models import Idea, IdeaCall
from portal.messages.models import Notification, OutboxMail

CALLS = "/koordination/anrufe"
NUMBER = "0341 765 432"


def left_a_number(**more: object) -> Idea:
    values = {
        "problem": "Die Bank ist kaputt.", "wish": "Eine neue Bank.", "contact_phone": NUMBER,
    }  # fmt: skip
    idea = submit_idea(**values | more).idea
    db.session.commit()
    return idea


@pytest.fixture
def idea(app, cem) -> Idea:
    found = left_a_number()
    assert owed() == []
    publish_idea(found, cem)
    db.session.commit()
    return found


def owed() -> list[IdeaCall]:
    db.session.expire_all()
    return list(db.session.scalars(select(IdeaCall).order_by(IdeaCall.idea_id)))


def note(browser, idea: Idea, answer: str, seen: int, **more):
    fields = {"answer": answer, "seen": seen, "note": ""} | more
    return browser.submit(f"{CALLS}/idee/{idea.id}", **fields)


def test_news_of_an_idea_with_only_a_number_stand_on_the_call_list(as_user, cem, idea):
    move_idea(idea, "im_gespraech", "Das Grünamt sieht sie an.", cem)
    db.session.commit()
    (call,) = owed()
    assert call.version == 2
    assert not db.session.scalars(select(OutboxMail)).all()
    assert not db.session.scalars(select(Notification)).all()
    page = as_user(cem).visit(CALLS)
    (card,) = page.select("article")
    assert card.select_one("a[href^='tel:']").text == NUMBER
    assert "Das Grünamt sieht sie an." in card.text
    card = as_user(cem).visit("/koordination/").find("a", string="Anrufe").find_parent("article")
    assert "1" in card.select_one(".lead").text


def test_a_call_that_was_made_stands_in_the_contact_log(as_user, cem, idea):
    page = note(as_user(cem), idea, "gesagt", 1, note="Freut sich.")
    assert "Kontaktprotokoll" in page.text
    entry = db.session.scalars(select(ContactEntry)).one()
    assert (entry.subject_kind, entry.subject_id, entry.channel) == ("idea", idea.id, "angerufen")
    assert "Freut sich." in entry.text
    assert owed() == []
    hide_idea(idea, cem, "Da steht ein Name.")
    db.session.commit()
    assert "Da steht ein Name." in as_user(cem).visit(CALLS).text


def test_who_was_not_reached_is_called_again_the_next_day(as_user, cem, idea):
    note(as_user(cem), idea, "nicht_erreicht", 1)
    assert not as_user(cem).visit(CALLS).select("article")
    with time_machine.travel(clock.shifted(clock.now(), days=1) + timedelta(minutes=1)):
        page = as_user(cem).visit(CALLS)
        assert "einmal nicht erreicht" in page.text
        note(as_user(cem), idea, "gesagt", 2)
    assert owed() == []


def test_who_called_from_an_old_page_is_told(as_user, cem, dora, idea):
    move_idea(idea, "im_gespraech", "", dora)
    db.session.commit()
    note(as_user(cem), idea, "gesagt", 1, status=409)
    note(as_user(cem), idea, "gesagt", 2)
    note(as_user(dora), idea, "gesagt", 2, status=409)
    assert len(db.session.scalars(select(ContactEntry)).all()) == 1
    page = note(as_user(cem), idea, "vielleicht", 1, status=409)
    assert "Inzwischen" in page.text


def test_who_can_be_written_to_is_not_called(app, cem, ada):
    for more in ({"contact_email": "zoe@example.org"}, {"initiator": ada}, {"contact_phone": None}):
        publish_idea(left_a_number(**more), cem)
    db.session.commit()
    assert owed() == []


@pytest.mark.parametrize("how", ["withdrawn", "number deleted"])
def test_a_call_nobody_can_make_any_more_goes(as_user, cem, idea, how):
    if how == "withdrawn":
        withdraw_idea(idea)
    else:
        idea.contact_phone = None
    db.session.commit()
    assert not as_user(cem).visit(CALLS).select("article")
    remind_due()
    assert owed() == []


def test_only_coordinators_see_and_note_calls(as_user, visitor, ada, idea):
    note(as_user(ada), idea, "gesagt", 1, status=403)
    assert NUMBER not in visitor.visit(f"/ideen/{idea.id}").text
    assert len(owed()) == 1


def test_a_long_list_needs_the_same_few_statements(as_user, cem, count_queries):
    for number in range(30):
        publish_idea(left_a_number(problem=f"Bank {number} ist kaputt."), cem)
    db.session.commit()
    browser = as_user(cem)
    browser.visit(CALLS)
    count_queries.clear()
    page = browser.visit(CALLS)
    assert len(count_queries) <= 6, count_queries
    assert len(page.select("article")) == 20
    assert "Danach warten noch 10 Anrufe zu Ideen." in page.text

"""Coordinators decide about people; both sides are asked; two yes open the relay."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal.extensions import db
from portal.ideas.actions import submit_idea
from portal.matches import jobs, review_views
from portal.matches.actions import AlreadyDecided, approve
from portal.matches.models import Introduction, IntroductionSide, Suggestion
from portal.messages.models import Message, OutboxMail, Thread
from portal.profiles.actions import agree_to_matching, save_profile
from portal.teams.actions import add_member, create_team, open_opening
from tests.browser import form_fields

QUEUE = "/koordination/vorschlaege"
ADDRESS = re.compile(r"[\w.]+@[\w.]+")


def follow_up() -> None:
    while jobs.refresh_pending():
        pass


@pytest.fixture
def proposal(app, ada, ben) -> Suggestion:
    """Ada can what Ben's team looks for; nobody has decided yet."""
    team = create_team(by=ben, name="Radwerkstatt", challenge="Wir reparieren Fahrräder im Hof.")
    add_member(team, ben, is_lead=True)
    opening = open_opening(
        team, by=ben, kind="skill", title="Fahrräder reparieren",
        text="Hilf uns beim Reparieren der Fahrräder.", times=[], languages=[], district=None,
    )  # fmt: skip
    agree_to_matching(ada, "Ja")
    save_profile(
        ada, can="Ich repariere gern Fahrräder.", learn="", cares="", rules_out="", times=[],
        languages=[], district=None, reach="stadt", visibility={},
    )  # fmt: skip
    db.session.commit()
    follow_up()
    key = f"opening:{opening.id}|person:{ada.id}"
    row = db.session.scalars(select(Suggestion).where(Suggestion.pair_key == key)).one()
    row.state, row.needs_review = "open", True
    db.session.commit()
    return row


def decide(browser, proposal: Suggestion, decision: str, **more):
    return browser.submit(
        f"{QUEUE}/{proposal.id}", decision=decision, version=proposal.version, **more
    )


def mails() -> list[OutboxMail]:
    return list(db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)))


def ask_everybody() -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11), tick=False):
        jobs.ask_due()


def sides() -> list[IntroductionSide]:
    return list(db.session.scalars(select(IntroductionSide).order_by(IntroductionSide.id)))


def test_residents_do_not_see_the_queue(as_user, visitor, ada, proposal):
    as_user(ada).visit(QUEUE, status=403)
    assert visitor.get(QUEUE).location.startswith("/anmelden")


def test_the_queue_shows_both_texts_reasons_and_what_follows(as_user, cem, proposal):
    page = as_user(cem).visit(QUEUE)
    card = page.select_one("[data-review]")
    assert {mark.text for mark in card.select("mark")} >= {"Fahrräder"}
    assert "Ich repariere gern" in card.text
    assert "Hilf uns beim Reparieren" in card.text
    assert card.select_one(".reasons li")
    assert "fragen wir in 10 Minuten beide Seiten" in card.text


def test_nothing_leaves_before_approval_and_undo_time(as_user, cem, proposal):
    assert mails() == []
    decide(as_user(cem), proposal, "approve")
    jobs.ask_due()
    assert mails() == []
    ask_everybody()
    assert {mail.to_address for mail in mails()} == {"ada@example.org", "ben@example.org"}
    ask_everybody()
    assert len(mails()) == 2


def test_a_coordinator_may_ask_at_once(as_user, cem, proposal):
    browser = as_user(cem)
    decide(browser, proposal, "approve")
    browser.submit(f"{QUEUE}/{proposal.id}/jetzt")
    assert len(mails()) == 2


def test_declining_needs_a_reason(as_user, cem, proposal):
    page = decide(as_user(cem), proposal, "decline")
    assert "Grund" in page.select_one("#notices").text
    assert proposal.state == "open"


def test_a_declined_pair_never_comes_back(as_user, ada, cem, proposal):
    decide(as_user(cem), proposal, "decline", reason="zeit")
    subjects = [
        (proposal.source_kind, proposal.source_id), (proposal.target_kind, proposal.target_id)
    ]  # fmt: skip
    for _run in range(3):
        jobs.refresh(subjects)
    db.session.refresh(proposal)
    assert (proposal.state, proposal.decline_reason) == ("declined", "zeit")
    rows = db.session.scalars(
        select(Suggestion).where(Suggestion.pair_key == proposal.pair_key)
    ).all()
    assert len(rows) == 1
    opening_id = _opening_id(proposal)
    page = as_user(ada).visit("/profil/passend")
    assert not page.select(f"a[href='/gesuche/{opening_id}']")
    answer = as_user(ada).submit(f"/wunsch/opening/{opening_id}", status=400)
    assert "schon einmal geprüft" in answer.text


def test_later_brings_it_back_after_a_week(as_user, cem, proposal):
    decide(as_user(cem), proposal, "later")
    assert "Alles geprüft" in as_user(cem).visit(QUEUE).text
    with time_machine.travel(datetime.now(UTC) + timedelta(days=8), tick=False):
        assert as_user(cem).visit(QUEUE).select_one("[data-review]")


def test_a_decision_can_be_taken_back_until_people_are_asked(as_user, cem, proposal):
    browser = as_user(cem)
    decide(browser, proposal, "approve")
    browser.submit(f"{QUEUE}/{proposal.id}/zurueck", version=proposal.version)
    assert proposal.state == "open"
    assert db.session.scalars(select(Introduction)).first() is None
    decide(browser, proposal, "approve")
    ask_everybody()
    page = browser.submit(f"{QUEUE}/{proposal.id}/zurueck", version=proposal.version, status=400)
    assert "schon gefragt" in page.text


def test_of_two_coordinators_one_wins_and_the_other_is_told(as_user, cem, dora, proposal):
    version = proposal.version
    decide(as_user(cem), proposal, "approve")
    page = as_user(dora).submit(
        f"{QUEUE}/{proposal.id}", decision="decline", reason="ort", version=version, status=409
    )
    assert "schon jemand entschieden" in page.text
    assert proposal.state == "approved"
    with pytest.raises(AlreadyDecided):
        approve(proposal, dora, version)
    db.session.rollback()


def test_nobody_decides_about_themselves(as_user, ada, proposal):
    from portal.accounts.actions import role_named

    ada.roles.append(role_named("coordinator"))
    db.session.commit()
    page = as_user(ada).visit(QUEUE)
    assert "betrifft dich selbst" in page.text
    as_user(ada).submit(
        f"{QUEUE}/{proposal.id}", decision="approve", version=proposal.version, status=403
    )


def test_two_yes_introduce_without_any_address(as_user, ada, ben, cem, proposal):
    decide(as_user(cem), proposal, "approve")
    ask_everybody()
    for side, person in zip(sides(), (ada, ben) if _ada_first() else (ben, ada), strict=True):
        page = as_user(person).submit(f"/vermittlungen/{side.token}", answer="ja")
        assert not ADDRESS.search(page.text)
    introduction = db.session.scalars(select(Introduction)).one()
    assert introduction.introduced_at
    thread = db.session.get(Thread, introduction.thread_id)
    as_user(ada).submit(f"/nachrichten/{thread.id}", text="Hallo, wann trefft ihr euch?")
    page = as_user(ben).visit(f"/nachrichten/{thread.id}")
    assert "wann trefft ihr euch" in page.text
    assert not ADDRESS.search(page.text)
    assert db.session.scalars(select(Message)).all()
    for mail in mails():
        assert "@" not in mail.body.replace("portal@demo.example", "")
    as_user(cem).visit(f"/nachrichten/{thread.id}", status=404)


def test_a_no_stays_quiet(as_user, ada, ben, cem, proposal):
    decide(as_user(cem), proposal, "approve")
    ask_everybody()
    before = len(mails())
    by_person = {side.user_id: side for side in sides()}
    as_user(ben).submit(f"/vermittlungen/{by_person[ben.id].token}", answer="nein")
    page = as_user(ada).visit(f"/vermittlungen/{by_person[ada.id].token}")
    assert "beendet" in page.text
    assert "Nein" not in page.select_one("main").text
    assert len(mails()) == before


def test_only_who_was_asked_can_answer(as_user, visitor, ada, ben, cem, proposal):
    decide(as_user(cem), proposal, "approve")
    by_person = {side.user_id: side for side in sides()}
    token = by_person[ada.id].token
    as_user(ada).visit(f"/vermittlungen/{token}", status=404)  # not asked yet
    ask_everybody()
    as_user(ben).visit(f"/vermittlungen/{token}", status=404)
    visitor.visit(f"/vermittlungen/{token}", status=404)
    as_user(ada).visit(f"/vermittlungen/{token}")
    assert by_person[ada.id].answer is None  # opening the link decides nothing


def test_the_lead_sees_no_name_before_both_said_yes(as_user, ada, ben, cem, proposal):
    decide(as_user(cem), proposal, "approve")
    ask_everybody()
    by_person = {side.user_id: side for side in sides()}
    page = as_user(ben).visit(f"/vermittlungen/{by_person[ben.id].token}")
    assert "Ada" not in page.text
    assert "Jemand aus der Nachbarschaft" in page.text
    assert "Fahrräder" in page.text


def test_a_wish_counts_as_yes_and_comes_first(as_user, ada, ben, cem, proposal):
    opening_id = _opening_id(proposal)
    as_user(ada).submit(f"/wunsch/opening/{opening_id}")
    assert "Wunsch der Person" in as_user(cem).visit(QUEUE).text
    decide(as_user(cem), proposal, "approve")
    ask_everybody()
    assert [mail.to_address for mail in mails()] == ["ben@example.org"]
    by_person = {side.user_id: side for side in sides()}
    as_user(ben).submit(f"/vermittlungen/{by_person[ben.id].token}", answer="ja")
    assert db.session.scalars(select(Introduction)).one().introduced_at


def test_somebody_without_account_answers_by_the_link_of_the_mail(visitor, as_user, ada, cem):
    agree_to_matching(ada, "Ja")
    save_profile(
        ada, can="Ich repariere gern Fahrräder.", learn="", cares="", rules_out="", times=[],
        languages=[], district=None, reach="stadt", visibility={},
    )  # fmt: skip
    submit_idea(
        problem="Die Fahrräder im Hof sind kaputt.",
        wish="Jemand soll Fahrräder reparieren.",
        contact_email="idee@example.org",
        publish=True,
    )
    db.session.commit()
    follow_up()
    row = db.session.scalars(select(Suggestion).where(Suggestion.pair_key.contains("idea:"))).one()
    row.state, row.needs_review = "open", True
    db.session.commit()
    decide(as_user(cem), row, "approve")
    ask_everybody()
    by_address = {side.email: side for side in sides()}
    token = by_address["idee@example.org"].token
    assert any(token in mail.body for mail in mails())
    visitor.submit(f"/vermittlungen/{token}", answer="ja")
    own = next(side for side in sides() if side.user_id == ada.id)
    as_user(ada).submit(f"/vermittlungen/{own.token}", answer="ja")
    assert db.session.scalars(select(Introduction)).one().thread_id


def test_deciding_works_without_leaving_the_page(as_user, cem, proposal):
    fragment = as_user(cem).submit(
        f"{QUEUE}/{proposal.id}",
        target="review-queue",
        decision="later",
        version=proposal.version,
    )
    assert fragment.select_one("h1") is None
    assert "Alles geprüft" in fragment.text


def test_the_queue_needs_the_same_few_statements_however_long(
    as_user, ada, cem, proposal, count_queries
):
    browser = as_user(cem)
    browser.visit(QUEUE)
    count_queries.clear()
    browser.visit(QUEUE)
    few = len(count_queries)
    for number in range(100, 118):
        db.session.add(
            Suggestion(
                source_kind=proposal.source_kind, source_id=proposal.source_id,
                target_kind=proposal.target_kind, target_id=proposal.target_id,
                pair_key=f"copy {number}", score=0.9, label="gut", reasons=proposal.reasons,
                matcher_version="1", state="open", needs_review=True,
            )
        )  # fmt: skip
    db.session.commit()
    count_queries.clear()
    browser.visit(QUEUE)
    assert len(count_queries) == few <= 9


def _opening_id(proposal: Suggestion) -> int:
    return proposal.source_id if proposal.source_kind == "opening" else proposal.target_id


def _ada_first() -> bool:
    return sides()[0].kind == "person"


def test_everything_that_waits_can_be_reached_and_a_decision_stays_on_its_page(
    as_user, cem, proposal, monkeypatch
):
    monkeypatch.setattr(review_views, "PAGE", 1)
    _wait_also_for(proposal)
    browser = as_user(cem)
    first = browser.visit(QUEUE)
    assert len(first.select("[data-review]")) == 1
    second_url = first.select_one("a[rel=next]")["href"]
    second = browser.visit(second_url)
    assert len(second.select("[data-review]")) == 1
    assert not second.select("a[rel=next]")
    assert first.select_one("[data-review]")["id"] != second.select_one("[data-review]")["id"]
    decided = form_fields(second, "[data-review] form")
    left = browser.submit(second.select_one("[data-review] form")["action"], **decided)
    assert "1 Vorschlag wartet" in left.text
    assert left.select_one("[data-review]")["id"] == first.select_one("[data-review]")["id"]


def _wait_also_for(proposal: Suggestion) -> None:
    """Let a second suggestion wait: the same person and the team itself."""
    for row in db.session.scalars(select(Suggestion).where(Suggestion.id != proposal.id)):
        if "team" in row.pair_key and "person" in row.pair_key:
            row.state, row.needs_review = "open", True
    db.session.commit()

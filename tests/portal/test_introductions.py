"""Introductions after the question: reminders, a kind end, first words, what came of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine
from sqlalchemy import select

from portal import clock
from portal.accounts.actions import role_named
from portal.accounts.erasure import delete_user
from portal.accounts.exports import everything_about
from portal.extensions import db
from portal.ideas.actions import submit_idea
from portal.matches import following_up, jobs, learning, outcomes
from portal.matches.actions import approve
from portal.matches.introductions import answer, ask_at_once
from portal.matches.models import Call, Introduction, IntroductionSide, Outcome, Suggestion
from portal.messages.models import MailKey, Message, Notification, OutboxMail
from portal.messages.notifications import choose_channels
from portal.moderation.models import AuditEntry
from tests.portal.pairs import follow_up, log_of, profile_of, suggestion_between

RECORDS = "/koordination/vermittlungen/"
# A Friday before the October change: 9 o'clock is 7 UTC before and 8 UTC after it.
FRIDAY = datetime(2026, 10, 23, 7, tzinfo=UTC)


@contextmanager
def days_later(days: int, minutes: int = 0, start: datetime = FRIDAY) -> Iterator[None]:
    """Be there the same time of day in Leipzig, so many days later."""
    naive = start.replace(tzinfo=None)
    moment = clock.shifted(naive, days=days) + timedelta(minutes=minutes)
    with time_machine.travel(moment.replace(tzinfo=UTC), tick=False):
        yield


def notices(user) -> list[str]:
    rows = select(Notification).where(Notification.user_id == user.id).order_by(Notification.id)
    return [row.subject for row in db.session.scalars(rows)]


def mails() -> list[OutboxMail]:
    return list(db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)))


def side_of(user) -> IntroductionSide:
    sides = select(IntroductionSide).where(IntroductionSide.user_id == user.id)
    return db.session.scalars(sides).one()


def say(user, yes: bool) -> None:
    answer(side_of(user), yes)
    db.session.commit()


@pytest.fixture
def asked(proposal, cem) -> Introduction:
    """Ada and Ben's opening, both asked on the Friday before the clocks change."""
    with days_later(0):
        introduction = approve(proposal, cem, proposal.version)
        ask_at_once(proposal)
        db.session.commit()
    return introduction


@pytest.fixture
def introduced(asked, ada, ben) -> Introduction:
    with days_later(0):
        say(ada, True)
        say(ben, True)
    return asked


def test_a_week_later_whoever_has_not_answered_is_reminded_once(asked, ada, ben):
    with days_later(1):
        say(ada, True)
    with days_later(7, minutes=-1):
        assert jobs.remind_due() == 0
    with days_later(7):  # a week of 169 hours
        assert jobs.remind_due() == 1
        assert jobs.remind_due() == 0
    with days_later(8):
        assert jobs.remind_due() == 0
    assert notices(ben).count("Magst du noch antworten?") == 1
    assert "Magst du noch antworten?" not in notices(ada)


def test_two_weeks_later_it_ends_kindly_for_both(as_user, asked, ada, ben):
    with days_later(1):
        say(ada, True)
    with days_later(7):
        jobs.remind_due()
    with days_later(14, minutes=-1):
        assert jobs.remind_due() == 0
    with days_later(14):
        assert jobs.remind_due() == 1
        assert jobs.remind_due() == 0
        assert "Diese Vermittlung ist beendet" in as_user(ada).visit(
            f"/vermittlungen/{side_of(ada).token}"
        ).text  # fmt: skip
    assert notices(ada)[-1] == "Diesmal hat es leider nicht geklappt"
    assert notices(ben)[-1] == "Wir haben die Anfrage geschlossen"
    assert asked.closed_at
    assert not any("@" in mail.body for mail in mails())


def test_nobody_is_closed_out_without_a_reminder_a_week_before(asked):
    with days_later(20):  # the worker was away
        assert jobs.remind_due() == 1
        assert asked.closed_at is None
    with days_later(26):
        assert jobs.remind_due() == 0
    with days_later(27):
        assert jobs.remind_due() == 1
    assert asked.closed_at


def test_an_answer_in_time_is_neither_reminded_nor_closed(asked, ada, ben):
    with days_later(2):
        say(ada, False)
    for days in (7, 14, 30):
        with days_later(days):
            assert jobs.remind_due() == 0
    assert "Magst du noch antworten?" not in notices(ben)


def test_after_a_no_the_one_who_said_yes_hears_the_same_words_as_after_silence(asked, ada, ben):
    with days_later(1):
        say(ada, True)
        say(ben, False)
    assert notices(ada)[-1] == "Diesmal hat es leider nicht geklappt"
    texts = [row.body for row in db.session.scalars(select(Notification))]
    assert not any("Nein gesagt" in text for text in texts)


def test_somebody_without_account_is_reminded_by_mail(cem, ada):
    profile_of(ada)
    submit_idea(
        problem="Die Fahrräder im Hof sind kaputt.", wish="Jemand soll Fahrräder reparieren.",
        contact_email="idee@example.org", publish=True,
    )  # fmt: skip
    db.session.commit()
    follow_up()
    row = db.session.scalars(select(Suggestion).where(Suggestion.pair_key.contains("idea:"))).one()
    row.state, row.needs_review = "open", True
    with days_later(0):
        approve(row, cem, row.version)
        ask_at_once(row)
        db.session.commit()
    for days in (7, 14):
        with days_later(days):
            jobs.remind_due()
    own = [mail for mail in mails() if mail.to_address == "idee@example.org"]
    assert [mail.subject for mail in own if "/vermittlungen/" in mail.body] == [
        "Wir möchten dir jemanden vorstellen", "Magst du noch antworten?",
        "Wir haben die Anfrage geschlossen",
    ]  # fmt: skip


def test_who_wants_no_mails_is_asked_in_the_portal_only(proposal, cem, ada):
    choose_channels(ada.id, {"introductions": "portal"})
    approve(proposal, cem, proposal.version)
    ask_at_once(proposal)
    db.session.commit()
    assert side_of(ada).channel == "portal"
    assert notices(ada) == ["Wir möchten dir jemanden vorstellen"]
    assert [mail.to_address for mail in mails()] == ["ben@example.org"]


class CutOff(BaseException):
    """Like kill -9: nothing of ours catches it."""


@pytest.mark.parametrize("step", ["remind", "close", "outcome"])
@pytest.mark.parametrize("cut_at", [1, 2])
def test_cut_off_anywhere_nothing_is_lost_or_doubled(
    monkeypatch, asked, ada, ben, cem, dora, workshop, step, cut_at
):
    profile_of(dora)
    second = suggestion_between(f"person:{dora.id}", f"opening:{workshop[1].id}")
    second.state, second.needs_review = "open", True
    with days_later(0):
        approve(second, cem, second.version)
        ask_at_once(second)
        db.session.commit()
        if step == "outcome":
            for side in db.session.scalars(select(IntroductionSide)).all():
                answer(side, True)
            db.session.commit()
    if step == "close":
        with days_later(7):
            jobs.remind_due()
    before = len(db.session.scalars(select(Notification)).all())

    def cut(number: int, act: Callable[[int], bool], introduction_id: int) -> bool:
        calls.append(introduction_id)
        done = act(introduction_id)
        if len(calls) == number:
            db.session.flush()
            raise CutOff  # everything written, nothing committed
        return done

    calls: list[int] = []
    steps = following_up.STEPS
    monkeypatch.setattr(
        following_up, "STEPS", [(find, partial(cut, cut_at, act)) for find, act in steps]
    )
    with days_later(7 if step == "remind" else 14):
        with pytest.raises(CutOff):
            jobs.remind_due()
        db.session.remove()
        monkeypatch.setattr(following_up, "STEPS", steps)
        assert jobs.remind_due() == 2 - (cut_at - 1)
        assert jobs.remind_due() == 0
    told = len(db.session.scalars(select(Notification)).all()) - before
    assert told == 4  # two introductions, two sides
    if step == "outcome":
        assert len(db.session.scalars(select(Outcome)).all()) == 4
        assert len(db.session.scalars(select(MailKey)).all()) == 4


def test_the_first_words_name_a_place_and_a_saturday(introduced):
    text = db.session.scalars(select(Message)).one().text
    assert "Schön, dass ihr beide Ja gesagt habt!" in text
    assert "Samstag, 31. Oktober, 15:00 Uhr" in text  # tomorrow would be too soon
    assert "an einem Ort, den ihr beide gut erreicht" in text


def test_a_coordinator_writes_the_first_words_place_and_time(as_user, asked, ada, ben, cem):
    url = f"{RECORDS}{asked.id}"
    with days_later(1):
        page = as_user(cem).submit(
            url, opening_line="Ihr mögt beide Fahrräder.", meeting_place="vor der Bäckerei",
            meeting_at="2026-10-29T17:30",
        )  # fmt: skip
        assert "Donnerstag, 29. Oktober, 17:30 Uhr, vor der Bäckerei" in page.text
        assert asked.meeting_at == datetime(2026, 10, 29, 16, 30)
        say(ada, True)
        say(ben, True)
        as_user(cem).submit(url, opening_line="Zu spät.", status=400)
    text = db.session.scalars(select(Message)).one().text
    assert text.startswith("Ihr mögt beide Fahrräder.")
    assert "vor der Bäckerei" in text
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "introduction.proposed")
    ).one()
    assert (entry.actor_id, entry.after["meeting_place"]) == (cem.id, "vor der Bäckerei")


@pytest.mark.parametrize("at", ["2020-01-01T10:00", "2030-01-01T10:00", "gestern"])
def test_a_time_that_is_none_or_too_far_is_refused(as_user, asked, cem, at):
    as_user(cem).submit(f"{RECORDS}{asked.id}", meeting_at=at, status=422)
    assert asked.meeting_at is None


def outcome_links() -> list[str]:
    paths = db.session.scalars(
        select(Notification.path)
        .where(Notification.path.contains("/ergebnis/"))
        .order_by(Notification.id)
    )
    return list(paths)


def test_after_two_weeks_both_tell_how_it_went_once_without_signing_in(
    as_user, visitor, introduced, ada, ben, cem, proposal
):
    with days_later(14, minutes=-1):
        assert jobs.remind_due() == 0
    with days_later(14):
        assert jobs.remind_due() == 1
        assert jobs.remind_due() == 0
        first, second = outcome_links()
        page = visitor.visit(first)
        assert "Habt ihr euch getroffen?" in page.text
        assert db.session.scalars(select(Outcome.answer)).all() == [
            None,
            None,
        ]  # GET answers nothing
        visitor.submit(first, answer="zusammen")
        visitor.visit(first, status=410)
        assert "schon beantwortet" in visitor.submit(first, answer="passt_nicht", status=409).text
        visitor.submit(second, answer="keine_antwort")
    answers = [row.answer for row in outcomes.outcomes_of([introduced.id])]
    assert sorted(answers) == ["keine_antwort", "zusammen"]
    assert {event.decision for event in log_of(proposal)} >= {"worked", "failed"}
    assert [example.fits for example in learning.examples()] == [True]  # silence unteaches nothing
    page = as_user(cem).visit(f"{RECORDS}{introduced.id}").text
    assert "wir machen zusammen weiter" in page
    assert "es kam keine Antwort mehr" in page
    listed = as_user(cem).visit(f"{RECORDS}?stand=vorgestellt").text
    assert "wir machen zusammen weiter" in listed


def test_after_two_months_they_are_asked_again_unless_it_was_over(visitor, introduced, ada, ben):
    with days_later(14):
        jobs.remind_due()
        visitor.submit(outcome_links()[0], answer="verabredet")
    with days_later(60):
        assert jobs.remind_due() == 1
        page = visitor.visit(outcome_links()[-1])
        assert "Seid ihr noch zusammen dabei?" in page.text
        assert "etwas ausgemacht" not in page.text
        visitor.submit(outcome_links()[-1], answer="verabredet", status=400)
        visitor.submit(outcome_links()[-1], answer="passt_nicht")
    assert [example.fits for example in learning.examples()] == [False]


def test_what_ended_is_not_asked_about_again(visitor, introduced):
    with days_later(14):
        jobs.remind_due()
        visitor.submit(outcome_links()[0], answer="getroffen")
    with days_later(60):
        assert jobs.remind_due() == 0


def test_a_key_ends_after_a_month_and_nonsense_opens_nothing(visitor, introduced):
    with days_later(14):
        jobs.remind_due()
    with days_later(45):
        visitor.visit(outcome_links()[0], status=410)
        visitor.submit(outcome_links()[0], answer="zusammen", status=409)
    visitor.visit("/vermittlungen/ergebnis/irgendwas", status=410)
    assert set(db.session.scalars(select(Outcome.answer))) == {None}


def test_old_introductions_are_asked_at_most_about_today(introduced):
    with days_later(61):
        assert jobs.remind_due() == 1
    assert set(db.session.scalars(select(Outcome.days))) == {60}
    with days_later(200):
        assert jobs.remind_due() == 0


def test_the_quality_page_counts_outcomes(as_user, visitor, introduced, cem):
    with days_later(14):
        jobs.remind_due()
        for link in outcome_links():
            visitor.submit(link, answer="zusammen")
        page = as_user(cem).visit("/koordination/qualitaet")
    assert "Was aus Vermittlungen wurde" in page.text


def test_records_are_for_coordinators_who_are_not_concerned(
    as_user, visitor, introduced, ada, ben, cem, dora
):
    url = f"{RECORDS}{introduced.id}"
    assert visitor.get(url).location.startswith("/anmelden")
    for person in (ada, ben):
        as_user(person).visit(url, status=403)
        as_user(person).visit(RECORDS, status=403)
    ada.roles.append(role_named("coordinator"))
    db.session.commit()
    as_user(ada).visit(url, status=403)
    as_user(ada).submit(url, opening_line="Ich selbst.", status=403)
    as_user(ada).submit(f"{url}/anrufen/{side_of(ben).id}", status=403)
    assert "Radwerkstatt" not in as_user(ada).visit(f"{RECORDS}?stand=vorgestellt").text
    assert "Radwerkstatt" in as_user(cem).visit(f"{RECORDS}?stand=vorgestellt").text
    as_user(cem).visit(f"{RECORDS}999", status=404)


def test_the_list_of_introductions_needs_six_statements_however_long(
    as_user, cem, introduced, proposal, count_queries
):
    for number in range(1, 60):
        row = Suggestion(
            source_kind=proposal.source_kind, source_id=proposal.source_id,
            target_kind=proposal.target_kind, target_id=proposal.target_id,
            pair_key=f"copy {number}", score=0.9, label="gut", reasons=[], matcher_version="1",
            state="approved", decided_at=clock.now(), needs_review=True,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        db.session.add(
            Introduction(
                suggestion_id=row.id, asks_from=clock.now(), asked_at=clock.now(),
                introduced_at=clock.now(),
                sides=[
                    IntroductionSide(
                        kind="idea", subject_id=number, email="x@example.org", token=f"t{number}"
                    )
                ],
            )
        )  # fmt: skip
    db.session.commit()
    browser = as_user(cem)
    browser.visit(f"{RECORDS}?stand=vorgestellt")
    count_queries.clear()
    page = browser.visit(f"{RECORDS}?stand=vorgestellt")
    assert len(count_queries) <= 6, count_queries
    rest = browser.visit(page.select_one("a[rel=next]")["href"])
    assert len(page.select("#records article")) == 30
    assert len(rest.select("#records article")) == 30


def test_with_the_account_go_calls_and_outcomes_and_the_export_has_them(introduced, ada, ben):
    with days_later(14):
        jobs.remind_due()
    assert everything_about(ada)["outcomes"][0]["days"] == 14
    delete_user(ada)
    db.session.commit()
    assert db.session.scalars(select(Outcome)).all() == []
    assert db.session.scalars(select(Call)).all() == []
    assert db.session.scalars(select(MailKey).where(MailKey.user_id == ben.id)).all() == []
    told = db.session.scalars(select(Notification).where(Notification.user_id == ben.id)).all()
    assert told
    assert not any("Ada" in f"{each.subject} {each.body}" for each in told)

"""What comes due about requests, lead offers and openings, once each, whatever happens."""

import re
from contextlib import AbstractContextManager, suppress
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import event, func, select

from portal.database import writing
from portal.extensions import db
from portal.matches.models import IndexEntry
from portal.recruiting import actions, departures, jobs
from portal.recruiting.models import JoinRequest, LeadOffer
from portal.teams.actions import add_member, change_state, create_team, end_membership, open_opening
from portal.teams.models import Opening, Team
from portal.teams.queries import lead_ids_of
from tests.portal.recruits import again, ask, mails_to, news_of, room

BEFORE_THE_CLOCKS_CHANGE = datetime(2026, 10, 22, 7, 30)  # 9:30 in Leipzig; on 25 October 2 h → 1 h


def at(moment: datetime) -> AbstractContextManager[object]:
    return time_machine.travel(moment.replace(tzinfo=UTC), tick=False)


def run() -> int:
    db.session.rollback()
    with writing():
        return jobs.remind_due()


@pytest.fixture
def now(app) -> datetime:
    return BEFORE_THE_CLOCKS_CHANGE


@pytest.fixture
def garden(now, cem, ada) -> Team:
    with at(now):
        team = create_team(by=cem, name="Hofgarten", challenge="Beete im Hof anlegen.")
        add_member(team, ada, is_lead=True)
        db.session.commit()
    return team


@pytest.fixture
def opening(now, garden, ada) -> Opening:
    """Wanted until 1 November: reminded of on 25 October, the day the clocks change."""
    with at(now):
        found = open_opening(
            garden, by=ada, kind="skill", title="Wer gießt?", wanted_until=date(2026, 11, 1)
        )
        db.session.commit()
    return found


def reminders(user) -> list[str]:
    return [mail.subject for mail in mails_to(user) if "wartet auf eure Antwort" in mail.subject]


def test_the_lead_is_reminded_after_two_and_seven_days_by_the_clock_on_the_wall(
    now, garden, ada, ben, cem
):
    with at(now):
        asked = ask(garden, ben)
    steps = [
        (datetime(2026, 10, 24, 7, 29), 0),  # a minute before 9:30, summer time
        (datetime(2026, 10, 24, 7, 30), 1),
        (datetime(2026, 10, 29, 8, 29), 1),  # a minute before 9:30, winter time
        (datetime(2026, 10, 29, 8, 30), 2),
        (datetime(2026, 11, 1, 8, 30), 2),
    ]
    for moment, expected in steps:
        with at(moment):
            run()
            run()
        assert len(reminders(ada)) == expected, moment
        assert bool(again(asked).escalated_at) == (expected == 2)
    assert [news.subject for news in news_of(cem)] == ["Eine Beitrittsanfrage braucht euch"]
    assert news_of(ben)[-1].subject == "Wir fragen für dich nach"
    assert "Unterstützungsteam sieht die Anfrage jetzt auch" in mails_to(ada)[-1].body


def test_a_worker_that_slept_says_it_once(now, garden, ada, ben):
    with at(now):
        asked = ask(garden, ben)
    with at(now + timedelta(days=12)):
        run()
        run()
    assert len(reminders(ada)) == 1
    assert again(asked).reminders == 2


def test_asking_back_starts_the_days_anew(now, garden, ada, ben):
    with at(now):
        asked = ask(garden, ben)
    with at(now + timedelta(days=1)):
        actions.ask_back(again(asked), room(garden), ada, "Magst du jäten?")
        db.session.commit()
    with at(now + timedelta(days=2, hours=2)):
        run()
    assert not reminders(ada)
    with at(now + timedelta(days=3, hours=2)):
        run()
    assert len(reminders(ada)) == 1


def test_an_answered_request_is_left_alone(now, garden, ada, ben):
    with at(now):
        asked = ask(garden, ben)
        actions.decline(asked, room(garden), ada, reason="voll")
        db.session.commit()
    with at(now + timedelta(days=30)):
        run()
    assert not reminders(ada)


def test_a_day_that_passed_brings_a_request_to_the_coordinators(now, garden, ben, cem):
    with at(now):
        asked = ask(garden, ben, answer_by=date(2026, 10, 23))
    with at(datetime(2026, 10, 23, 21, 59)):
        run()
    assert again(asked).escalated_at is None
    with at(datetime(2026, 10, 23, 22, 1)):  # after midnight in Leipzig
        run()
    assert again(asked).escalated_at is not None


def test_a_request_to_a_team_whose_lead_left_goes_to_the_coordinators(now, garden, ada, ben, cem):
    with at(now):
        asked = ask(garden, ben)
        end_membership(garden, ada)
        db.session.commit()
        run()
        run()
    assert again(asked).escalated_at is not None
    assert len(news_of(cem)) == 1


def test_a_team_that_finishes_lets_nobody_wait(now, garden, ben, cem):
    with at(now):
        asked = ask(garden, ben)
        change_state(garden, state="abgeschlossen", self_supporting=False, by=cem)
        db.session.commit()
        run()
        run()
    assert again(asked).state == "declined"
    assert "Das Team hat seine Arbeit abgeschlossen." in mails_to(ben)[-1].body


def test_who_joined_another_way_is_not_asked_about(now, garden, ada, ben, cem):
    with at(now):
        asked = ask(garden, ben)
        add_member(garden, ben)
        db.session.commit()
    with at(now + timedelta(days=3)):
        run()
    assert again(asked).state == "accepted"
    assert not reminders(ada)


def test_an_offer_to_lead_lapses_after_two_weeks_by_the_clock_on_the_wall(now, garden, ada, ben):
    with at(now):
        add_member(garden, ben)
        offer = departures.offer_lead(room(garden), ben, by=ada, together=False)
        db.session.commit()
    with at(datetime(2026, 11, 5, 8, 29)):
        run()
    assert db.session.get(LeadOffer, offer.id).state == "open"
    with at(datetime(2026, 11, 5, 8, 30)):
        run()
        run()
    assert db.session.get(LeadOffer, offer.id).state == "expired"
    assert [n.subject for n in news_of(ada)] == ["Teamleitung von „Hofgarten“"]


def test_leads_are_asked_a_week_before_an_opening_ends_and_when_it_has_ended(opening, ada):
    for moment, expected in (
        (datetime(2026, 10, 24, 21, 59), 0),  # 23:59 in Leipzig
        (datetime(2026, 10, 24, 22, 0), 1),  # the 25th, the day of the long night
        (datetime(2026, 11, 1, 22, 59), 1),  # the last minute of the last day
        (datetime(2026, 11, 1, 23, 0), 2),
        (datetime(2026, 11, 9, 12, 0), 2),
    ):
        with at(moment):
            run()
            run()
        assert len(mails_to(ada)) == expected, moment
    first, second = mails_to(ada)
    assert first.subject == "Euer Gesuch endet bald: noch aktuell?"
    assert "1. November" in first.body
    assert second.subject == "Euer Gesuch ist abgelaufen: noch aktuell?"


def key_in(mail) -> str:
    return re.search(r"/gesuche/antwort/\S+", mail.body)[0]


def test_one_click_keeps_an_opening_without_signing_in_once(visitor, opening, ada):
    with at(datetime(2026, 10, 26, 9, 0)):
        run()
        path = key_in(mails_to(ada)[0])
        page = visitor.visit(path)
        assert db.session.get(Opening, opening.id).wanted_until == date(2026, 11, 1)
        assert len(page.select("main form")) == 2
        page = visitor.submit(path, answer="current")
        assert "sechs Wochen länger" in page.text
        assert db.session.get(Opening, opening.id).wanted_until == date(2026, 12, 13)
        assert "schon benutzt" in visitor.visit(path, status=410).text
        visitor.submit(path, status=410, answer="done")
        assert db.session.get(Opening, opening.id).is_open
    with at(datetime(2026, 12, 6, 9, 0)):  # and then the same again
        run()
    assert len(mails_to(ada)) == 2


def test_one_click_ends_an_opening(visitor, opening, ada):
    with at(datetime(2026, 10, 26, 9, 0)):
        run()
        path = key_in(mails_to(ada)[0])
        visitor.submit(path, status=400, answer="perhaps")
        assert "Das Gesuch ist geschlossen" in visitor.submit(path, answer="done").text
        assert db.session.get(Opening, opening.id).closed_at


def test_an_expired_opening_leaves_lists_and_index_and_can_be_renewed(
    as_user, visitor, opening, garden, ada
):
    def indexed() -> bool:
        own = select(IndexEntry.removed_at).where(
            IndexEntry.kind == "opening", IndexEntry.subject_id == opening.id
        )
        return db.session.scalars(own).one() is None

    assert indexed()
    with at(datetime(2026, 11, 2, 9, 0)):
        # Lists and pages know it at once, even before the worker has run.
        assert "Wer gießt?" not in visitor.visit("/gesuche/").text
        assert "Wer gießt?" not in visitor.visit(f"/teams/{garden.id}").text
        assert "geschlossen" in visitor.visit(f"/gesuche/{opening.id}").text
        run()
        assert not indexed()
        path = key_in(mails_to(ada)[-1])
        visitor.submit(path, answer="current")
        assert indexed()
        assert "Wer gießt?" in visitor.visit("/gesuche/").text
    assert db.session.get(Opening, opening.id).wanted_until == date(2026, 12, 14)


def test_the_key_of_somebody_who_leads_no_more_does_nothing(visitor, opening, garden, ada):
    with at(datetime(2026, 10, 26, 9, 0)):
        run()
        path = key_in(mails_to(ada)[0])
        end_membership(garden, ada)
        db.session.commit()
        assert lead_ids_of(garden) == set()
        visitor.submit(path, status=403, answer="current")


def test_openings_with_less_than_a_week_to_go_are_asked_about_at_the_end_only(now, garden, ada):
    with at(now):
        open_opening(garden, by=ada, kind="skill", title="Bald", wanted_until=date(2026, 10, 25))
        db.session.commit()
        run()
    assert not mails_to(ada)
    with at(datetime(2026, 10, 26, 9, 0)):
        run()
    assert len(mails_to(ada)) == 1


class Killed(BaseException):
    """What kill -9 looks like to a transaction: it never commits."""


@pytest.mark.parametrize("commits", range(7))
def test_a_worker_killed_before_any_commit_loses_and_doubles_nothing(
    now, garden, opening, ada, ben, cem, dora, commits
):
    with at(now):
        ask(garden, ben)
        add_member(garden, dora)
        departures.offer_lead(room(garden), dora, by=ada, together=False)
        db.session.commit()
    left = commits

    def kill(_session: object) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed

    with at(now + timedelta(days=15)):
        event.listen(db.session, "before_commit", kill)
        try:
            with suppress(Killed):
                run()
        finally:
            event.remove(db.session, "before_commit", kill)
        db.session.rollback()
        run()
        run()
    assert len(reminders(ada)) == 1
    assert [news.subject for news in news_of(cem)] == ["Eine Beitrittsanfrage braucht euch"]
    subjects = [mail.subject for mail in mails_to(ada)]
    assert subjects.count("Euer Gesuch ist abgelaufen: noch aktuell?") == 1
    assert subjects.count("Teamleitung von „Hofgarten“") == 1


def test_answered_requests_are_forgotten_after_a_year(now, garden, ada, ben, dora):
    with at(now):
        actions.decline(ask(garden, ben), room(garden), ada, reason="voll")
        waiting = ask(garden, dora)
    with at(now + timedelta(days=364)):
        run()
        assert db.session.scalar(select(func.count(JoinRequest.id))) == 2
    with at(now + timedelta(days=367)):
        run()
    assert db.session.scalars(select(JoinRequest.id)).all() == [waiting.id]

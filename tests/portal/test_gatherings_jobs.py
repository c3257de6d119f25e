"""Reminders the day before, never twice, and what is forgotten when; erasure and export."""

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from portal import clock
from portal.accounts.erasure import delete_user
from portal.database import writing
from portal.extensions import db
from portal.gatherings import actions, jobs, letters
from portal.gatherings.models import Gathering, Hint, SignUp
from portal.ideas.actions import submit_idea
from portal.messages.models import Notification, OutboxMail
from tests.portal.gatherings import after, details, joins, new_gathering, slot, writes

SOON = "Morgen: Gesamttreffen im Frühling"


@pytest.fixture
def gathering(cem, ada, ben) -> Gathering:
    found = new_gathering(cem, capacity=2)
    joins(found, ada)
    writes(found, "Bo", wheelchair=True, note="Bitte vorne", consents=True)
    joins(found, ben)  # waits
    return found


def day_before(gathering: Gathering, hour: int = 10) -> datetime:
    day = gathering.starts_at.replace(tzinfo=UTC) - timedelta(days=1)
    return day.replace(hour=hour)


def reminded() -> list[str]:
    notes = select(Notification).where(Notification.subject.in_((SOON, SOON[8:])))
    who = [f"konto {row.user_id}" for row in db.session.scalars(notes.order_by(Notification.id))]
    mails = select(OutboxMail.to_address).where(
        OutboxMail.subject == SOON, OutboxMail.key.startswith("gathering:")
    )
    return sorted(who + list(db.session.scalars(mails)))


def test_who_has_a_place_and_the_host_are_reminded_once_the_day_before(gathering, cem, ada):
    with time_machine.travel(day_before(gathering) - timedelta(days=1), tick=False):
        assert jobs.remind_due() == 0
    with time_machine.travel(day_before(gathering, hour=4), tick=False):
        assert jobs.remind_due() == 0  # too early in the morning
    for hour in (10, 11, 15):
        with time_machine.travel(day_before(gathering, hour), tick=False):
            jobs.remind_due()
    assert reminded() == sorted(["bo@example.org", f"konto {ada.id}", f"konto {cem.id}"])
    host = db.session.scalars(
        select(Notification).where(Notification.user_id == cem.id, Notification.subject == SOON)
    ).one()
    assert "Angemeldet sind 2 Menschen." in host.body
    assert "Eine Anmeldung sagt dir" in host.body
    assert "Bitte vorne" not in host.body
    assert host.path == f"/termine/{gathering.id}/liste"


def test_the_host_hears_when_nobody_signed_up(cem):
    gathering = new_gathering(cem)
    with time_machine.travel(day_before(gathering), tick=False):
        assert jobs.remind_due() == 1
    note = db.session.scalars(select(Notification)).one()
    assert "hat sich niemand angemeldet" in note.body
    assert note.mailed_at is not None


def test_a_worker_that_was_away_reminds_on_the_day_itself(gathering, ada):
    with time_machine.travel(gathering.starts_at.replace(tzinfo=UTC, hour=8), tick=False):
        jobs.remind_due()
    subjects = select(Notification.subject).where(Notification.user_id == ada.id)
    assert "Heute: Gesamttreffen im Frühling" in set(db.session.scalars(subjects))
    with time_machine.travel(after(gathering, hours=1), tick=False):
        assert jobs.remind_due() == 0


def test_nobody_is_reminded_of_what_was_called_off_or_made_just_now(gathering, cem):
    actions.cancel_gathering(gathering, "Sturm")
    db.session.commit()
    with time_machine.travel(day_before(gathering), tick=False):
        new_gathering(cem, days=1)
        assert jobs.remind_due() == 0


def test_a_moved_gathering_is_reminded_of_again(gathering, ada):
    with time_machine.travel(day_before(gathering), tick=False):
        jobs.remind_due()
        actions.change_gathering(gathering, details(capacity=2), slot(days=5))
        db.session.commit()
    with time_machine.travel(day_before(gathering), tick=False):
        jobs.remind_due()
        jobs.remind_due()
    keys = select(func.count(Notification.id)).where(
        Notification.user_id == ada.id, Notification.subject == SOON
    )
    assert db.session.scalar(keys) == 2


def test_a_worker_killed_in_the_middle_has_reminded_nobody_and_does_it_later(
    gathering, monkeypatch
):
    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    with time_machine.travel(day_before(gathering), tick=False):
        with monkeypatch.context() as patched:
            patched.setattr(letters, "prepare_host", killed)  # after the guests' mails
            with pytest.raises(KeyboardInterrupt):
                jobs.remind_due()
        db.session.rollback()
        assert reminded() == []
        jobs.remind_due()
    assert len(reminded()) == 3


def test_two_workers_at_once_remind_once(app, gathering):
    failures: list[BaseException] = []
    ready = threading.Barrier(2)
    moment = day_before(gathering).replace(tzinfo=None)
    db.session.remove()

    def work() -> None:
        try:
            with app.app_context(), writing(), clock.at(moment):
                ready.wait()
                jobs.remind_due()
                db.session.remove()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(reminded()) == 3


def test_needs_go_the_day_after_and_addresses_a_month_after(gathering, cem, ada):
    unsure = writes(gathering, "Li", confirms=False).id
    idea = submit_idea(problem="Der Hof ist kahl.", wish="Beete.", initiator=ada, publish=True).idea
    db.session.add(
        Hint(gathering_id=gathering.id, idea_id=idea.id, text="Frag", name="Bo",
             email="bo@example.org")
    )  # fmt: skip
    db.session.commit()
    bo = select(SignUp).where(SignUp.user_id.is_(None), SignUp.turn.is_not(None))
    with time_machine.travel(after(gathering, hours=20), tick=False):
        jobs.remind_due()
        assert db.session.scalars(bo).one().note == "Bitte vorne"
        assert db.session.get(SignUp, unsure) is None  # never confirmed
    with time_machine.travel(after(gathering, hours=30), tick=False):
        jobs.remind_due()
        row = db.session.scalars(bo).one()
        assert (row.has_needs, row.consented_at) == (False, None)
        assert row.email == "bo@example.org"
    with time_machine.travel(after(gathering, days=31), tick=False):
        jobs.remind_due()
        row = db.session.scalars(bo).one()
        assert (row.name, row.email) == ("", None)
        assert db.session.scalars(select(Hint)).one().email is None
        assert row.is_seated  # still counts


def test_half_a_year_after_nobody_knows_who_came(gathering, ada):
    with time_machine.travel(after(gathering, days=179), tick=False):
        jobs.remind_due()
        assert ada.id in db.session.scalars(select(SignUp.user_id)).all()
    with time_machine.travel(after(gathering, days=181), tick=False):
        jobs.remind_due()
    assert set(db.session.scalars(select(SignUp.user_id))) == {None}
    assert sum(row.is_seated for row in db.session.scalars(select(SignUp))) == 2


def test_the_notes_of_a_cancelled_gathering_go_as_well(gathering):
    actions.cancel_gathering(gathering, "Sturm")
    db.session.commit()
    tomorrow = clock.now().replace(tzinfo=UTC) + timedelta(days=1, minutes=1)
    with time_machine.travel(tomorrow, tick=False):
        jobs.remind_due()
    assert not any(row.has_needs for row in db.session.scalars(select(SignUp)))


def test_deleting_an_account_frees_the_place_and_leaves_nothing(app, gathering, ada, ben, cem):
    idea = submit_idea(problem="Der Hof ist kahl.", wish="Beete.", initiator=cem, publish=True).idea
    db.session.add(Hint(gathering_id=gathering.id, idea_id=idea.id, text="Frag", user_id=ada.id))
    other = new_gathering(cem)
    by_mail = writes(other, "Ada")  # the same address, before she had an account
    assert by_mail.email == ada.email
    number = ada.id
    delete_user(ada)
    db.session.commit()
    rows = db.session.scalars(select(SignUp)).all()
    assert number not in {row.user_id for row in rows}
    assert "ada@example.org" not in {row.email for row in rows}
    assert db.session.scalar(select(func.count(Hint.id))) == 0
    waiting = db.session.scalars(select(SignUp).where(SignUp.user_id == ben.id)).one()
    assert waiting.is_seated


def test_a_deleted_host_leaves_the_gathering(app, gathering, cem):
    delete_user(cem)
    db.session.commit()
    assert db.session.get(Gathering, gathering.id).host_id is None
    with time_machine.travel(day_before(gathering), tick=False):
        assert jobs.remind_due() == 1


def test_the_copy_of_ones_data_holds_the_sign_ups_and_no_key(as_user, gathering, ada, cem):
    row = db.session.scalars(select(SignUp).where(SignUp.user_id == ada.id)).one()
    copy = as_user(ada).get("/konto/daten.json")
    data = json.loads(copy.text)
    assert data["gatherings"]["signed_up"][0]["title"] == gathering.title
    assert data["records"]["sign_up"][0]["id"] == row.id
    assert row.token not in json.dumps(data["records"]["sign_up"])
    hosted = json.loads(as_user(cem).get("/konto/daten.json").text)
    assert hosted["gatherings"]["host"][0]["title"] == gathering.title

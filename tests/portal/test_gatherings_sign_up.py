"""Signing up and off, the waiting list, what is told to whom, and the last place."""

import threading
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.accounts.actions import create_user
from portal.database import writing
from portal.extensions import db
from portal.gatherings import actions, attendance
from portal.gatherings.attendance import Wishes
from portal.gatherings.models import BringItem, Gathering, SignUp
from portal.messages.models import Notification, OutboxMail
from tests.portal.gatherings import after, details, joins, new_gathering, slot, writes


def mails(to: str = "") -> list[OutboxMail]:
    rows = select(OutboxMail).order_by(OutboxMail.id)
    return [mail for mail in db.session.scalars(rows) if not to or mail.to_address == to]


def told(user) -> list[str]:
    rows = select(Notification).where(Notification.user_id == user.id).order_by(Notification.id)
    return [row.subject for row in db.session.scalars(rows)]


def test_an_account_has_its_place_at_once_and_only_once(cem, ada):
    gathering = new_gathering(cem)
    row = joins(gathering, ada)
    assert row.is_seated
    assert joins(gathering, ada).id == row.id
    assert told(ada) == ["Du bist dabei"]


def test_without_account_the_mail_makes_it_count(cem):
    gathering = new_gathering(cem, capacity=1)
    row = writes(gathering, "Mo", confirms=False)
    assert not row.is_seated
    assert not row.is_waiting
    (mail,) = mails("mo@example.org")
    assert f"/termine/anmeldung/{row.token}" in mail.body
    attendance.confirm(row)
    attendance.confirm(row)  # pressed twice
    db.session.commit()
    assert row.is_seated
    assert [mail.subject for mail in mails()] == [
        "Bitte bestätige deine Anmeldung", "Du bist dabei",
    ]  # fmt: skip


def test_an_unconfirmed_address_keeps_nobody_from_the_last_place(cem, ada):
    gathering = new_gathering(cem, capacity=1)
    slow = writes(gathering, "Mo", confirms=False)
    assert joins(gathering, ada).is_seated
    attendance.confirm(slow)
    assert slow.is_waiting


def test_the_same_address_twice_is_one_sign_up_and_at_most_a_mail_an_hour(cem):
    gathering = new_gathering(cem)
    first = writes(gathering, "Mo", confirms=False)
    assert writes(gathering, "MO", confirms=False).id == first.id
    assert len(mails()) == 1
    attendance.confirm(first)
    again = attendance.sign_up(gathering, Wishes(), name="Mo", email=" MO@example.org ")
    assert again.id == first.id
    assert mails()[-1].subject == "Du bist schon angemeldet"


def test_children_take_places_and_a_family_too_large_is_told(cem, ada):
    gathering = new_gathering(cem, capacity=3)
    with pytest.raises(attendance.TooManyPeople):
        joins(gathering, ada, children=3)
    db.session.rollback()
    assert joins(gathering, ada, children=2).is_seated
    assert writes(gathering, "Mo").is_waiting


def test_the_waiting_list_moves_up_in_order_and_nobody_overtakes(cem, ada, ben, dora):
    gathering = new_gathering(cem, capacity=2)
    first = joins(gathering, ada, children=1)
    family, single = joins(gathering, ben, children=1), joins(gathering, dora)
    assert family.is_waiting
    assert single.is_waiting
    attendance.sign_off(first)
    db.session.commit()
    assert family.is_seated
    assert single.is_waiting
    assert told(ben)[-1] == "Du bist nachgerückt"
    late = writes(gathering, "Mo")  # one place may get free, but Dora is before
    attendance.sign_off(family)
    db.session.commit()
    assert single.is_seated
    assert late.is_seated
    assert [mail.subject for mail in mails("mo@example.org")][-1] == "Du bist nachgerückt"


def test_a_place_that_is_too_small_for_the_first_waits_for_them(cem, ada, ben, dora):
    gathering = new_gathering(cem, capacity=2)
    one, _other = joins(gathering, ada), joins(gathering, ben)
    family, single = writes(gathering, "Mo", children=1), joins(gathering, dora)
    attendance.sign_off(one)
    assert family.is_waiting
    assert single.is_waiting
    assert writes(gathering, "Li").is_waiting  # a free place, but not for newcomers


def test_more_places_seat_who_waits(cem, ada, ben):
    gathering = new_gathering(cem, capacity=1)
    joins(gathering, ada)
    waiting = joins(gathering, ben)
    actions.change_gathering(gathering, details(capacity=5), slot())
    db.session.commit()
    assert waiting.is_seated
    assert told(ben)[-1] == "Du bist nachgerückt"


def test_signing_off_twice_frees_one_place_and_forgets_what_was_private(cem, ada, ben, dora):
    gathering = new_gathering(cem, capacity=1)
    row = joins(gathering, ada, wheelchair=True, note="Bitte vorne", consents=True)
    second, third = joins(gathering, ben), joins(gathering, dora)
    for _time in range(2):
        attendance.sign_off(row)
    db.session.commit()
    assert second.is_seated
    assert third.is_waiting
    assert not row.has_needs
    assert joins(gathering, ada).is_waiting  # coming back means the end of the line


def test_nothing_private_is_kept_without_a_yes(cem, ada):
    gathering = new_gathering(cem)
    row = joins(gathering, ada, wheelchair=True, note="Rollstuhl", consents=False)
    assert not row.has_needs
    row.note = "heimlich"
    with pytest.raises(IntegrityError, match="private_needs_consent|CHECK"):
        db.session.flush()
    db.session.rollback()


def test_nobody_signs_up_for_what_has_begun_or_was_called_off(cem, ada, ben):
    gathering = new_gathering(cem)
    row = writes(gathering, "Mo", confirms=False)
    with time_machine.travel(after(gathering, hours=-1), tick=False):
        with pytest.raises(attendance.SignUpClosed):
            attendance.sign_up(gathering, Wishes(), user=ada)
        with pytest.raises(attendance.SignUpClosed):
            attendance.confirm(row)
    actions.cancel_gathering(gathering, "Der Saal ist gesperrt.")
    with pytest.raises(attendance.SignUpClosed):
        attendance.sign_up(gathering, Wishes(), user=ben)


def test_something_to_bring_is_taken_by_one_and_freed_by_signing_off(cem, ada, ben):
    gathering = new_gathering(cem)
    item = actions.add_item(gathering, "Kuchen")
    hers, his = joins(gathering, ada), joins(gathering, ben)
    attendance.claim_item(item, hers)
    with pytest.raises(attendance.ItemTaken):
        attendance.claim_item(item, his)
    attendance.release_item(item, his)  # not his to put back
    db.session.commit()
    assert db.session.get(BringItem, item.id).taken_by_id == hers.id
    attendance.sign_off(hers)
    db.session.commit()
    attendance.claim_item(item, his)
    db.session.commit()
    assert db.session.get(BringItem, item.id).taken_by_id == his.id


def test_changes_of_time_and_place_are_told_once_other_changes_are_not(cem, ada):
    gathering = new_gathering(cem)
    joins(gathering, ada)
    writes(gathering, "Mo")
    before = len(mails()), len(told(ada))
    actions.change_gathering(gathering, details(bring="Becher"), slot())
    assert (len(mails()), len(told(ada))) == before
    assert gathering.sequence == 0
    actions.change_gathering(gathering, details(place="Im Park"), slot(days=11))
    db.session.commit()
    assert gathering.sequence == 1
    assert told(ada)[-1] == "Geändert: Gesamttreffen im Frühling"
    changed = mails("mo@example.org")[-1]
    assert "Der Ort ist neu." in changed.body
    assert "Die Zeit ist neu." in changed.body
    assert "Im Park" in changed.body


def test_calling_off_is_told_to_everybody_also_those_who_wait(cem, ada, ben):
    gathering = new_gathering(cem, capacity=1)
    joins(gathering, ada)
    joins(gathering, ben)
    actions.cancel_gathering(gathering, "Der Saal ist gesperrt.")
    db.session.commit()
    for user in (ada, ben):
        assert told(user)[-1] == "Abgesagt: Gesamttreffen im Frühling"
    assert gathering.sequence == 1
    with pytest.raises(actions.GatheringOver):
        actions.cancel_gathering(gathering, "Noch einmal.")


def test_this_and_following_dates_move_together_and_the_others_stay(cem, ada):
    made = actions.create_gatherings(
        details(), slot(), host=cem, rhythm="weekly", until=clock.today() + timedelta(31)
    )
    assert len(made) == 4
    joins(made[0], ada)
    joins(made[2], ada)
    old = [each.starts_at for each in made]
    actions.cancel_gathering(made[3], "Ferien")
    changed = actions.change_gathering(
        made[1], details(place="Im Hof"), slot(days=18), following=True
    )
    db.session.commit()
    assert changed == 2
    assert [each.place for each in made] == [
        "Bibliothek, großer Saal", "Im Hof", "Im Hof", "Bibliothek, großer Saal",
    ]  # fmt: skip
    assert made[0].starts_at == old[0]
    assert made[2].starts_at == clock.shifted(old[2], days=1)
    assert sum(subject.startswith("Geändert") for subject in told(ada)) == 1  # of the third date


@pytest.mark.parametrize("places", [1, 3])
def test_of_many_who_want_the_last_places_at_once_exactly_that_many_win(app, cem, places):
    gathering = new_gathering(cem, capacity=places)
    users = [
        create_user(email=f"gast{n}@example.org", name=f"Gast{n}", password=None) for n in range(12)
    ]
    db.session.commit()
    number, ids = gathering.id, [user.id for user in users]
    db.session.remove()
    failures: list[BaseException] = []
    ready = threading.Barrier(len(ids))

    def run(user_id: int) -> None:
        from portal.accounts.models import User

        try:
            with app.app_context(), writing():
                ready.wait()
                wanted = db.session.get_one(Gathering, number)
                attendance.sign_up(wanted, Wishes(), user=db.session.get_one(User, user_id))
                db.session.commit()
                db.session.remove()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(user_id,)) for user_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    rows = db.session.scalars(select(SignUp).order_by(SignUp.turn)).all()
    assert [row.turn for row in rows] == list(range(1, 13))
    assert [row.is_seated for row in rows] == [True] * places + [False] * (12 - places)


def test_of_many_who_sign_off_at_once_each_frees_one_place_in_order(app, cem):
    gathering = new_gathering(cem, capacity=4)
    tokens = [writes(gathering, f"Gast{n}").token for n in range(10)]
    number = gathering.id
    db.session.remove()
    failures: list[BaseException] = []
    ready = threading.Barrier(3)

    def leave(token: str) -> None:
        try:
            with app.app_context(), writing():
                ready.wait()
                row = db.session.scalars(select(SignUp).where(SignUp.token == token)).one()
                attendance.sign_off(row)
                db.session.commit()
                db.session.remove()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=leave, args=(token,)) for token in tokens[:3]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    rows = db.session.scalars(select(SignUp).where(SignUp.gathering_id == number))
    assert sorted(row.turn for row in rows if row.is_seated) == [4, 5, 6, 7]
    moved = [mail for mail in mails() if mail.subject == "Du bist nachgerückt"]
    assert len(moved) == 3

"""What an account is told: once, in the portal, by mail where it is urgent; keys work once."""

from datetime import datetime, timedelta

import pytest
import time_machine
from flask_babel import get_locale
from sqlalchemy import select

from portal import clock, worker
from portal.extensions import db
from portal.messages.keys import find_key, make_key, use_up
from portal.messages.models import MailKey, Notification, OutboxMail
from portal.messages.notifications import in_language_of, notify


def tell(user, key="opening:1:ends", **changes):
    given = {
        "category": "openings",
        "subject": "Dein Gesuch endet bald",
        "body": "Ist es noch aktuell?",
        "path": "/teams/1",
    }
    notification = notify(user, key=key, **given | changes)
    db.session.commit()
    return notification


def mails():
    return db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()


def test_the_same_event_tells_a_person_once(app, ada, ben):
    first = tell(ada, urgent=True)
    assert tell(ada, urgent=True).id == first.id
    assert tell(ben, urgent=True).id != first.id
    assert [mail.to_address for mail in mails()] == ["ada@example.org", "ben@example.org"]


def test_what_can_wait_is_not_mailed_at_once(app, ada):
    assert tell(ada).mailed_at is None
    assert mails() == []


def test_an_urgent_mail_leads_to_the_portal(app, ada):
    assert tell(ada, urgent=True).mailed_at is not None
    (mail,) = mails()
    assert mail.body.startswith("Hallo Ada,")
    assert f"{app.config['PUBLIC_URL']}/teams/1" in mail.body


def test_a_closed_account_gets_no_mail(app, ada):
    ada.active = False
    tell(ada, urgent=True)
    assert mails() == []


def test_what_is_rolled_back_was_never_told(app, ada):
    notify(
        ada, category="teams", key="x", subject="Hallo", body="Text", path="/teams/1", urgent=True
    )
    db.session.rollback()
    assert db.session.scalars(select(Notification)).all() == []
    assert mails() == []


def test_texts_come_in_the_language_of_the_person(app, ada):
    ada.locale = "uk"
    with in_language_of(ada):
        assert str(get_locale()) == "uk"


def test_a_key_opens_one_thing_once(app, ada):
    token = make_key("opening-renewal", 7, user_id=ada.id)
    db.session.commit()
    assert find_key(token, "join-answer") is None
    key = find_key(token, "opening-renewal")
    assert key.subject_id == 7
    assert use_up(key)
    assert not use_up(key)
    db.session.commit()
    assert find_key(token, "opening-renewal") is None


def test_a_blocked_account_does_nothing_by_its_old_mails(app, ada):
    token = make_key("opening-renewal", 7, user_id=ada.id)
    ada.active = False
    db.session.commit()
    assert find_key(token, "opening-renewal") is None


def test_a_key_ends_after_its_days(app):
    token = make_key("opening-renewal", 7, days=14)
    db.session.commit()
    key = find_key(token, "opening-renewal")
    with clock.at(clock.now() + timedelta(days=15)):
        assert find_key(token, "opening-renewal") is None
        assert not use_up(key)


def test_old_keys_are_forgotten_by_the_worker(app):
    make_key("opening-renewal", 7, days=14)
    db.session.commit()
    with time_machine.travel(clock.now() + timedelta(days=46)):
        worker.send_mails()
    assert db.session.scalars(select(MailKey)).all() == []


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        # Nine in the evening in Leipzig stays nine in the evening when summer time ends …
        (datetime(2026, 10, 20, 19), 7, datetime(2026, 10, 27, 20)),
        # … and when it begins.
        (datetime(2027, 3, 25, 20), 7, datetime(2027, 4, 1, 19)),
        (datetime(2026, 10, 27, 20), -7, datetime(2026, 10, 20, 19)),
        (datetime(2026, 7, 1, 10), 14, datetime(2026, 7, 15, 10)),
    ],
)
def test_a_week_later_is_the_same_time_of_day(start, days, end):
    assert clock.shifted(start, days=days) == end


def test_one_failing_room_does_not_keep_the_others_from_reminding(app, monkeypatch):
    """The list names rooms; one that cannot even be loaded is the worst of them."""
    monkeypatch.setattr(worker, "REMINDERS", ("nowhere",))
    with pytest.raises(ModuleNotFoundError):
        worker.remind()
    monkeypatch.setitem(app.config, "TESTING", False)
    worker.remind()

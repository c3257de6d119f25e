"""The worker: a real consumer process on an instance of its own; the tables are the truth."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from portal import clock, worker
from portal.accounts.models import User
from portal.config import ConfigError
from portal.database import writing
from portal.extensions import db
from portal.messages.mails import queue_mail
from portal.messages.models import Notification, OutboxMail
from portal.organisations.actions import ask_for, create_organisation, offer_resource
from portal.organisations.queries import resource_page
from tests.mail_server import MailServer

PATIENCE = 60  # seconds until a test gives up; nothing waits that long when all is well


@pytest.fixture
def start_worker(database_url: str, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen]]:
    """Start `portal worker` processes on the test's database and a fresh instance folder."""
    running: list[subprocess.Popen] = []

    def start(**settings: str) -> subprocess.Popen:
        environment = os.environ | {
            "DATABASE_URL": database_url,
            "PORTAL_INSTANCE": str(tmp_path),
            "PORTAL_ENCODERS": "none",
        }
        code = "import portal, portal.worker as w; w.run_worker(portal.create_app())"
        process = subprocess.Popen([sys.executable, "-c", code], env=environment | settings)
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()


def until(condition: Callable[[], object], what: str) -> object:
    """Wait for a condition, as long as it takes but not forever."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if result := condition():
            return result
        time.sleep(0.05)
    raise AssertionError(f"waited {PATIENCE} s for: {what}")


def a_mail(key: str = "test:1") -> int:
    db.session.rollback()
    with writing():  # the worker writes at the same time
        mail_id = queue_mail(key=key, to="zoe@home.org", subject="Hallo", body="Ein Text").id
        db.session.commit()
    return mail_id


def state_of(mail_id: int) -> OutboxMail:
    db.session.rollback()
    return db.session.get_one(OutboxMail, mail_id, populate_existing=True)


def test_a_running_worker_writes_mails_into_the_outbox_folder_and_stops_when_told(
    app, tmp_path, start_worker, monkeypatch
):
    # The test's process and the worker share the queue: the second mail's commit wakes it.
    monkeypatch.setattr(app, "instance_path", str(tmp_path))
    monkeypatch.delitem(app.extensions, "portal_queue", raising=False)
    first = a_mail()
    process = start_worker()
    until(lambda: state_of(first).sent_at, "the mail that waited")
    second = a_mail("test:2")
    until(lambda: state_of(second).sent_at, "the mail of a running portal")
    files = sorted((tmp_path / "outbox").glob("*.eml"))
    assert ["Ein Text" in file.read_text("utf-8") for file in files] == [True, True]
    process.terminate()
    assert process.wait(PATIENCE) == 0
    monkeypatch.delitem(app.extensions, "portal_queue", raising=False)


def test_a_worker_killed_in_the_middle_of_a_delivery_loses_nothing(app, start_worker):
    mail_id = a_mail()
    with MailServer(hold=True) as server:
        process = start_worker(PORTAL_SMTP_URL=server.url)
        until(server.is_holding, "the delivery to begin")
        process.send_signal(signal.SIGKILL)
        process.wait()
        server.release()
        mail = state_of(mail_id)
        assert mail.sent_at is None
        assert mail.lease_until is not None
        server.received.clear()
        start_worker(PORTAL_SMTP_URL=server.url)
        # While the lease holds, nobody touches the mail; then the time passes.
        db.session.rollback()
        with writing():
            passed = clock.now() - timedelta(seconds=1)
            db.session.execute(update(OutboxMail).values(lease_until=passed))
            db.session.commit()
        until(lambda: state_of(mail_id).sent_at, "the mail to be sent by the second worker")
        assert len(server.received) == 1
        assert state_of(mail_id).attempts == 2


def told() -> int:
    """How many of the overdue requests somebody was reminded of so far."""
    db.session.rollback()
    reminders = Notification.key.like("booking:%:reminder")
    return db.session.scalar(select(func.count(Notification.id)).where(reminders)) or 0


def test_a_worker_killed_again_and_again_reminds_of_everything_once(app, ada, ben, start_worker):
    club = create_organisation(by=ben, name="Hofkultur", kind="association", about="Höfe für alle.")
    saal = offer_resource(club, by=ben, kind="knowledge", title="Rat beim Bauen")
    db.session.commit()
    with clock.at(clock.now() - timedelta(days=4)):
        for number in range(60):
            ask_for(resource_page(saal.id), by=ada, purpose=f"Für Bank Nummer {number}.")
        db.session.commit()
    for killed in range(1, 4):
        process = start_worker()
        until(lambda wanted=killed * 10: told() >= wanted, "some reminders to be written")
        process.send_signal(signal.SIGKILL)
        process.wait()
    start_worker()
    until(lambda: told() >= 60, "the rest of the reminders")
    keys = db.session.scalars(select(OutboxMail.key).where(OutboxMail.key.like("notification:%")))
    ids = db.session.scalars(select(Notification.id).where(Notification.user_id == ben.id)).all()
    assert sorted(keys) == sorted(f"notification:{each}" for each in ids)
    assert told() == 60


def test_two_workers_send_each_mail_once(app, start_worker):
    ids = [a_mail(f"test:{number}") for number in range(30)]
    with MailServer() as server:
        start_worker(PORTAL_SMTP_URL=server.url)
        start_worker(PORTAL_SMTP_URL=server.url)
        until(lambda: all(state_of(i).sent_at for i in ids), "all mails to be sent")
        assert len(server.received) == 30
        assert len({message["Message-ID"] for message in server.received}) == 30


def test_waking_without_a_worker_is_safe_and_does_not_pile_up(app, tmp_path):
    for number in range(5):
        a_mail(f"test:{number}")
    assert worker.queue_of(app).pending_count() <= 3
    assert db.session.scalar(select(OutboxMail).where(OutboxMail.sent_at.is_not(None))) is None


def test_a_broken_queue_does_not_break_the_request(visitor, ada: User, app: Flask, monkeypatch):
    class Broken:
        def pending_count(self) -> int:
            raise OSError("disk full")

    monkeypatch.setitem(app.extensions, "portal_queue", Broken())
    assert visitor.post("/anmelden/link", data={"email": ada.email}).status_code == 303
    assert db.session.scalar(select(OutboxMail)).to_address == ada.email


def test_a_broken_queue_file_is_made_anew(app, tmp_path, monkeypatch):
    monkeypatch.setattr(app, "instance_path", str(tmp_path))
    monkeypatch.delitem(app.extensions, "portal_queue", raising=False)
    (tmp_path / "queue.sqlite").write_bytes(b"not a database" * 500)
    worker.wake(app)
    assert worker.queue_of(app).pending_count() == len(worker.TASKS)
    monkeypatch.delitem(app.extensions, "portal_queue", raising=False)


def test_a_queue_address_nobody_understands_is_said_plainly(app, monkeypatch):
    monkeypatch.setitem(app.config, "QUEUE_URL", "amqp://somewhere")
    monkeypatch.delitem(app.extensions, "portal_queue", raising=False)
    with pytest.raises(ConfigError, match="PORTAL_QUEUE_URL"):
        worker.queue_of(app)


def test_the_matcher_learns_at_half_past_one_utc_and_at_no_other_minute(app):
    (task,) = [
        task for task in worker.queue_of(app)._registry.periodic_tasks if task.name == "learning"
    ]
    day = [datetime(2026, 6, 10, hour, minute) for hour in range(24) for minute in range(60)]
    assert [moment for moment in day if task.validate_datetime(moment)] == [
        datetime(2026, 6, 10, 1, 30)
    ]

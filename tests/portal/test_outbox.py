"""The outbox: each mail once, retried with patience, as a file or over a real mail server."""

from datetime import datetime, timedelta
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.messages import outbox
from portal.messages.actions import forget_old_mails, retry_mail, send_due_mails
from portal.messages.mails import queue_mail
from portal.messages.models import OutboxMail
from tests.mail_server import MailServer

NOON = "2026-05-01 12:00 +0000"


@pytest.fixture
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The outbox folder of an instance of its own."""
    monkeypatch.setattr(app, "instance_path", str(tmp_path))
    monkeypatch.delitem(app.extensions, "portal_queue", raising=False)
    return tmp_path / "outbox"


@pytest.fixture
def smtp(app: Flask, monkeypatch: pytest.MonkeyPatch):
    """Send by the given server from now on."""

    def use(server: MailServer | str) -> None:
        monkeypatch.setitem(app.config, "SMTP_URL", getattr(server, "url", server))

    return use


def a_mail(**changes: object) -> int:
    values = {"key": "idea:1:received", "to": "zoe@home.org", "subject": "Grüße", "body": "Schön!"}
    mail_id = queue_mail(**values | changes).id
    db.session.commit()
    return mail_id


def mail_now(mail_id: int) -> OutboxMail:
    db.session.rollback()
    return db.session.get_one(OutboxMail, mail_id, populate_existing=True)


def test_a_mail_becomes_one_file_people_can_read(folder):
    a_mail()
    assert send_due_mails() == 1
    assert send_due_mails() == 0
    (file,) = folder.iterdir()
    assert "zoe" not in file.name
    assert "Schön!" in file.read_text("utf-8")
    message = BytesParser(policy=default).parsebytes(file.read_bytes())
    assert message["To"] == "zoe@home.org"
    assert message["Subject"] == "Grüße"
    assert "http://127.0.0.1" in message.get_content(), "the portal's address stands below"
    assert file.stat().st_mode & 0o077 == 0


def test_files_sort_by_time(folder):
    with time_machine.travel(NOON, tick=False) as time:
        for number in range(3):
            a_mail(key=f"k{number}", subject=f"Nummer {number}")
            time.shift(1)
    send_due_mails()
    subjects = [file.read_text("utf-8") for file in sorted(folder.iterdir())]
    assert [f"Nummer {n}" in text for n, text in enumerate(subjects)] == [True, True, True]


def test_the_same_event_is_one_mail(folder):
    first, second = a_mail(), a_mail(subject="Noch einmal")
    assert first == second
    assert send_due_mails() == 1


def test_a_mail_for_later_waits(folder):
    with time_machine.travel(NOON, tick=False) as time:
        a_mail(not_before=clock.now() + timedelta(days=1))
        assert send_due_mails() == 0
        time.shift(24 * 3600)
        assert send_due_mails() == 1


def test_an_undone_change_sends_no_mail(folder):
    queue_mail(key="undone", to="zoe@home.org", subject="Hallo", body="Text")
    db.session.rollback()
    assert send_due_mails() == 0


def test_a_real_server_gets_the_mail_once_and_in_our_name(smtp):
    mail_id = a_mail()
    with MailServer() as server:
        smtp(server)
        assert send_due_mails() == 1
        assert send_due_mails() == 0
        (message,) = server.received
    assert message["From"].addresses[0].display_name == "Wir im Quartier"
    assert message["Reply-To"] == message["From"]
    assert message["Auto-Submitted"] == "auto-generated"
    assert "Schön!" in message.get_content()
    mail = mail_now(mail_id)
    assert mail.sent_at
    assert mail.lease_until is None


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Hallo\r\nBcc: max@home.org"},
        {"subject": "Hallo\nBcc: max@home.org\n\nanderer Text"},
        {"body": "Text\r\n.\r\nMAIL FROM:<x@y.org>\r\n"},
    ],
)
def test_nothing_typed_gets_into_the_headers(smtp, changes):
    a_mail(**changes)
    with MailServer() as server:
        smtp(server)
        assert send_due_mails() == 1
        (message,) = server.received
    assert message["Bcc"] is None
    assert message["To"] == "zoe@home.org"


@pytest.mark.parametrize(
    "address", ["zoe@home.org\r\nBcc: max@home.org", "zoe@home.org, max@home.org", "zoe", ""]
)
def test_an_address_that_is_none_fails_and_reaches_nobody(smtp, address):
    mail_id = a_mail(to=address)
    with MailServer() as server:
        smtp(server)
        assert send_due_mails() == 0
        assert server.received == []
    assert mail_now(mail_id).failed_at


def test_a_refused_mail_fails_at_once_and_the_others_go_out(smtp):
    refused, taken = a_mail(), a_mail(key="other", to="max@home.org")
    with MailServer(refuse={"zoe@home.org": "550 no such user <zoe@home.org>"}) as server:
        smtp(server)
        assert send_due_mails() == 1
        assert send_due_mails() == 0
    mail = mail_now(refused)
    assert mail.failed_at
    assert mail.error.startswith("550 no such user")
    assert "zoe" not in mail.error
    assert mail_now(taken).sent_at


def test_a_mailbox_that_is_full_for_now_is_tried_again(smtp):
    with (
        time_machine.travel(NOON, tick=False) as time,
        MailServer(refuse={"zoe@home.org": "452 full"}) as server,
    ):
        mail_id = a_mail()
        smtp(server)
        assert send_due_mails() == 0
        assert mail_now(mail_id).failed_at is None
        server.refuse.clear()
        time.shift(61)
        assert send_due_mails() == 1


def test_a_server_that_is_down_is_tried_later_without_trying_all_mails(app, smtp):
    smtp("smtp://127.0.0.1:9")  # nobody listens on the discard port
    with time_machine.travel(NOON, tick=False) as time:
        first, second = a_mail(), a_mail(key="other")
        assert send_due_mails() == 0
        assert mail_now(first).attempts == 1
        assert mail_now(second).attempts == 0
        assert mail_now(first).error.startswith("mail server: ")
        with MailServer() as server:
            smtp(server)
            assert send_due_mails() == 1, "the second is due, the first waits a minute"
            time.shift(61)
            assert send_due_mails() == 1
            assert len(server.received) == 2


def test_after_three_days_a_mail_has_failed_and_can_be_sent_by_hand(smtp):
    smtp("smtp://127.0.0.1:9")
    with time_machine.travel(NOON, tick=False) as time:
        mail_id = a_mail()
        for pause in (*outbox.RETRY_AFTER, timedelta()):
            assert mail_now(mail_id).failed_at is None
            send_due_mails()
            time.shift(pause.total_seconds() + 1)
        assert mail_now(mail_id).failed_at
        assert mail_now(mail_id).attempts == len(outbox.RETRY_AFTER) + 1
        retry_mail(mail_now(mail_id))
        db.session.commit()
        with MailServer() as server:
            smtp(server)
            assert send_due_mails() == 1


def test_a_claimed_mail_is_left_alone_until_its_lease_runs_out(folder):
    with time_machine.travel(NOON, tick=False) as time:
        mail_id = a_mail()
        assert outbox.claim(mail_id), "a worker takes the mail and dies"
        assert send_due_mails() == 0
        time.shift(outbox.LEASE.total_seconds() + 1)
        assert send_due_mails() == 1
        assert mail_now(mail_id).attempts == 2
        assert len(list(folder.iterdir())) == 1


def test_a_worker_that_comes_too_late_writes_nothing_down(folder):
    with time_machine.travel(NOON, tick=False) as time:
        mail_id = a_mail()
        old_lease = outbox.claim(mail_id)
        time.shift(outbox.LEASE.total_seconds() + 1)
        new_lease = outbox.claim(mail_id)
        outbox.note(mail_id, old_lease, failed_at=None, error="from the past")
        assert mail_now(mail_id).error is None
        assert mail_now(mail_id).lease_until == new_lease


def test_a_month_after_sending_nobody_can_read_the_mail_any_more(folder):
    with time_machine.travel(NOON, tick=False) as time:
        mail_id, waiting = a_mail(), a_mail(key="later", not_before=datetime(2027, 1, 1))
        send_due_mails()
        time.shift(timedelta(days=29))
        forget_old_mails()
        assert mail_now(mail_id).to_address
        time.shift(timedelta(days=2))
        forget_old_mails()
        assert (mail_now(mail_id).to_address, mail_now(mail_id).body) == ("", "")
        assert mail_now(waiting).to_address


def test_a_folder_that_cannot_be_written_keeps_the_mail(folder):
    folder.write_text("a file where the folder should be")
    mail_id = a_mail()
    assert send_due_mails() == 0
    assert mail_now(mail_id).error.startswith("outbox folder:")
    assert mail_now(mail_id).failed_at is None


def test_a_wrong_sender_setting_is_our_fault_not_the_mails(app, folder, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_FROM", "no address at all")
    mail_id = a_mail()
    assert send_due_mails() == 0
    assert mail_now(mail_id).failed_at is None
    assert "PORTAL_MAIL_FROM" in mail_now(mail_id).error


def test_a_mail_nobody_can_write_does_not_hold_up_the_others(smtp):
    broken, fine = a_mail(), a_mail(key="other", to="max@home.org")
    with MailServer() as server:
        smtp(server.url + "?starttls=0")
        server.refuse["zoe@home.org"] = "nonsense"
        send_due_mails()
        send_due_mails()
    assert mail_now(broken).sent_at is None
    assert mail_now(broken).attempts
    assert mail_now(fine).sent_at


def test_wrong_credentials_are_our_fault_not_the_mails(smtp):
    mail_id = a_mail()
    with MailServer() as server:
        smtp(server.url.replace("smtp://", "smtp://portal:p%40ss@"))
        assert send_due_mails() == 0
    assert mail_now(mail_id).failed_at is None
    assert "p@ss" not in (mail_now(mail_id).error or "")


def test_a_batch_of_mails_goes_over_one_connection(smtp):
    for number in range(60):
        a_mail(key=f"k{number}")
    with MailServer() as server:
        smtp(server)
        assert send_due_mails(limit=50) == 50
        assert send_due_mails(limit=50) == 10
        assert server.connections == 2
    assert db.session.scalar(select(OutboxMail).where(OutboxMail.sent_at.is_(None))) is None

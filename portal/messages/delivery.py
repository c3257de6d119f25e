"""How a mail leaves: as a file in instance/outbox/ or by SMTP; no text gets into a header."""

import hashlib
import os
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Protocol, Self
from urllib.parse import parse_qs, unquote, urlsplit

from flask import Flask

from portal.messages.models import OutboxMail

TIMEOUT = 20  # seconds for each answer of a mail server
FOOTER = "\n-- \nWir im Quartier · {url}\n"  # "-- " starts a signature (RFC 3676, 4.3)


class Refused(Exception):
    """This mail will never be taken."""


class Unavailable(Exception):
    """Not now; `for_all` says that the next mail need not be tried either."""

    def __init__(self, reason: str, *, for_all: bool = False) -> None:
        super().__init__(reason)
        self.for_all = for_all


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail's values, free of the database session."""

    id: int
    key: str
    to: str
    subject: str
    body: str
    created_at: datetime
    attempts: int
    unsubscribe_url: str | None = None
    reply_to: str | None = None

    @classmethod
    def of(cls, mail: OutboxMail) -> Self:
        """Copy what delivery needs."""
        return cls(
            mail.id, mail.key, mail.to_address, mail.subject, mail.body, mail.created_at,
            mail.attempts, mail.unsubscribe_url, mail.reply_to,
        )  # fmt: skip


class Channel(Protocol):
    """A way out; raises Refused or Unavailable."""

    def deliver(self, draft: Draft) -> None:
        """Hand the mail over."""


@contextmanager
def open_channel(app: Flask) -> Iterator[Channel]:
    """Yield the channel the settings name; a connection opens with the first mail."""
    if not app.config["SMTP_URL"]:
        yield FileChannel(app)
        return
    channel = SmtpChannel(app)
    try:
        yield channel
    finally:
        channel.close()


def build(draft: Draft, *, sender: str, public_url: str, readable: bool = False) -> EmailMessage:
    """Write the message; `readable` keeps umlauts and links whole for people who open the file."""
    name, address = parseaddr(sender)
    message = EmailMessage(policy=SMTPUTF8 if readable else SMTP)
    try:
        message["From"] = own = Address(display_name=name, addr_spec=address)
    except (ValueError, MessageError, IndexError):  # our setting is wrong, not the mail
        raise Unavailable("PORTAL_MAIL_FROM is not a mail address", for_all=True) from None
    try:
        message["To"] = Address(addr_spec=draft.to)
        message["Subject"] = draft.subject
    except (ValueError, MessageError, IndexError) as error:
        raise Refused(f"not a mail address or subject ({type(error).__name__})") from None
    message["Reply-To"] = Address(addr_spec=draft.reply_to) if draft.reply_to else own
    message["Date"] = format_datetime(draft.created_at.replace(tzinfo=UTC))
    message["Message-ID"] = message_id(draft.id, draft.key, public_url)
    if not draft.reply_to:  # else a person wrote it, and wants an answer
        message["Auto-Submitted"] = "auto-generated"
    if draft.unsubscribe_url:  # mail programs show a button for it (RFC 8058)
        message["List-Unsubscribe"] = f"<{draft.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(
        draft.body + FOOTER.format(url=public_url),
        cte="8bit" if readable else "quoted-printable",
    )
    return message


def message_id(mail_id: int, key: str, public_url: str) -> str:
    """Return a mail's Message-ID, the same for every attempt: a server can tell a second one."""
    digest = hashlib.sha256(f"{public_url}:{mail_id}:{key}".encode()).hexdigest()[:32]
    return f"<{digest}@{urlsplit(public_url).hostname or 'portal'}>"


class FileChannel:
    """One .eml file a mail, for the demo and for looking at mails without a server."""

    def __init__(self, app: Flask) -> None:
        self.sender, self.public_url = app.config["MAIL_FROM"], app.config["PUBLIC_URL"]
        self.folder = Path(app.instance_path) / "outbox"

    def deliver(self, draft: Draft) -> None:
        """Write the file whole or not at all; writing it again changes nothing."""
        message = build(draft, sender=self.sender, public_url=self.public_url, readable=True)
        name = f"{draft.created_at:%Y%m%d-%H%M%S}-{draft.id:06d}.eml"
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            unfinished = self.folder / f".{name}.{os.getpid()}"
            unfinished.write_bytes(message.as_bytes(policy=message.policy.clone(linesep="\n")))
            unfinished.chmod(0o600)
            unfinished.replace(self.folder / name)
        except OSError as error:
            raise Unavailable(f"outbox folder: {error.strerror}", for_all=True) from None


class SmtpChannel:
    """smtp://user:password@host:port?starttls=1, or smtps:// for TLS from the start."""

    def __init__(self, app: Flask) -> None:
        self.sender, self.public_url = app.config["MAIL_FROM"], app.config["PUBLIC_URL"]
        self.url = urlsplit(app.config["SMTP_URL"])
        self.server: smtplib.SMTP | None = None

    def deliver(self, draft: Draft) -> None:
        """Send over the open connection; only a 5xx about this very mail is final."""
        message = build(draft, sender=self.sender, public_url=self.public_url)
        server = self._connected()
        try:
            # The envelope's sender is where a bounce returns to.
            server.send_message(message, from_addr=draft.reply_to)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise _verdict(code, text) from None
        except smtplib.SMTPDataError as error:
            raise _verdict(error.smtp_code, error.smtp_error) from None
        except smtplib.SMTPNotSupportedError:
            raise Refused("the mail server does not take this address") from None
        except (smtplib.SMTPException, OSError) as error:  # gone, or it does not take our sender
            self.close()
            raise _unavailable(error) from None

    def close(self) -> None:
        """Say goodbye, if there was somebody to talk to."""
        if self.server:
            try:
                self.server.quit()
            except (smtplib.SMTPException, OSError):
                self.server.close()
            self.server = None

    def _connected(self) -> smtplib.SMTP:
        if self.server is None:
            try:
                self.server = self._connect()
                self._introduce(self.server)
            except (smtplib.SMTPException, OSError) as error:  # down, or our settings are wrong
                self.close()
                raise _unavailable(error) from None
        return self.server

    def _connect(self) -> smtplib.SMTP:
        host, port = self.url.hostname or "127.0.0.1", self.url.port
        if self.url.scheme == "smtps":
            secure = ssl.create_default_context()
            return smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT, context=secure)
        return smtplib.SMTP(host, port or 25, timeout=TIMEOUT)

    def _introduce(self, server: smtplib.SMTP) -> None:
        if parse_qs(self.url.query).get("starttls") == ["1"]:
            server.starttls(context=ssl.create_default_context())
        if self.url.username:
            server.login(unquote(self.url.username), unquote(self.url.password or ""))


def _unavailable(error: Exception) -> Unavailable:
    if isinstance(error, smtplib.SMTPResponseException):
        return Unavailable(_reason(error.smtp_code, error.smtp_error), for_all=True)
    return Unavailable(f"mail server: {type(error).__name__}", for_all=True)


def _verdict(code: int, text: bytes | str) -> Refused | Unavailable:
    reason = _reason(code, text)
    return Refused(reason) if code >= 500 else Unavailable(reason)


def _reason(code: int, text: bytes | str) -> str:
    """Return the server's words without the address they often repeat."""
    said = text if isinstance(text, str) else text.decode("utf-8", "replace")
    words = re.sub(r"\S*@\S*", "…", said)
    return f"{code} {' '.join(words.split())}"[:200]

"""The mailbox of answers, read over IMAP. It is opened for reading only: nothing in it changes."""

import imaplib
import re
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

from portal import clock

TIMEOUT = 20  # seconds for each answer of the mail server
LONGEST_MAIL = 1024 * 1024  # bytes; of a longer one the beginning is read, where its text stands


class Unreachable(Exception):
    """The mailbox cannot be read now; the text names the kind of trouble, no secret."""


class Mailbox:
    """An open folder."""

    def __init__(self, connection: imaplib.IMAP4) -> None:
        self._connection = connection
        _kind, validity = connection.response("UIDVALIDITY")
        self.uid_validity = int(validity[0]) if validity and validity[0] else 0

    def uids_after(self, last_uid: int) -> list[int]:
        """Return the numbers of the mails that came since, oldest first."""
        answer = self._ask("SEARCH", f"UID {last_uid + 1}:*")
        found = answer[0].split() if answer and isinstance(answer[0], bytes) else []
        # "5:*" also finds mail 4 if it is the last one (RFC 3501, 6.4.8).
        return sorted(uid for uid in map(int, found) if uid > last_uid)

    def read(self, uid: int) -> tuple[bytes, datetime] | None:
        """Return the mail and when it came (naive UTC), or None if it is gone meanwhile."""
        answer = self._ask("FETCH", str(uid), f"(INTERNALDATE BODY.PEEK[]<0.{LONGEST_MAIL}>)")
        for each in answer:
            if isinstance(each, tuple):
                return each[1], _moment(each[0]) or clock.now()
        return None

    def _ask(self, command: str, *arguments: str) -> list[bytes | tuple[bytes, bytes]]:
        try:
            kind, answer = self._connection.uid(command, *arguments)
        except (imaplib.IMAP4.error, OSError) as error:
            raise Unreachable(_reason(error)) from None
        if kind != "OK":
            raise Unreachable(f"{command} was refused")
        return answer


@contextmanager
def opened(url: str) -> Iterator[Mailbox]:
    """Open the folder of imaps://user:password@host:port/FOLDER, or imap://…?starttls=1."""
    try:
        connection = _connected(url)
    except (imaplib.IMAP4.error, OSError, ValueError) as error:
        raise Unreachable(_reason(error)) from None
    try:
        yield Mailbox(connection)
    finally:
        _leave(connection)


def _connected(url: str) -> imaplib.IMAP4:
    parts = urlsplit(url)
    host, secure = parts.hostname or "127.0.0.1", ssl.create_default_context()
    connection: imaplib.IMAP4
    if parts.scheme == "imaps":
        connection = imaplib.IMAP4_SSL(host, parts.port or 993, ssl_context=secure, timeout=TIMEOUT)
    else:
        connection = imaplib.IMAP4(host, parts.port or 143, timeout=TIMEOUT)
    try:
        if parse_qs(parts.query).get("starttls") == ["1"]:
            connection.starttls(secure)
        connection.login(unquote(parts.username or ""), unquote(parts.password or ""))
        folder = unquote(parts.path.lstrip("/")) or "INBOX"
        quoted = folder.replace("\\", "\\\\").replace('"', '\\"')
        if connection.select(f'"{quoted}"', readonly=True)[0] != "OK":
            raise Unreachable("the folder does not exist")
    except BaseException:
        _leave(connection)
        raise
    return connection


def _leave(connection: imaplib.IMAP4) -> None:
    try:
        connection.logout()
    except (imaplib.IMAP4.error, OSError):
        connection.shutdown()


def _moment(said: bytes) -> datetime | None:
    local = imaplib.Internaldate2tuple(said)
    if local is None:
        return None
    return min(datetime.fromtimestamp(time.mktime(local), UTC).replace(tzinfo=None), clock.now())


def _reason(error: Exception) -> str:
    """Return a server's code such as AUTHENTICATIONFAILED; its words may repeat who signs in."""
    code = re.search(r"\[([A-Z-]{2,40})\]", str(error))
    return code.group(1) if code else type(error).__name__

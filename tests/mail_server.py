"""A real mail server on a free loopback port, for the time of a test."""

import socket
import threading
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class MailServer:
    """Takes mails, or refuses them: `refuse` maps an address to the answer it gets."""

    def __init__(self, *, refuse: dict[str, str] | None = None, hold: bool = False) -> None:
        self.received: list[EmailMessage] = []
        self.senders: list[str] = []  # of the envelopes
        self.connections = 0
        self.refuse = refuse or {}
        self._began, self._released = threading.Event(), threading.Event()
        if not hold:
            self._released.set()
        with socket.socket() as free:  # the controller wants a number, not "any"
            free.bind(("127.0.0.1", 0))
            self._controller = Controller(self, hostname="127.0.0.1", port=free.getsockname()[1])

    @property
    def url(self) -> str:
        """The setting that leads here."""
        return f"smtp://127.0.0.1:{self._controller.port}"

    def is_holding(self) -> bool:
        """Whether a mail has been handed over and waits for an answer."""
        return self._began.is_set()

    def release(self) -> None:
        """Answer what is waiting and everything after it."""
        self._released.set()

    async def handle_EHLO(
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, answer: list
    ) -> list:
        """Count who comes in."""
        self.connections += 1
        session.host_name = hostname
        return answer

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list
    ) -> str:
        """Refuse the addresses a test named."""
        if answer := self.refuse.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take the mail, after the test says so."""
        message = BytesParser(policy=default).parsebytes(envelope.content)
        self._began.set()
        await server.loop.run_in_executor(None, self._released.wait, 60)
        self.received.append(message)
        self.senders.append(envelope.mail_from or "")
        return "250 taken"

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._released.set()
        self._controller.stop()

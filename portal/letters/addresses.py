"""Where answers go: one address a letter, from the settings."""

import re
from email.utils import parseaddr

from flask import current_app

from portal.letters.models import Letter
from portal.messages.delivery import message_id
from portal.messages.models import OutboxMail


def reply_address(letter: Letter) -> str:
    """Return the address an answer to this letter goes to; without a setting, the sender's."""
    local, _at, host = str(current_app.config["REPLY_ADDRESS"]).partition("@")
    return f"{local}+{letter.reply_token}@{host}" if host else _sender()


def token_pattern() -> re.Pattern[str] | None:
    """Return what finds a letter's token in the addresses of an incoming mail."""
    local, _at, host = str(current_app.config["REPLY_ADDRESS"]).partition("@")
    if not host:
        return None
    pattern = rf"(?<![\w.+-]){re.escape(local)}\+([0-9a-f]{{20}})@{re.escape(host)}(?![\w.-])"
    return re.compile(pattern, re.IGNORECASE)


def own_addresses() -> list[str]:
    """Return the portal's addresses: no answer ever comes from one of them."""
    return [address for address in (_sender(), str(current_app.config["REPLY_ADDRESS"])) if address]


def message_id_of(mail: OutboxMail) -> str:
    """Return the Message-ID under which the mail goes out; answers and bounces quote it."""
    return message_id(mail.id, mail.key, str(current_app.config["PUBLIC_URL"]))


def _sender() -> str:
    return parseaddr(str(current_app.config["MAIL_FROM"]))[1]

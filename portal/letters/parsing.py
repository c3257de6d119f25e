"""Reading an incoming mail, whatever is in it. Pure: bytes in, an `Incoming` out, never an error.

Mails come from anybody: nothing in them is trusted, headers may be broken, charsets wrong or
unknown, parts nested without end. What cannot be read is said to be unreadable and kept.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parseaddr

from portal.forms import UNSTORABLE
from portal.letters.html import text_of_html

LONGEST_TEXT, LONGEST_LINE = 20_000, 200
MOST_PARTS, MOST_DEEP = 60, 12
READ_OF_A_PART = 400_000  # bytes
_RECIPIENTS = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,400}>")  # printable ASCII: it can be stored
_AUTOMATIC = re.compile(
    r"^(automatische antwort|automatic reply|auto(?:matische|matic)? ?(?:reply|antwort)?:"
    r"|abwesenheit|abwesend|out of (?:the )?office|eingangsbestätigung)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Incoming:
    """What the portal wants to know of a mail."""

    key: str  # its Message-ID, else a digest: the same mail gives the same key
    kind: str  # answer, auto or bounce
    sender: str  # a name and a domain
    sender_address: str
    subject: str
    text: str
    attachments: list[str]
    recipients: str  # the headers that may name a letter's own address
    references: list[str]  # Message-IDs it answers or returns


def parse(raw: bytes) -> Incoming:
    """Return what can be read of a mail; of one that is broken, little."""
    try:
        return _incoming(BytesParser(policy=compat32).parsebytes(raw), raw)
    except Exception:  # a mail is never worth a stop: the next ones wait behind it
        return unreadable(raw)


def unreadable(raw: bytes) -> Incoming:
    """Return what is left of a mail that cannot be read: that it came."""
    return Incoming(_digest(raw), "answer", "", "", "", "", [], "", [])


def _incoming(message: Message, raw: bytes) -> Incoming:
    parts = list(_parts(message))
    name, address = parseaddr(_header(message, "From"))
    references = _ids(message, "In-Reply-To", "References")
    ids = _ids(message, "Message-ID")
    for part in parts:  # a bounce carries what it returns, or at least its headers
        if part is not message:
            references += _ids(part, "Message-ID")
        if part.get_content_type() == "text/rfc822-headers":
            references += _ids_in(_text(part), "message-id")
    return Incoming(
        key=ids[0][:300] if ids else _digest(raw),
        kind=_kind(message, parts, address),
        sender=_line(" ".join(filter(None, (name, f"({_domain(address)})")))),
        sender_address=address.casefold(),
        subject=_line(_header(message, "Subject")),
        text=_body(parts),
        attachments=_attachments(parts),
        recipients=" ".join(_header(message, each) for each in _RECIPIENTS)
        + " "
        + " ".join(_all(message, "Received")),
        references=list(dict.fromkeys(references))[:50],
    )


def _parts(message: Message, depth: int = 0) -> Iterator[Message]:
    """Walk the parts from outside in, but not without end."""
    waiting = [(message, depth)]
    seen = 0
    while waiting and seen < MOST_PARTS:
        part, deep = waiting.pop(0)
        seen += 1
        yield part
        inner = part.get_payload() if part.is_multipart() else None
        if isinstance(inner, list) and deep < MOST_DEEP:
            waiting[:0] = [(each, deep + 1) for each in inner if isinstance(each, Message)]


def _kind(message: Message, parts: Iterable[Message], address: str) -> str:
    if any(_failed(part) for part in parts) or _header(message, "X-Failed-Recipients"):
        return "bounce"
    automatic = _header(message, "Auto-Submitted").casefold().partition(";")[0].strip()
    precedence = _header(message, "Precedence").casefold()
    return_path = _header(message, "Return-Path").strip()
    if (
        (automatic and automatic != "no")
        or precedence in ("bulk", "junk", "list", "auto_reply")
        or any(_header(message, name) for name in ("X-Autoreply", "X-Autorespond", "List-Id"))
        or return_path == "<>"
        or message.get_content_type() == "multipart/report"
        or address.casefold().partition("@")[0] in ("mailer-daemon", "postmaster")
        or _AUTOMATIC.match(_line(_header(message, "Subject")))
    ):
        return "auto"
    return "answer"


def _failed(part: Message) -> bool:
    """Whether a part says that the mail was not delivered (RFC 3464); a delay is no failure."""
    if part.get_content_type() != "message/delivery-status":
        return False
    blocks = part.get_payload()
    if not isinstance(blocks, list):
        return False
    actions = [_header(block, "Action") for block in blocks if isinstance(block, Message)]
    return "failed" in [action.casefold().strip() for action in actions]


def _body(parts: list[Message]) -> str:
    """Return the plain text, else what the HTML says; attached files are not read."""
    readable = [part for part in parts if not part.is_multipart() and not _is_file(part)]
    for kind in ("text/plain", "text/html"):
        for part in readable:
            if part.get_content_type() != kind:
                continue
            text = _text(part)
            if text := _tidy(text_of_html(text) if kind == "text/html" else text):
                return text
    return ""


def _attachments(parts: list[Message]) -> list[str]:
    names = [
        _line(_decoded(str(part.get_filename("")))) or part.get_content_type()
        for part in parts
        if not part.is_multipart() and _is_file(part)
    ]
    return names[:20]


def _is_file(part: Message) -> bool:
    if part.get_content_type() == "text/rfc822-headers":
        return False
    return bool(
        part.get_content_disposition() == "attachment"
        or part.get_filename()
        or part.get_content_maintype() not in ("text", "multipart", "message")
    )


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    data = payload[:READ_OF_A_PART] if isinstance(payload, bytes) else b""
    charset = str(part.get_content_charset() or "utf-8")
    for encoding in (charset, "utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except (LookupError, UnicodeError):
            continue
    return data.decode("utf-8", "replace")


def _tidy(text: str) -> str:
    lines = (line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    clean = UNSTORABLE.sub("", "\n".join(lines))
    return re.sub(r"\n{3,}", "\n\n", clean).strip()[:LONGEST_TEXT]


def _header(message: Message, name: str) -> str:
    """Return a header decoded, as far as it can be; "" without one."""
    return _decoded(str(message.get(name) or ""))


def _all(message: Message, name: str) -> list[str]:
    return [str(value) for value in (message.get_all(name) or [])][:20]


def _decoded(text: str) -> str:
    try:
        pieces = decode_header(text[:10_000])
    except Exception:  # e.g. base64 that is none
        return text
    return "".join(_piece(data, charset) for data, charset in pieces)


def _piece(data: bytes | str, charset: str | None) -> str:
    if isinstance(data, str):
        return data
    try:
        return data.decode(charset or "utf-8")
    except (LookupError, UnicodeError):
        return data.decode("utf-8", "replace")


def _line(text: str) -> str:
    """Return one line that can be stored and shown."""
    return " ".join(UNSTORABLE.sub(" ", text).split())[:LONGEST_LINE]


def _ids(message: Message, *names: str) -> list[str]:
    headers = " ".join(str(message.get(name) or "")[:10_000] for name in names)
    return _MESSAGE_ID.findall(headers)


def _ids_in(headers: str, name: str) -> list[str]:
    lines = [line for line in headers.splitlines() if line.casefold().startswith(f"{name}:")]
    return [found for line in lines for found in _MESSAGE_ID.findall(line)]


def _domain(address: str) -> str:
    return address.rpartition("@")[2].casefold()


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()

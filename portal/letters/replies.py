"""Taking in what came back: whose answer it is, and what it changes. The caller commits."""

import re
from collections.abc import Iterable
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from portal.extensions import db
from portal.letters import actions, addresses
from portal.letters.models import Letter, LetterReply
from portal.letters.parsing import Incoming
from portal.messages.notifications import in_language_of, notify
from portal.offices.actions import note_bounce

MOST_LETTERS = 5  # one mail may answer
_REFERENCE = re.compile(r"WiQ-(\d{1,9})-([0-9a-f]{6})(?![0-9a-f])", re.IGNORECASE)


def take_in(mail: Incoming, received_at: datetime) -> int:
    """Keep a mail with its letters, once; return how many replies it made.

    What the portal itself wrote is left out: a forwarded notice must not answer a letter, be
    notified about, forwarded, and so on for ever.
    """
    if mail.sender_address in map(str.casefold, addresses.own_addresses()):
        return 0
    known = select(LetterReply.id).where(LetterReply.message_key == mail.key).limit(1)
    if db.session.scalar(known) is not None:
        return 0
    letters = _letters_of(mail)
    if not letters and mail.kind != "answer":
        return 0  # a bounce or an out-of-office of whatever else uses the mailbox
    for letter in letters or (None,):
        db.session.add(
            LetterReply(
                letter_id=letter.id if letter else None,
                message_key=mail.key,
                kind=mail.kind,
                sender=mail.sender,
                subject=mail.subject,
                text=mail.text or _("Der Text dieser Mail ließ sich nicht lesen."),
                attachments=mail.attachments,
                received_at=received_at,
            )
        )
    db.session.flush()
    for letter in letters:
        if mail.kind == "answer":
            actions.note_answer(letter, received_at)
            _tell_owner(letter, f"letter:{letter.id}:answer:{mail.key}", is_answer=True)
        elif mail.kind == "bounce":
            come_back(letter)
    return len(letters) or 1


def come_back(letter: Letter) -> None:
    """Note that a letter could not be delivered: it waits, and so does the office's entry."""
    if letter.bounced_at or letter.answered_at:
        return
    actions.note_bounce(letter)
    note_bounce(letter.office, letter.to_address or "")
    _tell_owner(letter, f"letter:{letter.id}:bounced", is_answer=False)


def _letters_of(mail: Incoming) -> list[Letter]:
    """Find the letters by their own address, else by what is quoted, else by the file number."""
    pattern = addresses.token_pattern()
    tokens = {token.casefold() for token in pattern.findall(mail.recipients)} if pattern else set()
    return (
        _found(Letter.reply_token.in_(tokens) if tokens else None)
        or _found(Letter.message_id.in_(mail.references) if mail.references else None)
        or _found(_by_reference(_REFERENCE.findall(f"{mail.subject}\n{mail.text}")))
    )


def _by_reference(found: Iterable[tuple[str, str]]) -> ColumnElement[bool] | None:
    wanted = [
        (Letter.id == int(number)) & Letter.reply_token.startswith(begin.casefold())
        for number, begin in dict.fromkeys(found)
        if int(number) < 2**31
    ]
    return or_(*wanted[:MOST_LETTERS]) if wanted else None


def _found(condition: ColumnElement[bool] | None) -> list[Letter]:
    if condition is None:
        return []
    letters = select(Letter).where(condition, Letter.sent_at.is_not(None))
    return list(
        db.session.scalars(
            letters.options(
                joinedload(Letter.office), joinedload(Letter.owner), joinedload(Letter.idea)
            )
            .order_by(Letter.id)
            .limit(MOST_LETTERS)
        )
    )


def _tell_owner(letter: Letter, key: str, *, is_answer: bool) -> None:
    owner = letter.owner
    if owner is None or not owner.active or not owner.is_coordinator:
        return  # the workbench shows it to everybody
    with in_language_of(owner):
        if is_answer:
            subject = _("Ein Amt hat geantwortet: %(office)s", office=letter.office.name)
            body = _("Lies die Antwort und sag, wie es weitergeht.")
        else:
            subject = _("Brief unzustellbar: %(office)s", office=letter.office.name)
            body = _("Das Postfach der Stelle nimmt nichts an. Prüf den Eintrag, dann schick neu.")
        notify(
            owner,
            category="coordination",
            key=key[:200],
            subject=subject,
            body=f"{letter.idea.title}\n\n{body}",
            path=f"/koordination/briefe/{letter.id}",
            urgent=True,
        )

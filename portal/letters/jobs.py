"""The room's work without a request: answers come in, failed mails come back, silence is noticed.

Everything is found in the tables and committed one by one, position or date together with what it
causes; whoever is cut off in between does the rest the next time, and nothing twice.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import Select, delete, or_, select
from sqlalchemy.exc import DataError, IntegrityError

from portal import clock
from portal.extensions import db
from portal.letters import mailbox, queries, rules
from portal.letters.models import Letter, LetterReply, ReplyMailbox
from portal.letters.parsing import parse, unreadable
from portal.letters.replies import come_back, take_in
from portal.messages.models import OutboxMail
from portal.messages.notifications import in_language_of, notify

log = logging.getLogger(__name__)

A_RUN = 200  # mails; the rest comes a minute later
UNPLACED_FOR = timedelta(days=90)


def fetch_replies() -> int:
    """Take in what came into the mailbox since the last look; return how many replies. Commits."""
    url = str(current_app.config["IMAP_URL"])
    if not url:
        return 0
    place = queries.reply_mailbox() or ReplyMailbox(id=1, uid_validity=0, last_uid=0, error="")
    place.tried_at = clock.now()
    db.session.add(place)
    db.session.commit()  # no transaction stays open while a mail server thinks
    try:
        with mailbox.opened(url) as box:
            number = _take_in_new(box)
    except mailbox.Unreachable as error:
        log.warning("the mailbox of answers cannot be read: %s", error)
        _note(failing=str(error))
        return 0
    _note(failing="")
    return number


def _take_in_new(box: mailbox.Mailbox) -> int:
    place = db.session.get_one(ReplyMailbox, 1)
    if place.uid_validity != box.uid_validity:  # a new folder: known mails are known by their key
        place.uid_validity, place.last_uid = box.uid_validity, 0
    last_uid = place.last_uid
    db.session.commit()
    number = 0
    for uid in box.uids_after(last_uid)[:A_RUN]:
        if found := box.read(uid):
            number += _take_in_one(*found)
        db.session.get_one(ReplyMailbox, 1).last_uid = uid
        db.session.commit()
    return number


def _take_in_one(raw: bytes, received_at: datetime) -> int:
    try:
        return take_in(parse(raw), received_at)
    except IntegrityError:  # another worker was a moment faster
        db.session.rollback()
        return 0
    except (DataError, ValueError) as error:  # what no column can hold must not stop the others
        log.error("a mail could not be kept: %s", type(error).__name__)
        db.session.rollback()
        return take_in(unreadable(raw), received_at)


def _note(*, failing: str) -> None:
    place = db.session.get_one(ReplyMailbox, 1)
    place.error = failing[:200]
    place.failing_since = (place.failing_since or clock.now()) if failing else None
    db.session.commit()


def remind_due() -> int:
    """Bring back letters whose mail failed, remind of those nobody answers; return how many."""
    _forget_unplaced()
    return _bring_back() + _remind_of_silence()


def _bring_back() -> int:
    failed = (
        select(Letter.id)
        .join(OutboxMail, OutboxMail.id == Letter.mail_id)
        .where(
            OutboxMail.failed_at.is_not(None),
            Letter.bounced_at.is_(None),
            Letter.answered_at.is_(None),
        )
    )
    return _for_each(failed.order_by(Letter.id), come_back)


def _remind_of_silence() -> int:
    """Remind whoever minds a silent letter, every fortnight until something is done about it."""
    now = clock.now()
    due = select(Letter.id).where(
        *queries.is_in_state("silent", now),
        Letter.closed_at.is_(None),
        Letter.owner_id.is_not(None),
        or_(Letter.reminded_at.is_(None), Letter.reminded_at <= rules.silent_before(now)),
    )
    return _for_each(due.order_by(Letter.sent_at, Letter.id), _remind)


def _for_each(due: Select[int], act: Callable[[Letter], None]) -> int:
    """Commit each letter alone: of a long list what was done stays done."""
    ids = db.session.scalars(due.limit(A_RUN)).all()
    db.session.rollback()
    for letter_id in ids:
        if letter := queries.letter_in_full(letter_id):
            act(letter)
            db.session.commit()
    return len(ids)


def _remind(letter: Letter) -> None:
    owner, before = letter.owner, letter.reminded_at or letter.sent_at
    letter.reminded_at = clock.now()
    if owner is None or not owner.active or not owner.is_coordinator:
        return
    with in_language_of(owner):
        notify(
            owner,
            category="coordination",
            key=f"letter:{letter.id}:silent:{before:%Y-%m-%dT%H:%M:%S}",
            subject=_("Ein Amt schweigt: %(office)s", office=letter.office.name),
            body=_(
                "%(title)s\n\nSeit mehr als 14 Tagen ist keine Antwort da. Hak nach, frag eine "
                "andere Stelle oder schließ den Brief ab.",
                title=letter.idea.title,
            ),
            path=f"/koordination/briefe/{letter.id}",
            urgent=True,
        )


def _forget_unplaced() -> None:
    """Delete what belongs to no letter after a while: mostly advertising, never an answer."""
    old = LetterReply.letter_id.is_(None) & (LetterReply.received_at < clock.now() - UNPLACED_FOR)
    db.session.execute(delete(LetterReply).where(old))
    db.session.commit()

"""What happens to letters. Actions change rows and flush; the caller commits."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select, update

from portal import clock
from portal.accounts.models import User
from portal.errors import Conflict, PortalError
from portal.extensions import db
from portal.ideas.models import Idea
from portal.ideas.queries import is_from
from portal.letters import addresses, rules
from portal.letters.models import Letter, LetterReply
from portal.messages.mails import queue_mail
from portal.offices.models import Office


class LetterChanged(Conflict):
    """A colleague changed or sent the letter while the page was open."""

    message = _l("Diesen Brief hat inzwischen jemand geändert oder verschickt. Sieh ihn neu an.")


class NoMailbox(PortalError):
    """A letter cannot go by mail to an office without a mailbox that works."""

    message = _l(
        "Diese Stelle hat kein Postfach, das funktioniert. Trag beim Eintrag der Stelle eines ein, "
        "oder druck den Brief aus."
    )


class OwnIdea(PortalError):
    """Somebody wanted to write for their own idea."""

    message = _l("Für deine eigene Idee schreibt jemand anderes aus dem Unterstützungsteam.")


def draft_letter(
    idea: Idea,
    office: Office,
    *,
    template: str,
    subject: str,
    body: str,
    by: User,
    enclosures: Sequence[str] = (),
    follows: Letter | None = None,
    initiator_agreed: bool = False,
) -> Letter:
    """Keep a letter that nobody has sent yet; `by` minds it from now on."""
    _refuse_own(idea, by)
    letter = Letter(
        idea_id=idea.id,
        office_id=office.id,
        follows_id=follows.id if follows else None,
        template=template,
        subject=subject,
        body=body,
        enclosures=list(enclosures),
        initiator_agreed_at=clock.now() if initiator_agreed else None,
        owner_id=by.id,
        reply_token=secrets.token_hex(10),
    )
    db.session.add(letter)
    db.session.flush()
    return letter


def change_letter(
    letter: Letter,
    *,
    seen_at: datetime,
    subject: str,
    body: str,
    enclosures: Sequence[str],
    initiator_agreed: bool,
) -> None:
    """Save the text of a draft."""
    agreed_at = (letter.initiator_agreed_at or clock.now()) if initiator_agreed else None
    _set(
        letter,
        Letter.sent_at.is_(None),
        Letter.changed_at == seen_at,
        subject=subject,
        body=body,
        enclosures=list(enclosures),
        initiator_agreed_at=agreed_at,
        changed_at=clock.now(),
    )


def send_by_mail(letter: Letter, *, seen_at: datetime, by: User) -> None:
    """Send the draft to the office's mailbox; answers come back to the letter's own address."""
    office = letter.office
    if not office.mailbox or office.mailbox_bounced_at:
        raise NoMailbox
    _leave(letter, seen_at, clock.now(), by, channel="mail", to_address=office.mailbox)
    mail = queue_mail(
        key=f"letter:{letter.id}",
        to=office.mailbox,
        subject=f"{letter.subject} ({letter.reference})",
        body=letter.body,
        reply_to=addresses.reply_address(letter),
    )
    letter.mail_id, letter.message_id = mail.id, addresses.message_id_of(mail)
    db.session.flush()


def send_by_post(letter: Letter, *, seen_at: datetime, sent_at: datetime, by: User) -> None:
    """Note that the draft was printed and posted, perhaps some days ago."""
    _leave(letter, seen_at, min(sent_at, clock.now()), by, channel="post")


def record_reply(
    letter: Letter, *, text: str, received_at: datetime, refused: bool, by: User
) -> LetterReply:
    """Note an answer that came on paper, by telephone or into another mailbox."""
    reply = LetterReply(
        letter_id=letter.id,
        kind="answer",
        text=text,
        received_at=min(received_at, clock.now()),
        created_by_id=by.id,
    )
    db.session.add(reply)
    note_answer(letter, reply.received_at)
    if refused:
        judge(letter, refused=True)
    db.session.flush()
    return reply


def note_answer(letter: Letter, at: datetime) -> None:
    """Let the letter be answered; it waits for a coordinator again, also when it was closed."""
    letter.answered_at = letter.answered_at or at
    letter.closed_at = None
    db.session.flush()


def note_bounce(letter: Letter) -> None:
    """Let the letter have come back."""
    if letter.bounced_at is None and letter.answered_at is None:
        letter.bounced_at = clock.now()
        letter.closed_at = None
    db.session.flush()


def judge(letter: Letter, *, refused: bool) -> None:
    """Say whether the answer is a no; that can be said otherwise later."""
    if letter.answered_at is None:
        raise LetterChanged
    letter.refused_at = (letter.refused_at or clock.now()) if refused else None
    db.session.flush()


def close_letter(letter: Letter) -> None:
    """Nothing more is to be done about it."""
    _set(letter, Letter.closed_at.is_(None), Letter.sent_at.is_not(None), closed_at=clock.now())


def reopen_letter(letter: Letter) -> None:
    """Work on it again."""
    _set(letter, Letter.closed_at.is_not(None), closed_at=None)


def discard_letter(letter: Letter) -> None:
    """Throw a draft away; what was sent stays."""
    if letter.is_sent:
        raise LetterChanged
    db.session.delete(letter)
    db.session.flush()


def hand_over(letter: Letter, *, to: User, note: str) -> None:
    """Let a colleague mind the letter."""
    same = Letter.owner_id == letter.owner_id if letter.owner_id else Letter.owner_id.is_(None)
    _set(letter, Letter.closed_at.is_(None), same, owner_id=to.id, handover_note=note)


def hand_over_all(*, by: User, to: User, note: str) -> int:
    """Give all letters `by` minds to a colleague, but not those about the colleague's own ideas."""
    own_ideas = select(Idea.id).where(is_from(to.id, to.email))
    done = db.session.execute(
        update(Letter)
        .where(
            Letter.owner_id == by.id, Letter.closed_at.is_(None), Letter.idea_id.not_in(own_ideas)
        )
        .values(owner_id=to.id, handover_note=note)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def place_reply(reply: LetterReply, letter: Letter) -> None:
    """Say to which letter an answer belongs that came without its address."""
    if reply.letter_id is not None:
        raise LetterChanged
    reply.letter_id = letter.id
    db.session.flush()
    if reply.kind == "answer":
        note_answer(letter, reply.received_at)
    db.session.flush()


def discard_reply(reply: LetterReply) -> None:
    """Throw away what belongs to no letter."""
    if reply.letter_id is not None:
        raise LetterChanged
    db.session.delete(reply)
    db.session.flush()


def _leave(letter: Letter, seen_at: datetime, at: datetime, by: User, **values: object) -> None:
    """Compare and set: a letter leaves once, as the text that was seen, and ends the one before."""
    _set(
        letter,
        Letter.sent_at.is_(None),
        Letter.changed_at == seen_at,
        sent_at=at,
        owner_id=by.id,
        **values,
    )
    if letter.follows_id:
        db.session.execute(
            update(Letter)
            .where(Letter.id == letter.follows_id, Letter.closed_at.is_(None))
            .values(closed_at=clock.now())
        )


def _set(letter: Letter, *conditions: ColumnElement[bool], **values: object) -> None:
    done = db.session.execute(
        update(Letter).where(Letter.id == letter.id, *conditions).values(**values)
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        raise LetterChanged
    db.session.refresh(letter, attribute_names=[*values])


def _refuse_own(idea: Idea, by: User) -> None:
    if not rules.may_write(by, idea):
        raise OwnIdea(idea.id)


def known_addresses(office: Office) -> Iterable[str]:
    """Return the addresses that may stand in a letter to this office."""
    return [*filter(None, (office.mailbox,)), *addresses.own_addresses()]

"""Selects of the letters room; every one is ordered."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from portal.accounts.models import User
from portal.extensions import db
from portal.ideas.models import Idea
from portal.ideas.queries import is_from
from portal.letters import rules
from portal.letters.models import Letter, LetterReply, ReplyMailbox
from portal.offices.models import Office

PAGE = 40
MOST = 50  # letters about one idea, replies to one letter


def letter_in_full(letter_id: int) -> Letter | None:
    """Return a letter with idea, office and owner."""
    return db.session.scalar(
        select(Letter)
        .where(Letter.id == letter_id)
        .options(
            joinedload(Letter.idea).joinedload(Idea.district),
            joinedload(Letter.office),
            joinedload(Letter.owner),
        )
    )


def letters_about(idea_id: int) -> Sequence[Letter]:
    """Return all letters about an idea with their offices, in the order they were written."""
    return db.session.scalars(
        select(Letter)
        .where(Letter.idea_id == idea_id)
        .options(joinedload(Letter.office))
        .order_by(Letter.id)
        .limit(MOST)
    ).all()


def replies_to(letter_id: int) -> Sequence[LetterReply]:
    """Return what came back, oldest first."""
    return db.session.scalars(
        select(LetterReply)
        .where(LetterReply.letter_id == letter_id)
        .order_by(LetterReply.received_at, LetterReply.id)
        .limit(MOST)
    ).all()


def replies_without_letter(limit: int = PAGE) -> Sequence[LetterReply]:
    """Return answers nobody has placed yet, oldest first."""
    return db.session.scalars(
        select(LetterReply)
        .where(LetterReply.letter_id.is_(None))
        .order_by(LetterReply.received_at, LetterReply.id)
        .limit(limit)
    ).all()


def count_replies_without_letter() -> int:
    """Return how many answers nobody has placed yet."""
    waiting = select(func.count(LetterReply.id)).where(LetterReply.letter_id.is_(None))
    return db.session.scalar(waiting) or 0


def open_letters(limit: int = 200) -> Sequence[Letter]:
    """Return letters an answer may belong to, newest first, with idea and office."""
    return db.session.scalars(
        select(Letter)
        .where(Letter.sent_at.is_not(None))
        .options(joinedload(Letter.office), joinedload(Letter.idea))
        .order_by(Letter.closed_at.is_not(None), Letter.sent_at.desc(), Letter.id.desc())
        .limit(limit)
    ).all()


def newest_letters(me: User, state: str, now: datetime, before: int | None = None) -> list[Letter]:
    """Return a page of letters and one more, newest first, but none about one's own idea.

    An empty `state` is every state.
    """
    letters = select(Letter).join(Letter.idea).where(~is_from(me.id, me.email))
    letters = letters.options(joinedload(Letter.office), contains_eager(Letter.idea))
    if state:
        letters = letters.where(*is_in_state(state, now))
    if before:
        letters = letters.where(Letter.id < before)
    return list(db.session.scalars(letters.order_by(Letter.id.desc()).limit(PAGE + 1)))


def is_in_state(state: str, now: datetime) -> list[ColumnElement[bool]]:
    """Say in SQL what `rules.state_of` says of a row."""
    is_quiet = [
        Letter.sent_at.is_not(None),
        Letter.refused_at.is_(None),
        Letter.answered_at.is_(None),
        Letter.bounced_at.is_(None),
    ]
    conditions: dict[str, list[ColumnElement[bool]]] = {
        "drafted": [Letter.sent_at.is_(None)],
        "sent": [*is_quiet, Letter.sent_at > rules.silent_before(now)],
        "silent": [*is_quiet, Letter.sent_at <= rules.silent_before(now)],
        "bounced": [Letter.bounced_at.is_not(None), Letter.answered_at.is_(None)],
        "answered": [Letter.answered_at.is_not(None), Letter.refused_at.is_(None)],
        "refused": [Letter.refused_at.is_not(None)],
    }
    return conditions[state]


def waiting(state: str, now: datetime, me: User, mine: bool) -> list[ColumnElement[bool]]:
    """Return the conditions of open letters in a state that `me` may work on; join the idea."""
    conditions = [
        Letter.closed_at.is_(None),
        ~is_from(me.id, me.email),
    ]
    if state == "answered":  # a no waits for what to do instead
        conditions.append(Letter.answered_at.is_not(None))
    else:
        conditions += is_in_state(state, now)
    if mine:  # what belongs to nobody any more is everybody's
        conditions.append(or_(Letter.owner_id == me.id, Letter.owner_id.is_(None)))
    return conditions


def count_open_letters_of(user_id: int) -> Select[int]:
    """Return the statement that counts the letters somebody could hand over."""
    return select(func.count(Letter.id)).where(
        Letter.owner_id == user_id, Letter.closed_at.is_(None)
    )


def has_public_letters(idea_id: int) -> bool:
    """Whether an office was asked about the idea."""
    asked = exists().where(Letter.idea_id == idea_id, Letter.sent_at.is_not(None))
    return bool(db.session.scalar(select(asked)))


def all_offices() -> Sequence[Office]:
    """Return the directory by name, for choosing."""
    return db.session.scalars(select(Office).order_by(Office.name, Office.id)).all()


def office_by_slug(slug: str) -> Office | None:
    """Return the office of that address."""
    return db.session.scalar(select(Office).where(Office.slug == slug))


def reply_mailbox() -> ReplyMailbox | None:
    """Return how far the mailbox has been read, if it ever was."""
    return db.session.get(ReplyMailbox, 1)

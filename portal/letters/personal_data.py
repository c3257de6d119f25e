"""What letters say of a person: told to them in their copy, taken out with their account."""

import re

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.erasure import forgets
from portal.accounts.exports import exports
from portal.accounts.models import User
from portal.extensions import db
from portal.ideas.models import Idea
from portal.letters.models import Letter, LetterReply
from portal.letters.rules import words_of_name

GONE = "[…]"


@exports("letters")
def letters_about(user: User) -> object:
    """Return what was sent to offices about the person's ideas, and what they answered."""
    letters = db.session.scalars(
        select(Letter)
        .join(Letter.idea)
        .where(Idea.initiator_id == user.id, Letter.sent_at.is_not(None))
        .options(joinedload(Letter.office))
        .order_by(Letter.id)
    ).all()
    replies = select(LetterReply).where(LetterReply.letter_id.in_([each.id for each in letters]))
    answers: dict[int | None, list[dict[str, object]]] = {}
    for reply in db.session.scalars(replies.order_by(LetterReply.id)):
        answers.setdefault(reply.letter_id, []).append(
            {"received_at": reply.received_at, "text": reply.text}
        )
    return [
        {
            "office": letter.office.name,
            "sent_at": letter.sent_at,
            "subject": letter.subject,
            "text": letter.body,
            "named_with_consent_since": letter.initiator_agreed_at,
            "answers": answers.get(letter.id, []),
        }
        for letter in letters
    ]


@forgets
def forget_name(user: User) -> None:
    """Take name and address of the person out of the letters about their ideas and the answers."""
    own = select(Letter).join(Letter.idea).where(Idea.initiator_id == user.id)
    for letter in db.session.scalars(own.order_by(Letter.id)):
        letter.subject = _without(letter.subject, user)
        letter.body = _without(letter.body, user)
        letter.initiator_agreed_at = None
        replies = select(LetterReply).where(LetterReply.letter_id == letter.id)
        for reply in db.session.scalars(replies.order_by(LetterReply.id)):
            reply.subject = _without(reply.subject, user)
            reply.text = _without(reply.text, user)


def _without(text: str, user: User) -> str:
    words = "|".join(re.escape(word) for word in (user.email, *words_of_name(user.name)))
    return re.sub(rf"(?<!\w)(?:{words})(?!\w)", GONE, text)

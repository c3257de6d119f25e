"""Who may write letters, and what state a letter is in. Pure: no query, no request."""

import re
from collections.abc import Iterable
from datetime import datetime

from portal import clock
from portal.accounts.models import User
from portal.ideas.models import Idea
from portal.ideas.rules import is_from, may_review
from portal.letters.models import Letter

SILENT_AFTER = 14  # days
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?:\+49|\b0\d{2,4})[ /-]?\d{3,}")


def may_write(user: User, idea: Idea) -> bool:
    """Coordinators write for others' ideas; somebody else writes for theirs (four eyes)."""
    return may_review(user) and not is_from(user, idea)


def state_of(letter: Letter, now: datetime) -> str:
    """Return drafted, sent, bounced, answered, refused or silent, from the dates alone."""
    if letter.sent_at is None:
        return "drafted"
    if letter.refused_at:
        return "refused"
    if letter.answered_at:
        return "answered"
    if letter.bounced_at:
        return "bounced"
    return "silent" if letter.sent_at <= silent_before(now) else "sent"


def silent_before(now: datetime) -> datetime:
    """Return until when a letter must have left to count as silent at `now`."""
    return clock.shifted(now, days=-SILENT_AFTER)


def personal_words(text: str, name: str | None, allowed: Iterable[str] = ()) -> list[str]:
    """Return what in a letter could tell who the initiator is: their name, addresses, numbers.

    `allowed` are addresses of offices and of the portal itself.
    """
    harmless = {address.casefold() for address in allowed}
    found = [each for each in _ADDRESS.findall(text) if each.casefold() not in harmless]
    found += _PHONE.findall(text)
    for word in words_of_name(name):
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text):
            found.append(word)
    return list(dict.fromkeys(found))


def words_of_name(name: str | None) -> list[str]:
    """Return a name and, if somebody typed the last one as well, each of its words."""
    words = (name or "").split()
    return [" ".join(words), *(word for word in words if len(word) > 2)] if words else []

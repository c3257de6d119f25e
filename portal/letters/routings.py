"""What letters say about who is responsible: told to the matches room, which learns from it."""

from collections.abc import Iterable

from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.letters.models import Letter
from portal.matches.routings import LIKELY, SURE, WRONG, Routing, tells_routings


@tells_routings
def routings() -> list[Routing]:
    """Return to which office each idea was sent, and whether that office took it on.

    An answer that is no refusal says yes. Without one, the coordinator's choice counts half, and
    not at all once they wrote to another office instead.
    """
    sent = select(Letter).where(Letter.sent_at.is_not(None)).order_by(Letter.sent_at, Letter.id)
    letters = list(db.session.scalars(sent))
    office_of = {letter.id: letter.office_id for letter in letters}
    left = {
        letter.follows_id
        for letter in letters
        if letter.follows_id and office_of.get(letter.follows_id) != letter.office_id
    }
    asked: dict[tuple[int, int], list[Letter]] = {}
    for letter in letters:
        asked.setdefault((letter.idea_id, letter.office_id), []).append(letter)
    return [
        Routing(idea_id, office_id, _sureness(chain, left), chain[-1].sent_at or clock.now())
        for (idea_id, office_id), chain in asked.items()
    ]


def _sureness(chain: Iterable[Letter], left: set[int]) -> float:
    letters = list(chain)
    if any(letter.refused_at for letter in letters):
        return WRONG
    if any(letter.answered_at for letter in letters):
        return SURE
    return WRONG if any(letter.id in left for letter in letters) else LIKELY

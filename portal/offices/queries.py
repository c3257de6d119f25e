"""Finding offices by everyday words, place and kind; trap questions that tell them apart."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from portal.extensions import db
from portal.offices import rules
from portal.offices.models import Office, Trap, TrapOption
from portal.places.models import Borough
from portal.places.rules import fold


def find_offices(
    text: str = "", *, borough: Borough | None = None, kind: str = ""
) -> Sequence[Office]:
    """Return the offices that fit: most of the words first, local ones before the city's.

    With a borough (its districts loaded) the offices of other boroughs are left out.
    """
    offices = select(Office).order_by(Office.name, Office.id)
    if kind:
        offices = offices.where(Office.kind == kind)
    words = rules.search_words(text)
    if text.strip() and not words:  # only small words or signs: look for exactly that
        words = [fold(text) or text.strip()]
    if words:
        offices = offices.where(
            or_(*(Office.search_key.contains(word, autoescape=True) for word in words))
        )
    found = list(db.session.scalars(offices))
    if borough is not None:
        places = {borough.name, *(district.name for district in borough.districts)}
        found = [office for office in found if not office.area or places & set(office.area)]
        found.sort(key=lambda office: not office.area)
    return _best_first(found, words) if words else found


def traps_for(text: str) -> list[Trap]:
    """Return the trap questions that the words of `text` raise, with answers and offices."""
    if not text.strip():
        return []
    listed = db.session.execute(select(Trap.id, Trap.triggers).order_by(Trap.id))
    raised = [trap_id for trap_id, triggers in listed if rules.is_triggered(triggers, text)]
    return _traps(raised) if raised else []


def traps_of(office: Office) -> list[Trap]:
    """Return the trap questions of which one answer is this office."""
    ids = select(TrapOption.trap_id).where(TrapOption.office_id == office.id)
    return _traps(db.session.scalars(ids.order_by(TrapOption.trap_id)).all())


def _traps(trap_ids: Sequence[int]) -> list[Trap]:
    answers = selectinload(Trap.options).joinedload(TrapOption.office)
    rows = select(Trap).where(Trap.id.in_(trap_ids)).options(answers).order_by(Trap.id)
    return list(db.session.scalars(rows))


def _best_first(offices: Sequence[Office], words: Sequence[str]) -> list[Office]:
    """Keep what knows as many words as the best; of longer questions one word may be missing.

    Offices with the same words stand in the order of how often they mention them.
    """
    counted = [
        (
            rules.words_found(office.search_key, words),
            sum(office.search_key.count(word) for word in words),
            office,
        )
        for office in offices
    ]
    best = max((found for found, _mentions, _office in counted), default=0)
    enough = best if len(words) < 3 else max(1, best - 1)
    good = [entry for entry in counted if entry[0] >= enough]
    good.sort(key=lambda entry: (-entry[0], -entry[1]))
    return [office for _found, _mentions, office in good]

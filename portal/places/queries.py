"""What the places room can tell others: boroughs with their districts, and who lives where."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.extensions import db
from portal.places import rules
from portal.places.models import Borough, District, DistrictAlias

LONGEST_TEXT = 2000


def all_districts() -> Sequence[Borough]:
    """Return the boroughs with their districts, in the order of the city's numbers."""
    boroughs = select(Borough).options(selectinload(Borough.districts)).order_by(Borough.code)
    return db.session.scalars(boroughs).all()


def find_districts(text: str) -> list[District]:
    """Return the districts `text` names, by official or everyday name, in the order of the text.

    Several districts mean an ambiguous name ("Schönefeld") or several names; the borough of each is
    loaded with it. Only the first 2,000 characters are read.
    """
    names: dict[str, list[int]] = defaultdict(list)
    common_words: set[str] = set()
    listed = select(DistrictAlias.key, DistrictAlias.district_id, DistrictAlias.is_common_word)
    for key, district_id, is_common_word in db.session.execute(listed.order_by(DistrictAlias.id)):
        names[key].append(district_id)
        if is_common_word:
            common_words.add(key)
    found = rules.named_places(text[:LONGEST_TEXT], names, common_words)
    if not found:
        return []
    rows = select(District).where(District.id.in_(found)).options(joinedload(District.borough))
    by_id = {district.id: district for district in db.session.scalars(rows.order_by(District.id))}
    return [by_id[district_id] for district_id in found]

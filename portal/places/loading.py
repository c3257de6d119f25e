"""Bring boroughs, districts and their everyday names from a town's seed file into the tables."""

import tomllib
from pathlib import Path

from sqlalchemy import select

from portal.extensions import db
from portal.places.models import Borough, District, DistrictAlias
from portal.places.rules import fold

FILE = Path(__file__).parent.parent / "seeds" / "leipzig" / "places.toml"


def load_places(file: Path = FILE) -> int:
    """Add what `file` lists and correct what it says differently; return the number of districts.

    Running it again changes nothing. Districts are never removed, because texts point to them;
    everyday names that left the file are.
    """
    content = tomllib.loads(file.read_text("utf-8"))
    districts = _load_districts(content["boroughs"])
    db.session.flush()
    _load_aliases(content, districts)
    db.session.flush()
    return len(districts)


def _load_districts(entries: list[dict]) -> dict[str, District]:
    boroughs = {borough.code: borough for borough in db.session.scalars(select(Borough))}
    known = {district.code: district for district in db.session.scalars(select(District))}
    districts = {}
    for entry in entries:
        borough = boroughs.get(entry["code"]) or Borough(code=entry["code"])
        borough.name = entry["name"]
        db.session.add(borough)
        db.session.flush()
        for listed in entry["districts"]:
            district = known.get(listed["code"]) or District(code=listed["code"])
            district.name = listed["name"]
            district.area = listed["area"] or None
            district.borough_id = borough.id
            db.session.add(district)
            districts[district.name] = district
    return districts


def _load_aliases(content: dict, districts: dict[str, District]) -> None:
    common: dict[str, list[str]] = content["aliases_whole"]
    names = {name: [name] for name in districts} | content["aliases"] | common
    wanted = {
        (fold(name), districts[place].id): (name, name in common)
        for name, places in names.items()
        for place in places
    }
    for alias in db.session.scalars(select(DistrictAlias)):
        name, is_common_word = wanted.pop((alias.key, alias.district_id), (None, False))
        if name is None:
            db.session.delete(alias)
        else:
            alias.name, alias.is_common_word = name, is_common_word
    for (key, district_id), (name, is_common_word) in wanted.items():
        db.session.add(
            DistrictAlias(
                name=name, key=key, district_id=district_id, is_common_word=is_common_word
            )
        )

"""Bring a town's offices and trap pairs from its seed files into the tables."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import select

from portal.extensions import db
from portal.offices.actions import describe_office
from portal.offices.models import Office, Trap, TrapOption

FOLDER = Path(__file__).parent.parent / "seeds" / "leipzig"


def load_offices(folder: Path = FOLDER) -> int:
    """Add the offices and traps that are missing; return how many offices were added.

    Entries that exist are left alone: once loaded, the directory belongs to those who keep it.
    """
    known = {office.slug: office for office in db.session.scalars(select(Office))}
    added = [_office(entry) for entry in _entries(folder) if entry["key"] not in known]
    db.session.add_all(added)
    db.session.flush()
    _add_traps(folder, known | {office.slug: office for office in added})
    db.session.flush()
    return len(added)


def _entries(folder: Path) -> Iterator[dict]:
    for file in sorted((folder / "offices").glob("*.toml")):
        yield from tomllib.loads(file.read_text("utf-8"))["offices"]


def _office(entry: dict) -> Office:
    phrases = dict(entry["everyday"])
    german = phrases.pop("de")
    office = Office(slug=entry["key"])
    describe_office(
        office,
        name=entry["name"],
        short_name=entry.get("short"),
        kind=entry["kind"],
        duties=entry["duties"],
        everyday=german,
        everyday_other=phrases,
        area=entry["area"],
        first_question=entry["first_question"],
        bring=entry["bring"],
        website=entry.get("website"),
        source_url=entry["source"],
        checked_on=entry["checked_on"],
        evidence=entry["evidence"],
    )
    return office


def _add_traps(folder: Path, offices: Mapping[str, Office]) -> None:
    known = set(db.session.scalars(select(Trap.slug)))
    for entry in tomllib.loads((folder / "traps.toml").read_text("utf-8"))["traps"]:
        if entry["key"] in known:
            continue
        trap = Trap(slug=entry["key"], question=entry["question"], triggers=entry["triggers"])
        trap.options = [
            TrapOption(
                office_id=offices[answer["office"]].id, answer=answer["answer"], why=answer["why"]
            )
            for answer in entry["answers"]
        ]
        db.session.add(trap)

"""Bring a town's funds from its seed file into the table."""

import tomllib
from pathlib import Path

from sqlalchemy import select

from portal.extensions import db
from portal.funds.models import Fund

FILE = Path(__file__).parent.parent / "seeds" / "leipzig" / "funds.toml"


def load_funds(file: Path = FILE) -> int:
    """Add the funds that are missing; return how many.

    Entries that exist are left alone: once loaded, the list belongs to those who keep it.
    """
    if not file.is_file():
        return 0
    known = set(db.session.scalars(select(Fund.slug)))
    entries = tomllib.loads(file.read_text("utf-8"))["funds"]
    added = [_fund(entry) for entry in entries if entry["key"] not in known]
    db.session.add_all(added)
    db.session.flush()
    return len(added)


def _fund(entry: dict) -> Fund:
    return Fund(
        slug=entry["key"],
        name=entry["name"],
        amount=entry["amount"],
        area=entry["area"],
        who=entry["who"],
        who_codes=entry["who_codes"],
        topics=entry["topics"],
        words=entry["words"],
        deadline=entry["deadline"],
        opens=entry.get("opens"),
        closes=entry.get("closes", []),
        office_slug=entry.get("office"),
        website=entry.get("website"),
        source_url=entry["source"],
        checked_on=entry["checked_on"],
    )

"""The demo's captures: what people said at today's stop of the Ideenmobil."""

from sqlalchemy import select

from portal.extensions import db
from portal.gatherings.models import Gathering
from portal.outreach.actions import capture_idea
from portal.outreach.wording import CONSENT
from portal.seeds.demo.past import Calendar, district, plain, rows
from portal.seeds.demo.people import People


def add_captures(when: Calendar, people: People) -> None:
    """Let the outreach worker write down all ideas of the day."""
    titles = {row["key"]: row["title"] for row in rows("gatherings", "gathering")}
    for row in rows("captures", "capture"):
        stop = db.session.scalars(
            select(Gathering).where(Gathering.title == titles[row["stop"]])
        ).one()
        with when.at(0, row["key"]):
            capture_idea(
                problem=plain(row["problem"]),
                wish=plain(row["wish"]),
                contribution=plain(row["contribution"]),
                district=district(row["district"]),
                topic=None,
                by=people[row["by"]],
                stop=stop,
                language=row["language"],
                consent=str(CONSENT),
                contact_email=row.get("contact"),
                contact_phone=row.get("phone"),
                under_16=row.get("under_16", False),
            )

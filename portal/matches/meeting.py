"""The first words between two who said yes, with a place and a time to begin with.

A coordinator may write them; otherwise the portal proposes a Saturday afternoon near the idea or
the team. It is a proposal: the two agree on what suits them.
"""

from datetime import date, datetime, time, timedelta

from flask_babel import format_datetime
from flask_babel import gettext as _
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.matches.models import IndexEntry, Introduction

SATURDAY = 5
LEAST_DAYS_AHEAD = 3
AFTERNOON = time(15)


def opening_text(introduction: Introduction) -> str:
    """Return what stands first in the conversation."""
    line = introduction.opening_line or _(
        "Schön, dass ihr beide Ja gesagt habt! Hier könnt ihr euch schreiben, eure Adressen "
        "bleiben bei uns. Ein guter Anfang: Was hat dich angesprochen, und wann hast du Zeit?"
    )
    return f"{line}\n\n{proposal(introduction)}"


def proposal(introduction: Introduction, near: str | None = None) -> str:
    """Return place and time in one sentence; `near` is a district somebody looked up already."""
    when = introduction.meeting_at
    if when is None or when <= clock.now():
        when = next_saturday(clock.today())
    return _(
        "Unser Vorschlag für ein erstes Treffen: %(when)s, %(place)s. Macht es gern anders aus.",
        when=format_datetime(when, _("EEEE, d. MMMM, H:mm 'Uhr'")),
        place=introduction.meeting_place
        or _somewhere_in(_district_of(introduction) if near is None else near),
    )


def next_saturday(today: date) -> datetime:
    """Return the afternoon of the next Saturday people can still arrange for (naive UTC)."""
    day = today + timedelta(days=LEAST_DAYS_AHEAD)
    day += timedelta(days=(SATURDAY - day.weekday()) % 7)
    return clock.from_local(datetime.combine(day, AFTERNOON))


def _district_of(introduction: Introduction) -> str:
    """Return the district of the idea or team; where people live is nobody's business here."""
    for side in introduction.sides:
        facts = db.session.scalar(
            select(IndexEntry.facts).where(
                IndexEntry.kind == side.kind,
                IndexEntry.subject_id == side.subject_id,
                IndexEntry.kind != "person",
                IndexEntry.part == 0,
            )
        )
        places = (facts or {}).get("places")
        if isinstance(places, list) and places:
            return str(places[0])
    return ""


def _somewhere_in(district: str) -> str:
    if district:
        return _("an einem Ort in %(place)s, den ihr beide gut erreicht", place=district)
    return _("an einem Ort, den ihr beide gut erreicht")

"""Gatherings as iCalendar (RFC 5545), to open once or to subscribe to.

Times carry their zone, with the rules of the clock change beside them, so that a calendar shows the
right hour in summer and in winter. `uid` stays, `sequence` counts changes, what was called off
stays with STATUS:CANCELLED. The link for joining is only in the file of who has a place.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from flask_babel import gettext as _
from icalendar import Calendar, Event, Timezone

from portal.choices import LANGUAGES
from portal.gatherings import times
from portal.gatherings.models import Gathering
from portal.gatherings.wording import HEARING, STEPS, TOILETS, WORDS
from portal.links import portal_url

MIME = "text/calendar; charset=utf-8"
# The European Union's rule since 1996 (directive 2000/84/EC); icalendar's own list of days ends.
_ZONE = """BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""


def calendar_of(gatherings: Iterable[Gathering], name: str, *, with_link: bool = False) -> bytes:
    """Return the calendar file of these gatherings, whose districts are loaded."""
    calendar = Calendar()
    calendar.add("prodid", "-//Wir im Quartier//Termine//DE")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add_component(Timezone.from_ical(_ZONE))
    for gathering in gatherings:
        calendar.add_component(_event(gathering, with_link))
    return calendar.to_ical()


def _event(gathering: Gathering, with_link: bool) -> Event:
    event = Event()
    event.add("uid", gathering.uid)
    event.add("sequence", gathering.sequence)
    event.add("dtstamp", gathering.changed_at.replace(tzinfo=UTC))
    event.add("last-modified", gathering.changed_at.replace(tzinfo=UTC))
    event.add("created", gathering.created_at.replace(tzinfo=UTC))
    event.add("dtstart", _shown(gathering.starts_at))
    event.add("dtend", _shown(gathering.ends_at))
    event.add("summary", gathering.title)
    event.add("description", _description(gathering, with_link))
    place = ", ".join(
        filter(None, (gathering.place, gathering.district and gathering.district.name))
    )
    event.add("location", place or _("online"))
    event.add("url", portal_url("gatherings.show", gathering_id=gathering.id))
    event.add("status", "CANCELLED" if gathering.is_cancelled else "CONFIRMED")
    return event


def _shown(moment: datetime) -> datetime:
    return times.local(moment).replace(microsecond=0)


def _description(gathering: Gathering, with_link: bool) -> str:
    barriers = (
        STEPS[gathering.steps],
        TOILETS[gathering.toilet],
        HEARING[gathering.hearing],
        WORDS[gathering.words],
        gathering.barrier_note,
    )
    parts = [
        _("Abgesagt: %(reason)s", reason=gathering.cancel_reason) if gathering.is_cancelled else "",
        gathering.text,
        _("Sprachen: %(names)s", names=", ".join(str(LANGUAGES[c]) for c in gathering.languages)),
        _("Barrieren: %(note)s", note="; ".join(map(str, barriers))),
        _("Mitbringen: %(things)s", things=gathering.bring) if gathering.bring else "",
        gathering.online_url or "" if with_link else "",
    ]
    return "\n\n".join(filter(None, parts))

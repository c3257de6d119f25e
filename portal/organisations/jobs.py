"""Reminders of requests nobody answered: the organisation after three days, then the asker.

Requests go half a year after their day; the conversation about them is the messages room's.
"""

from flask_babel import gettext as _
from sqlalchemy import delete, or_

from portal import clock
from portal.extensions import db
from portal.messages.notifications import in_language_of, notify
from portal.organisations import queries
from portal.organisations.models import Booking

REMIND_AFTER, GIVE_UP_AFTER = 3, 7  # days
KEPT_DAYS = 180  # after the request, and after its last day


def remind_due() -> int:
    """Remind of each request that waits too long, each time once; commits each. May run twice."""
    now = clock.now()
    waiting = queries.waiting_bookings(clock.shifted(now, days=-REMIND_AFTER))
    for booking_id in waiting:
        booking = queries.booking_page(booking_id)
        if booking is None or not booking.is_waiting:
            continue  # answered a moment ago
        if booking.created_at <= clock.shifted(now, days=-GIVE_UP_AFTER):
            _tell_asker(booking)
        else:
            _remind_members(booking)
        db.session.commit()
    _forget()
    return len(waiting)


def _forget() -> None:
    since = clock.shifted(clock.now(), days=-KEPT_DAYS)
    is_over = or_(Booking.last_day.is_(None), Booking.last_day < clock.day_of(since))
    db.session.execute(delete(Booking).where(Booking.created_at < since, is_over))
    db.session.commit()


def _remind_members(booking: Booking) -> None:
    for member in booking.resource.organisation.members:
        with in_language_of(member.user):
            notify(
                member.user,
                category="openings",
                key=f"booking:{booking.id}:reminder",
                subject=_("Jemand wartet auf deine Antwort"),
                body=_(
                    "Vor drei Tagen hat jemand nach „%(title)s“ gefragt. Ein Ja oder Nein genügt.",
                    title=booking.resource.title,
                ),
                path="/akteure/anfragen",
                urgent=True,
            )


def _tell_asker(booking: Booking) -> None:
    with in_language_of(booking.user):
        notify(
            booking.user,
            category="openings",
            key=f"booking:{booking.id}:silent",
            subject=_("Noch keine Antwort auf deine Anfrage"),
            body=_(
                "Seit einer Woche hat niemand auf deine Anfrage nach „%(title)s“ geantwortet. Sieh "
                "dich nach etwas Ähnlichem um, oder frag das Unterstützungsteam.",
                title=booking.resource.title,
            ),
            path="/akteure/",
            urgent=True,
        )

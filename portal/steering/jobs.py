"""Reminders of this room. They may run twice or be cut off: the key of what was told decides."""

from datetime import timedelta

from flask_babel import format_date
from flask_babel import gettext as _

from portal import clock
from portal.extensions import db
from portal.messages.notifications import in_language_of, notify
from portal.steering import queries

BEFORE = timedelta(days=3)


def remind_due() -> int:
    """Remind members three days before a meeting if their opinion is missing; return how many."""
    reminded = 0
    for meeting in queries.open_meetings_until(clock.today() + BEFORE):
        for member in queries.members_without_opinion(meeting):
            with in_language_of(member):
                day = format_date(meeting.held_on, "long")
                notify(
                    member,
                    category="coordination",
                    key=f"steering:{meeting.id}:opinion",
                    subject=_("Sitzung am %(day)s: deine Meinung fehlt noch", day=day),
                    body=_(
                        "am %(day)s tagt das Steuerungsteam. Zu mindestens einer Idee fehlt deine "
                        "Meinung noch. Wenn du nicht kommen kannst, hilft sie umso mehr.",
                        day=day,
                    ),
                    path=f"/steuerungsteam/sitzungen/{meeting.id}",
                    urgent=True,
                )
            reminded += 1
        db.session.commit()
    return reminded

"""What happens to entries of the directory; whoever calls commits."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock
from portal.errors import Conflict, PortalError
from portal.extensions import db
from portal.offices import rules
from portal.offices.models import Office


class OfficeNameTaken(PortalError):
    """Two entries with one name could not be told apart."""

    message = _l("Eine Ansprechstelle mit diesem Namen gibt es schon.")


class OfficeChangedMeanwhile(Conflict):
    """Somebody else saved the entry while the form was open."""

    message = _l(
        "Jemand hat diesen Eintrag inzwischen geändert. Öffne ihn neu und trag deine Änderung "
        "noch einmal ein."
    )


def describe_office(
    office: Office,
    *,
    everyday: Sequence[str],
    everyday_other: Mapping[str, Sequence[str]],
    **fields: object,
) -> None:
    """Write an entry's fields; the search key follows from them."""
    for name, value in fields.items():
        setattr(office, name, value)
    # One paragraph: the index shows the first line of an entry's text.
    office.duties = " ".join(office.duties.split())
    foreign = [phrase for phrases in everyday_other.values() for phrase in phrases]
    german = [phrase for phrase in everyday if phrase not in foreign]
    office.everyday = list(dict.fromkeys([*german, *foreign]))
    office.everyday_other = {code: list(words) for code, words in everyday_other.items() if words}
    office.search_key = rules.search_key(
        office.name, office.short_name, office.duties, office.everyday
    )
    office.mailbox_bounced_at = None
    office.changed_at = clock.now()


def change_office(office: Office, *, seen_at: datetime, **fields: object) -> None:
    """Save an edited entry and note that it was checked today."""
    if office.changed_at != seen_at:
        raise OfficeChangedMeanwhile
    name = fields["name"]
    taken = select(Office.id).where(Office.name == name, Office.id != office.id)
    if db.session.scalar(taken) is not None:
        raise OfficeNameTaken
    describe_office(office, **fields, checked_on=clock.today())  # type: ignore[arg-type]


def confirm_office(office: Office) -> None:
    """Note that somebody compared the entry with its source today and found it true."""
    office.checked_on = clock.today()
    office.mailbox_bounced_at = None
    office.changed_at = clock.now()


def note_bounce(office: Office, address: str) -> None:
    """Flag the mailbox for checking, unless somebody corrected it meanwhile."""
    if office.mailbox == address:
        # A form that is open now must not wipe the flag by being saved.
        office.mailbox_bounced_at = office.changed_at = clock.now()

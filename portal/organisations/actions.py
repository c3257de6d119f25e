"""What can happen to organisations and what they lend. An action changes rows, never commits."""

from collections.abc import Iterable
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.accounts.models import User
from portal.errors import PortalError
from portal.extensions import db
from portal.messages.actions import Contact, close_thread, open_thread, post_message
from portal.messages.models import Thread
from portal.messages.notifications import in_language_of, notify
from portal.organisations import queries
from portal.organisations.models import Booking, Organisation, OrganisationMember, Resource
from portal.places.models import District
from portal.profiles.rules import first_name


class OrganisationNameTaken(PortalError):
    """Two organisations cannot have the same name."""

    message = _l("Einen Akteur mit diesem Namen gibt es schon. Nimm bitte einen anderen Namen.")


class NobodyThere(PortalError):
    """Nobody of the organisation can be reached over the portal."""

    message = _l("Hier nimmt gerade niemand Anfragen an. Frag bitte das Unterstützungsteam.")


class DaysTaken(PortalError):
    """Somebody else has it on these days."""

    message = _l("An diesen Tagen ist es schon vergeben. Nimm bitte andere Tage.")


class AlreadyAnswered(PortalError):
    """The request was answered or withdrawn a moment earlier."""

    message = _l("Diese Anfrage ist schon beantwortet oder zurückgezogen.")


def create_organisation(
    *,
    by: User,
    name: str,
    kind: str,
    about: str,
    district: District | None = None,
    languages: Iterable[str] = (),
    website: str | None = None,
    mailbox: str | None = None,
    speaks_for_it: bool = True,
) -> Organisation:
    """Add an organisation; whoever adds it speaks for it, unless a coordinator does it for them."""
    organisation = Organisation()
    _fill(organisation, by, name, kind, about, district, languages, website, mailbox)
    try:
        with db.session.begin_nested():
            db.session.add(organisation)
    except IntegrityError as error:
        raise OrganisationNameTaken from error
    if speaks_for_it:
        add_member(organisation, by)
    else:
        publish(organisation)
    return organisation


def change_organisation(
    organisation: Organisation,
    *,
    by: User,
    name: str,
    kind: str,
    about: str,
    district: District | None = None,
    languages: Iterable[str] = (),
    website: str | None = None,
    mailbox: str | None = None,
) -> None:
    """Replace what the page says."""
    try:
        with db.session.begin_nested():
            _fill(organisation, by, name, kind, about, district, languages, website, mailbox)
            organisation.changed_at = clock.now()
    except IntegrityError as error:
        raise OrganisationNameTaken from error


def publish(organisation: Organisation) -> None:
    """Let everybody see it."""
    if organisation.published_at is None:
        organisation.published_at = organisation.changed_at = clock.now()
        db.session.flush()


def unpublish(organisation: Organisation) -> None:
    """Take it off the public pages; nothing is lost."""
    organisation.published_at, organisation.changed_at = None, clock.now()
    db.session.flush()


def add_member(organisation: Organisation, user: User) -> None:
    """Let `user` speak for the organisation; twice changes nothing."""
    try:
        with db.session.begin_nested():
            db.session.add(OrganisationMember(organisation_id=organisation.id, user_id=user.id))
    except IntegrityError:
        return


def remove_member(member: OrganisationMember) -> None:
    """Let somebody no longer speak for the organisation."""
    db.session.delete(member)
    db.session.flush()


def offer_resource(
    organisation: Organisation, *, by: User, kind: str, title: str, text: str = "", terms: str = ""
) -> Resource:
    """Put something on the list of what can be lent."""
    resource = Resource(organisation_id=organisation.id)
    db.session.add(resource)
    change_resource(resource, by=by, kind=kind, title=title, text=text, terms=terms)
    organisation.changed_at = clock.now()
    db.session.flush()
    return resource


def change_resource(
    resource: Resource, *, by: User, kind: str, title: str, text: str = "", terms: str = ""
) -> None:
    """Replace what is said about a resource."""
    resource.kind, resource.title, resource.text, resource.terms = kind, title, text, terms
    resource.changed_at, resource.changed_by_id = clock.now(), by.id
    db.session.flush()


def close_resource(resource: Resource, *, by: User) -> None:
    """Lend it no longer; what was promised stays promised."""
    if resource.is_open:
        resource.closed_at = resource.changed_at = clock.now()
        resource.changed_by_id = by.id
        db.session.flush()


def reopen_resource(resource: Resource, *, by: User) -> None:
    """Lend it again."""
    resource.closed_at, resource.changed_at = None, clock.now()
    resource.changed_by_id = by.id
    db.session.flush()


def ask_for(
    resource: Resource,
    *,
    by: User,
    purpose: str,
    first_day: date | None = None,
    last_day: date | None = None,
) -> Booking:
    """Ask the organisation; a conversation begins in which nobody sees an address."""
    organisation = resource.organisation
    people = _people_behind(organisation)
    if not people:
        raise NobodyThere
    if first_day and last_day and queries.is_taken(resource.id, first_day, last_day):
        raise DaysTaken
    thread = open_thread(
        subject=_("Anfrage: %(title)s", title=resource.title),
        people=[Contact(first_name(by), by), *people],
    )
    booking = Booking(
        resource_id=resource.id,
        user_id=by.id,
        thread_id=thread.id,
        purpose=purpose,
        first_day=first_day,
        last_day=last_day,
    )
    db.session.add(booking)
    asked = next(side for side in thread.participants if side.user_id == by.id)
    post_message(thread, asked, "\n\n".join(filter(None, (purpose, days_in_words(booking)))))
    db.session.flush()
    return booking


def answer(booking: Booking, agrees: bool) -> None:
    """Say yes or no; of two requests for the same days only one can be promised."""
    # The resource's lock lets the answers to its requests come one after the other.
    db.session.execute(
        select(Resource.id).where(Resource.id == booking.resource_id).with_for_update()
    )
    db.session.refresh(booking, ["answered_at", "cancelled_at"])
    if not booking.is_waiting:
        raise AlreadyAnswered
    days = (booking.first_day, booking.last_day)
    if agrees and days[0] and days[1] and queries.is_taken(booking.resource_id, days[0], days[1]):
        raise DaysTaken
    booking.answered_at, booking.is_agreed = clock.now(), agrees
    user, resource = booking.user, booking.resource
    with in_language_of(user):
        said = (
            _("Zugesagt: %(title)s", title=resource.title)
            if agrees
            else _("Leider abgesagt: %(title)s", title=resource.title)
        )
        notify(
            user,
            category="openings",
            key=f"booking:{booking.id}:answer",
            subject=said,
            body=_(
                "%(organisation)s hat auf deine Anfrage geantwortet. %(days)s",
                organisation=resource.organisation.name,
                days=days_in_words(booking),
            ),
            path=f"/angebote/{resource.id}",
            urgent=True,
        )
    db.session.flush()


def cancel(booking: Booking) -> None:
    """Take a request or a promise back; the organisation reads it in the conversation."""
    # Pressed twice at once, the second waits here and finds it done.
    db.session.refresh(booking, ["cancelled_at", "is_agreed"], with_for_update=True)
    if booking.cancelled_at is not None or booking.is_agreed is False:
        raise AlreadyAnswered
    booking.cancelled_at = clock.now()
    thread = db.session.get(Thread, booking.thread_id) if booking.thread_id else None
    if thread is not None and thread.closed_at is None:
        post_message(
            thread, None, _("Die Anfrage ist zurückgezogen. %(days)s", days=days_in_words(booking))
        )
        close_thread(thread)
    db.session.flush()


def days_in_words(booking: Booking) -> str:
    """Return the days of a booking as a sentence, or nothing."""
    if booking.first_day is None or booking.last_day is None:
        return ""
    if booking.first_day == booking.last_day:
        return _("Am %(day)s.", day=_day(booking.first_day))
    return _(
        "Vom %(first)s bis zum %(last)s.",
        first=_day(booking.first_day),
        last=_day(booking.last_day),
    )


def _day(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"


def _people_behind(organisation: Organisation) -> list[Contact]:
    people = [
        Contact(organisation.name, member.user)
        for member in organisation.members
        if member.user.active
    ]
    if not people and organisation.mailbox:
        people.append(Contact(organisation.name, email=organisation.mailbox))
    return people


def _fill(
    organisation: Organisation,
    by: User,
    name: str,
    kind: str,
    about: str,
    district: District | None,
    languages: Iterable[str],
    website: str | None,
    mailbox: str | None,
) -> None:
    organisation.name, organisation.kind, organisation.about = name, kind, about
    organisation.district_id = district.id if district else None
    organisation.languages = sorted(set(languages))
    organisation.website, organisation.mailbox = website or None, mailbox or None
    organisation.changed_by_id = by.id

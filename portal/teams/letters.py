"""Writing to a team without seeing an address: what happens to a letter. The caller commits.

Leads receive it; a team without one is spoken for by the Unterstützungsteam, which also reads what
somebody under 16 writes. Somebody without account confirms their address first, so nobody can be
written to in another's name.
"""

from collections.abc import Sequence

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete

from portal import clock
from portal.accounts.models import User
from portal.accounts.queries import coordinators
from portal.errors import PortalError
from portal.extensions import db
from portal.links import public_address
from portal.messages.actions import Contact, open_thread, post_message
from portal.messages.keys import make_key
from portal.messages.mails import queue_mail
from portal.messages.models import Participant, Thread
from portal.profiles.rules import first_name
from portal.teams import queries
from portal.teams.models import Enquiry, Team

CONFIRMATION = "team-letter"  # the purpose of the key in the mail
DAYS_TO_CONFIRM = 7


class NobodyReads(PortalError):
    """Neither a lead nor a coordinator could read the letter."""

    message = _l("Gerade kann hier niemand deine Nachricht lesen. Versuch es bitte später.")


def write_as_user(team: Team, user: User, text: str) -> Thread:
    """Open a conversation between `user` and whoever speaks for `team`."""
    return _open(team, Contact(display_name=first_name(user), user=user), text)


def keep_letter(team: Team, *, name: str, email: str, text: str, locale: str) -> Enquiry:
    """Keep a letter from somebody without account and ask them whether the address is theirs."""
    enquiry = Enquiry(team_id=team.id, name=name, email=email, text=text)
    db.session.add(enquiry)
    db.session.flush()
    key = make_key(CONFIRMATION, enquiry.id, days=DAYS_TO_CONFIRM)
    with force_locale(locale):
        queue_mail(
            key=f"team-letter:{enquiry.id}",
            to=email,
            subject=_("Schickst du deine Nachricht ab?"),
            body=_(
                "Hallo,\n\n"
                "mit dieser Adresse hat jemand im Portal „Wir im Quartier“ eine Nachricht an ein "
                "Team geschrieben. Warst du das? Dann schick sie hier ab:\n%(link)s\n\n"
                "Das Team sieht deine Adresse nicht. Ihr schreibt euch über das Portal.\n\n"
                "Warst du es nicht? Dann tu einfach nichts: Nach einer Woche ist alles gelöscht.",
                link=public_address(f"/teams/nachricht/{key}"),
            ),
        )
    return enquiry


def deliver(enquiry: Enquiry) -> Participant:
    """Open the conversation, forget the letter, return the writer's side."""
    writer = Contact(display_name=enquiry.name or _("Jemand ohne Konto"), email=enquiry.email)
    thread = _open(db.session.get_one(Team, enquiry.team_id), writer, enquiry.text)
    db.session.delete(enquiry)
    db.session.flush()
    return thread.participants[0]


def forget_unconfirmed() -> None:
    """Delete letters whose week to confirm is over; the caller commits."""
    old = clock.shifted(clock.now(), days=-DAYS_TO_CONFIRM)
    db.session.execute(delete(Enquiry).where(Enquiry.created_at < old))


def _open(team: Team, writer: Contact, text: str) -> Thread:
    receivers = _readers(team, writer.user)
    if not receivers:
        raise NobodyReads(team.id)
    thread = open_thread(
        subject=_("Nachricht an das Team %(team)s", team=team.name), people=[writer, *receivers]
    )
    post_message(thread, thread.participants[0], text)
    return thread


def _readers(team: Team, writer: User | None) -> list[Contact]:
    """Return who speaks for `team`, called by their role: their names are theirs to tell."""
    leads = _others([m.user for m in queries.members_of(team) if m.is_lead], writer)
    if leads and not (writer and writer.under_16):
        return _called(_("Teamleitung %(team)s", team=team.name), leads)
    return _called(_("Unterstützungsteam"), _others(coordinators(), writer))


def _others(people: Sequence[User], writer: User | None) -> list[User]:
    return [user for user in people if user.active and (writer is None or user.id != writer.id)]


def _called(role: str, people: Sequence[User]) -> list[Contact]:
    """Number people of one role, so that a conversation can tell them apart."""
    if len(people) == 1:
        return [Contact(display_name=role, user=people[0])]
    return [Contact(display_name=f"{role} {n}", user=user) for n, user in enumerate(people, 1)]

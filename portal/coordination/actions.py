"""What coordinators note and promise. An action changes rows; the caller commits."""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from portal import clock
from portal.accounts.models import User
from portal.coordination import queries
from portal.coordination.minding import MINDED
from portal.coordination.models import (
    CHANNELS,
    KINDS,
    SUPPORT_TYPES,
    ContactEntry,
    NextStep,
    SupportRequest,
)
from portal.errors import Conflict, PortalError
from portal.extensions import db
from portal.letters import actions as letters

Subject = tuple[str, int]
Work = NextStep | SupportRequest


class AlreadyDone(Conflict):
    """A colleague was faster."""

    message = _l("Das hat inzwischen schon jemand erledigt oder weitergegeben.")


class NotAColleague(PortalError):
    """Work goes to another person of the Unterstützungsteam, never to whom it is about."""

    message = _l("Übergeben kannst du nur an jemand anderes aus dem Unterstützungsteam.")


def log_contact(
    subject: Subject, *, channel: str, text: str = "", follow_up_on: date | None = None, by: User
) -> ContactEntry:
    """Note a call, mail, meeting or thought; with a day it comes back as a next step then."""
    _check(subject)
    if channel not in CHANNELS:
        raise ValueError(f"unknown channel {channel!r}")
    kind, subject_id = subject
    entry = ContactEntry(
        subject_kind=kind, subject_id=subject_id, channel=channel, text=text, created_by_id=by.id
    )
    db.session.add(entry)
    if follow_up_on:
        add_step(subject, text=text, owner=by, due_on=follow_up_on, by=by)
    db.session.flush()
    return entry


def add_step(subject: Subject, *, text: str, owner: User, due_on: date, by: User) -> NextStep:
    """Promise what happens next; without words it is a follow-up to the last contact."""
    _check(subject)
    kind, subject_id = subject
    step = NextStep(
        subject_kind=kind,
        subject_id=subject_id,
        text=text,
        owner_id=owner.id,
        due_on=due_on,
        created_by_id=by.id,
    )
    db.session.add(step)
    db.session.flush()
    return step


def request_support(
    subject: Subject, *, type: str, text: str, owner: User, due_on: date, by: User
) -> SupportRequest:
    """Note what help is needed and who sees to it."""
    _check(subject)
    if type not in SUPPORT_TYPES:
        raise ValueError(f"unknown type {type!r}")
    kind, subject_id = subject
    request = SupportRequest(
        subject_kind=kind,
        subject_id=subject_id,
        type=type,
        text=text,
        owner_id=owner.id,
        due_on=due_on,
        created_by_id=by.id,
    )
    db.session.add(request)
    db.session.flush()
    return request


def finish_step(step: NextStep) -> None:
    """Tick the step off."""
    _change(step, done_at=clock.now())


def finish_request(request: SupportRequest, result: str) -> None:
    """Close the request with what came of it."""
    if not result.strip():
        raise ValueError("a request ends with a result")
    _change(request, done_at=clock.now(), result=result)


def hand_over(work: Work, *, to: User, note: str) -> None:
    """Give one open item to a colleague, or take it over."""
    _check_colleague(to, work.owner_id)
    _change(work, owner_id=to.id, handover_note=note)


def hand_over_everything(*, to: User, note: str, by: User) -> int:
    """Give all open items of `by` to a colleague; return how many.

    What is about the colleague, their own idea or their team stays where it is (four eyes).
    """
    _check_colleague(to, by.id)
    handed = 0
    for table in (NextStep, SupportRequest):
        done = db.session.execute(
            update(table)
            .where(
                table.owner_id == by.id,
                table.done_at.is_(None),
                ~queries.concerns(to, table),
            )
            .values(owner_id=to.id, handover_note=note)
        )
        handed += done.rowcount  # type: ignore[attr-defined]
    handed += sum(minded.hand_over(by, to) for minded in MINDED)
    return handed + letters.hand_over_all(by=by, to=to, note=note)


def _change(work: Work, **values: object) -> None:
    """Compare and set: what a colleague finished or handed over meanwhile is not overwritten."""
    table = type(work)
    same_owner = table.owner_id == work.owner_id if work.owner_id else table.owner_id.is_(None)
    done = db.session.execute(
        update(table)
        .where(table.id == work.id, table.done_at.is_(None), same_owner)
        .values(**values)
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        raise AlreadyDone
    db.session.refresh(work)


def _check(subject: Subject) -> None:
    if subject[0] not in KINDS:
        raise ValueError(f"unknown kind {subject[0]!r}")


def _check_colleague(to: User, owner_id: int | None) -> None:
    if not to.is_coordinator or not to.active or to.id == owner_id:
        raise NotAColleague

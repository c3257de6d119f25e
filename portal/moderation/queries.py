"""Reading the audit log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Role, User
from portal.clock import BERLIN
from portal.extensions import db
from portal.moderation.models import AuditEntry

PAGE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the log is narrowed to; None is everything."""

    actor_id: int | None = None
    action: str | None = None
    day: date | None = None
    subject: tuple[str, int] | None = None


def audit_entries(wanted: Wanted, before: int | None = None) -> tuple[list[AuditEntry], int | None]:
    """Return a page of entries with their actors, newest first, and where the next one begins."""
    entries = select(AuditEntry).options(joinedload(AuditEntry.actor))
    if wanted.actor_id:
        entries = entries.where(AuditEntry.actor_id == wanted.actor_id)
    if wanted.action:
        entries = entries.where(AuditEntry.action == wanted.action)
    if wanted.day:
        begin, end = _bounds(wanted.day)
        entries = entries.where(AuditEntry.at >= begin, AuditEntry.at < end)
    if wanted.subject:
        kind, subject_id = wanted.subject
        entries = entries.where(
            AuditEntry.subject_kind == kind, AuditEntry.subject_id == subject_id
        )
    if before:
        entries = entries.where(AuditEntry.id < before)
    found = list(db.session.scalars(entries.order_by(AuditEntry.id.desc()).limit(PAGE + 1)))
    more = len(found) > PAGE
    return found[:PAGE], found[PAGE - 1].id if more else None


def possible_actors() -> Sequence[User]:
    """Return who works or worked as coordinator or administrator, by name."""
    in_log = select(AuditEntry.actor_id).where(AuditEntry.actor_id.is_not(None))
    works = User.roles.any(Role.name.in_(("coordinator", "administrator")))
    people = select(User).where(works | User.id.in_(in_log))
    return db.session.scalars(people.order_by(User.name, User.id)).all()


def _bounds(day: date) -> tuple[datetime, datetime]:
    """Return the moments between which it is `day` in Leipzig, as the database keeps them."""
    midnights = (datetime.combine(day + timedelta(days=n), time(), BERLIN) for n in (0, 1))
    begin, end = (moment.astimezone(UTC).replace(tzinfo=None) for moment in midnights)
    return begin, end

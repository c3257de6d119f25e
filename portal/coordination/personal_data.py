"""What this room knows about a person: told to them in their copy, forgotten with their account."""

from sqlalchemy import delete, select

from portal.accounts.erasure import forgets
from portal.accounts.exports import exports
from portal.accounts.models import User
from portal.coordination.models import ContactEntry, NextStep, SupportRequest
from portal.extensions import db

_TABLES = (ContactEntry, NextStep, SupportRequest)


@exports("coordination")
def notes_about(user: User) -> object:
    """Return contacts, steps and requests about the person; who wrote them stays internal."""
    found: dict[str, list[dict[str, object]]] = {}
    for table in _TABLES:
        rows = db.session.scalars(
            select(table)
            .where(table.subject_kind == "person", table.subject_id == user.id)
            .order_by(table.id)
        )
        found[table.__tablename__] = [
            {"text": row.text, "created_at": row.created_at} for row in rows
        ]
    return found


@forgets
def forget_notes(user: User) -> None:
    """Delete what is noted about the person; numbers of deleted rows may be given again."""
    for table in _TABLES:
        db.session.execute(
            delete(table).where(table.subject_kind == "person", table.subject_id == user.id)
        )

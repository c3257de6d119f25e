"""What is due about letters and adoptions. May run twice or be cut off anywhere.

Each item is one transaction; a reminder's notification is also the note that it was given.
"""

from sqlalchemy import ColumnElement, Select, String, cast, literal, select

from portal import clock
from portal.extensions import db
from portal.messages.models import Notification
from portal.teams import adoptions, letters
from portal.teams.models import Adoption, Team

REMINDED_AFTER = 3  # days without an answer


def remind_due() -> int:
    """Do what is due; commits each item, returns how many."""
    letters.forget_unconfirmed()
    db.session.commit()
    done = 0
    for due, act in (
        (_overtaken(), adoptions.close_overtaken),
        (_unanswered(), adoptions.remind_of),
    ):
        ids = db.session.scalars(due).all()
        db.session.commit()
        for adoption_id in ids:
            locked = due.where(Adoption.id == adoption_id).with_for_update(of=Adoption)
            if db.session.scalar(locked) is not None:
                act(db.session.get_one(Adoption, adoption_id))
                done += 1
            db.session.commit()
    return done


def _overtaken() -> Select[int]:
    """Select offers for teams that do not pause any more, by somebody's other decision."""
    return (
        select(Adoption.id)
        .join(Adoption.team)
        .where(adoptions.is_waiting(), Team.state != "pausiert")
        .order_by(Adoption.id)
    )


def _unanswered() -> Select[int]:
    """Select offers that wait for days and nobody was reminded of."""
    late = Adoption.created_at <= clock.shifted(clock.now(), days=-REMINDED_AFTER)
    return (
        select(Adoption.id)
        .where(adoptions.is_waiting(), late, ~_was_reminded())
        .order_by(Adoption.id)
    )


def _was_reminded() -> ColumnElement[bool]:
    key = literal("adoption:") + cast(Adoption.id, String) + ":reminder"
    return select(Notification.id).where(Notification.key == key).exists()

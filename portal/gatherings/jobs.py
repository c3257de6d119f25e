"""What the worker does for gatherings each minute: remind, and forget what is no longer needed.

Found by looking into the tables; each gathering is one transaction with all its mails, so a worker
that is killed in between has done it or not.
"""

from datetime import datetime, time, timedelta

from sqlalchemy import Select, delete, func, or_, select, update

from portal import clock
from portal.extensions import db
from portal.gatherings import attendance, letters, times
from portal.gatherings.models import Gathering, Hint, SignUp

FROM = time(9)  # nobody's phone rings at night
SETTLED = timedelta(hours=12)  # what was made just now needs no reminder yet
NOTES_KEPT = timedelta(days=1)  # after the end: the host may need them until all are home
CONTACTS_KEPT = timedelta(days=30)  # of people without account, for the minutes
ACCOUNTS_KEPT = timedelta(days=180)  # who came; how many came stays
UNCONFIRMED_KEPT = timedelta(days=7)


def remind_due() -> int:
    """Remind of what is tomorrow and forget what is over; return how many were reminded of."""
    done = sum(_remind(gathering_id) for gathering_id in _due())
    _forget()
    return done


def _due() -> list[int]:
    now = clock.now()
    today = times.local(now).date()
    if times.local(now).time() < FROM:
        return []
    rows = (
        select(Gathering.id)
        .where(
            Gathering.reminded_at.is_(None),
            Gathering.cancelled_at.is_(None),
            Gathering.created_at < now - SETTLED,
            Gathering.starts_at > now,
            Gathering.starts_at < times.to_utc(today + timedelta(2), time()),
        )
        .order_by(Gathering.starts_at, Gathering.id)
    )
    due = list(db.session.scalars(rows))
    db.session.rollback()
    return due


def _remind(gathering_id: int) -> bool:
    """Remind everybody of one gathering, in one transaction with its mark."""
    gathering = db.session.get_one(Gathering, gathering_id)
    attendance.hold(gathering)
    if gathering.reminded_at is not None or gathering.is_cancelled:  # another worker was faster
        db.session.rollback()
        return False
    rows = db.session.scalars(
        select(SignUp)
        .where(
            SignUp.gathering_id == gathering_id,
            SignUp.seated_at.is_not(None),
            SignUp.cancelled_at.is_(None),
        )
        .order_by(SignUp.turn)
    ).all()
    letters.remind(gathering, rows)
    people, needs = sum(row.people for row in rows), sum(row.has_needs for row in rows)
    letters.prepare_host(gathering, people, needs)
    gathering.reminded_at = clock.now()
    db.session.commit()
    return True


def _forget() -> None:
    """Drop private notes, addresses and what was never confirmed, each when its time has come."""
    now = clock.now()
    notes, contacts = _over(now - NOTES_KEPT), _over(now - CONTACTS_KEPT)
    db.session.execute(
        update(SignUp)
        .where(SignUp.consented_at.is_not(None), SignUp.gathering_id.in_(notes))
        .values(interpretation=None, wheelchair=False, note="", consented_at=None)
    )
    for table in (SignUp, Hint):
        db.session.execute(
            update(table)
            .where(table.email.is_not(None), table.gathering_id.in_(contacts))
            .values(email=None, name="")
        )
        db.session.execute(
            update(table)
            .where(table.user_id.is_not(None), table.gathering_id.in_(_over(now - ACCOUNTS_KEPT)))
            .values(user_id=None)
        )
    begun = select(Gathering.id).where(Gathering.starts_at < now)
    db.session.execute(
        delete(SignUp).where(
            SignUp.turn.is_(None),
            or_(SignUp.created_at < now - UNCONFIRMED_KEPT, SignUp.gathering_id.in_(begun)),
        )
    )
    db.session.commit()


def _over(since: datetime) -> Select[int]:
    """Select gatherings that ended, or were called off, before `since`."""
    return select(Gathering.id).where(
        func.coalesce(Gathering.cancelled_at, Gathering.ends_at) < since
    )

"""What this room forgets with an account, and adds to a person's copy of their data."""

from sqlalchemy import Select, delete, or_, select

from portal.accounts.erasure import forgets
from portal.accounts.exports import exports
from portal.accounts.models import User
from portal.extensions import db
from portal.gatherings import attendance
from portal.gatherings.models import Gathering, Hint, SignUp


@forgets
def forget_sign_ups(user: User) -> None:
    """Sign the person off, so that others move up, and delete their rows, also by address."""
    whose = or_(SignUp.user_id == user.id, SignUp.email == user.email.lower())
    for row in db.session.scalars(
        select(SignUp)
        .join(SignUp.gathering)
        .where(whose, SignUp.cancelled_at.is_(None))
        .order_by(SignUp.gathering_id, SignUp.id)
    ).all():
        gathering = db.session.get_one(Gathering, row.gathering_id)
        if not gathering.is_past:
            attendance.sign_off(row)
    db.session.execute(delete(SignUp).where(whose))
    db.session.execute(
        delete(Hint).where(or_(Hint.user_id == user.id, Hint.email == user.email.lower()))
    )


@exports("gatherings")
def gatherings_of(user: User) -> object:
    """Return what the person signed up for and which gatherings they are host of.

    Their own rows of both tables stand among the records; here are the names to read.
    """
    signed_up = select(Gathering).join(SignUp, SignUp.gathering_id == Gathering.id)
    hosted = select(Gathering).where(Gathering.host_id == user.id)
    return {
        "signed_up": _listed(signed_up.where(SignUp.user_id == user.id)),
        "host": _listed(hosted),
    }


def _listed(rows: Select[Gathering]) -> list[dict[str, object]]:
    found = db.session.scalars(rows.order_by(Gathering.starts_at, Gathering.id))
    return [{"title": each.title, "starts_at": each.starts_at} for each in found]

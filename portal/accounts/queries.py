"""Reading accounts."""

from collections.abc import Sequence

from sqlalchemy import func, select

from portal.accounts.models import Consent, User
from portal.extensions import db


def user_by_email(email: str) -> User | None:
    """Return the account with the address, however it is written."""
    return db.session.scalar(select(User).where(func.lower(User.email) == email.strip().lower()))


def consents_of(user: User) -> Sequence[Consent]:
    """Return what the person agreed to, standing ones first, newest first."""
    return db.session.scalars(
        select(Consent)
        .where(Consent.user_id == user.id)
        .order_by(Consent.withdrawn_at.is_not(None), Consent.id.desc())
    ).all()

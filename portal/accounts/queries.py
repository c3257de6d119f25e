"""Reading accounts."""

from collections.abc import Sequence

from sqlalchemy import func, select

from portal.accounts.models import Consent, Role, User
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


def coordinators() -> Sequence[User]:
    """Return the accounts of the Unterstützungsteam that are in use, oldest first."""
    return db.session.scalars(
        select(User)
        .where(User.active, User.roles.any(Role.name == "coordinator"))
        .order_by(User.id)
    ).all()

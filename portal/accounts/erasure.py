"""Deleting an account for good. Each room forgets its part first, the database the rest."""

from collections.abc import Callable

from portal.accounts.models import User
from portal.extensions import db

Part = Callable[[User], None]
PARTS: list[Part] = []


def forgets(part: Part) -> Part:
    """Register what a room does before a person's account is deleted."""
    PARTS.append(part)
    return part


def delete_user(user: User) -> None:
    """Delete the account with its profile, consents, memberships and messages.

    Ideas stay without a name: others may be working on them already.
    """
    for part in PARTS:
        part(user)
    db.session.flush()
    db.session.delete(user)
    db.session.flush()

"""The copy of their data a person can take along. Each room adds its part by itself."""

from collections.abc import Callable
from datetime import date, datetime

from portal.accounts import queries
from portal.accounts.models import User

Part = Callable[[User], object]
PARTS: dict[str, Part] = {}


def exports(name: str) -> Callable[[Part], Part]:
    """Register a function that returns what a room knows about a person, as plain values."""

    def register(part: Part) -> Part:
        PARTS[name] = part
        return part

    return register


def everything_about(user: User) -> dict[str, object]:
    """Return what all rooms know about the person."""
    return {name: _plain(part(user)) for name, part in sorted(PARTS.items())}


@exports("account")
def account_of(user: User) -> object:
    """Return the account's own row and consents; no secret, not even hashed."""
    return {
        "email": user.email,
        "name": user.name,
        "under_16": user.under_16,
        "created_at": user.created_at,
        "confirmed_at": user.confirmed_at,
        "language": user.locale,
        "roles": sorted(role.name for role in user.roles),
        "consents": [
            {
                "purpose": consent.purpose,
                "wording": consent.wording,
                "given_at": consent.given_at,
                "withdrawn_at": consent.withdrawn_at,
            }
            for consent in queries.consents_of(user)
        ],
    }


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value

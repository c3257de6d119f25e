"""The copy of their data a person can take along. Each room adds its part by itself."""

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import select

from portal.accounts import queries
from portal.accounts.models import User
from portal.extensions import db

Part = Callable[[User], object]
PARTS: dict[str, Part] = {}
OWNING_COLUMNS = frozenset({"user_id", "initiator_id"})
SAID_ELSEWHERE = frozenset({"consent", "participant", "user_role"})
# A notification's path may hold the key of its mail.
SECRETS = frozenset({"token", "progress_token", "claim_code_hash", "submission_key", "path"})


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
        "phone": user.phone,
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


@exports("records")
def records_of(user: User) -> object:
    """Return the rows of all rooms that belong to the person, table by table.

    Found by their foreign keys, so that no room has to remember; rows somebody only worked on, such
    as a coordinator's decisions about others, are not theirs.
    """
    found: dict[str, object] = {}
    for table in db.metadata.sorted_tables:
        if table.name in SAID_ELSEWHERE:
            continue
        for column in table.columns:
            owner = next((key.column.table.name for key in column.foreign_keys), "")
            if owner != User.__tablename__ or column.name not in OWNING_COLUMNS:
                continue
            shown = [c for c in table.columns if c.name not in SECRETS]
            rows = db.session.execute(
                select(*shown).where(column == user.id).order_by(*table.primary_key)
            )
            found[table.name] = [dict(row) for row in rows.mappings()]
    return found


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)

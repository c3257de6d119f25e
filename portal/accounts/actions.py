"""What can happen to an account. An action changes rows; the caller commits."""

import secrets
from collections.abc import Iterable

from flask_security import hash_password
from sqlalchemy import select

from portal.accounts.models import ROLES, Role, User
from portal.extensions import db


def create_user(
    *, email: str, name: str, password: str | None, roles: Iterable[str] = ("resident",)
) -> User:
    """Add an account with the given roles; the address is not confirmed yet."""
    user = User(
        email=email.strip().lower(),
        name=name,
        password=hash_password(password) if password else None,
        fs_uniquifier=secrets.token_hex(32),
        roles=[role_named(role) for role in roles],
    )
    db.session.add(user)
    db.session.flush()
    return user


def role_named(name: str) -> Role:
    """Return the role, made at its first use."""
    if name not in ROLES:
        raise ValueError(f"unknown role {name!r}")
    role = db.session.scalar(select(Role).where(Role.name == name))
    if role is None:
        role = Role(name=name)
        db.session.add(role)
    return role

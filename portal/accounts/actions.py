"""What can happen to an account. An action changes rows; the caller commits."""

import secrets
import unicodedata
from collections.abc import Iterable

from flask_security import hash_password
from sqlalchemy import select

from portal import clock
from portal.accounts.models import ROLES, Consent, Role, User
from portal.extensions import db


def create_user(
    *, email: str, name: str, password: str | None, roles: Iterable[str] = ("resident",)
) -> User:
    """Add an account with the given roles; the address is not confirmed yet."""
    user = User(
        email=email.strip().lower(),
        name=name,
        password=hash_password(_normal(password)) if password else None,
        fs_uniquifier=secrets.token_hex(32),
        roles=[role_named(role) for role in roles],
    )
    db.session.add(user)
    db.session.flush()
    return user


def _normal(password: str) -> str:
    """Return the password as Flask-Security compares it: however the keyboard composes an ä."""
    return unicodedata.normalize("NFKD", password)


def role_named(name: str) -> Role:
    """Return the role, made at its first use."""
    if name not in ROLES:
        raise ValueError(f"unknown role {name!r}")
    role = db.session.scalar(select(Role).where(Role.name == name))
    if role is None:
        role = Role(name=name)
        db.session.add(role)
    return role


def rename(user: User, name: str) -> None:
    """Change the first name others see."""
    user.name = name
    db.session.flush()


def ask_to_be_called(user: User, phone: str) -> None:
    """Note that the person wants a call instead of a mail when asked; "" takes it back."""
    user.phone = phone or None
    db.session.flush()


def sign_out_everywhere(user: User) -> None:
    """Make every session, remember cookie and open link of the account worthless."""
    user.fs_uniquifier = secrets.token_hex(32)
    db.session.flush()


def give_consent(user: User, purpose: str, wording: str) -> None:
    """Note that the person agreed; agreeing twice is one consent."""
    standing = select(Consent.id).where(
        Consent.user_id == user.id, Consent.purpose == purpose, Consent.withdrawn_at.is_(None)
    )
    if db.session.scalar(standing) is None:
        db.session.add(Consent(user_id=user.id, purpose=purpose, wording=wording))
        db.session.flush()


def withdraw_consent(user: User, purpose: str) -> None:
    """End what the person agreed to; the row stays as evidence of both days."""
    standing = select(Consent).where(
        Consent.user_id == user.id, Consent.purpose == purpose, Consent.withdrawn_at.is_(None)
    )
    for consent in db.session.scalars(standing):  # as rows: the matcher's index watches them
        consent.withdrawn_at = clock.now()
    db.session.flush()

"""Decisions about accounts: who may sign in, what somebody's roles allow, where a link may lead."""

import re
from urllib.parse import unquote

from portal.accounts.demo import DEMO_DOMAIN
from portal.accounts.models import User
from portal.config import PRODUCTION

# A path, not "//host", "/\\host" or anything a browser strips down to those.
_OWN_PATH = re.compile(
    r"/(?![/\\])[^\\\x00-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]*"
)


def is_demo_address(email: str) -> bool:
    """Whether the address belongs to the demo data, whose password everybody can read."""
    return email.strip().lower().endswith(DEMO_DOMAIN)


def is_own_path(text: str) -> bool:
    """Whether somebody may be sent there after signing in: only to a page of this portal."""
    return _OWN_PATH.fullmatch(unquote(text)) is not None and _OWN_PATH.fullmatch(text) is not None


def may_sign_in(user: User, environment: str) -> bool:
    """Whether the account may be used at all; the demo's accounts are dead in production."""
    return user.active and not (environment == PRODUCTION and is_demo_address(user.email))


def may_subscribe(user: User) -> bool:
    """Whether the person may order the newsletter alone: a confirmed address, and 16 (GDPR, 8)."""
    return user.confirmed_at is not None and not user.under_16


def has_any_role(user: User, roles: tuple[str, ...]) -> bool:
    """Whether the person has one of `roles`; administrators do what coordinators do."""
    if "coordinator" in roles and user.is_coordinator:
        return True
    return any(user.has_role(role) for role in roles)

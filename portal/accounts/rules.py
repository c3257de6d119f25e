"""Who may go where. The decorators stand below the route and look at the signed-in person only.

    @bp.get("/koordination/postausgang")
    @administrator_required
    def outbox() -> Response: ...

Strangers are sent to sign-in and come back afterwards; people without the role get a 403 page.
Pages for anybody with an account use `flask_login.login_required`.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec
from urllib.parse import unquote

from flask import abort
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from portal.accounts.demo import DEMO_DOMAIN
from portal.accounts.models import ROLES, User
from portal.config import PRODUCTION

Parameters = ParamSpec("Parameters")
View = Callable[Parameters, ResponseReturnValue]

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


def has_any_role(user: User, roles: tuple[str, ...]) -> bool:
    """Whether the person has one of `roles`; administrators do what coordinators do."""
    if "coordinator" in roles and user.is_coordinator:
        return True
    return any(user.has_role(role) for role in roles)


def role_required(*roles: str) -> Callable[[View[Parameters]], View[Parameters]]:
    """Return a decorator that lets in who has one of `roles`."""
    if unknown := set(roles) - set(ROLES):
        raise ValueError(f"unknown roles {sorted(unknown)}")

    def decorate(view: View[Parameters]) -> View[Parameters]:
        @wraps(view)
        def guarded(*args: Parameters.args, **kwargs: Parameters.kwargs) -> ResponseReturnValue:
            if not has_any_role(current_user, roles):
                abort(403)
            return view(*args, **kwargs)

        return login_required(guarded)

    return decorate


coordinator_required = role_required("coordinator")
administrator_required = role_required("administrator")

"""Decorators that keep a page for some: strangers go to sign-in, people without the role get a 403.

    @bp.get("/koordination/postausgang")
    @administrator_required
    def outbox() -> Response: ...

They stand below the route. Pages for anybody with an account use `flask_login.login_required`.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import abort
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from portal.accounts import rules
from portal.accounts.models import ROLES

Parameters = ParamSpec("Parameters")
View = Callable[Parameters, ResponseReturnValue]


def role_required(*roles: str) -> Callable[[View[Parameters]], View[Parameters]]:
    """Return a decorator that lets in who has one of `roles`."""
    if unknown := set(roles) - set(ROLES):
        raise ValueError(f"unknown roles {sorted(unknown)}")

    def decorate(view: View[Parameters]) -> View[Parameters]:
        @wraps(view)
        def guarded(*args: Parameters.args, **kwargs: Parameters.kwargs) -> ResponseReturnValue:
            if not rules.has_any_role(current_user, roles):
                abort(403)
            return view(*args, **kwargs)

        return login_required(guarded)

    return decorate


coordinator_required = role_required("coordinator")
administrator_required = role_required("administrator")

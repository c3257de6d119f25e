"""What stands before a password: limits, even answering times, few hashes at once."""

import hashlib
import ipaddress
import time
from collections.abc import Callable
from functools import wraps
from threading import BoundedSemaphore

from flask import Response, abort, after_this_request, current_app, request
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address

from portal.extensions import limiter

View = Callable[..., ResponseReturnValue]

# argon2 takes a core for 20 ms; more at once than cores only makes every page slow.
_HASHING = BoundedSemaphore(2)
PATIENCE = 5.0  # seconds a sign-in waits for its turn


def network() -> str:
    """Return the sender's address; for IPv6 its /64, which one household owns."""
    address = get_remote_address()
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def typed_address() -> str:
    """Return a fingerprint of the address in the form, so that limits keep no addresses."""
    typed = request.form.get("email", "").strip().lower()[:254]
    return "address:" + hashlib.sha256(typed.encode("utf-8", "replace")).hexdigest()[:24]


def was_refused(response: Response) -> bool:
    """Only failed attempts count where success costs nothing."""
    return response.status_code != 302


def guard(view: View, *, per_network: str, per_address: str = "", failures: bool = False) -> View:
    """Return `view` with limits on POST, an even answering time and its turn at hashing."""
    counted = {"methods": ["POST"], "deduct_when": was_refused if failures else None}
    guarded = _even(_in_turn(view))
    if per_address:
        guarded = limiter.limit(per_address, key_func=typed_address, **counted)(guarded)  # type: ignore[arg-type]
    return limiter.limit(per_network, key_func=network, **counted)(guarded)  # type: ignore[arg-type]


def confirmed_by_button(view: View, page: Callable[[str], ResponseReturnValue]) -> View:
    """Return `view` for POST only; GET shows `page` with a button, so scanners change nothing."""

    @wraps(view)
    def pressed(token: str) -> ResponseReturnValue:
        return view(token) if request.method == "POST" else page(token)

    return pressed


def _in_turn(view: View) -> View:
    @wraps(view)
    def waiting(*args: object, **kwargs: object) -> ResponseReturnValue:
        if request.method != "POST":
            return view(*args, **kwargs)
        if not _HASHING.acquire(timeout=PATIENCE):
            abort(429)
        try:
            return view(*args, **kwargs)
        finally:
            _HASHING.release()

    return waiting


def _even(view: View) -> View:
    """Answer after the same time whether an account exists or not; writing a mail takes longer."""

    @wraps(view)
    def even(*args: object, **kwargs: object) -> ResponseReturnValue:
        if request.method != "POST":
            return view(*args, **kwargs)
        started = time.monotonic()
        answer = view(*args, **kwargs)

        @after_this_request  # behind the commit, which the library asked for before
        def wait(response: Response) -> Response:
            rest = current_app.config["ANSWER_AFTER_SECONDS"] - (time.monotonic() - started)
            if rest > 0 and response.status_code != 429:
                time.sleep(rest)
            return response

        return answer

    return even

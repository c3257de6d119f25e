"""Security headers on every answer, fragments and errors included."""

from flask import Flask, Response, request
from flask_login import current_user

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # links with a token must not travel to other sites
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
KEYS = frozenset({"t", "anmeldung"})  # parameters that hold a progress link's or sign-up's token


def init_app(app: Flask) -> None:
    """Add the headers to every answer of `app`."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        if request.is_secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint == "static":
            return response
        response.vary.add("Cookie")
        if _opens_by_token():
            response.headers["Cache-Control"] = "no-store"
            response.headers["X-Robots-Tag"] = "noindex"
        if "Cache-Control" not in response.headers:
            signed_in = current_user and current_user.is_authenticated
            response.headers["Cache-Control"] = "no-store" if signed_in else "private, no-cache"
        return response


def _opens_by_token() -> bool:
    """Whether the address holds a secret: no cache and no search engine may keep such a page."""
    return "token" in (request.view_args or {}) or not KEYS.isdisjoint(request.args)

"""Errors of the domain: raised by actions, turned into a page by the app."""

import errno
from urllib.parse import urlsplit

from flask import Flask, abort, render_template, request
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException

from portal.extensions import db
from portal.htmx import target_id

# What the system says when nothing more can be written: disk, quota, largest file.
DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# What a page does not repeat: secrets, and the token that will be a new one.
_NEVER_REPEATED = ("csrf_token", "password", "new_password")


class PortalError(Exception):
    """Something the portal forbids; each room names its own kinds.

    `message` is shown to people, so subclasses give a German sentence (lazy gettext).
    """

    message: object = ""

    def __str__(self) -> str:
        return str(self.message) or super().__str__()


class Conflict(PortalError):
    """Somebody else was faster: the row changed since the page was shown (HTTP 409)."""


# status -> title and what to do; the same words for pages and fragments.
_EXPLANATIONS = {
    400: (
        _l("Das hat nicht geklappt"),
        _l("Die Anfrage war unvollständig. Lade die Seite neu und versuche es noch einmal."),
    ),
    401: (
        _l("Du bist nicht mehr angemeldet"),
        _l("Melde dich an und schick es danach noch einmal ab. Es geht nichts verloren."),
    ),
    403: (
        _l("Das ist nicht für dich freigegeben"),
        _l("Vielleicht hilft es, dich mit einem anderen Konto anzumelden."),
    ),
    404: (
        _l("Diese Seite gibt es nicht"),
        _l("Der Link ist vielleicht veraltet. Über die Suche findest du fast alles."),
    ),
    405: (_l("So geht es hier nicht"), _l("Bitte benutze die Knöpfe auf der Seite.")),
    409: (
        _l("Da war jemand schneller"),
        _l("Der Stand hat sich inzwischen geändert. Sieh dir die Seite noch einmal an."),
    ),
    413: (
        _l("Das ist zu groß"),
        _l("Bitte kürze deinen Text oder nimm ein kleineres Bild und schicke es noch einmal."),
    ),
    429: (
        _l("Das waren zu viele Versuche"),
        _l("Bitte warte einen Moment und versuche es dann noch einmal."),
    ),
    500: (
        _l("Bei uns ist etwas schiefgegangen"),
        _l("Wir haben den Fehler aufgeschrieben. Versuche es bitte später noch einmal."),
    ),
    503: (
        _l("Gerade nicht erreichbar"),
        _l("Der Speicher antwortet nicht. Versuche es bitte in ein paar Minuten noch einmal."),
    ),
    507: (
        _l("Der Speicher ist voll"),
        _l("Auf dem Server ist gerade kein Platz. Versuche es bitte später noch einmal."),
    ),
}


def init_app(app: Flask) -> None:
    """Turn every error into a page in plain German."""

    @app.before_request
    def refuse_nul_in_address() -> None:
        # No page has one, and PostgreSQL raises when it meets one in a parameter.
        if "\x00" in request.path:
            abort(404)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> tuple[str, int, Headers]:
        status = error.code or 500
        sent = Headers(error.get_headers())
        sent.remove("Content-Type")
        sent.remove("Content-Length")
        return _error_page(status), status, sent

    @app.errorhandler(CSRFError)
    def csrf_error(_error: CSRFError) -> tuple[str, int]:
        text = _l("Die Seite war zu lange offen. Es geht nichts verloren.")
        if not _sent_from_here():
            text = _l("Geh zurück, lade die Seite neu und schick sie noch einmal ab.")
        return _error_page(400, title=_l("Bitte noch einmal absenden"), text=text, again=True), 400

    @app.errorhandler(Conflict)
    def conflict(error: Conflict) -> tuple[str, int]:
        db.session.rollback()
        return _error_page(409, text=error.message), 409

    @app.errorhandler(PortalError)
    def refused(error: PortalError) -> tuple[str, int]:
        db.session.rollback()
        return _error_page(400, text=error.message), 400

    _handle_broken_storage(app)


def _handle_broken_storage(app: Flask) -> None:
    @app.errorhandler(OperationalError)
    def database_gone(error: OperationalError) -> tuple[str, int]:
        # The statement's parameters may hold what somebody wrote: only the kind is logged.
        app.logger.error("database error: %s", type(error.orig).__name__)
        db.session.rollback()
        return _error_page(503), 503

    @app.errorhandler(OSError)
    def disk_full(error: OSError) -> tuple[str, int]:
        if error.errno not in DISK_FULL:
            raise error
        app.logger.error("the disk is full: %s", errno.errorcode[error.errno])
        db.session.rollback()
        return _error_page(507), 507


def sign_in_first(sign_in_url: str) -> tuple[str, int]:
    """Answer a form that came without a sign-in: what was typed stays."""
    return _error_page(401, again=True, sign_in_url=sign_in_url), 401


def typed_texts() -> list[str]:
    """Return what somebody wrote into the form that was sent: values of several words."""
    return [value for _name, value in _repeatable() if len(value.split()) > 1]


def _error_page(
    status: int, title: object = "", text: object = "", again: bool = False, sign_in_url: str = ""
) -> str:
    """Return the page, or for a fragment the notice; with `again` the form can be sent again."""
    known_title, known_text = _EXPLANATIONS.get(status, _EXPLANATIONS[400])
    return render_template(
        "errors/notice.html" if target_id() else "errors/error.html",
        status=status,
        title=title or known_title,
        text=text or known_text,
        sent=_repeatable() if again and _sent_from_here() else [],
        typed=typed_texts() if again else [],
        sign_in_url=sign_in_url,
    )


def _repeatable() -> list[tuple[str, str]]:
    fields = request.form.items(multi=True)
    return [(name, value) for name, value in fields if name not in _NEVER_REPEATED]


def _sent_from_here() -> bool:
    """Whether a page of ours sent the form: a stranger's must not be a button on our page."""
    source = request.headers.get("Origin") or request.referrer or ""
    return urlsplit(source).netloc == request.host

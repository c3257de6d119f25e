"""Errors of the domain: raised by actions, turned into a page by the app."""

from flask import Flask, abort, render_template, request
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException

from portal.extensions import db


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
        _l("Bitte kürze deinen Text und schicke ihn noch einmal."),
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
        text = _l(
            "Deine Sitzung ist abgelaufen. Geh mit „Zurück“ zur Seite, lade sie neu und schicke "
            "sie noch einmal ab."
        )
        return _error_page(400, title=_l("Bitte noch einmal absenden"), text=text), 400

    @app.errorhandler(Conflict)
    def conflict(error: Conflict) -> tuple[str, int]:
        db.session.rollback()
        return _error_page(409, text=error.message), 409

    @app.errorhandler(PortalError)
    def refused(error: PortalError) -> tuple[str, int]:
        db.session.rollback()
        return _error_page(400, text=error.message), 400

    @app.errorhandler(OperationalError)
    def database_gone(error: OperationalError) -> tuple[str, int]:
        # The statement's parameters may hold what somebody wrote: only the kind is logged.
        app.logger.error("database error: %s", type(error.orig).__name__)
        db.session.rollback()
        return _error_page(503), 503


def _error_page(status: int, title: object = "", text: object = "") -> str:
    known_title, known_text = _EXPLANATIONS.get(status, _EXPLANATIONS[400])
    return render_template(
        "errors/error.html",
        status=status,
        title=title or known_title,
        text=text or known_text,
    )

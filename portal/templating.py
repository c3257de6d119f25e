"""What every template can use: macros, navigation, dates, language and static file addresses."""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app, has_request_context, request, session, url_for
from flask_babel import format_date, format_datetime, get_locale
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from jinja2 import StrictUndefined

from portal.choices import LANGUAGES, REACH, RIGHT_TO_LEFT, TIMES

# Endpoint, label, and the endpoints' prefix that marks the entry as the current one.
NAVIGATION = (
    ("ideas.index", _l("Ideen"), "ideas."),
    ("teams.index", _l("Teams"), "teams."),
    ("matches.join", _l("Mitmachen"), "matches.join"),
    ("gatherings.index", _l("Termine"), "gatherings."),
    ("offices.index", _l("Ansprechstellen"), "offices."),
    ("matches.search", _l("Suche"), "matches.search"),
)
# What else there is, at the foot of every page.
MORE = (
    ("news.index", _l("Neues"), "news.index"),
    ("teams.openings", _l("Gesuche"), "teams.openings"),
    ("organisations.index", _l("Akteure und was sie verleihen"), "organisations."),
    ("funds.index", _l("Fördertöpfe"), "funds."),
    ("knowhow.index", _l("Wissen und Checklisten"), "knowhow."),
    ("steering.published", _l("Entscheidungen der Steuerungsteams"), "steering.published"),
    ("referrals.index", _l("Für Beiräte und Quartiersmanagement"), "referrals.index"),
)
LINK_LABELS = {
    "coordination": _l("Koordination"),
    "notifications": _l("Mitteilungen"),
    "steering": _l("Steuerungsteam"),
    "outreach": _l("Ideenmobil"),
    "profile": _l("Mein Bereich"),
    "sign_in": _l("Anmelden"),
    "sign_up": _l("Registrieren"),
}


def select_locale() -> str:
    """Choose among the complete catalogues: chosen, the account's, the browser's, German."""
    offered: tuple[str, ...] = current_app.config["LOCALES"]
    if not has_request_context():  # the worker and commands
        return offered[0]
    own = current_user.locale if current_user and current_user.is_authenticated else None
    for wanted in (session.get("locale"), own):
        if wanted in offered:
            return wanted
    return request.accept_languages.best_match(offered) or offered[0]


def init_app(app: Flask) -> None:
    """Give the templates of `app` their globals and filters; unknown variables are errors."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(dateformat=format_date, datetimeformat=format_datetime)
    app.jinja_env.globals.update(
        get_locale_code=lambda: str(get_locale() or "de"),
        text_direction=lambda: "rtl" if str(get_locale()) in RIGHT_TO_LEFT else "ltr",
        direction_of=lambda language: "rtl" if language in RIGHT_TO_LEFT else "ltr",
        language_names=LANGUAGES,
        time_names=TIMES,
        reach_names=REACH,
    )

    @app.context_processor
    def page_frame() -> dict[str, object]:
        return {
            "ui": app.jinja_env.get_template("ui.html").module,
            "navigation": _entries(NAVIGATION),
            "more_pages": _entries(MORE),
            "account_menu": _account_menu(),
        }

    @app.url_defaults
    def hash_static_files(endpoint: str, values: dict[str, object]) -> None:
        if endpoint == "static" and "filename" in values:
            values["v"] = _fingerprint(Path(app.static_folder or "") / str(values["filename"]))


def _entries(pages: Iterable[tuple[str, object, str]]) -> list[tuple[object, str, bool]]:
    here = request.endpoint or ""
    return [
        (label, url_for(endpoint), here.startswith(prefix)) for endpoint, label, prefix in pages
    ]


def _account_menu() -> list[tuple[object, str, bool]]:
    def entry(key: str, endpoint: str) -> tuple[object, str, bool]:
        return LINK_LABELS[key], url_for(endpoint), request.endpoint == endpoint

    if not (current_user and current_user.is_authenticated):
        return [
            entry("sign_in", "security.login"),
            entry("sign_up", "security.register"),
        ]
    entries = [
        entry("notifications", "messages.notifications"),
        entry("profile", "profiles.show"),
    ]
    if current_user.is_coordinator:
        entries.insert(0, entry("coordination", "coordination.workbench"))
    elif current_user.has_role("steering"):
        entries.insert(0, entry("steering", "steering.index"))
    if current_user.has_role("outreach"):
        entries.insert(0, entry("outreach", "outreach.capture"))
    return entries


@lru_cache(maxsize=256)
def _fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else "missing"

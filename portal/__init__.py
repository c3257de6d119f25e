"""The portal of "Wir im Quartier": a server-rendered Flask app made of rooms."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from flask import Flask
from htmx_flask import Htmx
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import errors, headers, health, routing, templating
from portal.accounts import setup as accounts
from portal.config import Config
from portal.database import prepare_engine
from portal.extensions import babel, compress, csrf, db, limiter, migrate

ROOT = Path(__file__).parent.parent
ROOMS = (
    "pages",
    "places",
    "accounts",
    "messages",
    "moderation",
    "pictures",
    "profiles",
    "organisations",
    "ideas",
    "teams",
    "recruiting",
    "offices",
    "gatherings",
    "knowhow",
    "matches",
    "letters",
    "coordination",
    "steering",
    "funds",
    "referrals",
    "outreach",
    "news",
)


def create_app(config: Mapping[str, object] | None = None) -> Flask:
    """Build the app from the environment; `config` wins over it (tests)."""
    settings = Config.from_environment()
    app = Flask(
        __name__,
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        instance_path=str(settings.instance),
    )
    app.config.from_object("portal.defaults")
    app.config.from_mapping(settings.as_flask())
    app.config.from_mapping(config or {})
    if app.config["BEHIND_PROXY"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]

    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "portal" / "migrations"), render_as_batch=True)
    with app.app_context():
        prepare_engine(db.engine, synchronous=str(app.config["SQLITE_SYNCHRONOUS"]))
    csrf.init_app(app)
    Htmx(app)
    babel.init_app(app, locale_selector=templating.select_locale)
    limiter.init_app(app)
    compress.init_app(app)
    routing.init_app(app)
    headers.init_app(app)
    health.init_app(app)
    errors.init_app(app)
    templating.init_app(app)
    accounts.init_app(app)
    for room in ROOMS:
        app.register_blueprint(import_module(f"portal.{room}.views").bp)
    return app

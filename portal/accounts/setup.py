"""Flask-Security on Flask-Login: how it is set up here. Its code is not ours to write."""

from flask import Flask
from flask_security import SQLAlchemyUserDatastore

from portal.accounts.models import Role, User
from portal.extensions import db, security

datastore = SQLAlchemyUserDatastore(db, User, Role)

SETTINGS = {
    "SECURITY_PASSWORD_HASH": "argon2",
    # OWASP minimum; 19 ms a check instead of 170 with the library's default (web-performance 2e).
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__memory_cost": 19456,
        "argon2__time_cost": 2,
        "argon2__parallelism": 1,
    },
    "SECURITY_LOGIN_URL": "/anmelden",
    "SECURITY_LOGOUT_URL": "/abmelden",
    "SECURITY_REGISTER_URL": "/registrieren",
    "SECURITY_CONFIRM_URL": "/bestaetigen",
    "SECURITY_RESET_URL": "/passwort-vergessen",
    "SECURITY_CHANGE_URL": "/passwort-aendern",
    "SECURITY_REGISTERABLE": True,
    "SECURITY_CONFIRMABLE": True,
    "SECURITY_RECOVERABLE": True,
    "SECURITY_CHANGEABLE": True,
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_USE_REGISTER_V2": True,
    "SECURITY_PASSWORD_LENGTH_MIN": 10,
}


def init_app(app: Flask) -> None:
    """Add sign-up, sign-in, confirmation, reset and password change to `app`."""
    for name, value in SETTINGS.items():
        app.config.setdefault(name, value)
    app.config.setdefault("SECURITY_PASSWORD_SALT", app.config["SECRET_KEY"])
    security.init_app(app, datastore)

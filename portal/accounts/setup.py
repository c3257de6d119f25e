"""Flask-Security on Flask-Login: how it is set up here. Its code is not ours to write."""

from datetime import timedelta
from functools import wraps
from typing import cast
from urllib.parse import urlsplit

from flask import (
    Flask,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, user_logged_in
from flask_security import Security, SQLAlchemyUserDatastore, user_registered
from flask_security import utils as library
from flask_security.decorators import default_unauthn_handler
from flask_wtf import FlaskForm
from sqlalchemy.exc import IntegrityError
from werkzeug import Response as BaseResponse

from portal import errors
from portal.accounts import actions, forms, mails, protection, rules, texts
from portal.accounts.models import Role, User
from portal.database import READING_METHODS
from portal.extensions import db
from portal.htmx import render_page


class Accounts(SQLAlchemyUserDatastore):
    """The library's way to the accounts; the demo's ones do not exist in production."""

    def find_user(self, case_insensitive: bool = False, **wanted: str) -> User | None:
        """Return the account, unless it may not sign in here."""
        user = super().find_user(case_insensitive=case_insensitive, **wanted)
        if isinstance(user, User) and rules.may_sign_in(user, current_app.config["ENVIRONMENT"]):
            return user
        return None


datastore = Accounts(db, User, Role)

SETTINGS = {
    "SECURITY_PASSWORD_HASH": "argon2",
    # OWASP minimum; 19 ms a check instead of 170 with the library's default (web-performance 2e).
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__memory_cost": 19456,
        "argon2__time_cost": 2,
        "argon2__parallelism": 1,
    },
    "SECURITY_PASSWORD_SCHEMES": ["argon2", "plaintext"],  # the library wants plaintext last
    # Fingerprints inside signed links: of a salted hash and of the address the link goes to.
    "SECURITY_HASHING_SCHEMES": ["hex_sha256"],
    "SECURITY_LOGIN_URL": "/anmelden",
    "SECURITY_LOGOUT_URL": "/abmelden",
    "SECURITY_REGISTER_URL": "/registrieren",
    "SECURITY_CONFIRM_URL": "/bestaetigen",
    "SECURITY_RESET_URL": "/passwort-vergessen",
    "SECURITY_CHANGE_URL": "/passwort-aendern",
    "SECURITY_POST_LOGIN_VIEW": "accounts.arrive",
    "SECURITY_POST_REGISTER_VIEW": "accounts.look_into_mail",
    "SECURITY_POST_CHANGE_VIEW": "accounts.account",
    "SECURITY_REGISTERABLE": True,
    "SECURITY_CONFIRMABLE": True,
    "SECURITY_RECOVERABLE": True,
    "SECURITY_CHANGEABLE": True,
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_USE_REGISTER_V2": True,
    "SECURITY_PASSWORD_LENGTH_MIN": 10,
    "SECURITY_PASSWORD_CONFIRM_REQUIRED": False,
    "SECURITY_EMAIL_HTML": False,
    "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},  # no DNS in a request
    "SECURITY_CONFIRM_EMAIL_WITHIN": timedelta(days=7),
    "SECURITY_RESET_PASSWORD_WITHIN": timedelta(hours=12),
    # Routes and ways in that nobody needs: re-authentication, tokens, static files, commands.
    "SECURITY_FRESHNESS": timedelta(seconds=-1),
    "SECURITY_API_ENABLED_METHODS": ["session"],
    "SECURITY_STATIC_FOLDER": None,
    "SECURITY_STATIC_FOLDER_URL": None,
    "SECURITY_CLI_USERS_NAME": False,
    "SECURITY_CLI_ROLES_NAME": False,
    "REMEMBER_COOKIE_DURATION": timedelta(days=30),
    "ANSWER_AFTER_SECONDS": 0.25,
}
# What may stay in the session when somebody signs in: the sign-in itself and the language.
KEPT_AT_SIGN_IN = frozenset(
    {"_user_id", "_fresh", "_id", "_remember", "_remember_seconds", "_permanent", "_flashes"}
    | {"fs_cc", "fs_paa", "identity.id", "identity.auth_type", "locale"}
)


def init_app(app: Flask) -> None:
    """Add sign-up, sign-in, confirmation, reset and password change to `app`."""
    for name, value in SETTINGS.items():
        app.config.setdefault(name, value)
    for name, message in texts.MESSAGES.items():
        app.config.setdefault(f"SECURITY_MSG_{name}", message)
    for name, subject in texts.SUBJECTS.items():
        app.config.setdefault(f"SECURITY_EMAIL_SUBJECT_{name}", subject)
    if app.testing:
        app.config["ANSWER_AFTER_SECONDS"] = 0
    app.config.setdefault("SECURITY_PASSWORD_SALT", app.config["SECRET_KEY"])
    security = Security(
        app,
        datastore,
        mail_util_cls=mails.OutboxMailUtil,
        render_template=render,  # type: ignore[arg-type]  # a whole answer with its status
        register_form=forms.RegisterForm,
        login_form=forms.LoginForm,
        forgot_password_form=forms.ForgotPasswordForm,
        reset_password_form=forms.ResetPasswordForm,
        change_password_form=forms.ChangePasswordForm,
        send_confirmation_form=forms.ConfirmAgainForm,
    )
    security.want_json(lambda _request: False)
    security.mail_context_processor(mails.mail_context)
    manager: LoginManager = app.login_manager  # type: ignore[attr-defined]
    manager.request_loader(lambda _request: None)
    manager.unauthorized_handler(_ask_to_sign_in)
    user_registered.connect(_complete_account, app)
    user_logged_in.connect(_start_clean_session, app)
    _guard_views(app)


def extension() -> Security:
    """Return this app's Flask-Security."""
    return current_app.extensions["security"]


def render(template: str, **context: object) -> ResponseReturnValue:
    """Render the library's pages like ours: `form` for the frame, 422 when something is missing."""
    if template.endswith(".txt"):
        return render_template(template, **context)
    form = next((v for v in context.values() if isinstance(v, FlaskForm)), None)
    refused = request.method == "POST" and form is not None and form.errors
    status = 422 if refused else 200
    return render_page(template, status=status, form=form, **context)  # type: ignore[arg-type]


def send_mail(subject: object, user: User, template: str, **context: object) -> None:
    """Send a mail of ours the way the library sends its own."""
    library.send_mail(str(subject), user.email, f"security/email/{template}", user=user, **context)


def _guard_views(app: Flask) -> None:
    views = cast(dict[str, protection.View], app.view_functions)
    for name, limits in {
        "login": {
            "per_network": "30 per 5 minutes;200 per hour",
            "per_address": "10 per 15 minutes",
            "failures": True,
        },
        "register": {"per_network": "20 per hour", "per_address": "5 per hour"},
        "forgot_password": {"per_network": "20 per hour", "per_address": "5 per hour"},
        "send_confirmation": {"per_network": "20 per hour", "per_address": "5 per hour"},
        "reset_password": {"per_network": "20 per hour"},
        "change_password": {"per_network": "20 per hour"},
    }.items():
        endpoint = f"security.{name}"
        views[endpoint] = protection.guard(views[endpoint], **limits)  # type: ignore[arg-type]
    views["security.login"] = _lead_on(views["security.login"])
    views["security.register"] = _end_alike(views["security.register"])
    views["security.confirm_email"] = protection.confirmed_by_button(
        views["security.confirm_email"],
        lambda token: render_page("security/confirm_email.html", token=token),
    )


def _lead_on(view: protection.View) -> protection.View:
    """Send whoever signed in to the page they wanted, if it is ours, else to their start."""

    @wraps(view)
    def led(*args: object, **kwargs: object) -> ResponseReturnValue:
        answer = view(*args, **kwargs)
        if isinstance(answer, BaseResponse) and answer.status_code == 302:
            wanted = request.form.get("next") or request.args.get("next") or ""
            # The library quotes a path once more than it should and keeps "evil.example".
            if current_user.is_authenticated:
                is_ours = rules.is_own_path(wanted)
                answer.location = wanted if is_ours else url_for("accounts.arrive")
        return answer

    return led


def _end_alike(view: protection.View) -> protection.View:
    """End every sign-up on the same page, also when the same form arrives twice at once."""

    @wraps(view)
    def ended(*args: object, **kwargs: object) -> ResponseReturnValue:
        try:
            answer = view(*args, **kwargs)
        except IntegrityError:  # the other one made the account and its mail
            db.session.rollback()
            answer = redirect("")
        if not isinstance(answer, BaseResponse) or answer.status_code != 302:
            return answer
        if not current_user.is_authenticated:
            answer.location = url_for("accounts.look_into_mail")
        return answer

    return ended


def _complete_account(
    _app: Flask, user: User, form_data: dict[str, object], **_rest: object
) -> None:
    """Give a new account its role and note the consent; the library commits."""
    user.roles = [actions.role_named("resident")]
    db.session.flush()
    if form_data.get("matching"):
        actions.give_consent(user, "matching", str(texts.MATCHING_WORDING))


def _ask_to_sign_in() -> ResponseReturnValue:
    """Send strangers to sign in; a form they wrote into is kept, and buttons lead back."""
    if request.method in READING_METHODS:
        return default_unauthn_handler()
    came_from = urlsplit(request.referrer or "")
    path = came_from.path if came_from.netloc == request.host else ""
    sign_in_url = url_for("security.login", next=path if rules.is_own_path(path) else None)
    if errors.typed_texts():
        return errors.sign_in_first(sign_in_url)
    flash(*texts.MESSAGES["UNAUTHENTICATED"])
    return redirect(sign_in_url)


def _start_clean_session(_app: Flask, user: User, **_rest: object) -> None:
    """Leave nothing of the stranger's session to the person who signed in, the CSRF token least."""
    for key in set(session) - KEPT_AT_SIGN_IN:
        session.pop(key)
    g.pop("csrf_token", None)

"""Forms of the accounts room: Flask-Security's checks with our labels, limits and hints."""

import re

from flask import current_app
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_security import ChangePasswordForm as LibraryChangeForm
from flask_security import EmailValidateException, RegisterFormV2, SendConfirmationForm
from flask_security import ForgotPasswordForm as LibraryForgotForm
from flask_security import LoginForm as LibraryLoginForm
from flask_security import ResetPasswordForm as LibraryResetForm
from flask_security.forms import (
    EmailValidation,
    email_required,
    password_required,
    unique_user_email,
    valid_user_email,
)
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    PasswordField,
    StringField,
    TelField,
)
from wtforms.validators import DataRequired, Optional, ValidationError

from portal.accounts import rules, texts
from portal.config import PRODUCTION
from portal.forms import HasWords, NotLonger, Phone, PortalForm, Storable, tidy

LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3
LONGEST_NAME = 60
LONGEST_PASSWORD = 200
PASSWORD_HINT = _l("Mindestens 10 Zeichen. Ein kurzer Satz ist gut zu merken und schwer zu raten.")


def lower_address(text: str | None) -> str:
    """WTForms filter: addresses are stored and looked up in small letters."""
    return tidy(text).lower()


def own_path(text: str | None) -> str:
    """WTForms filter: keep where to go on only when it is a plain path of this portal."""
    text = text or ""
    return text if rules.is_own_path(text) else ""


class NotObvious:
    """Validator: a password of one repeated sign, or with the own address or name in it."""

    def __call__(self, form: FlaskForm, field: Field) -> None:
        password = (field.data or "").casefold()
        if len(password) < 10:
            return  # too short is said elsewhere
        known = [
            (form[name].data or "").casefold().partition("@")[0]
            for name in ("email", "name")
            if name in form
        ]
        obvious = any(len(word) > 3 and word in password for word in known)
        if obvious or len(set(password)) < 5 or re.fullmatch(r"(passwor[dt]|\d|!)+", password):
            raise ValidationError(_l("Dieses Passwort ist zu leicht zu erraten."))


def _address(*checks: object, **options: object) -> EmailField:
    return EmailField(
        _l("E-Mail-Adresse"),
        filters=[lower_address],
        render_kw={"autocomplete": "email", "dir": "ltr"},
        validators=[email_required, Storable(), NotLonger(LONGEST_ADDRESS), *checks],
        **options,
    )


def _new_password(label: object, *checks: object) -> PasswordField:
    return PasswordField(
        label,
        description=PASSWORD_HINT,
        render_kw={"autocomplete": "new-password"},
        validators=[password_required, NotLonger(LONGEST_PASSWORD), NotObvious(), *checks],
    )


def _no_demo_address(_form: FlaskForm, field: Field) -> None:
    if current_app.config["ENVIRONMENT"] == PRODUCTION and rules.is_demo_address(field.data or ""):
        raise ValidationError(texts.MESSAGES["INVALID_EMAIL_ADDRESS"][0])


class NameField(StringField):
    """The first name others may see."""

    def __init__(self, **options: object) -> None:
        super().__init__(
            _l("Vorname"),
            filters=[tidy],
            description=_l(
                "So sehen dich andere. Ein Spitzname geht auch, ein Nachname muss nicht."
            ),
            render_kw={"autocomplete": "given-name", "dir": "auto"},
            validators=[
                DataRequired(_l("Wie sollen wir dich nennen?")),
                Storable(),
                HasWords(1),
                NotLonger(LONGEST_NAME),
            ],
            **options,
        )


class RegisterForm(RegisterFormV2):
    """A new account: as little as possible, the profile comes later."""

    name = NameField()
    email = _address(EmailValidation(verify=True), _no_demo_address, unique_user_email)
    password = _new_password(_l("Passwort"))
    under_16 = BooleanField(
        _l("Ich bin unter 16"),
        description=_l(
            "Schön, dass du mitmachst! Bei dir schaut immer erst ein Mensch vom Unterstützungsteam "
            "mit drauf, und deine Eltern sollten Bescheid wissen."
        ),
    )
    matching = BooleanField(
        texts.MATCHING_WORDING,
        description=_l("Freiwillig. Du kannst das jederzeit in deinem Konto zurücknehmen."),
    )
    # People do not see it, machines fill it in. Its name is nothing a browser completes.
    second_wish = StringField(_l("Dieses Feld bitte leer lassen"))
    next = HiddenField(filters=[own_path])

    def validate_second_wish(self, field: Field) -> None:
        """Refuse what a machine filled in; a person just sends the form once more."""
        if field.data:
            field.data = ""
            raise ValidationError(_l("Schick das Formular bitte noch einmal ab."))


class LoginForm(LibraryLoginForm):
    """Sign in by password."""

    email = _address(EmailValidation(verify=False))
    password = PasswordField(
        _l("Passwort"),
        render_kw={"autocomplete": "current-password"},
        validators=[password_required, NotLonger(LONGEST_PASSWORD)],
    )
    remember = BooleanField(_l("Auf diesem Gerät 30 Tage angemeldet bleiben"))
    next = HiddenField(filters=[own_path])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.password.description = ""  # the library puts a link there; the page has its own
        self.next.data = own_path(self.next.data)

    def validate_next(self, _field: Field) -> None:
        """Accept whatever the filter left: a path of ours or nothing."""


class SaysWhatIsNoAddress(FlaskForm):
    """Tells about a typing mistake; whether an existing address has an account stays unsaid."""

    def validate(self, **checks: object) -> bool:
        """Keep the hint where the library's generic answer does not wipe it away."""
        valid = super().validate(**checks)
        util = current_app.extensions["security"].mail_util
        try:
            util.normalize(self.email.data or "")
        except EmailValidateException as error:
            self.form_errors.append(error.msg)
            return False
        return valid


class ForgotPasswordForm(SaysWhatIsNoAddress, LibraryForgotForm):
    """Ask for a link that sets a new password."""

    email = _address(EmailValidation(verify=False), valid_user_email)


class ConfirmAgainForm(SaysWhatIsNoAddress, SendConfirmationForm):
    """Ask for the confirmation mail once more."""

    email = _address(EmailValidation(verify=False), valid_user_email)


class ResetPasswordForm(LibraryResetForm):
    """Set a new password by the link in the mail."""

    password = _new_password(_l("Neues Passwort"))
    password_confirm = None


class ChangePasswordForm(LibraryChangeForm):
    """Set a new password while signed in."""

    password = PasswordField(
        _l("Bisheriges Passwort"),
        render_kw={"autocomplete": "current-password"},
        validators=[NotLonger(LONGEST_PASSWORD)],
    )
    new_password = _new_password(_l("Neues Passwort"))
    new_password_confirm = None


class SignInLinkForm(PortalForm):
    """Ask for a link that signs in without a password."""

    email = _address(EmailValidation(verify=False))
    next = HiddenField(filters=[own_path])


class NameForm(PortalForm):
    """Change the name others see."""

    name = NameField()


class PhoneForm(PortalForm):
    """Ask to be called instead of written to; empty means: write to me."""

    phone = TelField(
        _l("Telefonnummer"),
        description=_l("Zum Beispiel: 0341 123456. Ohne Nummer schreiben wir dir."),
        filters=[tidy],
        validators=[Optional(), Phone()],
        render_kw={"autocomplete": "tel", "dir": "ltr"},
    )


class DeleteForm(PortalForm):
    """Delete the account: the own address typed once more, so that nobody does it by mistake."""

    email = _address(description=_l("Tipp sie zur Sicherheit noch einmal ein."))

    def validate_email(self, field: Field) -> None:
        """Accept only the address of whoever is signed in."""
        if field.data != current_user.email.lower():
            raise ValidationError(_l("Das ist nicht die E-Mail-Adresse dieses Kontos."))

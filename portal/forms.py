"""What all forms share: one base, text that is safe to store, and its German messages."""

import re
import unicodedata
from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.i18n import Translations
from wtforms import Field, SelectChoice, SelectMultipleField, StringField
from wtforms.validators import Email, NumberRange, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

# NUL and other control characters cannot be stored or shown; bidirectional overrides can make a
# text read other than it is. Line breaks, tabs and the marks Arabic and Farsi need are fine.
UNSTORABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|[\ud800-\udfff]"
)

# A way to reach one person: a mail address or a telephone number. An address is looked for at the
# beginnings of words only, else a word of a megabyte would take hours.
_MAIL_OR_PHONE = re.compile(r"(?<!\S)\S+@\S+|(?:\+49|\b0\d{2,4})[ /-]?\d{3,}(?:[ /-]?\d{2,})*")


_LONGEST_ADDRESS = 254  # RFC 5321


_PHONE = re.compile(r"\+?[0-9 ()/.-]{5,30}", re.ASCII)


# What the library says in English only.
_SAID_IN_ENGLISH = {
    "Not a valid time value.": _l("Das ist keine Uhrzeit, zum Beispiel: 18:00"),
    "'%(value)s' is not a valid choice for this field.": _l("Wähl bitte etwas aus der Liste."),
    "'%(value)s' are not valid choices for this field.": _l("Wähl bitte etwas aus der Liste."),
}


class Messages(Translations):
    """The library's messages in the language of the page, its gaps filled."""

    def gettext(self, string: str) -> str:
        """Return one message."""
        said = str(super().gettext(string))
        return str(_SAID_IN_ENGLISH.get(said, said))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return a message about `n` things."""
        said = str(super().ngettext(singular, plural, n))
        return str(_SAID_IN_ENGLISH.get(said, said))


class PortalForm(FlaskForm):
    """Parent of every form."""

    class Meta(FlaskForm.Meta):
        """Says what is wrong in words of ours."""

        def get_translations(self, _form: FlaskForm) -> Messages:
            """Return where messages come from."""
            return Messages()


class OpenForm(PortalForm):
    """Parent of forms that need no account; templates/ui.html shows the trap (`ui.trap`)."""

    # For programs that fill in everything; people never see it.
    homepage = StringField(_l("Dieses Feld bitte leer lassen"))

    def validate_homepage(self, field: Field) -> None:
        """Refuse programs, kindly: a browser may have filled it in by itself."""
        if field.data:
            field.data = ""
            raise ValidationError(
                _l("Ein Feld, das leer bleiben muss, war ausgefüllt. Schick es bitte noch einmal.")
            )


def select_choices(names: Mapping[str, object]) -> list[SelectChoice]:
    """Return what a select or a group of checkboxes offers: code and label of each name."""
    return [SelectChoice(code, name) for code, name in names.items()]


def row_boxes(label: str, hint: str = "") -> SelectMultipleField:
    """Return boxes to choose rows by their ids; the form fills in which there are."""
    wrong = _l("Wähl bitte eine der Möglichkeiten aus der Liste.")
    return SelectMultipleField(
        label,
        description=hint,
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        invalid_choice_message=wrong,
        invalid_value_message=wrong,
    )


def tidy(text: str | None) -> str:
    """WTForms filter: composed characters, plain line ends, no blanks around."""
    lines = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", lines).strip()


def lines_of(text: str | None) -> list[str]:
    """Return the lines that say something, with single blanks between their words."""
    return [line for raw in (text or "").splitlines() if (line := " ".join(raw.split()))]


def clean_query(text: str, limit: int = 400) -> str:
    """Make a search text from the address bar safe to use; nothing is refused there."""
    return UNSTORABLE.sub(" ", tidy(text))[:limit].strip()


class Storable:
    """Validator: refuse control characters and bidirectional overrides."""

    def __call__(self, _form: FlaskForm, field: Field) -> None:
        if UNSTORABLE.search(field.data or ""):
            raise ValidationError(
                _l(
                    "Dein Text enthält unsichtbare Steuerzeichen. Schreib ihn bitte neu oder füge "
                    "ihn ohne Formatierung ein."
                )
            )


class Phone:
    """Validator: a telephone number as people write it, with 5 to 15 digits."""

    def __call__(self, _form: FlaskForm, field: Field) -> None:
        number = field.data or ""
        digits = sum(character in "0123456789" for character in number)
        if number and (not _PHONE.fullmatch(number) or not 5 <= digits <= 15):
            raise ValidationError(
                _l("Das sieht nicht nach einer Telefonnummer aus, zum Beispiel: 0341 123456")
            )


class HasWords:
    """Validator: at least `least` letters of any script; pictures alone say too little."""

    def __init__(self, least: int = 3) -> None:
        self.least = least

    def __call__(self, _form: FlaskForm, field: Field) -> None:
        letters = sum(character.isalpha() for character in (field.data or "")[:1000])
        if len(field.data or "") > 0 and letters < self.least:
            raise ValidationError(_l("Schreib bitte ein paar Worte dazu."))


class NotLonger:
    """Validator: at most `limit` characters, with the number that was sent."""

    def __init__(self, limit: int) -> None:
        # No maxlength attribute: a browser would cut a pasted text off without a word.
        self.limit = limit

    def __call__(self, _form: FlaskForm, field: Field) -> None:
        if len(field.data or "") > self.limit:
            raise ValidationError(
                _l(
                    "Bitte höchstens %(limit)d Zeichen; es sind %(length)d.",
                    limit=self.limit,
                    length=len(field.data),
                )
            )


class Between(NumberRange):
    """Validator: a number of this range; one of a thousand digits is out of it, too."""

    def __call__(self, form: FlaskForm, field: Field) -> None:
        try:
            super().__call__(form, field)
        except OverflowError as error:  # larger than any float
            raise ValidationError(
                self.message or field.gettext("Not a valid integer value.")
            ) from error


class NobodysContact:
    """Validator: no mail address and no telephone number stand in this text."""

    def __init__(self, message: object = None) -> None:
        self.message = message or _l("Bitte ohne E-Mail-Adresse und Telefonnummer.")

    def __call__(self, _form: FlaskForm, field: Field) -> None:
        if _MAIL_OR_PHONE.search(field.data or ""):
            raise ValidationError(self.message)


def without_contact(text: str) -> str:
    """Return `text` with mail addresses and telephone numbers left out."""
    return _MAIL_OR_PHONE.sub("…", text)


class Address:
    """Validator: an e-mail address; a far too long one is not even looked at."""

    def __call__(self, form: FlaskForm, field: Field) -> None:
        wrong = _l("Das sieht nicht nach einer E-Mail-Adresse aus, zum Beispiel: name@beispiel.de")
        if len(field.data) > _LONGEST_ADDRESS:
            raise StopValidation(wrong)
        Email(wrong)(form, field)

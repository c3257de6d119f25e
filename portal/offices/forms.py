"""The form that keeps an entry of the directory true."""

import re
from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import URL, DataRequired, Email, Optional, ValidationError

from portal.choices import LANGUAGES
from portal.forms import (
    HasWords,
    NobodysContact,
    NotLonger,
    Storable,
    lines_of,
    select_choices,
    tidy,
)
from portal.offices.labels import EVIDENCE, KINDS
from portal.offices.models import Office
from portal.places.forms import AreaForm
from portal.places.models import Borough

FEWEST_PHRASES = 3
WRONG_CHOICE = _l("Wähl bitte eine der Möglichkeiten aus der Liste.")
# "uk: текст" in front of a phrase says its language; without it the phrase is German.
_LANGUAGE_MARK = re.compile(r"^([a-z]{2}):\s+(.+)$")
# Functions only: no mail address and no phone number enter the directory.
_ONLY_DUTIES = NobodysContact(
    _l("Bitte ohne E-Mail-Adresse und Telefonnummer: Hier stehen nur Aufgaben.")
)


def _text(label: object, limit: int, *, required: str = "", hint: object = "") -> TextAreaField:
    given = [DataRequired(required)] if required else [Optional()]
    return TextAreaField(
        label,
        description=hint,
        filters=[tidy],
        validators=[*given, Storable(), NotLonger(limit), _ONLY_DUTIES],
    )


class OfficeForm(AreaForm):
    """Everything about an entry but its address and the day it was checked."""

    seen_at = HiddenField()
    name = StringField(
        _l("Name"),
        filters=[tidy],
        validators=[
            DataRequired(_l("Der Name fehlt.")),
            Storable(),
            NotLonger(150),
            HasWords(),
            _ONLY_DUTIES,
        ],
    )
    short_name = StringField(
        _l("Kurzer Name"),
        filters=[tidy],
        validators=[Optional(), Storable(), NotLonger(60), _ONLY_DUTIES],
    )
    kind = SelectField(
        _l("Art"),
        choices=select_choices(KINDS),
        validators=[DataRequired(WRONG_CHOICE)],
        invalid_choice_message=WRONG_CHOICE,
    )
    duties = _text(
        _l("Wofür die Stelle da ist"),
        1500,
        required=_l("Schreib bitte, wofür die Stelle da ist."),
        hint=_l("Zwei bis vier Sätze in eigenen Worten."),
    )
    everyday = _text(
        _l("So sagen es die Leute"),
        6000,
        required=_l("Schreib bitte ein paar Sätze, wie Leute ihr Anliegen sagen."),
        hint=_l(
            "Eine Zeile je Satz oder Wort. Andere Sprachen mit Kürzel davor, zum Beispiel "
            "„en: broken swing“. Daraus lernt die Suche."
        ),
    )
    first_question = _text(_l("Was vorher zu klären ist"), 600)
    bring = _text(_l("Was bereitliegen sollte"), 600)
    website = StringField(
        _l("Seite der Stelle"),
        filters=[tidy],
        validators=[
            Optional(),
            Storable(),
            NotLonger(400),
            URL(message=_l("Das ist keine vollständige Adresse (https://…).")),
        ],
    )
    mailbox = StringField(
        _l("Postfach der Stelle"),
        description=_l(
            "Für Briefe aus dem Portal; nur das Unterstützungsteam sieht es. Ein Postfach des "
            "Amtes, nie das eines Menschen."
        ),
        filters=[tidy],
        validators=[
            Optional(),
            Storable(),
            NotLonger(200),
            Email(message=_l("Das ist keine vollständige E-Mail-Adresse.")),
        ],
    )
    source_url = StringField(
        _l("Quelle"),
        description=_l("Die öffentliche Seite, auf der die Zuständigkeit steht."),
        filters=[tidy],
        validators=[
            DataRequired(_l("Die Quelle fehlt.")),
            Storable(),
            NotLonger(400),
            URL(message=_l("Das ist keine vollständige Adresse (https://…).")),
        ],
    )
    evidence = SelectField(
        _l("Wie sicher ist das?"),
        choices=select_choices(EVIDENCE),
        validators=[DataRequired(WRONG_CHOICE)],
        invalid_choice_message=WRONG_CHOICE,
    )

    def __init__(self, *, boroughs: Sequence[Borough], office: Office) -> None:
        super().__init__(boroughs, _as_form_data(office))

    def validate_everyday(self, field: TextAreaField) -> None:
        """Ask for enough phrases, in languages the portal knows."""
        unknown = sorted(set(split_phrases(field.data)) - set(LANGUAGES))
        if unknown:
            raise ValidationError(
                _("Dieses Sprachkürzel kennen wir nicht: %(code)s", code=unknown[0])
            )
        if len(split_phrases(field.data).get("de", [])) < FEWEST_PHRASES:
            raise ValidationError(_("Mindestens drei Zeilen auf Deutsch, dann wird sie gefunden."))

    def validate_website(self, field: StringField) -> None:
        """Only addresses a browser opens as a page."""
        _only_web(field)

    def validate_source_url(self, field: StringField) -> None:
        """Only addresses a browser opens as a page."""
        _only_web(field)

    def content(self) -> dict[str, object]:
        """Return the fields as `actions.change_office` takes them."""
        phrases = split_phrases(self.everyday.data)
        return {
            "name": self.name.data,
            "short_name": self.short_name.data or None,
            "kind": self.kind.data,
            "duties": self.duties.data,
            "everyday": phrases.pop("de"),
            "everyday_other": phrases,
            "area": self.chosen_places(),
            "first_question": self.first_question.data or "",
            "bring": self.bring.data or "",
            "website": self.website.data or None,
            "mailbox": self.mailbox.data or None,
            "source_url": self.source_url.data,
            "evidence": self.evidence.data,
        }


def split_phrases(text: str | None) -> dict[str, list[str]]:
    """Return the lines of the everyday field by language code."""
    phrases: dict[str, list[str]] = {}
    for line in lines_of(text):
        marked = _LANGUAGE_MARK.match(line)
        code, phrase = marked.groups() if marked else ("de", line)
        phrases.setdefault(code, []).append(phrase)
    return phrases


def _as_form_data(office: Office) -> dict[str, object]:
    foreign = [f"{code}: {text}" for code, texts in office.everyday_other.items() for text in texts]
    return {
        "seen_at": office.changed_at.isoformat(),
        "name": office.name,
        "short_name": office.short_name or "",
        "kind": office.kind,
        "duties": office.duties,
        "everyday": "\n".join([*office.everyday_german, *foreign]),
        "area": "\n".join(office.area),
        "first_question": office.first_question,
        "bring": office.bring,
        "website": office.website or "",
        "mailbox": office.mailbox or "",
        "source_url": office.source_url,
        "evidence": office.evidence,
    }


def _only_web(field: StringField) -> None:
    if field.data and not field.data.startswith(("https://", "http://")):
        raise ValidationError(_("Die Adresse muss mit https:// oder http:// beginnen."))

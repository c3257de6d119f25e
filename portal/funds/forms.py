"""The form that keeps an entry true."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import URL, DataRequired, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal import clock
from portal.forms import (
    HasWords,
    NobodysContact,
    NotLonger,
    Storable,
    lines_of,
    select_choices,
    tidy,
)
from portal.funds.models import Fund
from portal.funds.wording import WHO
from portal.places.forms import AreaForm
from portal.places.models import Borough

_DAY = re.compile(r"^(\d{1,2})\.\s?(\d{1,2})\.?$")
_NO_URL = _l("Das ist keine vollständige Adresse (https://…).")


def _text(label: str, limit: int, *first: DataRequired, hint: str = "") -> TextAreaField:
    return TextAreaField(
        label,
        description=hint,
        filters=[tidy],
        validators=[*first, Storable(), NotLonger(limit), NobodysContact()],
    )


def _address(label: str, hint: str, *first: DataRequired | Optional) -> StringField:
    return StringField(
        label,
        description=hint,
        filters=[tidy],
        validators=[*first, Storable(), NotLonger(400), URL(message=_NO_URL)],
    )


def _boxes(label: str, hint: str) -> SelectMultipleField:
    return SelectMultipleField(
        label,
        description=hint,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[Optional()],
    )


class FundForm(AreaForm):
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
            NobodysContact(),
        ],
    )
    amount = _text(_l("Betrag"), 300, DataRequired(_l("Schreib bitte, wie viel es gibt.")))
    who = _text(_l("Wer einen Antrag stellen kann"), 600, DataRequired(_l("Wer darf?")))
    who_codes = _boxes(_l("Für wen"), _l("Nichts angekreuzt heißt: für alle."))
    topics = _boxes(_l("Themen"), _l("Nichts angekreuzt heißt: für jedes Thema."))
    words = _text(
        _l("So sagen es die Leute"),
        2000,
        hint=_l("Ein Wort je Zeile, zum Beispiel „Jugendclub“. Daran erkennen wir passende Ideen."),
    )
    deadline = _text(
        _l("Frist in einem Satz"), 300, DataRequired(_l("Schreib bitte etwas zur Frist."))
    )
    closes = _text(
        _l("Anträge jedes Jahr bis"),
        200,
        hint=_l("Tag und Monat, zum Beispiel „31.8.“, eine Zeile je Frist. Daran erinnern wir."),
    )
    opens = StringField(
        _l("Anträge jedes Jahr ab"),
        description=_l("Tag und Monat, zum Beispiel „1.11.“"),
        filters=[tidy],
        validators=[Optional(), Storable(), NotLonger(20)],
    )
    website = _address(_l("Seite des Fördertopfs"), "", Optional())
    source_url = _address(
        _l("Quelle"),
        _l("Die öffentliche Seite, auf der die Angaben stehen."),
        DataRequired(_l("Die Quelle fehlt.")),
    )
    has_ended = BooleanField(_l("Diesen Fördertopf gibt es nicht mehr"))

    def __init__(
        self, *, boroughs: Sequence[Borough], topics: Mapping[str, str], fund: Fund | None
    ) -> None:
        super().__init__(boroughs, _as_form_data(fund) if fund else None)
        self._ended_on = fund.ended_on if fund else None
        self.who_codes.choices = select_choices(WHO)
        self.topics.choices = select_choices(topics)

    def validate_closes(self, field: Field) -> None:
        """Only days of the calendar."""
        for line in lines_of(field.data):
            _month_and_day(line)

    def validate_opens(self, field: Field) -> None:
        """Only a day of the calendar."""
        if field.data:
            _month_and_day(field.data)

    def content(self) -> dict[str, object]:
        """Return the fields as the actions take them."""
        return {
            "name": self.name.data,
            "amount": self.amount.data,
            "who": self.who.data,
            "who_codes": self.who_codes.data or [],
            "topics": self.topics.data or [],
            "words": lines_of(self.words.data),
            "area": self.chosen_places(),
            "deadline": self.deadline.data,
            "closes": [_month_and_day(line) for line in lines_of(self.closes.data)],
            "opens": _month_and_day(self.opens.data) if self.opens.data else None,
            "website": self.website.data or None,
            "source_url": self.source_url.data,
            "ended_on": (self._ended_on or clock.today()) if self.has_ended.data else None,
        }


def _as_form_data(fund: Fund) -> dict[str, object]:
    return {
        "seen_at": fund.changed_at.isoformat(),
        "name": fund.name,
        "amount": fund.amount,
        "who": fund.who,
        "who_codes": fund.who_codes,
        "topics": fund.topics,
        "words": "\n".join(fund.words),
        "area": "\n".join(fund.area),
        "deadline": fund.deadline,
        "closes": "\n".join(_in_german(day) for day in fund.closes),
        "opens": _in_german(fund.opens) if fund.opens else "",
        "website": fund.website or "",
        "source_url": fund.source_url,
        "has_ended": fund.ended_on is not None,
    }


def _month_and_day(text: str) -> str:
    """Return "31.8." as "08-31"."""
    found = _DAY.match(text)
    try:
        if not found:
            raise ValueError
        day = date(2024, int(found[2]), int(found[1]))  # a leap year: 29.2. is a day
    except ValueError:
        raise ValidationError(_("Das ist kein Tag mit Monat: %(text)s", text=text)) from None
    return day.strftime("%m-%d")


def _in_german(day: str) -> str:
    month, number = map(int, day.split("-"))
    return f"{number}.{month}."

"""Forms of the matches room."""

import re
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    DateTimeLocalField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import (
    AnyOf,
    DataRequired,
    InputRequired,
    Optional,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from portal import clock
from portal.choices import TIMES
from portal.forms import Between, HasWords, NotLonger, PortalForm, Storable, tidy
from portal.matches.actions import DECLINE_REASONS, OWN_REASONS
from portal.matches.models import KINDS, OUTCOMES
from portal.routing import LARGEST

_NUMBERED = re.compile(r"[1-9]\d{0,8}-\d{1,8}", re.ASCII)  # a row's number and its version
_SUBJECT = re.compile(rf"({'|'.join(KINDS)})-[1-9]\d{{0,8}}", re.ASCII)
SNOOZES = (7, 14, 28)  # days, offered as buttons
DECISIONS = ("approve", "decline", "later")


class DecisionForm(PortalForm):
    """A coordinator's decision; `version` is what the page showed."""

    decision = HiddenField(validators=[DataRequired(), AnyOf(DECISIONS)])
    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(), Between(0, LARGEST)])
    reason = RadioField(
        _l("Warum passt es nicht?"),
        choices=[SelectChoice(*reason) for reason in DECLINE_REASONS.items()],
        validators=[Optional()],
    )
    until = DateField(_l("Wieder vorlegen am"), validators=[Optional()])
    days = IntegerField(widget=HiddenInput(), validators=[Optional(), AnyOf(SNOOZES)])
    seite = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def validate_until(self, field: Field) -> None:
        """Take a day that lies ahead, at most a year."""
        first = clock.today() + timedelta(days=1)
        if field.data and not first <= field.data <= first + timedelta(days=365):
            raise ValidationError(_l("Nimm bitte einen Tag in den nächsten zwölf Monaten."))

    def back_on(self) -> date:
        """Return the day a suggestion that is put aside comes back: the one given, or in a week."""
        days = timedelta(days=self.days.data or SNOOZES[0])
        return self.until.data or clock.today() + days


class BatchForm(PortalForm):
    """Suggestions to approve, each as its number and the version the page showed."""

    chosen = SelectMultipleField(choices=[], validate_choice=False, validators=[DataRequired()])

    def validate_chosen(self, field: Field) -> None:
        """Refuse what no page of ours sends."""
        if len(field.data) > 100 or not all(_NUMBERED.fullmatch(value) for value in field.data):
            raise ValidationError(_l("Wähl bitte etwas aus der Liste."))

    def versions(self) -> dict[int, int]:
        """Return the versions by the suggestions' numbers."""
        pairs = (value.split("-") for value in self.chosen.data)
        return {int(number): int(version) for number, version in pairs}


class ByHandForm(PortalForm):
    """Who fits, and why: a coordinator knows somebody."""

    candidate = RadioField(_l("Wen meinst du?"), choices=[], validate_choice=False)
    note = TextAreaField(
        _l("Warum passt das?"),
        description=_l(
            "Zum Beispiel: Sie hat mir am Ideenmobil von ihrer Werkbank erzählt. Das liest nur das "
            "Unterstützungsteam."
        ),
        filters=[tidy],
        validators=[
            DataRequired(
                _l("Schreib bitte dazu, warum es passt. Sonst weiß es später niemand mehr.")
            ),
            Storable(),
            NotLonger(1000),
            HasWords(),
        ],
    )

    def validate_candidate(self, field: Field) -> None:
        """Ask for a choice in plain words."""
        if not _SUBJECT.fullmatch(field.data or ""):
            raise ValidationError(_l("Wähl bitte aus, wen oder was du meinst."))

    def subject(self) -> tuple[str, int]:
        """Return kind and number of what was chosen."""
        kind, _dash, number = self.candidate.data.partition("-")
        return kind, int(number)


class NotForMeForm(PortalForm):
    """Why a person sorts a suggestion out; each reason is a button."""

    reason = HiddenField(validators=[InputRequired(), AnyOf(tuple(OWN_REASONS))])


class UndoForm(PortalForm):
    """Taking a decision back; `seite` names the page of the queue to return to."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(), Between(0, LARGEST)])
    seite = IntegerField(widget=HiddenInput(), validators=[Optional()])


class RollBackForm(PortalForm):
    """Taking learned parameters back; `version` is what the page showed."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(), Between(0, LARGEST)])


class AnswerForm(PortalForm):
    """Yes or no to an introduction."""

    answer = HiddenField(validators=[DataRequired(), AnyOf(("ja", "nein"))])


class OutcomeForm(PortalForm):
    """What came of an introduction; each answer is a button."""

    answer = HiddenField(validators=[DataRequired(), AnyOf(OUTCOMES)])


class MeetingForm(PortalForm):
    """A coordinator's words for two who said yes, and where and when they could meet."""

    opening_line = TextAreaField(
        _l("Erste Worte"),
        description=_l("Das lesen beide, wenn beide Ja gesagt haben. Leer lassen geht auch."),
        filters=[tidy],
        validators=[Storable(), NotLonger(1000), HasWords()],
    )
    meeting_place = StringField(
        _l("Ort für ein erstes Treffen"),
        description=_l("Zum Beispiel: vor der Bäckerei am Rabet. Nie eine private Adresse."),
        filters=[tidy],
        validators=[Storable(), NotLonger(200), HasWords()],
    )
    meeting_at = DateTimeLocalField(_l("Wann?"), validators=[Optional()])

    def validate_meeting_at(self, field: Field) -> None:
        """Take a moment that lies ahead, at most half a year."""
        moment = self.moment()
        now = clock.now()
        if moment and not now < moment <= now + timedelta(days=183):
            raise ValidationError(_l("Nimm bitte einen Zeitpunkt in den nächsten sechs Monaten."))

    def moment(self) -> datetime | None:
        """Return when they could meet; people type Leipzig's time, we store UTC."""
        local = self.meeting_at.data
        return clock.from_local(local) if local else None


class JoinForm(PortalForm):
    """The quick match: nothing of it is stored."""

    text = TextAreaField(
        _l("Was kannst du, was magst du?"),
        description=_l(
            "Zum Beispiel: „Ich repariere gern Fahrräder und habe einen Transporter.“ "
            "Jede Sprache ist willkommen."
        ),
        filters=[tidy],
        validators=[
            DataRequired(_l("Schreib ein paar Worte, dann können wir suchen.")),
            HasWords(),
            NotLonger(2000),
            Storable(),
        ],
    )
    district = SelectField(
        _l("Wo wohnst du?"),
        coerce=lambda value: int(value) if value else None,
        invalid_value_message=_l("Wähl bitte etwas aus der Liste."),
        invalid_choice_message=_l("Wähl bitte etwas aus der Liste."),
    )
    times = SelectMultipleField(
        _l("Wann hast du Zeit?"),
        choices=[SelectChoice(*time) for time in TIMES.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

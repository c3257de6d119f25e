"""Forms of the matches room."""

from flask_babel import lazy_gettext as _l
from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, DataRequired, InputRequired, Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from portal.choices import TIMES
from portal.forms import HasWords, NotLonger, PortalForm, Storable, tidy
from portal.matches.actions import DECLINE_REASONS, OWN_REASONS

DECISIONS = ("approve", "decline", "later")


class DecisionForm(PortalForm):
    """A coordinator's decision; `version` is what the page showed."""

    decision = HiddenField(validators=[DataRequired(), AnyOf(DECISIONS)])
    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    reason = RadioField(
        _l("Warum passt es nicht?"),
        choices=[SelectChoice(*reason) for reason in DECLINE_REASONS.items()],
        validators=[Optional()],
    )
    seite = IntegerField(widget=HiddenInput(), validators=[Optional()])


class NotForMeForm(PortalForm):
    """Why a person sorts a suggestion out; each reason is a button."""

    reason = HiddenField(validators=[InputRequired(), AnyOf(tuple(OWN_REASONS))])


class UndoForm(PortalForm):
    """Taking a decision back, or asking now instead of in ten minutes."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


class RollBackForm(PortalForm):
    """Taking learned parameters back; `version` is what the page showed."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


class AnswerForm(PortalForm):
    """Yes or no to an introduction."""

    answer = HiddenField(validators=[DataRequired(), AnyOf(("ja", "nein"))])


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

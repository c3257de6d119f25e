"""Forms of the recruiting room."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, ValidationError

from portal import clock
from portal.forms import HasWords, NotLonger, PortalForm, Storable, select_choices, tidy
from portal.recruiting import wording
from portal.teams.forms import WRONG_CHOICE, hours_field
from portal.teams.models import Opening

FIRST_ANSWER = timedelta(days=14)
LONGEST_WAIT = timedelta(days=90)
LONGEST_TEXT = 2000


def _text(label: str, hint: str = "", needed: str = "") -> TextAreaField:
    required = [DataRequired(needed)] if needed else []
    return TextAreaField(
        label,
        description=hint,
        filters=[tidy],
        validators=[*required, Storable(), NotLonger(LONGEST_TEXT), HasWords()],
    )


def _reasons(label: str, reasons: Mapping[str, str], hint: str, **options: object) -> RadioField:
    return RadioField(
        label,
        description=hint,
        choices=select_choices(reasons),
        invalid_choice_message=WRONG_CHOICE,
        **options,
    )


class JoinForm(PortalForm):
    """What somebody writes to a team they would like to join."""

    opening = SelectField(
        _l("Worum geht es?"),
        coerce=lambda value: int(value) if value else None,
        invalid_value_message=WRONG_CHOICE,
        invalid_choice_message=WRONG_CHOICE,
    )
    message = _text(
        _l("Deine Nachricht an das Team"),
        _l("Was reizt dich, was bringst du mit? Ein paar Sätze genügen."),
        _l("Schreib dem Team ein paar Sätze."),
    )
    hours_a_week = hours_field(_l("Wie viel Zeit hast du in der Woche?"))
    answer_by = DateField(
        _l("Bis wann brauchst du eine Antwort?"),
        description=_l("Danach fragt das Unterstützungsteam für dich nach."),
        validators=[DataRequired(_l("Gib einen Tag an, bis zu dem du eine Antwort brauchst."))],
        default=lambda: clock.today() + FIRST_ANSWER,
    )

    def __init__(self, openings: Sequence[Opening], chosen: int | None = None) -> None:
        super().__init__(data={"opening": chosen})
        self.opening.choices = [
            SelectChoice("", str(_l("Ich möchte einfach mitmachen"))),
            *(SelectChoice(str(each.id), each.title) for each in openings),
        ]

    def validate_answer_by(self, field: DateField) -> None:
        """A day to come, and one the team can still remember."""
        if field.data and not clock.today() <= field.data <= clock.today() + LONGEST_WAIT:
            raise ValidationError(_("Nimm bitte einen Tag in den nächsten drei Monaten."))


class AnswerForm(PortalForm):
    """Yes, no or a question back."""

    decision = RadioField(
        _l("Deine Antwort"),
        choices=select_choices(wording.DECISIONS),
        validators=[InputRequired(_l("Wähl aus, was du antworten möchtest."))],
        invalid_choice_message=WRONG_CHOICE,
    )
    reason = _reasons(
        _l("Grund bei einem Nein"),
        wording.DECLINE_REASONS,
        _l("Der Satz steht so in der Antwort."),
        validate_choice=False,  # a yes has none
    )
    text = _text(_l("Ein paar Worte dazu"), _l("Gehört zur Antwort. Bei einer Rückfrage nötig."))

    def validate_reason(self, field: RadioField) -> None:
        """A no comes with a reason."""
        if self.decision.data == "no" and field.data not in wording.DECLINE_REASONS:
            raise ValidationError(_("Wähl einen Grund aus. Ein Nein ohne Grund tut weh."))

    def validate_text(self, field: TextAreaField) -> None:
        """A question needs words, and so does a reason that is not on the list."""
        if field.data or field.errors:
            return
        if self.decision.data == "ask":
            raise ValidationError(_("Schreib, was du wissen möchtest."))
        if self.decision.data == "no" and self.reason.data == wording.OTHER:
            raise ValidationError(_("Schreib bitte kurz, warum es diesmal nicht passt."))


class LeaveForm(PortalForm):
    """A farewell, if somebody likes; the last lead says that coordinators shall know."""

    farewell = _text(
        _l("Ein paar Worte an die Teamleitung"),
        _l("Du musst nichts schreiben und nichts erklären."),
    )
    coordinators_know = BooleanField(
        _l("Das Unterstützungsteam soll eine neue Teamleitung suchen"),
    )


class ThanksForm(PortalForm):
    """A word of thanks."""

    words = _text(
        _l("Dein Dank"),
        _l("Zum Beispiel: Danke, dass du bei jedem Wetter gegossen hast!"),
        _l("Schreib, wofür du Danke sagen möchtest."),
    )


class RemovalForm(PortalForm):
    """Why somebody is no member any more, in words they get to read."""

    reason = _reasons(
        _l("Grund"),
        wording.REMOVAL_REASONS,
        _l("Die Person liest diesen Satz und deine Worte."),
        validators=[InputRequired(_l("Wähl einen Grund aus."))],
    )
    words = _text(_l("Ein paar freundliche Worte"))

    def validate_words(self, field: TextAreaField) -> None:
        """A reason that is not on the list needs words."""
        if not field.data and not field.errors and self.reason.data == wording.OTHER:
            raise ValidationError(_("Schreib bitte kurz, warum."))


class LeadOfferForm(PortalForm):
    """How the lead is handed over."""

    together = BooleanField(_l("Ich leite das Team mit, auch danach"))

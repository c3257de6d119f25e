"""The room's forms: contacts, next steps, support requests, handing over."""

from collections.abc import Sequence
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, HiddenField, IntegerField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import (
    AnyOf,
    DataRequired,
    InputRequired,
    Optional,
    ValidationError,
)
from wtforms.widgets import HiddenInput

from portal import clock
from portal.accounts.models import User
from portal.coordination import wording
from portal.coordination.models import CHANNELS
from portal.forms import Between, HasWords, NotLonger, PortalForm, Storable, tidy
from portal.routing import LARGEST

_NOT_LISTED = _l("Wähl bitte etwas aus der Liste.")
_NO_DAY = _l("Nenn bitte einen Tag, zum Beispiel 24.12.2026.")
_FARTHEST = timedelta(days=730)


def _text(label: str, hint: str = "", *required: DataRequired) -> TextAreaField:
    return TextAreaField(
        label,
        description=hint,
        filters=[tidy],
        validators=[*required, Storable(), NotLonger(4000), HasWords()],
    )


class DayAhead:
    """Validator: today or a day of the next two years."""

    def __call__(self, _form: PortalForm, field: Field) -> None:
        if field.data and not clock.today() <= field.data <= clock.today() + _FARTHEST:
            raise ValidationError(
                _l("Nimm bitte heute oder einen Tag in den nächsten zwei Jahren.")
            )


class RecordForm(PortalForm):
    """Parent of the forms on one page: each gives its controls ids of their own."""

    stem = ""

    def number(self, row_id: int | None = None) -> None:
        """Tell the controls apart from those of the other forms, and of other rows."""
        stem = f"{self.stem}-{row_id}" if row_id else self.stem
        for field in self:
            field.id = field.label.field_id = f"{stem}-{field.short_name}"


class ContactForm(RecordForm):
    """A call, mail, meeting or note; the button that is pressed says which."""

    stem = "contact"
    channel = HiddenField(validators=[InputRequired(), AnyOf(CHANNELS)])
    text = _text(
        _l("Was ist besprochen?"),
        _l("Das liest nur das Unterstützungsteam. Schreib nur auf, was ihr wirklich braucht."),
    )
    follow_up_on = DateField(_l("Wieder nachfragen am"), validators=[Optional(), DayAhead()])

    def validate_text(self, field: Field) -> None:
        """Ask for words where the button alone says nothing."""
        if self.channel.data == "notiz" and not field.data:
            raise ValidationError(_("Schreib bitte auf, was du dir merken willst."))


class CallForm(RecordForm):
    """How a call went: the button says it, a note may say more."""

    stem = "call"
    answer = HiddenField(validators=[InputRequired()])
    seen = IntegerField(widget=HiddenInput(), validators=[InputRequired(), Between(0, LARGEST)])
    note = _text(_l("Notiz zum Anruf"))


class WithOwner(RecordForm):
    """Somebody does it until a day."""

    owner = SelectField(_l("Wer kümmert sich?"), coerce=int, invalid_choice_message=_NOT_LISTED)
    due_on = DateField(_l("Bis wann?"), validators=[InputRequired(_NO_DAY), DayAhead()])

    def __init__(self, people: Sequence[User], me: User, *, is_sent: bool = True) -> None:
        data = {"owner": me.id, "due_on": clock.today() + timedelta(days=7)}
        super().__init__(data=data) if is_sent else super().__init__(formdata=None, data=data)
        self._people = {person.id: person for person in people}
        self.owner.choices = [SelectChoice(person.id, person.name) for person in people]

    def chosen_owner(self) -> User:
        """Return the colleague who was chosen."""
        return self._people[self.owner.data]


class StepForm(WithOwner):
    """What happens next."""

    stem = "step"
    text = _text(
        _l("Was ist zu tun?"), "", DataRequired(_l("Schreib bitte auf, was als Nächstes ansteht."))
    )


class SupportForm(WithOwner):
    """What help is needed."""

    stem = "support"
    type = SelectField(
        _l("Was wird gebraucht?"),
        choices=[SelectChoice(*each) for each in wording.SUPPORT_TYPES.items()],
        invalid_choice_message=_NOT_LISTED,
    )
    text = _text(
        _l("Worum geht es genau?"),
        "",
        DataRequired(_l("Beschreib bitte kurz, was gebraucht wird.")),
    )


class ResultForm(RecordForm):
    """What came of a support request."""

    stem = "result"
    result = _text(
        _l("Was ist daraus geworden?"),
        "",
        DataRequired(_l("Schreib bitte dazu, was daraus geworden ist.")),
    )


class HandOverForm(RecordForm):
    """To whom, and what they need to know."""

    stem = "handover"
    to = SelectField(_l("An wen?"), coerce=int, invalid_choice_message=_NOT_LISTED)
    note = _text(
        _l("Was soll sie oder er wissen?"),
        _l("Zum Beispiel: Ich bin bis Mitte Januar im Urlaub. Das Gartenteam ruft zurück."),
        DataRequired(_l("Schreib bitte ein paar Worte zur Übergabe.")),
    )

    seen = HiddenField()

    def __init__(self, people: Sequence[User], owner_id: int | None) -> None:
        self._owned_by = str(owner_id or "")
        super().__init__(data={"seen": self._owned_by})
        self._people = {person.id: person for person in people}
        self.to.choices = [SelectChoice(person.id, person.name) for person in people]

    def validate_seen(self, field: Field) -> None:
        """Tell the second of two coordinators that the first was faster."""
        if field.data != self._owned_by:
            field.data = self._owned_by
            raise ValidationError(
                _l("Das hat inzwischen jemand anderes übernommen. Willst du es trotzdem übergeben?")
            )

    def colleague(self) -> User:
        """Return whom the work goes to."""
        return self._people[self.to.data]

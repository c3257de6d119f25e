"""The room's forms: the letter, when it was posted, what was answered, where an answer belongs."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal import clock
from portal.clock import BERLIN
from portal.forms import HasWords, NotLonger, PortalForm, Storable, tidy
from portal.letters import rules
from portal.letters.drafts import Draft
from portal.letters.models import Letter

_NO_DAY = _l("Nenn bitte einen Tag, zum Beispiel 24.12.2026.")
_OLDEST = timedelta(days=365)


class DayPast:
    """Validator: today or a day of the last year."""

    def __call__(self, _form: PortalForm, field: Field) -> None:
        """Refuse days to come and days long gone."""
        if field.data and not clock.today() - _OLDEST <= field.data <= clock.today():
            raise ValidationError(_l("Nimm bitte heute oder einen Tag des letzten Jahres."))


class LetterForm(PortalForm):
    """Subject and text; refuses what tells who the initiator is unless they agreed."""

    subject = StringField(
        _l("Betreff"),
        filters=[tidy],
        validators=[
            DataRequired(_l("Der Betreff fehlt.")),
            Storable(),
            NotLonger(150),
            HasWords(),
        ],
    )
    body = TextAreaField(
        _l("Text"),
        filters=[tidy],
        validators=[
            DataRequired(_l("Der Text fehlt.")),
            Storable(),
            NotLonger(10_000),
            HasWords(),
        ],
    )
    enclosures = SelectMultipleField(
        _l("Was liegt bei?"),
        description=_l("Für den Papierbrief. Mit einer Mail aus dem Portal gehen keine Anlagen."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    initiator_agreed = BooleanField(
        _l("Wer die Idee eingebracht hat, ist einverstanden, im Brief genannt zu werden.")
    )
    seen = HiddenField()

    def __init__(
        self,
        *,
        name: str | None,
        allowed: Iterable[str],
        attach: Sequence[str],
        draft: Draft | None = None,
        letter: Letter | None = None,
    ) -> None:
        begin: dict[str, object] = {}
        if draft:
            begin = {"subject": draft.subject, "body": draft.body}
        if letter:
            begin = {
                "subject": letter.subject,
                "body": letter.body,
                "enclosures": letter.enclosures,
                "initiator_agreed": letter.initiator_agreed_at is not None,
                "seen": letter.changed_at.isoformat(),
            }
        super().__init__(data=begin)
        self._name, self._allowed = name, list(allowed)
        # What the town's file no longer lists stays chosen.
        listed = dict.fromkeys([*attach, *(letter.enclosures if letter else ())])
        self.enclosures.choices = [SelectChoice(item, item) for item in listed]

    def validate_subject(self, field: Field) -> None:
        """A subject is one line."""
        field.data = " ".join((field.data or "").split())
        self._refuse_personal(field)

    def validate_body(self, field: Field) -> None:
        """Keep the initiator out of the letter."""
        self._refuse_personal(field)

    def _refuse_personal(self, field: Field) -> None:
        if self.initiator_agreed.data:
            return
        if found := rules.personal_words(field.data or "", self._name, self._allowed):
            raise ValidationError(
                _(
                    "Hier steht „%(word)s“. Nimm es heraus, oder bestätige unten, dass die Person "
                    "damit einverstanden ist.",
                    word=found[0],
                )
            )


class PostedForm(PortalForm):
    """When a printed letter was posted."""

    seen = HiddenField()
    posted_on = DateField(_l("Eingeworfen am"), validators=[InputRequired(_NO_DAY), DayPast()])

    def moment(self) -> datetime:
        """Return noon of that day in Leipzig, or now if that is earlier."""
        return _noon(self.posted_on)


class ReplyForm(PortalForm):
    """An answer that did not come into the mailbox."""

    text = TextAreaField(
        _l("Was hat die Stelle geantwortet?"),
        description=_l(
            "Füg die Mail ein oder fass das Gespräch zusammen. Das liest nur das "
            "Unterstützungsteam; Namen und Nummern brauchen wir nicht."
        ),
        filters=[tidy],
        validators=[
            DataRequired(_l("Schreib bitte auf, was geantwortet wurde.")),
            Storable(),
            NotLonger(20_000),
            HasWords(),
        ],
    )
    received_on = DateField(_l("Angekommen am"), validators=[InputRequired(_NO_DAY), DayPast()])
    refused = BooleanField(_l("Das ist eine Absage"))

    def moment(self) -> datetime:
        """Return noon of that day in Leipzig, or now if that is earlier."""
        return _noon(self.received_on)


class PlaceForm(PortalForm):
    """To which letter an answer belongs."""

    letter = SelectField(
        _l("Gehört zu"), coerce=int, invalid_choice_message=_l("Wähl bitte einen Brief.")
    )

    def __init__(self, letters: Sequence[Letter]) -> None:
        super().__init__()
        self.letter.choices = [
            SelectChoice(
                letter.id,
                f"{letter.reference}: {letter.office.short_name or letter.office.name}, "
                f"{letter.idea.title}",
            )
            for letter in letters
        ]


def _noon(field: DateField) -> datetime:
    day = field.data or clock.today()
    noon = datetime.combine(day, time(12), BERLIN).astimezone(UTC).replace(tzinfo=None)
    return min(noon, clock.now())

"""The room's forms: an idea of somebody who talks about it, and its correction."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from portal.choices import LANGUAGES
from portal.forms import NobodysContact, select_choices
from portal.gatherings.models import Gathering
from portal.ideas.forms import EditForm, IdeaForm, Texts, TextsForm
from portal.ideas.models import Idea
from portal.outreach.wording import CONSENT
from portal.places.models import Borough

_NOT_LISTED = _l("Wähl bitte etwas aus der Liste.")


class _Spoken:
    """What forms about somebody else's idea share: it says what is missing, not who said so."""

    def validate_problem(self, field: Field) -> None:
        """Nobody's address stands in what will be public."""
        NobodysContact()(self, field)

    def validate_wish(self, field: Field) -> None:
        """Nor in the wish."""
        NobodysContact()(self, field)

    def validate_contribution(self, field: Field) -> None:
        """Nor in what the person would do."""
        NobodysContact()(self, field)


class CaptureForm(_Spoken, IdeaForm):
    """The three questions as they are asked, stop and language, and the consent."""

    stop = SelectField(
        _l("Halt"), filters=[lambda value: value or ""], invalid_choice_message=_NOT_LISTED
    )
    language = SelectField(
        _l("Sprache des Gesprächs"),
        choices=select_choices(LANGUAGES),
        invalid_choice_message=_NOT_LISTED,
        validators=[DataRequired(_NOT_LISTED)],
    )
    consent = BooleanField(
        _l("Vorgelesen, und die Person ist einverstanden."),
        description=CONSENT,
        validators=[DataRequired(_l("Lies bitte den Satz vor. Ohne ein Ja speichern wir nichts."))],
    )

    def __init__(
        self, boroughs: Sequence[Borough], stops: Sequence[Gathering], data: dict[str, object]
    ) -> None:
        super().__init__(boroughs=boroughs, has_account=False, data=data)
        _ask_shortly(self)
        del self.homepage
        self._stops = {str(stop.id): stop for stop in stops}
        self.stop.choices = [
            *(SelectChoice(key, stop.title) for key, stop in self._stops.items()),
            SelectChoice("", _("kein Halt")),
        ]
        if stops:
            self.district.choices[0] = SelectChoice("", _("wie der Halt"))
        else:
            del self.stop
        self.under_16.label.text = _("Die Person ist unter 16.")
        self.under_16.description = _("Dann brauchen wir das Ja der Eltern, bevor es weitergeht.")

    def chosen_stop(self) -> Gathering | None:
        """Return the stop, if there is one today."""
        return self._stops.get(self.stop.data) if "stop" in self else None


class CorrectionForm(_Spoken, EditForm):
    """The same texts again, before anybody has looked."""

    def __init__(self, *, idea: Idea, boroughs: Sequence[Borough]) -> None:
        super().__init__(idea=idea, boroughs=boroughs)
        _ask_shortly(self)
        if "forget_contact" in self:
            self.forget_contact.label.text = _("Die hinterlegte Adresse oder Nummer löschen")

    def texts(self) -> Texts:
        """Return what the actions want to know; the topic stays."""
        return {**super().texts(), "topic": self._idea.topic}


def _ask_shortly(form: TextsForm) -> None:
    """Leave out what a person on the street has no time for."""
    for field in (form.problem, form.wish, form.contribution):
        field.description = ""
    if "topic" in form:
        del form.topic
    hint = _("Nur, wenn die Person sie uns geben möchte.")
    for field, name in (
        (form.contact_email, _("E-Mail-Adresse")),
        (form.contact_phone, _("Telefon")),
    ):
        field.label.text, field.description = name, hint
        field.render_kw = {**field.render_kw, "autocomplete": "off"}

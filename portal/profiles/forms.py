"""The profile form: seven questions, and who may read each answer."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import DataRequired
from wtforms.widgets import CheckboxInput, ListWidget

from portal.choices import LANGUAGES, REACH, TIMES
from portal.forms import HasWords, NotLonger, PortalForm, Storable, select_choices, tidy
from portal.places.forms import district_choices
from portal.places.models import Borough
from portal.profiles import wording
from portal.profiles.models import COORDINATORS, FIELDS

TEXTS = ("can", "learn", "cares", "rules_out")
WRONG_CHOICE = _l("Wähl bitte eine der Möglichkeiten aus der Liste.")


def _text(name: str, example: str) -> TextAreaField:
    return TextAreaField(
        wording.FIELDS[name],
        description=example,
        filters=[tidy],
        validators=[Storable(), NotLonger(1000), HasWords()],
    )


def _checkboxes(name: str, choices: Mapping[str, str], hint: str = "") -> SelectMultipleField:
    return SelectMultipleField(
        wording.FIELDS[name],
        description=hint,
        choices=select_choices(choices),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        invalid_choice_message=WRONG_CHOICE,
    )


def _visibility(name: str) -> SelectField:
    return SelectField(
        wording.FIELDS[name],
        choices=select_choices(wording.VISIBILITIES),
        default=COORDINATORS,
        invalid_choice_message=WRONG_CHOICE,
    )


class ProfileForm(PortalForm):
    """What somebody brings along; at least one of the first three texts is needed."""

    can = _text("can", _l("Zum Beispiel: Fahrräder flicken, gut zuhören, Kuchen backen"))
    learn = _text("learn", _l("Zum Beispiel: Hochbeete bauen, Deutsch sprechen, ein Fest planen"))
    cares = _text("cares", _l("Zum Beispiel: sichere Schulwege, Bäume, dass niemand einsam ist"))
    rules_out = _text("rules_out", _l("Zum Beispiel: schwer tragen, vor vielen Leuten reden"))
    times = _checkboxes("times", TIMES, _l("Nichts angekreuzt heißt: ganz verschieden."))
    district = SelectField(
        _l("Dein Ortsteil"),
        coerce=lambda value: int(value) if value else None,
        invalid_value_message=WRONG_CHOICE,
        invalid_choice_message=WRONG_CHOICE,
    )
    reach = SelectField(
        _l("Wie weit weg darf es sein?"),
        choices=select_choices(REACH),
        default="stadt",
        invalid_choice_message=WRONG_CHOICE,
    )
    languages = _checkboxes("languages", LANGUAGES)
    visibility_can = _visibility("can")
    visibility_learn = _visibility("learn")
    visibility_cares = _visibility("cares")
    visibility_rules_out = _visibility("rules_out")
    visibility_times = _visibility("times")
    visibility_district = _visibility("district")
    visibility_languages = _visibility("languages")
    consent = BooleanField(
        wording.MATCHING_CONSENT,
        validators=[
            DataRequired(
                _l("Ohne dein Einverständnis können wir dir nichts Passendes vorschlagen.")
            )
        ],
    )

    def __init__(
        self,
        *,
        boroughs: Sequence[Borough],
        may_open: bool,
        asks_consent: bool,
        data: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(data=data)
        self.district.choices = district_choices(boroughs, _l("keine Angabe"))
        # The languages somebody speaks stand first, so a long list stays short to read.
        chosen = set(self.languages.data or ())
        first = sorted(LANGUAGES, key=lambda code: code not in chosen)
        self.languages.choices = select_choices({code: LANGUAGES[code] for code in first})
        if not may_open:
            for name in FIELDS:
                del self[f"visibility_{name}"]
        if not asks_consent:
            del self.consent

    def validate(self, extra_validators: Mapping[str, object] | None = None) -> bool:
        """Check every field, and that there is something to match at all."""
        valid = super().validate(extra_validators)
        if not any(self[name].data for name in ("can", "learn", "cares")):
            self.can.errors = [
                *self.can.errors,
                _("Schreib bitte etwas in eines der ersten drei Felder, sonst finden wir nichts."),
            ]
            return False
        return valid

    def visibility(self) -> dict[str, str]:
        """Return who may read each field."""
        names = {name: f"visibility_{name}" for name in FIELDS}
        return {name: self[field].data for name, field in names.items() if field in self}

"""Forms of the teams room: the team, its state, its log, its openings."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal import clock
from portal.choices import LANGUAGES, TIMES
from portal.forms import Between, HasWords, NotLonger, PortalForm, Storable, select_choices, tidy
from portal.places.forms import district_choices
from portal.places.models import Borough
from portal.teams import queries, wording
from portal.teams.models import OPERATING_STATES, SECTORS, Team

WRONG_CHOICE = _l("Wähl bitte eine der Möglichkeiten aus der Liste.")
FIRST_DAY = date(2000, 1, 1)
LONGEST_WANTED = timedelta(days=184)


def _checkboxes(
    label: str, choices: Mapping[str, str], hint: str = "", **options: object
) -> SelectMultipleField:
    return SelectMultipleField(
        label,
        description=hint,
        choices=select_choices(choices),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        invalid_choice_message=WRONG_CHOICE,
        **options,
    )


def _district_field(label: str) -> SelectField:
    return SelectField(
        label,
        coerce=lambda value: int(value) if value else None,
        invalid_value_message=WRONG_CHOICE,
        invalid_choice_message=WRONG_CHOICE,
    )


def hours_field(label: str) -> SelectField:
    """Return a choice of hours a week; nothing chosen is a good answer, too."""
    return SelectField(
        label,
        coerce=lambda value: int(value) if value else None,
        choices=select_choices(wording.HOURS),
        invalid_value_message=WRONG_CHOICE,
        invalid_choice_message=WRONG_CHOICE,
    )


def _count_field(sector: str) -> IntegerField:
    return IntegerField(
        wording.SECTORS[sector],
        validators=[Optional(), Between(0, 999, _l("Bitte eine Zahl von 0 bis 999."))],
    )


class WithDistricts(PortalForm):
    """Parent of forms with a district and languages to choose."""

    district: SelectField
    languages: SelectMultipleField

    def __init__(
        self, *, boroughs: Sequence[Borough], data: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(data=data)
        self.district.choices = district_choices(boroughs, _l("ganz Leipzig"))
        chosen = set(self.languages.data or ())
        first = sorted(LANGUAGES, key=lambda code: code not in chosen)
        self.languages.choices = select_choices({code: LANGUAGES[code] for code in first})


class TeamForm(WithDistricts):
    """What the public page of a team says."""

    name = StringField(
        _l("Name des Teams"),
        filters=[tidy],
        validators=[
            DataRequired(_l("Gib dem Team einen Namen.")),
            Storable(),
            NotLonger(100),
            HasWords(),
        ],
    )
    challenge = TextAreaField(
        _l("Herausforderung und Lösungsansatz"),
        description=_l("Was fehlt oder stört, und was tut ihr? Auch, wen oder was ihr braucht."),
        filters=[tidy],
        validators=[
            DataRequired(_l("Schreib, worum es im Team geht.")),
            Storable(),
            NotLonger(4000),
            HasWords(),
        ],
    )
    focus = _checkboxes(_l("Fokus"), {name: name for name in wording.FOCUS})
    district = _district_field(_l("Ortsteil"))
    languages = _checkboxes(_l("Sprachen im Team"), LANGUAGES, default=["de"])
    partners = TextAreaField(
        _l("Partner"),
        description=_l(
            "Vereine, Läden, Einrichtungen, die mithelfen: eine Zeile für jede. Keine Menschen."
        ),
        filters=[tidy],
        validators=[Storable(), NotLonger(1000), HasWords()],
    )
    zivilgesellschaft = _count_field("zivilgesellschaft")
    verwaltung = _count_field("verwaltung")
    politik = _count_field("politik")
    wirtschaft = _count_field("wirtschaft")
    wissenschaft = _count_field("wissenschaft")

    def __init__(
        self,
        *,
        team: Team | None,
        boroughs: Sequence[Borough],
        data: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(boroughs=boroughs, data=data)
        self.team = team
        # Topics outside WiQ's list, from an import, can be kept or taken away.
        own = [name for name in (team.focus if team else ()) if name not in wording.FOCUS]
        self.focus.choices = [SelectChoice(name, name) for name in (*own, *wording.FOCUS)]

    def validate_name(self, field: StringField) -> None:
        """Two teams with one name could not be told apart."""
        if not field.errors and queries.name_is_taken(field.data, self.team):
            raise ValidationError(_("Ein Team mit diesem Namen gibt es schon."))

    def partner_names(self) -> list[str]:
        """Return one partner for each line."""
        lines = (line.strip() for line in (self.partners.data or "").splitlines())
        return [line for line in lines if line]

    def sectors(self) -> dict[str, int]:
        """Return how many people of each sector belong to the team."""
        return {sector: self[sector].data or 0 for sector in SECTORS}


class StateForm(PortalForm):
    """The operating state, and whether a carrier of its own stands behind the team."""

    state = RadioField(
        _l("Status"),
        choices=select_choices({code: wording.STATES[code] for code in OPERATING_STATES}),
        validators=[DataRequired(_l("Wähl einen Status aus."))],
        invalid_choice_message=WRONG_CHOICE,
    )
    self_supporting = BooleanField(
        _l("Selbsttragende Struktur: Ein eigener Träger führt es weiter")
    )
    note = TextAreaField(
        _l("Was hat sich geändert?"),
        filters=[tidy],
        validators=[Storable(), NotLonger(2000), HasWords()],
    )


class StatusForm(PortalForm):
    """One dated entry of the log."""

    text = TextAreaField(
        _l("Was gibt es Neues?"),
        filters=[tidy],
        validators=[
            DataRequired(_l("Schreib, was es Neues gibt.")),
            Storable(),
            NotLonger(4000),
            HasWords(),
        ],
    )
    day = DateField(_l("Tag"), validators=[Optional()], default=clock.today)

    def validate_day(self, field: DateField) -> None:
        """A Stand tells what happened, so its day has come."""
        if field.data and not FIRST_DAY <= field.data <= clock.today():
            raise ValidationError(_("Nimm bitte heute oder einen Tag, der schon war."))


class OpeningForm(WithDistricts):
    """What a team looks for."""

    kind = RadioField(
        _l("Was sucht ihr?"),
        choices=select_choices(wording.OPENING_KIND_HINTS),
        default="skill",
        validators=[DataRequired(_l("Wähl aus, was ihr sucht."))],
        invalid_choice_message=WRONG_CHOICE,
    )
    title = StringField(
        _l("In einem Satz"),
        description=_l("Zum Beispiel: Wer gießt mit uns am Samstag die Beete?"),
        filters=[tidy],
        validators=[
            DataRequired(_l("Schreib in einem Satz, was ihr sucht.")),
            Storable(),
            NotLonger(120),
            HasWords(),
        ],
    )
    text = TextAreaField(
        _l("Mehr dazu"),
        description=_l("Wie oft, wie lange, was man können muss und was nicht."),
        filters=[tidy],
        validators=[Storable(), NotLonger(2000), HasWords()],
    )
    times = _checkboxes(_l("Wann?"), TIMES, _l("Nichts angekreuzt heißt: jederzeit."))
    hours_a_week = hours_field(_l("Wie viel Zeit in der Woche?"))
    wanted_until = DateField(
        _l("Bis wann sucht ihr?"),
        description=_l("Eine Woche vorher fragen wir per Mail nach, ob es noch aktuell ist."),
        validators=[DataRequired(_l("Gib einen Tag an, bis zu dem ihr sucht."))],
    )
    district = _district_field(_l("Wo?"))
    languages = _checkboxes(
        _l("Sprachen"), LANGUAGES, _l("Nichts angekreuzt heißt: Die Sprache ist egal.")
    )

    def validate_wanted_until(self, field: DateField) -> None:
        """A day to come, and not so far that nobody would ever ask again."""
        if field.data and not clock.today() <= field.data <= clock.today() + LONGEST_WANTED:
            raise ValidationError(_("Nimm bitte einen Tag in den nächsten sechs Monaten."))

"""Forms of the organisations room."""

from collections.abc import Mapping, Sequence
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    EmailField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.validators import URL, DataRequired, Email, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal import clock
from portal.choices import LANGUAGES
from portal.forms import HasWords, NotLonger, PortalForm, Storable, select_choices, tidy
from portal.organisations import queries, wording
from portal.organisations.models import Organisation, Resource
from portal.places.forms import district_choices
from portal.places.models import Borough

WRONG_CHOICE = _l("Wähl bitte eine der Möglichkeiten aus der Liste.")
LONGEST_DAYS = 31


class OrganisationForm(PortalForm):
    """What the public page of an organisation says, and where its mail goes."""

    name = StringField(
        _l("Name"),
        filters=[tidy],
        validators=[
            DataRequired(_l("Schreib, wie ihr heißt.")),
            Storable(),
            NotLonger(100),
            HasWords(),
        ],
    )
    kind = SelectField(
        _l("Was seid ihr?"),
        choices=select_choices(wording.KINDS),
        validators=[DataRequired(WRONG_CHOICE)],
        invalid_choice_message=WRONG_CHOICE,
    )
    about = TextAreaField(
        _l("Was tut ihr?"),
        description=_l("In ein paar Sätzen: für wen, wo, und wobei ihr anderen helfen könnt."),
        filters=[tidy],
        validators=[
            DataRequired(_l("Schreib ein paar Sätze darüber, was ihr tut.")),
            Storable(),
            NotLonger(3000),
            HasWords(),
        ],
    )
    district = SelectField(
        _l("Ortsteil"),
        coerce=lambda value: int(value) if value else None,
        invalid_value_message=WRONG_CHOICE,
        invalid_choice_message=WRONG_CHOICE,
    )
    languages = SelectMultipleField(
        _l("Sprachen, in denen man euch ansprechen kann"),
        choices=select_choices(LANGUAGES),
        default=["de"],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        invalid_choice_message=WRONG_CHOICE,
    )
    website = URLField(
        _l("Webseite"),
        filters=[tidy],
        validators=[
            Optional(),
            Storable(),
            NotLonger(300),
            URL(message=_l("Das ist keine vollständige Adresse (https://…).")),
        ],
    )
    mailbox = EmailField(
        _l("Postfach für Anfragen"),
        description=_l("Eine Adresse wie kontakt@…; niemand sieht sie, das Portal leitet weiter."),
        filters=[tidy],
        validators=[
            Optional(),
            NotLonger(200),
            Email(_l("Das ist keine vollständige E-Mail-Adresse.")),
        ],
    )

    def __init__(
        self,
        *,
        organisation: Organisation | None,
        boroughs: Sequence[Borough],
        data: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(data=data)
        self.organisation = organisation
        self.district.choices = district_choices(boroughs, _l("ganz Leipzig"))

    def validate_name(self, field: StringField) -> None:
        """Two organisations with one name could not be told apart."""
        if not field.errors and queries.name_is_taken(field.data, self.organisation):
            raise ValidationError(_("Einen Akteur mit diesem Namen gibt es schon."))

    def validate_website(self, field: URLField) -> None:
        """Only pages of the web are linked."""
        if field.data and not field.data.startswith(("https://", "http://")):
            raise ValidationError(_("Die Adresse muss mit https:// oder http:// beginnen."))


class ResourceForm(PortalForm):
    """Something to lend or give."""

    kind = RadioField(
        _l("Was bietet ihr an?"),
        choices=select_choices(wording.RESOURCE_HINTS),
        default="room",
        validators=[DataRequired(WRONG_CHOICE)],
        invalid_choice_message=WRONG_CHOICE,
    )
    title = StringField(
        _l("Kurz gesagt"),
        description=_l("Zum Beispiel: Seminarraum für 30 Menschen mit Küche"),
        filters=[tidy],
        validators=[
            DataRequired(_l("Schreib in ein paar Worten, was es ist.")),
            Storable(),
            NotLonger(120),
            HasWords(),
        ],
    )
    text = TextAreaField(
        _l("Mehr dazu"),
        description=_l("Wofür es taugt, was dabei ist, ob man mit dem Rollstuhl hinkommt."),
        filters=[tidy],
        validators=[Storable(), NotLonger(2000), HasWords()],
    )
    terms = TextAreaField(
        _l("Bedingungen"),
        description=_l("Kosten, Kaution, für wen, zu welchen Zeiten."),
        filters=[tidy],
        validators=[Storable(), NotLonger(1000)],
    )


class BookingForm(PortalForm):
    """A request: what for, and for things only one can have, when."""

    purpose = TextAreaField(
        _l("Wofür brauchst du es?"),
        filters=[tidy],
        validators=[
            DataRequired(_l("Schreib kurz, wofür du es brauchst.")),
            Storable(),
            NotLonger(1000),
            HasWords(),
        ],
    )
    first_day = DateField(_l("Vom"), validators=[Optional()])
    last_day = DateField(_l("Bis"), validators=[Optional()])

    def __init__(self, resource: Resource, **options: object) -> None:
        super().__init__(**options)
        if resource.needs_days:
            for field in (self.first_day, self.last_day):
                field.validators = [DataRequired(_l("Wähl bitte einen Tag."))]
                field.flags.required = True
        else:
            del self.first_day, self.last_day

    def days(self) -> tuple[date | None, date | None]:
        """Return the first and last day asked for, if there are any."""
        if "first_day" not in self:
            return None, None
        return self.first_day.data, self.last_day.data

    def validate_first_day(self, field: DateField) -> None:
        """Nothing is lent yesterday."""
        if field.data and field.data < clock.today():
            raise ValidationError(_("Dieser Tag ist schon vorbei."))

    def validate_last_day(self, field: DateField) -> None:
        """The end comes after the beginning and not for ever."""
        first = self.first_day.data
        if not field.data or not first:
            return
        if field.data < first:
            raise ValidationError(_("Das Ende liegt vor dem Anfang."))
        if (field.data - first).days >= LONGEST_DAYS:
            raise ValidationError(_("Bitte höchstens %(days)d Tage auf einmal.", days=LONGEST_DAYS))


class MemberForm(PortalForm):
    """Whom a coordinator lets speak for an organisation."""

    email = EmailField(
        _l("E-Mail-Adresse des Kontos"),
        filters=[tidy],
        validators=[
            DataRequired(_l("Schreib die Adresse, mit der sich die Person anmeldet.")),
            Email(_l("Das ist keine vollständige E-Mail-Adresse.")),
        ],
    )


class AnswerForm(PortalForm):
    """Yes or no to a request."""

    answer = RadioField(choices=select_choices({"ja": "ja", "nein": "nein"}))

"""Forms of the team room: letters, a member's own setting, lessons, adoption, founding."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, ValidationError

from portal.accounts.models import User
from portal.forms import (
    Address,
    HasWords,
    NotLonger,
    OpenForm,
    PortalForm,
    Storable,
    row_boxes,
    tidy,
)
from portal.organisations.models import Organisation
from portal.places.models import Borough
from portal.profiles.rules import first_name
from portal.teams import needs, wording
from portal.teams.forms import WRONG_CHOICE, TeamForm
from portal.teams.needs import Need

LONGEST_LETTER = 4000
LONGEST_ROLE = 60


def _text(label: object, hint: object = "", *, limit: int = 2000, needed: str = "") -> Field:
    return TextAreaField(
        label,
        description=hint,
        filters=[tidy],
        validators=[
            *([DataRequired(needed)] if needed else []),
            Storable(),
            NotLonger(limit),
            HasWords(),
        ],
    )


class LetterForm(OpenForm):
    """A letter to a team; without an account an address belongs to it."""

    text = _text(
        _l("Deine Nachricht"),
        _l("Was möchtest du wissen oder beitragen?"),
        limit=LONGEST_LETTER,
        needed=_l("Schreib etwas, bevor du die Nachricht abschickst."),
    )
    name = StringField(
        _l("Wie sollen wir dich nennen?"),
        description=_l("Ein Vorname genügt."),
        filters=[tidy],
        validators=[Storable(), NotLonger(40), HasWords(1)],
        render_kw={"autocomplete": "given-name"},
    )
    email = EmailField(
        _l("Deine E-Mail-Adresse"),
        description=_l("Damit die Antwort bei dir ankommt. Das Team sieht sie nicht."),
        filters=[tidy],
        validators=[DataRequired(_l("Gib bitte deine E-Mail-Adresse an.")), Storable(), Address()],
        render_kw={"autocomplete": "email", "dir": "ltr"},
    )

    def __init__(self, *, has_account: bool) -> None:
        super().__init__()
        if has_account:
            del self.name
            del self.email


class MemberForm(PortalForm):
    """How a member appears on the public page."""

    is_named = BooleanField(
        _l("Mein Vorname darf auf der Seite des Teams stehen."),
        description=_l("Ohne Häkchen wirst du dort nur mitgezählt."),
    )
    role = StringField(
        _l("Was machst du im Team?"),
        description=_l("Zum Beispiel: Gießplan, Kasse, Werkzeug"),
        filters=[tidy],
        validators=[Storable(), NotLonger(LONGEST_ROLE), HasWords()],
    )


class LessonsForm(PortalForm):
    """What a team has learned; every field may stay empty."""

    worked = _text(_l("Was hat gut geklappt?"))
    otherwise = _text(_l("Was würdet ihr anders machen?"))
    costs = _text(
        _l("Was hat es gekostet, und woher kam das Geld?"), _l("Ungefähre Zahlen genügen.")
    )
    duration = _text(_l("Wie lange hat es gedauert?"), _l("Vom ersten Treffen bis es stand."))
    permits = _text(
        _l("Welche Stellen und Genehmigungen waren nötig?"),
        _l("Auch, was abgelehnt wurde und warum. Keine Namen."),
    )


class AdoptionForm(PortalForm):
    """The offer to take over a paused team."""

    message = _text(
        _l("Was habt ihr vor?"),
        _l("Warum dieses Team, und womit würdest du anfangen?"),
        needed=_l("Schreib bitte kurz, was du vorhast."),
    )
    brings = _text(_l("Was bringst du mit?"), _l("Zeit, Leute, Werkzeug, Erfahrung, einen Raum …"))


class AnswerForm(PortalForm):
    """A lead's or coordinator's answer; which button was pressed says yes or no."""

    reply = _text(
        _l("Ein Satz dazu"), _l("Bei einem Nein ist er nötig. Die Person liest ihn."), limit=1000
    )


class PeopleForm(PortalForm):
    """Who belongs to a team that starts: asked, agreed already, leading."""

    ask = row_boxes(
        _l("Wen sollen wir fragen?"),
        _l("Jede Person bekommt eine Mail und ist erst dabei, wenn sie Ja sagt."),
    )
    agreed = row_boxes(
        _l("Wer hat dir schon zugesagt?"),
        _l("Am Telefon oder beim Treffen: Diese Menschen sind sofort dabei."),
    )
    lead = SelectField(
        _l("Wer leitet das Team?"),
        coerce=lambda value: int(value) if value else None,
        invalid_choice_message=WRONG_CHOICE,
        invalid_value_message=WRONG_CHOICE,
    )

    def offer(self, people: Sequence[User], initiator_id: int | None) -> None:
        """Let the form choose among `people`."""
        self._people = {user.id: user for user in people}
        names = [
            SelectChoice(user.id, wording.candidate(first_name(user), user.id == initiator_id))
            for user in people
        ]
        self.ask.choices = self.agreed.choices = names
        self.lead.choices = [SelectChoice("", _l("noch offen")), *names]

    def validate_lead(self, field: Field) -> None:
        """Whoever leads is asked or has agreed."""
        if field.data and field.data not in {*(self.ask.data or ()), *(self.agreed.data or ())}:
            raise ValidationError(_l("Frag die Leitung auch, oder notiere ihre Zusage."))

    def chosen(self, ids: Iterable[int] | None) -> list[User]:
        """Return the people of these numbers."""
        return [self._people[user_id] for user_id in ids or ()]


class FoundingForm(PeopleForm, TeamForm):
    """A team from an idea: what it says, who is in it, what it looks for."""

    def __init__(
        self,
        *,
        boroughs: Sequence[Borough],
        data: Mapping[str, object],
        proposals: Sequence[Need],
    ) -> None:
        proposed = {
            name: value
            for number, need in enumerate(proposals)
            for name, value in (
                (f"take_{number}", False),
                (f"kind_{number}", need.kind),
                (f"title_{number}", need.title),
            )
        }
        TeamForm.__init__(self, team=None, boroughs=boroughs, data={**data, **proposed})

    def rows(self) -> list[tuple[Field, Field, Field]]:
        """Return the lines of openings: tick, kind, title."""
        return [
            (self[f"take_{number}"], self[f"kind_{number}"], self[f"title_{number}"])
            for number in range(needs.MOST)
        ]

    def needs(self) -> list[Need]:
        """Return the openings that were ticked."""
        return [Need(kind.data, title.data) for take, kind, title in self.rows() if take.data]


def _title_is_there(form: FoundingForm, field: Field) -> None:
    """A ticked line says what is looked for."""
    take = form[field.short_name.replace("title", "take")]
    if take.data and not field.data:
        raise ValidationError(_l("Schreib in einem Satz, was ihr sucht."))


for _number in range(needs.MOST):
    _values = {"number": _number + 1}
    setattr(
        FoundingForm, f"take_{_number}", BooleanField(_l("Gesuch %(number)d aufgeben", **_values))
    )
    setattr(
        FoundingForm,
        f"kind_{_number}",
        SelectField(
            _l("Gesuch %(number)d: Was wird gesucht?", **_values),
            choices=[SelectChoice(*item) for item in wording.OPENING_KINDS.items()],
            default="skill",
            invalid_choice_message=WRONG_CHOICE,
        ),
    )
    setattr(
        FoundingForm,
        f"title_{_number}",
        StringField(
            _l("Gesuch %(number)d in einem Satz", **_values),
            filters=[tidy],
            validators=[Storable(), NotLonger(120), HasWords(), _title_is_there],
        ),
    )


class PartnersForm(PortalForm):
    """Which organisations take part in a team."""

    partners = row_boxes(_l("Akteure"))

    def __init__(self, organisations: Sequence[Organisation], chosen: Collection[int]) -> None:
        super().__init__(data={"partners": chosen})
        first = sorted(organisations, key=lambda each: each.id not in chosen)
        self.partners.choices = [SelectChoice(each.id, each.name) for each in first]

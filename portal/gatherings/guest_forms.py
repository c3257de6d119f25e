"""Forms of guests: signing up, and a hint to an idea."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Optional, ValidationError

from portal.choices import LANGUAGES
from portal.forms import Between, NotLonger, OpenForm, PortalForm, Storable, select_choices, tidy
from portal.gatherings import wording
from portal.gatherings.form_parts import WRONG_CHOICE, row_choice, text_area
from portal.ideas.forms import Address
from portal.ideas.models import Idea


class SignUpForm(OpenForm):
    """Name and address without account; everything else is optional."""

    name = StringField(
        _l("Vorname"),
        filters=[tidy],
        validators=[
            DataRequired(_l("Wie heißt du? Der Vorname genügt.")),
            Storable(),
            NotLonger(60),
        ],
        render_kw={"autocomplete": "given-name"},
    )
    email = EmailField(
        _l("E-Mail-Adresse"),
        description=_l("Für die Bestätigung, Erinnerung und Änderungen. Danach löschen wir sie."),
        filters=[tidy],
        validators=[
            DataRequired(_l("Gib deine E-Mail-Adresse an, sonst erreichen wir dich nicht.")),
            Storable(),
            Address(),
        ],
        render_kw={"autocomplete": "email", "dir": "ltr"},
    )
    children = IntegerField(
        _l("Wie viele Kinder kommen mit?"),
        default=0,
        validators=[Optional(), Between(0, 20, _l("Bitte eine Zahl von 0 bis 20."))],
    )
    photos_ok = BooleanField(
        _l("Fotos von mir sind okay."),
        description=_l("Ohne Haken achten wir darauf, dass du auf keinem Bild zu erkennen bist."),
    )
    interpretation = SelectField(
        _l("Ich brauche Übersetzung auf …"),
        filters=[lambda value: value or ""],
        invalid_choice_message=WRONG_CHOICE,
    )
    wheelchair = BooleanField(_l("Ich komme mit Rollstuhl oder Rollator."))
    note = text_area(_l("Was brauchst du noch?"), 500)
    consents = BooleanField(
        _l("Wer einlädt, darf lesen, was ich brauche. Nach dem Termin wird es gelöscht.")
    )

    def __init__(self, *, has_account: bool, is_sent: bool = True) -> None:
        super().__init__() if is_sent else super().__init__(formdata=None)
        self.interpretation.choices = [SelectChoice("", _l("keine")), *select_choices(LANGUAGES)]
        if has_account:
            del self.name, self.email, self.homepage

    def validate_consents(self, field: Field) -> None:
        """What is private is kept only with a yes."""
        said = self.interpretation.data or self.wheelchair.data or self.note.data
        if said and not field.data:
            raise ValidationError(
                _("Sag bitte Ja dazu, dass wir lesen dürfen, was du brauchst, oder lass es leer.")
            )


class HintForm(PortalForm):
    """Something that helps an idea."""

    idea = row_choice(_l("Zu welcher Idee?"), DataRequired(WRONG_CHOICE))
    kind = RadioField(
        _l("Was hast du für die Idee?"),
        choices=select_choices(wording.HINT_KINDS),
        default="hint",
        validators=[DataRequired(WRONG_CHOICE)],
        invalid_choice_message=WRONG_CHOICE,
    )
    text = text_area(
        _l("Dein Hinweis"),
        1000,
        _l("Geht an die Person, von der die Idee kommt. Deine Adresse geben wir nicht weiter."),
        DataRequired(_l("Schreib deinen Hinweis auf.")),
    )
    anmeldung = HiddenField()

    def __init__(self, *, ideas: Sequence[Idea], token: str, chosen: int | None) -> None:
        super().__init__(data={"anmeldung": token, "idea": chosen})
        self.idea.choices = [SelectChoice(str(idea.id), idea.title) for idea in ideas]

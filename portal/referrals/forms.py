"""The room's forms: a body hands an idea in, coordinators keep links and pass ideas on."""

from collections.abc import Sequence
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Optional, ValidationError

from portal import clock
from portal.forms import (
    Address,
    HasWords,
    NobodysContact,
    NotLonger,
    PortalForm,
    Storable,
    select_choices,
    tidy,
)
from portal.ideas.forms import IdeaForm
from portal.places.models import Borough
from portal.referrals.models import Referrer
from portal.referrals.wording import ANSWERS, CONSENT, KINDS

_NOT_LISTED = _l("Wähl bitte eine der Möglichkeiten aus.")


def _name(label: str, hint: str, *first: DataRequired | Optional) -> StringField:
    return StringField(
        label,
        description=hint,
        filters=[tidy],
        validators=[*first, Storable(), NotLonger(150), HasWords(), NobodysContact()],
    )


def _mailbox() -> EmailField:
    return EmailField(
        _l("Postfach der Stelle"),
        description=_l("Nur ein Postfach der Stelle, keine private Adresse."),
        filters=[tidy],
        validators=[Optional(), Storable(), Address()],
        render_kw={"autocomplete": "off", "dir": "ltr"},
    )


class ReferrerForm(PortalForm):
    """A body that gets a link of its own."""

    name = _name(
        _l("Name der Stelle"),
        _l("Zum Beispiel: Stadtbezirksbeirat Ost"),
        DataRequired(_l("Der Name der Stelle fehlt.")),
    )
    kind = SelectField(_l("Art"), choices=select_choices(KINDS), invalid_choice_message=_NOT_LISTED)
    email = _mailbox()
    wants_mail = BooleanField(_l("Bei Neuigkeiten eine Mail dorthin schicken"))

    def validate_wants_mail(self, field: Field) -> None:
        """Mails need somewhere to go."""
        if field.data and not self.email.data:
            raise ValidationError(_("Dafür brauchen wir ein Postfach."))


class ReferralForm(IdeaForm):
    """The three questions about somebody else's idea, and their consent."""

    consent = BooleanField(CONSENT)
    note = TextAreaField(
        _l("Was habt ihr schon unternommen?"),
        description=_l("Das liest nur das Unterstützungsteam."),
        filters=[tidy],
        validators=[Storable(), NotLonger(2000), HasWords()],
    )

    def __init__(self, boroughs: Sequence[Borough]) -> None:
        super().__init__(boroughs=boroughs, has_account=False)
        self.problem.label.text = _("Was stört oder fehlt?")
        self.wish.label.text = _("Was wünscht sich die Person?")
        self.contribution.label.text = _("Was würde sie selbst beitragen?")
        self.contribution.description = ""
        self.contact_email.label.text = _("E-Mail-Adresse der Person")
        self.contact_email.description = _(
            "Nur mit ihrem Einverständnis. Sie erfährt dann selbst, wie es weitergeht, und kann "
            "ihre Idee ändern oder zurückziehen. Ohne Adresse geht es auch."
        )
        self.under_16.label.text = _("Die Person ist unter 16.")
        self.under_16.description = _("Dann brauchen wir das Ja der Eltern, bevor es weitergeht.")

    def validate_problem(self, field: Field) -> None:
        """The text will be public: it says what is missing, not who said so."""
        NobodysContact()(self, field)

    def validate_wish(self, field: Field) -> None:
        """Nobody's address stands in what will be public."""
        NobodysContact()(self, field)

    def validate_consent(self, field: Field) -> None:
        """Keep nobody's address without their knowing."""
        if self.contact_email.data and not field.data:
            raise ValidationError(_("Eine Adresse nehmen wir nur mit Einverständnis der Person."))


class OpenReferralForm(ReferralForm):
    """The same for a body without a link of its own."""

    body = _name(
        _l("Wer gibt die Idee weiter?"),
        _l("Die Stelle, nicht deine Person. Zum Beispiel: Stadtbezirksbeirat Ost"),
        DataRequired(_l("Der Name der Stelle fehlt.")),
    )
    kind = SelectField(_l("Art"), choices=select_choices(KINDS), invalid_choice_message=_NOT_LISTED)


class HandoverForm(PortalForm):
    """To whom an idea goes, when, and what we ask them for."""

    to = SelectField(
        _l("An wen?"),
        coerce=int,
        invalid_choice_message=_NOT_LISTED,
        validators=[InputRequired(_NOT_LISTED)],
    )
    to_name = _name(_l("Name der Stelle"), _l("Nur nötig, wenn sie oben nicht steht."), Optional())
    passed_on = DateField(
        _l("Wann?"), validators=[InputRequired(_l("Nenn bitte den Tag der Weitergabe."))]
    )
    note = TextAreaField(
        _l("Worum bitten wir die Stelle?"),
        description=_l("Steht auf der Seite, die ihr übergebt. Ohne Namen und Nummern."),
        filters=[tidy],
        validators=[Storable(), NotLonger(1500), HasWords(), NobodysContact()],
    )
    contact_agreed = BooleanField(
        _l("Wer die Idee hatte, ist einverstanden, dass die Stelle Vorname und E-Mail-Adresse hat.")
    )

    def __init__(self, referrers: Sequence[Referrer]) -> None:
        super().__init__(data={"passed_on": clock.today(), "to": 0})
        self._referrers = {each.id: each for each in referrers}
        known = [SelectChoice(each.id, each.name) for each in referrers]
        self.to.choices = [SelectChoice(0, _("eine andere Stelle")), *known]

    def validate_to(self, field: Field) -> None:
        """Somebody must be named, from the list or by name."""
        if not field.data and not self.to_name.data:
            raise ValidationError(_("Wähl eine Stelle aus oder schreib ihren Namen dazu."))

    def validate_passed_on(self, field: Field) -> None:
        """Not in the future, and not too long ago to be told now."""
        today = clock.today()
        if field.data and not today - timedelta(days=365) <= field.data <= today:
            raise ValidationError(_("Nimm bitte heute oder einen Tag des letzten Jahres."))

    def referrer(self) -> Referrer | None:
        """Return the body that was chosen from the list."""
        return self._referrers.get(self.to.data)


class AnswerForm(PortalForm):
    """What a body says about an idea it was given."""

    answer = RadioField(
        _l("Was wird daraus?"),
        choices=select_choices(ANSWERS),
        validators=[InputRequired(_l("Wähl bitte aus, was daraus wird."))],
    )
    text = TextAreaField(
        _l("Ein paar Worte dazu"),
        description=_l("Das liest auch, wer die Idee hatte."),
        filters=[tidy],
        validators=[Storable(), NotLonger(1500), HasWords(), NobodysContact()],
    )

    def validate_text(self, field: Field) -> None:
        """A no comes with a reason."""
        if self.answer.data == "abgelehnt" and not field.data:
            raise ValidationError(_("Zu einem Nein gehört ein Grund."))

    def number(self, row_id: int) -> None:
        """Give the controls ids of their own, where the form stands on a page many times."""
        for field in self:
            field.id = field.label.field_id = f"{field.short_name}-{row_id}"

"""The room's forms: posting and changing an idea, the claim code, a coordinator's decisions."""

import re
import secrets
from collections.abc import Sequence
from typing import TypedDict

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Optional, ValidationError

from portal.forms import (
    Address,
    HasWords,
    NotLonger,
    OpenForm,
    Phone,
    PortalForm,
    Storable,
    tidy,
)
from portal.ideas.models import Idea
from portal.ideas.rules import EXPLAINED, next_states
from portal.ideas.topics import topic_names
from portal.ideas.wording import STATE_NAMES
from portal.places.forms import district_choices
from portal.places.models import Borough, District

_KEY = re.compile(r"[\w-]{16,64}", re.ASCII)
_NOT_LISTED = _l("Wähl bitte etwas aus der Liste.")


class Texts(TypedDict):
    """What somebody wrote and chose, under the names the actions use."""

    problem: str
    wish: str
    contribution: str
    district: District | None
    topic: str | None


def _text(label: str, hint: str, limit: int, *required: DataRequired) -> TextAreaField:
    return TextAreaField(
        label,
        description=hint,
        filters=[tidy],
        validators=[*required, Storable(), NotLonger(limit), HasWords()],
    )


class TextsForm(PortalForm):
    """What an idea says, where it belongs, and how to reach its initiator."""

    problem = _text(
        _l("Was stört dich oder fehlt?"),
        _l("Zum Beispiel: Vor dem Nachbarschaftstreff kann man sich nirgends hinsetzen."),
        4000,
        DataRequired(_l("Schreib bitte auf, was dich stört oder was fehlt.")),
    )
    wish = _text(
        _l("Was wünschst du dir?"),
        _l("Zum Beispiel: Ein paar Sitzplätze im Schatten, die auch ältere Leute gut erreichen."),
        4000,
    )
    contribution = _text(
        _l("Was kannst du selbst beitragen?"),
        _l("Zum Beispiel: Ich kann Holz zuschneiden. Es darf auch leer bleiben."),
        2000,
    )
    district = SelectField(
        _l("In welchem Ortsteil?"),
        filters=[lambda value: value or ""],
        invalid_choice_message=_NOT_LISTED,
    )
    topic = SelectField(
        _l("Thema"), filters=[lambda value: value or ""], invalid_choice_message=_NOT_LISTED
    )
    contact_email = EmailField(
        _l("Deine E-Mail-Adresse"),
        description=_l(
            "Damit wir dir sagen können, wie es weitergeht. Niemand sonst sieht sie, und sie ist "
            "kein Konto."
        ),
        filters=[tidy],
        validators=[Optional(), Storable(), Address()],
        render_kw={"autocomplete": "email", "dir": "ltr"},
    )
    contact_phone = TelField(
        _l("Telefon"),
        description=_l(
            "Sollen wir dich lieber anrufen? Dann schreib deine Nummer auf. Nur das "
            "Unterstützungsteam sieht sie."
        ),
        filters=[tidy],
        validators=[Optional(), Phone()],
        render_kw={"autocomplete": "tel", "dir": "ltr"},
    )

    def __init__(
        self,
        *,
        boroughs: Sequence[Borough],
        has_account: bool,
        data: dict[str, object] | None = None,
    ) -> None:
        super().__init__(data=data)
        self._districts = {
            district.code: district for borough in boroughs for district in borough.districts
        }
        self.district.choices = district_choices(
            boroughs, _l("Weiß ich nicht, oder ganz Leipzig"), by="code"
        )
        self.topic.choices = [("", _l("Such ich nicht aus")), *topic_names().items()]
        if not topic_names():
            del self.topic
        if has_account:
            del self.contact_email, self.contact_phone

    def texts(self) -> Texts:
        """Return what the actions want to know."""
        return {
            "problem": self.problem.data,
            "wish": self.wish.data,
            "contribution": self.contribution.data,
            "district": self._districts.get(self.district.data),
            "topic": (self.topic.data if "topic" in self else "") or None,
        }


class IdeaForm(OpenForm, TextsForm):
    """Three questions; nobody needs an account."""

    under_16 = BooleanField(
        _l("Ich bin unter 16."),
        description=_l(
            "Noch keine 16? Schön, dass du dabei bist! Dann liest die Idee erst ein Mensch von "
            "uns. Lass dir gern von deinen Eltern helfen, und schreib bitte keinen Nachnamen und "
            "keine Telefonnummer in den Text."
        ),
    )
    submission_key = HiddenField()

    def key(self) -> str:
        """Return the key this form was shown with, or a new one where it is missing."""
        if not _KEY.fullmatch(self.submission_key.data or ""):
            self.renew_key()
        return str(self.submission_key.data)

    def renew_key(self) -> None:
        """From now on this is another form: what it sends is another idea."""
        self.submission_key.data = secrets.token_urlsafe(24)


class EditForm(TextsForm):
    """The same texts again; `seen` tells which version the person had before them."""

    forget_contact = BooleanField(_l("Was ich als Kontakt hinterlegt habe, löschen"))
    seen = HiddenField()

    def __init__(self, *, idea: Idea, boroughs: Sequence[Borough]) -> None:
        self._idea = idea
        super().__init__(
            boroughs=boroughs,
            has_account=idea.initiator_id is not None,
            data={
                "problem": idea.problem,
                "wish": idea.wish,
                "contribution": idea.contribution,
                "district": idea.district.code if idea.district else "",
                "topic": idea.topic or "",
                "seen": idea.changed_at.isoformat(),
            },
        )
        # The address itself is never shown again: the link may have been passed on.
        if not (idea.contact_email or idea.contact_phone):
            del self.forget_contact
        if idea.contact_phone:
            self.contact_phone.label.text = _("Andere Telefonnummer")
            self.contact_phone.description = _(
                "Eine Nummer ist hinterlegt. Lass das Feld leer, wenn sie so bleiben soll."
            )
        if idea.contact_email:
            self.contact_email.label.text = _("Andere E-Mail-Adresse")
            self.contact_email.description = _(
                "Eine Adresse ist hinterlegt. Lass das Feld leer, wenn sie so bleiben soll."
            )

    def validate_seen(self, field: Field) -> None:
        """Refuse to overwrite what was changed in another window."""
        current = self._idea.changed_at.isoformat()
        if field.data != current:
            field.data = current
            raise ValidationError(
                _l(
                    "Der Text wurde inzwischen woanders geändert. Hier steht noch deine Fassung: "
                    "Schick sie noch einmal ab, wenn sie gelten soll."
                )
            )

    def contact(self) -> str | None:
        """Return the address to keep from now on."""
        if "forget_contact" in self and self.forget_contact.data:
            return None
        new = self.contact_email.data if "contact_email" in self else ""
        return new or self._idea.contact_email

    def phone(self) -> str | None:
        """Return the number to keep from now on."""
        if "forget_contact" in self and self.forget_contact.data:
            return None
        new = self.contact_phone.data if "contact_phone" in self else ""
        return new or self._idea.contact_phone


class ClaimForm(PortalForm):
    """The code from the slip or the page after posting."""

    code = StringField(
        _l("Dein Abholcode"),
        description=_l(
            "Acht Zeichen, zum Beispiel K7RM-4TCX. Groß oder klein, mit oder ohne Strich."
        ),
        validators=[DataRequired(_l("Gib bitte deinen Abholcode ein."))],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


class HideForm(PortalForm):
    """Why an idea is not public, in words the initiator can do something with."""

    reason = _text(
        _l("Warum?"),
        _l("Das liest, wer die Idee eingebracht hat. Sag bitte auch, was helfen würde."),
        1000,
        DataRequired(_l("Schreib bitte einen Grund dazu: Ein Nein kommt nie ohne Erklärung.")),
    )


class MoveForm(PortalForm):
    """The next state, with a word to the initiator; a no also says what helps instead."""

    state = SelectField(_l("Neuer Stand"), invalid_choice_message=_NOT_LISTED)
    note = _text(
        _l("Nachricht dazu"),
        _l("Nötig bei Rückfrage, Weitergabe (an wen?) und „nicht bei WiQ“ (warum?)."),
        2000,
    )
    alternative = _text(
        _l("Was stattdessen hilft"),
        _l("Nötig bei „nicht bei WiQ“: eine andere Stelle, ein Team, ein nächster Schritt."),
        1000,
    )
    seen = HiddenField()

    def __init__(self, idea: Idea, *, is_sent: bool = True) -> None:
        data = {"seen": idea.state}
        super().__init__(data=data) if is_sent else super().__init__(formdata=None, data=data)
        self._now_in = idea.state
        # A team is founded on a page of its own: no idea says so without one.
        states = [state for state in next_states(idea.state) if state != "team_gegruendet"]
        self.state.choices = [(state, STATE_NAMES[state]) for state in states]

    def validate_note(self, field: Field) -> None:
        """Ask for the word without which the state is of no use."""
        if self.state.data in EXPLAINED and not field.data:
            raise ValidationError(_l("Zu diesem Stand gehört eine Nachricht."))

    def validate_alternative(self, field: Field) -> None:
        """A no always comes with something else to do."""
        if self.state.data == "nicht_bei_wiq" and not field.data:
            raise ValidationError(_l("Nenn bitte auch, was stattdessen hilft."))

    def validate_seen(self, field: Field) -> None:
        """Tell the second of two coordinators that the first was faster."""
        if field.data != self._now_in:
            field.data = self._now_in
            raise ValidationError(
                _(
                    "Da war jemand schneller: Der Stand ist jetzt „%(state)s“.",
                    state=STATE_NAMES[self._now_in],
                )
            )

    def message(self) -> str:
        """Return the note and what helps instead as one text."""
        if not self.alternative.data:
            return str(self.note.data)
        instead = _("Was stattdessen hilft: %(alternative)s", alternative=self.alternative.data)
        return f"{self.note.data}\n\n{instead}".strip()


def number(form: PortalForm, idea_id: int) -> PortalForm:
    """Give the controls ids of their own, where the same form stands on a page many times."""
    for field in form:
        field.id = field.label.field_id = f"{field.short_name}-{idea_id}"
    return form

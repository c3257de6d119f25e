"""The room's forms: meetings, what is asked of the steering team, votes, decisions, minutes."""

from collections.abc import Sequence
from datetime import timedelta

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    Field,
    RadioField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal import clock
from portal.accounts.models import User
from portal.forms import (
    HasWords,
    NobodysContact,
    NotLonger,
    PortalForm,
    Storable,
    select_choices,
    tidy,
)
from portal.steering.models import AgendaItem, Meeting
from portal.steering.wording import AREA_NAMES, OUTCOME_NAMES, VOTE_NAMES

_NOT_LISTED = _l("Wähl bitte eine der Möglichkeiten aus.")
_FARTHEST = timedelta(days=400)


def _text(label: str, hint: str, limit: int, *first: DataRequired) -> TextAreaField:
    return TextAreaField(
        label,
        description=hint,
        filters=[tidy],
        validators=[
            *first,
            Storable(),
            NotLonger(limit),
            HasWords(),
            NobodysContact(),
        ],
    )


class MeetingForm(PortalForm):
    """When a steering team meets."""

    area = SelectField(
        _l("Welches Team?"),
        choices=select_choices(AREA_NAMES),
        invalid_choice_message=_NOT_LISTED,
        validators=[InputRequired(_NOT_LISTED)],
    )
    held_on = DateField(
        _l("Tag der Sitzung"), validators=[InputRequired(_l("Nenn bitte den Tag der Sitzung."))]
    )

    def validate_held_on(self, field: Field) -> None:
        """Only days that are still to come."""
        if field.data and not clock.today() <= field.data <= clock.today() + _FARTHEST:
            raise ValidationError(_("Nimm bitte heute oder einen Tag in den nächsten 13 Monaten."))


class ItemForm(PortalForm):
    """What is asked of the steering team about an idea, and in which meeting."""

    meeting = SelectField(
        _l("Sitzung"),
        coerce=int,
        invalid_choice_message=_NOT_LISTED,
        validators=[InputRequired(_NOT_LISTED)],
    )
    asked = _text(
        _l("Was soll das Steuerungsteam entscheiden oder tun?"),
        _l("Zum Beispiel: Soll daraus ein Team werden? Wer öffnet die Tür beim Grünamt?"),
        1000,
        DataRequired(_l("Schreib bitte auf, was ihr vom Steuerungsteam braucht.")),
    )
    open_questions = _text(
        _l("Offene Fragen"),
        _l("Was noch niemand weiß. Bitte keine Namen und nichts Privates."),
        1000,
    )

    def __init__(self, meetings: Sequence[Meeting], item: AgendaItem | None, best: int) -> None:
        data: dict[str, object] = {"meeting": best}
        if item:
            data = {
                "meeting": item.meeting_id,
                "asked": item.asked,
                "open_questions": item.open_questions,
            }
        super().__init__(data=data)
        self._meetings = {meeting.id: meeting for meeting in meetings}
        self.meeting.choices = [SelectChoice(each.id, name_of(each)) for each in meetings]

    def chosen_meeting(self) -> Meeting:
        """Return the meeting that was chosen."""
        return self._meetings[self.meeting.data]


class VoteForm(PortalForm):
    """What a member thinks before the meeting."""

    vote = RadioField(
        _l("Wie siehst du das?"),
        choices=select_choices(VOTE_NAMES),
        validators=[InputRequired(_l("Wähl bitte aus, wie du das siehst."))],
        validate_choice=True,
    )
    comment = _text(_l("Anmerkung für die Sitzung"), "", 1000)


class DecisionForm(PortalForm):
    """What the meeting decided."""

    outcome = RadioField(
        _l("Entscheidung"),
        choices=select_choices(OUTCOME_NAMES),
        validators=[InputRequired(_l("Wähl bitte aus, wie entschieden wurde."))],
    )
    reason = _text(
        _l("Begründung oder Frage"),
        _l("Das liest, wer die Idee hatte, und es steht im öffentlichen Protokoll."),
        2000,
    )
    instead = _text(
        _l("Was hilft stattdessen?"),
        _l("Nötig bei „nicht bei WiQ“: eine andere Stelle, ein Team, ein nächster Schritt."),
        1000,
    )
    conflicted = SelectMultipleField(
        _l("Befangen, nicht mitgestimmt"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[Optional()],
    )

    def __init__(self, members: Sequence[User], conflicted: Sequence[int], *, sent: bool) -> None:
        data = {"conflicted": list(conflicted)}
        super().__init__(data=data) if sent else super().__init__(formdata=None, data=data)
        self._members = {member.id: member for member in members}
        self.conflicted.choices = [SelectChoice(each.id, each.name) for each in members]

    def validate_reason(self, field: Field) -> None:
        """A question and a no say what they are about."""
        if self.outcome.data in ("rueckfrage", "nicht_bei_wiq") and not field.data:
            raise ValidationError(_("Dazu gehört die Frage oder der Grund."))

    def validate_instead(self, field: Field) -> None:
        """A no always comes with something else to do."""
        if self.outcome.data == "nicht_bei_wiq" and not field.data:
            raise ValidationError(_("Nenn bitte auch, was stattdessen hilft."))

    def conflicted_members(self) -> list[User]:
        """Return who took no part."""
        return [self._members[number] for number in self.conflicted.data or ()]


class MinutesForm(PortalForm):
    """The minutes of a meeting."""

    minutes = _text(
        _l("Protokoll"),
        _l("Was besprochen wurde, ohne Namen von Bewohner:innen. Entscheidungen kommen dazu."),
        8000,
    )
    publish = BooleanField(_l("Für alle veröffentlichen"))

    def validate_publish(self, field: Field) -> None:
        """Nobody publishes an empty page."""
        if field.data and not self.minutes.data:
            raise ValidationError(_("Schreib bitte erst das Protokoll."))


class SeatForm(PortalForm):
    """Which steering team somebody sits in."""

    area = SelectField(
        _l("Steuerungsteam"),
        choices=[SelectChoice("", _l("in keinem")), *select_choices(AREA_NAMES)],
        invalid_choice_message=_NOT_LISTED,
    )


def name_of(meeting: Meeting) -> str:
    """Return a meeting's name for a choice."""
    return f"{AREA_NAMES[meeting.area]}, {format_date(meeting.held_on, 'long')}"

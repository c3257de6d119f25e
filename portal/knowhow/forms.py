"""Forms of the know-how room."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from portal.forms import PortalForm
from portal.offices.models import Office

WRONG_CHOICE = _l("Wähl bitte eine der Möglichkeiten aus der Liste.")


class TeamOfficesForm(PortalForm):
    """The offices a team has to do with."""

    offices = SelectMultipleField(
        _l("Ansprechstellen"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        invalid_choice_message=WRONG_CHOICE,
        invalid_value_message=WRONG_CHOICE,
    )

    def __init__(self, *, offices: Sequence[Office], chosen: Sequence[int]) -> None:
        super().__init__(data={"offices": chosen})
        first = sorted(offices, key=lambda office: office.id not in chosen)
        self.offices.choices = [
            SelectChoice(office.id, office.short_name or office.name) for office in first
        ]

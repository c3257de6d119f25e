"""Forms of the know-how room."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice

from portal.forms import PortalForm, row_boxes
from portal.offices.models import Office


class TeamOfficesForm(PortalForm):
    """The offices a team has to do with."""

    offices = row_boxes(_l("Ansprechstellen"))

    def __init__(self, *, offices: Sequence[Office], chosen: Sequence[int]) -> None:
        super().__init__(data={"offices": chosen})
        first = sorted(offices, key=lambda office: office.id not in chosen)
        self.offices.choices = [
            SelectChoice(office.id, office.short_name or office.name) for office in first
        ]

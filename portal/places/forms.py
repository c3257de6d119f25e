"""What forms of other rooms share when they ask for a place."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from portal.forms import NotLonger, PortalForm, Storable, lines_of, tidy
from portal.places.models import Borough


class AreaForm(PortalForm):
    """Parent of forms about something that is for some boroughs and districts, or for the city."""

    area = TextAreaField(
        _l("Gebiet"),
        description=_l("Ein Stadtbezirk oder Ortsteil je Zeile. Leer heißt: ganze Stadt."),
        filters=[tidy],
        validators=[Optional(), Storable(), NotLonger(1000)],
    )

    def __init__(self, boroughs: Sequence[Borough], data: dict[str, object] | None) -> None:
        super().__init__(data=data)
        places = [borough.name for borough in boroughs]
        places += [district.name for borough in boroughs for district in borough.districts]
        self._places = {place.casefold(): place for place in places}

    def validate_area(self, field: TextAreaField) -> None:
        """Refuse places nobody has."""
        unknown = [name for name in lines_of(field.data) if name.casefold() not in self._places]
        if unknown:
            raise ValidationError(
                _("Diesen Stadtbezirk oder Ortsteil gibt es nicht: %(name)s", name=unknown[0])
            )

    def chosen_places(self) -> list[str]:
        """Return the boroughs and districts, spelled as the city does."""
        return [self._places[name.casefold()] for name in lines_of(self.area.data)]


def district_choices(
    boroughs: Sequence[Borough], nowhere: str, *, by: str = "id"
) -> list[SelectChoice]:
    """Return all districts for a select, grouped by borough, behind the choice `nowhere`.

    The values are the districts' ids, or with `by="code"` the city's numbers.
    """
    return [
        SelectChoice("", nowhere),
        *(
            SelectChoice(str(getattr(district, by)), district.name, optgroup=borough.name)
            for borough in boroughs
            for district in borough.districts
        ),
    ]

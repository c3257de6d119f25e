"""What forms of other rooms share when they ask for a place."""

from collections.abc import Sequence

from wtforms.fields.choices import SelectChoice

from portal.places.models import Borough


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

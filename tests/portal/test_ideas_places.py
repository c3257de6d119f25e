"""An idea belongs where its text says, unless somebody chose otherwise."""

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.ideas.models import Idea


@pytest.mark.parametrize(
    ("problem", "district"),
    [
        ("Vor unserem Haus in Volkmarsdorf fehlt eine Bank.", "Volkmarsdorf"),
        ("In der Eisenbahnstraße ist es abends zu laut.", None),  # runs through several districts
        ("Vor unserem Haus fehlt eine Bank.", None),
        ("Zwischen Volkmarsdorf und Connewitz fehlt ein Radweg.", None),
    ],
)
def test_the_only_district_an_idea_names_is_its_own(visitor, places, problem, district):
    page = visitor.submit("/ideen/neu", problem=problem, wish="", contribution="", district="")
    idea = db.session.scalars(select(Idea)).one()
    place = page.select_one("dl.facts").text
    assert (
        (district in place) if district else (idea.district_id is None and "Ortsteil" not in place)
    )

"""Fixtures several test files share."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from portal.accounts.models import User
from portal.extensions import db
from portal.matches.models import Suggestion
from portal.offices.loading import load_offices
from portal.places.loading import load_places
from portal.places.models import Borough, District, DistrictAlias
from portal.teams.actions import add_member, create_team, open_opening
from tests.portal.at_once import Post
from tests.portal.pairs import follow_up, profile_of, suggestion_between
from tests.tables import Rows, kept_rows, put_back


@pytest.fixture(scope="session")
def leipzig_rows(built_app) -> Rows:
    """Leipzig's places and offices, which take a second to load."""
    with built_app.app_context():
        return kept_rows(lambda: (load_places(), load_offices()))


@pytest.fixture
def places(app, leipzig_rows) -> None:
    """Leipzig's boroughs and districts."""
    ours = (Borough, District, DistrictAlias)
    put_back({each.__table__: leipzig_rows[each.__table__] for each in ours})


@pytest.fixture
def leipzig(app, leipzig_rows) -> None:
    """Leipzig's places and offices; ask for it before whatever else gets into the index."""
    put_back(leipzig_rows)


@pytest.fixture
def workshop(app, ben):
    """Ben's team around bicycles, with an opening."""
    team = create_team(by=ben, name="Radwerkstatt", challenge="Wir reparieren Fahrräder im Hof.")
    add_member(team, ben, is_lead=True)
    opening = open_opening(
        team, by=ben, kind="skill", title="Fahrräder reparieren",
        text="Hilf uns beim Reparieren der Fahrräder.", times=["wochenende_tag"], languages=[],
        district=None,
    )  # fmt: skip
    db.session.commit()
    follow_up()
    return team, opening


@pytest.fixture
def proposal(ada, workshop) -> Suggestion:
    """Ada and Ben's opening, waiting in the review queue."""
    profile_of(ada, times=["wochenende_tag"])
    row = suggestion_between(f"person:{ada.id}", f"opening:{workshop[1].id}")
    row.state, row.needs_review = "open", True
    db.session.commit()
    return row


@pytest.fixture
def post(app) -> Post:
    """Return a function that sends a form in a window of its own when called."""

    def prepare(user: User, path: str, fields: dict[str, object]) -> Callable[[], int]:
        window = FlaskClient(app, app.response_class)
        with window.session_transaction() as session:
            session["_user_id"] = session["identity.id"] = user.fs_uniquifier
            session["_fresh"], session["fs_cc"] = True, "set"
        return lambda: window.post(path, data=fields).status_code

    return prepare

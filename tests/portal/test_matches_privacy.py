"""What a suggestion may not tell: unlooked-at ideas, fields of a profile nobody opened."""

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.ideas.actions import submit_idea
from portal.matches import jobs
from portal.matches.models import Suggestion
from portal.places.models import Borough, District
from portal.profiles.actions import agree_to_matching, save_profile
from portal.profiles.models import SIGNED_IN
from portal.teams.actions import add_member, create_team


def follow_up() -> None:
    while jobs.refresh_pending():
        pass


@pytest.fixture
def district(app) -> District:
    row = District(
        code="21", name="Volkmarsdorf", area="ost", borough=Borough(code="2", name="Ost")
    )
    db.session.add(row)
    db.session.commit()
    return row


@pytest.fixture
def workshop(app, ben, district):
    """A team around bicycles, led by Ben, in Volkmarsdorf."""
    team = create_team(
        by=ben,
        name="Radwerkstatt im Hof",
        challenge="Wir reparieren Fahrräder mit Nachbarn und suchen Leute, die gern schrauben.",
        district=district,
    )
    add_member(team, ben, is_lead=True)
    db.session.commit()
    follow_up()
    return team


@pytest.fixture
def unseen(workshop):
    """An idea that fits the team and that no coordinator has looked at."""
    idea = submit_idea(
        problem="Wo kann man hier Fahrräder reparieren? Mein Nachbar Herr Geheim weiß es nicht.",
        wish="Eine Werkstatt, in der Nachbarn Fahrräder reparieren.",
    ).idea
    db.session.commit()
    follow_up()
    suggested = select(Suggestion.pair_key).where(Suggestion.source_kind == "idea")
    assert f"idea:{idea.id}|team:{workshop.id}" in db.session.scalars(suggested).all()
    return idea


def test_an_idea_nobody_looked_at_shows_on_no_page_of_others(
    visitor, as_user, ada, ben, workshop, unseen
):
    for browser in (visitor, as_user(ada), as_user(ben)):
        page = browser.visit(f"/teams/{workshop.id}/passend")
        assert "Geheim" not in page.text
        assert f"/ideen/{unseen.id}" not in str(page)


def test_its_author_and_coordinators_see_what_fits_it(visitor, as_user, cem, workshop, unseen):
    own = visitor.visit(f"/ideen/{unseen.id}/passend?t={unseen.progress_token}")
    assert workshop.name in own.text
    assert "Geheim" in as_user(cem).visit(f"/teams/{workshop.id}/passend").text


def test_an_agreement_does_not_tell_what_the_profile_keeps(
    as_user, ada, ben, cem, workshop, district
):
    agree_to_matching(ada, "Ja")
    save_profile(
        ada, can="Ich repariere gern Fahrräder mit Nachbarn.", learn="", cares="", rules_out="",
        times=[], languages=["de"], district=district, reach="stadt",
        visibility={"can": SIGNED_IN, "learn": SIGNED_IN, "cares": SIGNED_IN},
    )  # fmt: skip
    db.session.commit()
    follow_up()
    path = f"/teams/{workshop.id}/passend"
    lead_sees = as_user(ben).visit(path).text
    assert "Ada" in lead_sees
    assert "gleicher Ortsteil" not in lead_sees
    assert "gleicher Ortsteil" in as_user(cem).visit(path).text

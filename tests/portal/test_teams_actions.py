"""What can happen to a team: states, log, members, openings; and who may do it."""

from datetime import date, timedelta

import pytest
from flask_security.core import AnonymousUser
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.extensions import db
from portal.teams import actions, rules
from portal.teams.models import Membership, Opening, StatusEntry, Team


@pytest.fixture
def garden(cem) -> Team:
    team = actions.create_team(by=cem, name="Hofgarten", challenge="Beete im Hof anlegen.")
    db.session.commit()
    return team


def opening_of(team, by, **given):
    told = {"kind": "skill", "title": "Gießen", "text": "", "times": [], "languages": []}
    return actions.open_opening(team, by=by, district=None, **(told | given))


def test_a_new_team_runs_since_today(garden):
    assert (garden.state, garden.self_supporting) == ("laeuft", False)
    assert garden.state_since == clock.today()


def test_two_teams_cannot_have_one_name(garden, cem):
    with pytest.raises(actions.TeamNameTaken):
        actions.create_team(by=cem, name="Hofgarten", challenge="Noch einer.")
    other = actions.create_team(by=cem, name="Dachgarten", challenge="Oben.")
    with pytest.raises(actions.TeamNameTaken):
        actions.change_team(other, name="Hofgarten", challenge="Oben.")


def test_a_change_of_state_is_dated_and_logged(garden, cem):
    garden.state_since = date(2024, 1, 1)
    entry = actions.change_state(garden, state="im_betrieb", self_supporting=True, by=cem)
    assert garden.state_since == entry.day == clock.today()
    assert (entry.state, entry.self_supporting, entry.by_id) == ("im_betrieb", True, cem.id)


def test_the_same_state_again_changes_nothing(garden, cem):
    assert actions.change_state(garden, state="laeuft", self_supporting=False, by=cem) is None
    assert db.session.scalars(select(StatusEntry)).all() == []


def test_a_finished_team_closes_its_openings_and_looks_for_nobody(garden, cem):
    opening = opening_of(garden, cem)
    actions.change_state(garden, state="abgeschlossen", self_supporting=False, by=cem)
    assert not opening.is_open
    with pytest.raises(actions.TeamIsFinished):
        opening_of(garden, cem)
    with pytest.raises(actions.TeamIsFinished):
        actions.reopen_opening(garden, opening, by=cem)


def test_the_log_is_read_newest_first(garden, cem):
    old = actions.add_status(garden, text="Idee", by=cem, day=clock.today() - timedelta(days=9))
    new = actions.add_status(garden, text="Beete stehen", by=cem)
    db.session.commit()
    log = db.session.scalars(
        select(StatusEntry).order_by(StatusEntry.day.desc(), StatusEntry.id.desc())
    ).all()
    assert log == [new, old]


def test_an_empty_log_entry_is_refused_by_the_database(garden, cem):
    with pytest.raises(IntegrityError, match="says_something"):
        actions.add_status(garden, text="", by=cem)
    db.session.rollback()


def test_joining_twice_is_one_membership(garden, ada):
    actions.add_member(garden, ada)
    membership = actions.add_member(garden, ada, is_lead=True)
    db.session.commit()
    assert db.session.scalars(select(Membership)).all() == [membership]
    assert membership.is_lead


def test_leaving_keeps_the_row_and_allows_coming_back(garden, ada):
    actions.add_member(garden, ada)
    actions.end_membership(garden, ada)
    actions.end_membership(garden, ada)
    actions.add_member(garden, ada)
    db.session.commit()
    rows = db.session.scalars(select(Membership).order_by(Membership.id)).all()
    assert [row.left_at is None for row in rows] == [False, True]


def test_an_opening_is_changed_closed_and_opened_again(garden, cem):
    opening = opening_of(garden, cem, times=["wochenende_tag", "werktag_abend"])
    assert opening.times == ["werktag_abend", "wochenende_tag"]
    actions.change_opening(opening, by=cem, kind="thing", title="Gießkanne")
    assert (opening.kind, opening.times) == ("thing", [])
    actions.close_opening(opening, by=cem)
    closed = opening.closed_at
    actions.close_opening(opening, by=cem)
    assert opening.closed_at == closed
    actions.reopen_opening(garden, opening, by=cem)
    db.session.commit()
    assert db.session.get(Opening, opening.id).is_open


@pytest.mark.parametrize("wrong", [{"kind": "money"}, {"times": ["nachts"]}, {"languages": ["x"]}])
def test_unknown_codes_are_refused(garden, cem, wrong):
    with pytest.raises(ValueError, match="unknown"):
        opening_of(garden, cem, **wrong)


def test_only_sectors_with_people_are_kept(garden):
    actions.change_team(
        garden, name="Hofgarten", challenge="x", sectors={"politik": 0, "verwaltung": 2}
    )
    assert garden.sectors == {"verwaltung": 2}


def test_leads_and_coordinators_may_edit_nobody_else(garden, ada, ben, cem):
    assert rules.may_edit(ada, garden, {ada.id})
    assert rules.may_edit(cem, garden, set())
    assert not rules.may_edit(ben, garden, {ada.id})
    assert not rules.may_edit(AnonymousUser(), garden, {ada.id})
    assert rules.may_create(cem)
    assert not rules.may_create(ada)


def test_members_cannot_be_interested_in_their_own_opening(garden, ada, ben, cem):
    opening = opening_of(garden, cem)
    assert rules.may_wish(ben, garden, opening, {ada.id}, {ada.id})
    assert not rules.may_wish(ben, garden, opening, set(), set())
    assert not rules.may_wish(ada, garden, opening, {ada.id}, {ada.id})
    assert not rules.may_wish(AnonymousUser(), garden, opening, set(), {ada.id})
    actions.close_opening(opening, by=cem)
    assert not rules.may_wish(ben, garden, opening, {ada.id}, {ada.id})

"""Organisations that take part in a team: chosen by its lead, said on both pages."""

import pytest
from sqlalchemy import delete, func, select

from portal.extensions import db
from portal.messages.models import Notification
from portal.organisations.actions import create_organisation, publish, unpublish
from portal.organisations.models import Organisation
from portal.teams.actions import add_member, create_team
from portal.teams.models import Team, TeamPartner
from portal.teams.partners import choose_partners, teams_with
from tests.portal.at_once import all_at_once


@pytest.fixture
def team(cem, ada) -> Team:
    """Ada's team."""
    made = create_team(by=cem, name="Hofgarten", challenge="Beete im Hof anlegen.")
    add_member(made, ada, is_lead=True)
    db.session.commit()
    return made


@pytest.fixture
def club(app, ben) -> Organisation:
    """Ben's club."""
    return organisation("Gartenfreunde", ben)


def organisation(name: str, by) -> Organisation:
    made = create_organisation(
        by=by, name=name, kind="association", about="Wir gärtnern.", speaks_for_it=True
    )
    publish(made)
    db.session.commit()
    return made


def test_a_lead_chooses_partners_and_both_pages_say_it(
    as_user, visitor, ada, ben, dora, team, club
):
    path = f"/teams/{team.id}/akteure"
    as_user(ben).visit(path, status=403)
    as_user(ben).submit(path, status=403, partners=[club.id])
    as_user(ada).submit(path, partners=[club.id])
    page = visitor.visit(f"/teams/{team.id}")
    assert page.select_one(f"main a[href='/akteure/{club.id}']").text == "Gartenfreunde"
    assert visitor.visit(f"/akteure/{club.id}").select_one(f"a[href='/akteure/{club.id}/teams']")
    shown = visitor.visit(f"/akteure/{club.id}/teams", target="organisation-teams")
    assert shown.select_one(f"a[href='/teams/{team.id}']")
    assert not shown.select("form")
    assert as_user(ada).visit(path).select_one("[name=partners][checked]")["value"] == str(club.id)
    as_user(ada).submit(path, status=422, partners=[999999])
    as_user(ada).submit(path, csrf_token="")
    assert not visitor.visit(f"/teams/{team.id}").select(f"a[href='/akteure/{club.id}']")


def test_who_speaks_for_it_hears_of_it_and_takes_it_away(as_user, ada, ben, team, club):
    as_user(ada).submit(f"/teams/{team.id}/akteure", partners=[club.id])
    as_user(ada).submit(f"/teams/{team.id}/akteure", partners=[club.id])
    (told,) = db.session.scalars(select(Notification).where(Notification.user_id == ben.id))
    assert told.subject == "„Hofgarten“ nennt euch als Partner"
    assert as_user(ben).visit(told.path).select_one("form")
    end = f"{told.path}/{team.id}/beenden"
    as_user(ada).submit(end, status=403)
    assert "Noch nennt kein Team" in as_user(ben).submit(end).text
    assert not teams_with(club.id)


def test_only_public_organisations_are_offered_and_shown(as_user, visitor, ada, cem, team, club):
    choose_partners(team, [club.id])
    unpublish(club)
    db.session.commit()
    assert "Gartenfreunde" not in visitor.visit(f"/teams/{team.id}").text
    visitor.visit(f"/akteure/{club.id}/teams", status=404)
    page = as_user(ada).visit(f"/teams/{team.id}/akteure")
    assert not page.select("[name=partners]")
    other = organisation("Radküche", cem)
    as_user(ada).submit(f"/teams/{team.id}/akteure", partners=[other.id])
    assert {row.organisation_id for row in db.session.scalars(select(TeamPartner))} == {
        club.id, other.id,  # the club's comes back with it
    }  # fmt: skip


def test_partners_go_with_the_organisation(app, team, club):
    choose_partners(team, [club.id])
    db.session.commit()
    db.session.execute(delete(Organisation).where(Organisation.id == club.id))
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(TeamPartner)) == 0


def test_two_leads_who_choose_at_once(post, ada, ben, team, club):
    add_member(team, ben, is_lead=True)
    db.session.commit()
    sent = {"partners": [club.id]}
    url = f"/teams/{team.id}/akteure"
    assert all_at_once(*(post(lead, url, sent) for lead in (ada, ben, ada))) == [303] * 3
    assert db.session.scalar(select(func.count()).select_from(TeamPartner)) == 1
    assert db.session.scalar(select(func.count(Notification.id))) == 1


def test_many_teams_and_partners_need_the_same_few_statements(
    as_user, visitor, ada, cem, team, club, count_queries
):
    choose_partners(team, [organisation(f"Verein {n}", cem).id for n in range(20)])
    for number in range(20):
        choose_partners(create_team(by=cem, name=f"Team {number}", challenge="Beete."), [club.id])
    db.session.commit()
    for path in (f"/teams/{team.id}", f"/akteure/{club.id}/teams"):
        count_queries.clear()
        visitor.visit(path)
        assert len(count_queries) <= 7, path

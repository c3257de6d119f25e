"""Leaving, thanking, removing and handing over the lead: normal buttons with kind words."""

import re

import pytest
from sqlalchemy import func, select

from portal.accounts.models import User
from portal.extensions import db
from portal.moderation.models import AuditEntry
from portal.recruiting import departures
from portal.recruiting.models import LeadOffer
from portal.teams.actions import add_member, change_state, create_team, end_membership
from portal.teams.models import Membership, Team, Thanks
from portal.teams.queries import lead_ids_of, member_ids_of
from tests.portal.recruits import mails_to, news_of, room


@pytest.fixture
def garden(cem, ada, ben) -> Team:
    """Ada leads, Ben helps."""
    team = create_team(by=cem, name="Hofgarten", challenge="Beete im Hof anlegen.")
    add_member(team, ada, is_lead=True)
    add_member(team, ben)
    db.session.commit()
    return team


def place_of(team: Team, user) -> str:
    found = room(team).membership_of(user.id)
    return f"/teams/{team.id}/mitglieder/{found.id}"


def key_path(mail) -> str:
    return re.search(r"/leitung/antwort/\S+", mail.body)[0]


def test_a_member_leaves_with_a_farewell(as_user, ada, ben, garden):
    page = as_user(ben).visit(f"/teams/{garden.id}/mitglieder")
    page = as_user(ben).visit(page.select_one("a[href$='/austreten']")["href"])
    assert page.select_one("#coordinators_know") is None
    page = as_user(ben).submit(f"/teams/{garden.id}/austreten", farewell="Macht es gut!")
    assert "Du hast das Team verlassen" in page.text
    assert member_ids_of(garden) == {ada.id}
    assert "Macht es gut!" in news_of(ada)[-1].body
    as_user(ben).visit(f"/teams/{garden.id}/mitglieder", status=403)


def test_the_last_lead_goes_only_when_coordinators_know(as_user, ada, ben, cem, garden):
    browser, url = as_user(ada), f"/teams/{garden.id}/austreten"
    page = browser.submit(url, status=422, farewell="Ich ziehe weg.")
    assert "als Letzte:r" in page.select_one(".error-summary").text
    assert page.select_one("#farewell").text.strip() == "Ich ziehe weg."
    assert ada.id in lead_ids_of(garden)
    browser.submit(url, farewell="Ich ziehe weg.", coordinators_know="y")
    assert lead_ids_of(garden) == set()
    assert news_of(cem)[-1].subject == "„Hofgarten“ hat keine Teamleitung mehr"
    page = as_user(cem).visit("/koordination/liste/leitung")
    assert page.select_one(f"a[href='/teams/{garden.id}/mitglieder']")
    assert "keine Leitung" in as_user(cem).visit(f"/teams/{garden.id}/mitglieder").text


@pytest.mark.parametrize("state", ["pausiert", "abgeschlossen"])
def test_the_last_lead_of_a_team_at_rest_just_goes(ada, cem, garden, state):
    change_state(garden, state=state, self_supporting=False, by=cem)
    departures.leave(garden, ada)
    db.session.commit()
    assert lead_ids_of(garden) == set()
    assert not [news for news in news_of(cem) if "Teamleitung" in news.subject]


def test_one_of_two_leads_just_goes(ada, ben, garden):
    add_member(garden, ben, is_lead=True)
    departures.leave(garden, ada)
    db.session.commit()
    assert lead_ids_of(garden) == {ben.id}


def test_thanks_reach_the_member_and_the_public_sees_a_number_only(
    as_user, visitor, ada, ben, garden
):
    url = f"{place_of(garden, ben)}/danken"
    as_user(ada).submit(url, status=422, words="")
    for _twice in range(2):
        as_user(ada).submit(url, words="Danke fürs Gießen bei Regen!")
    assert [news.body for news in news_of(ben)][-1].endswith("Danke fürs Gießen bei Regen!")
    assert db.session.scalar(select(func.count(Thanks.id))) == 1
    add_member(garden, ben, is_lead=True)
    db.session.commit()
    as_user(ben).submit(f"{place_of(garden, ada)}/danken", words="Danke zurück!")
    page = visitor.visit(f"/teams/{garden.id}")
    assert "2-mal hat hier jemand Danke gesagt" in page.text
    assert "Regen" not in page.text


def test_a_lead_ends_a_membership_only_with_a_reason(as_user, ada, ben, cem, garden):
    url = f"{place_of(garden, ben)}/entfernen"
    page = as_user(ada).submit(url, status=422, reason="sonst", words="")
    assert "Schreib bitte kurz, warum." in page.select_one(".error-summary").text
    as_user(ada).submit(url, status=422, words="Ohne Grund geht es nicht.")
    as_user(ada).submit(url, reason="abwesend", words="Melde dich gern wieder.")
    assert member_ids_of(garden) == {ada.id}
    (mail,) = mails_to(ben)
    assert "Wir haben dich lange nicht gesehen" in mail.body
    assert "Melde dich gern wieder." in mail.body
    assert "Unterstützungsteam" in mail.body
    assert (
        db.session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.actor_id == ada.id))
        == 0
    )


def test_a_lead_is_removed_by_coordinators_only_and_that_is_logged(as_user, ada, ben, cem, garden):
    add_member(garden, ben, is_lead=True)
    db.session.commit()
    url = f"{place_of(garden, ben)}/entfernen"
    assert as_user(ada).get(url).status_code == 403
    as_user(cem).submit(url, reason="absprache", words="")
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "membership.ended")
    ).one()
    assert entry.actor_id == cem.id
    assert "absprache" not in str((entry.before, entry.after))


def test_members_and_strangers_have_no_buttons_of_the_lead(
    as_user, visitor, ada, ben, dora, garden
):
    page = as_user(ben).visit(f"/teams/{garden.id}/mitglieder")
    assert "Ada" in page.main.text
    assert not page.select("a[href$='/entfernen'], a[href$='/danken'], a[href$='/leitung']")
    for end in ("danken", "entfernen", "leitung"):
        assert as_user(ben).get(f"{place_of(garden, ada)}/{end}").status_code == 403
    assert as_user(ada).get(f"{place_of(garden, ada)}/entfernen").status_code == 403
    assert as_user(ada).get(f"{place_of(garden, ada)}/danken").status_code == 403
    end_membership(garden, ben)
    db.session.commit()
    for path in (f"/teams/{garden.id}/mitglieder", f"/teams/{garden.id}/austreten"):
        assert as_user(ben).get(path).status_code == 403
        assert visitor.get(path).location.startswith("/anmelden")
    assert as_user(dora).get(f"/teams/{garden.id}/austreten").status_code == 403


def test_a_member_takes_the_lead_by_the_link_in_the_mail_without_signing_in(
    as_user, visitor, ada, ben, garden
):
    page = as_user(ada).submit(f"{place_of(garden, ben)}/leitung")
    assert "ist Ben angeboten" in page.text
    (mail,) = mails_to(ben)
    path = key_path(mail)
    page = visitor.visit(path)
    assert lead_ids_of(garden) == {ada.id}  # reading does nothing: mail scanners read
    assert len(page.select("main form")) == 2
    page = visitor.submit(path, answer="yes")
    assert "Du leitest jetzt das Team" in page.text
    assert lead_ids_of(garden) == {ben.id}
    assert member_ids_of(garden) == {ada.id, ben.id}
    assert "Ben leitet jetzt „Hofgarten“." in news_of(ada)[-1].body
    assert "schon benutzt" in visitor.submit(path, status=410, answer="yes").text
    assert visitor.get("/leitung/antwort/" + "x" * 32).status_code == 404
    assert visitor.get("/leitung/antwort/ä").status_code == 404


def test_a_member_takes_part_of_the_lead_by_the_page(as_user, ada, ben, garden):
    as_user(ada).submit(f"{place_of(garden, ben)}/leitung", together="y")
    page = as_user(ben).visit(f"/teams/{garden.id}/mitglieder")
    link = page.select_one("a[href^='/leitungsangebote/']")["href"]
    as_user(ada).visit(link, status=404)
    assert "zusammen mit dir" in as_user(ben).visit(link).text
    as_user(ben).submit(f"{link}/antwort", answer="yes")
    assert lead_ids_of(garden) == {ada.id, ben.id}
    as_user(ben).submit(f"{link}/antwort", status=409, answer="no")


def test_a_no_to_the_lead_changes_nothing(as_user, ada, ben, garden):
    offer = departures.offer_lead(room(garden), ben, by=ada, together=False)
    assert departures.offer_lead(room(garden), ben, by=ada, together=False) is offer
    db.session.commit()
    as_user(ben).submit(f"/leitungsangebote/{offer.id}/antwort", answer="no")
    assert lead_ids_of(garden) == {ada.id}
    assert "gerade nicht leiten" in news_of(ada)[-1].body


def test_an_offer_taken_back_cannot_be_accepted(as_user, visitor, ada, ben, garden):
    offer = departures.offer_lead(room(garden), ben, by=ada, together=False)
    db.session.commit()
    path = key_path(mails_to(ben)[0])
    assert as_user(ben).post(f"/leitungsangebote/{offer.id}/zuruecknehmen").status_code == 403
    as_user(ada).submit(f"/leitungsangebote/{offer.id}/zuruecknehmen")
    page = visitor.submit(path, answer="yes")
    assert "zurückgenommen" in page.text
    assert lead_ids_of(garden) == {ada.id}


def test_who_goes_takes_their_offers_along(ada, ben, garden):
    offer = departures.offer_lead(room(garden), ben, by=ada, together=False)
    departures.leave(garden, ben)
    db.session.commit()
    assert db.session.get(LeadOffer, offer.id).state == "withdrawn"


def test_coordinators_offer_the_lead_of_a_team_without_one(as_user, ada, ben, cem, garden):
    departures.leave(garden, ada, coordinators_know=True)
    db.session.commit()
    as_user(cem).submit(f"{place_of(garden, ben)}/leitung")
    offer = db.session.scalars(select(LeadOffer)).one()
    as_user(ben).submit(f"/leitungsangebote/{offer.id}/antwort", answer="yes")
    assert lead_ids_of(garden) == {ben.id}
    page = as_user(cem).visit("/koordination/liste/leitung")
    assert "Hofgarten" not in page.main.text


def test_nobody_under_16_is_offered_the_lead(as_user, ada, ben, garden):
    ben.under_16 = True
    db.session.commit()
    page = as_user(ada).visit(f"/teams/{garden.id}/mitglieder")
    assert not page.select("a[href$='/leitung']")
    with pytest.raises(departures.CannotLead):
        departures.offer_lead(room(garden), ben, by=ada, together=False)


def test_the_list_of_members_stays_cheap(as_user, ada, garden, count_queries):
    for number in range(30):
        user = User(email=f"m{number}@x.org", name="Mo", fs_uniquifier=f"m{number}", active=True)
        db.session.add(user)
        db.session.flush()
        add_member(garden, user)
    db.session.commit()
    browser = as_user(ada)
    browser.visit("/impressum")
    count_queries.clear()
    page = browser.visit(f"/teams/{garden.id}/mitglieder")
    assert len(page.select("article")) == 32
    assert len(count_queries) <= 6, count_queries
    assert db.session.scalar(select(func.count(Membership.id))) == 32

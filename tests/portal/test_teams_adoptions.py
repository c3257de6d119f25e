"""Taking over a paused team: who may offer, who answers, who is told."""

from datetime import datetime

import pytest
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.messages.models import Notification, OutboxMail
from portal.moderation.models import AuditEntry
from portal.teams import actions, adoptions
from portal.teams.jobs import remind_due
from portal.teams.models import Adoption, Membership, StatusEntry, Team
from portal.teams.queries import lead_ids_of


@pytest.fixture
def festival(cem, dora) -> Team:
    """A paused team; nobody leads it any more."""
    team = actions.create_team(by=cem, name="Straßenfest", challenge="Ein Fest in der Straße.")
    actions.change_state(team, state="pausiert", self_supporting=False, by=cem)
    db.session.commit()
    return team


@pytest.fixture
def offer(festival, ben) -> Adoption:
    """Ben's offer."""
    found = adoptions.offer_adoption(festival, ben, message="Ich rufe alle zusammen.")
    db.session.commit()
    return found


def told(user, ending: str = "") -> list[str]:
    found = select(Notification).where(Notification.user_id == user.id).order_by(Notification.id)
    return [row.subject for row in db.session.scalars(found) if row.key.endswith(ending)]


def test_a_resident_offers_and_the_coordinators_are_asked_at_once(as_user, festival, ben, cem):
    browser = as_user(ben)
    page = browser.visit(f"/teams/{festival.id}")
    assert page.select_one(f"a[href='/teams/{festival.id}/uebernehmen']")
    page = browser.submit(
        f"/teams/{festival.id}/uebernehmen", message="Ich rufe alle zusammen.", brings="Zeit"
    )
    assert "Ich rufe alle zusammen." in page.main.text
    assert "noch keine Antwort" in page.main.text
    assert told(cem) == ["Jemand möchte „Straßenfest“ übernehmen"]
    mails = db.session.scalars(select(OutboxMail.to_address)).all()
    assert set(mails) == {"cem@example.org", "dora@example.org"}
    page = as_user(cem).visit("/koordination/liste/uebernahmen")
    assert page.select_one("a[href^='/uebernahmen/']").text == "Straßenfest"


def test_a_yes_makes_them_lead_with_a_dated_entry_and_tells_who_waited(
    as_user, festival, offer, ada, ben, cem, eve
):
    adoptions.offer_adoption(festival, ada, message="Ich auch gern.")
    actions.add_member(festival, eve)
    db.session.commit()
    page = as_user(cem).submit(f"/uebernahmen/{offer.id}/antwort", antwort="ja", reply="Los!")
    assert page.h1.text == "Straßenfest"
    assert lead_ids_of(festival) == {ben.id}
    team = db.session.get(Team, festival.id)
    assert team.state == "laeuft"
    entry = db.session.scalars(select(StatusEntry).order_by(StatusEntry.id.desc())).first()
    assert (entry.state, entry.by_id) == ("laeuft", cem.id)
    assert "übernommen" in entry.text
    assert told(ben, "answered") == ["Du leitest jetzt „Straßenfest“"]
    assert told(ada, "goes-on") == ["„Straßenfest“ läuft wieder"]
    assert told(eve, "goes-on") == ["„Straßenfest“ läuft wieder"]
    other = db.session.scalars(select(Adoption).where(Adoption.user_id == ada.id)).one()
    assert (other.is_open, other.answer) == (False, None)
    page = as_user(cem).visit("/koordination/liste/uebernahmen")
    assert page.select_one("a[href^='/uebernahmen/']") is None


def test_a_no_needs_a_word_and_leaves_the_team_open(as_user, festival, offer, ben, cem):
    path = f"/uebernahmen/{offer.id}"
    page = as_user(cem).submit(f"{path}/antwort", status=422, antwort="nein", reply="")
    assert "ohne Erklärung" in page.select_one(".error-summary").text
    as_user(cem).submit(f"{path}/antwort", antwort="nein", reply="Erst nach dem Umbau.")
    assert db.session.get(Team, festival.id).state == "pausiert"
    assert "Erst nach dem Umbau." in as_user(ben).visit(path).main.text
    assert told(ben, "answered") == ["Antwort auf dein Angebot für „Straßenfest“"]
    again = adoptions.offer_adoption(festival, ben, message="Jetzt ist umgebaut.")
    assert again.id != offer.id


def test_the_second_answer_is_told_that_it_is_late(as_user, offer, ben, cem, dora):
    as_user(cem).submit(f"/uebernahmen/{offer.id}/antwort", antwort="nein", reply="Noch nicht.")
    as_user(dora).submit(f"/uebernahmen/{offer.id}/antwort", status=409, antwort="ja")
    assert db.session.get(Adoption, offer.id).answer is False


def test_a_former_answer_of_a_running_team_is_refused(as_user, festival, offer, cem, dora):
    actions.change_state(festival, state="laeuft", self_supporting=False, by=dora)
    db.session.commit()
    as_user(cem).submit(f"/uebernahmen/{offer.id}/antwort", status=409, antwort="ja")
    assert db.session.scalars(select(Membership)).all() == []


def test_the_lead_answers_too_and_stays(as_user, festival, offer, ada, ben):
    actions.add_member(festival, ada, is_lead=True)
    db.session.commit()
    page = as_user(ada).visit(f"/teams/{festival.id}")
    assert page.select_one(f"a[href='/uebernahmen/{offer.id}']")
    as_user(ada).submit(f"/uebernahmen/{offer.id}/antwort", antwort="ja")
    assert lead_ids_of(festival) == {ada.id, ben.id}


def test_nobody_answers_their_own_offer(as_user, festival, cem, dora):
    own = adoptions.offer_adoption(festival, cem, message="Ich mache es selbst.")
    db.session.commit()
    as_user(cem).submit(f"/uebernahmen/{own.id}/antwort", status=403, antwort="ja")
    assert "/uebernahmen/" not in str(as_user(cem).visit("/koordination/liste/uebernahmen").main)
    as_user(dora).submit(f"/uebernahmen/{own.id}/antwort", antwort="ja")
    assert lead_ids_of(festival) == {cem.id}


def test_strangers_and_other_residents_see_nothing_of_an_offer(visitor, as_user, offer, ada):
    for path in (f"/uebernahmen/{offer.id}", "/uebernahmen/7"):
        assert visitor.get(path).location.startswith("/anmelden")
        as_user(ada).visit(path, status=404)
    as_user(ada).submit(f"/uebernahmen/{offer.id}/antwort", status=404, antwort="ja")
    as_user(ada).submit(f"/uebernahmen/{offer.id}/zurueckziehen", status=404)
    assert db.session.get(Adoption, offer.id).is_open


def test_an_offer_is_taken_back_and_only_by_its_author(as_user, offer, ben, cem):
    as_user(cem).submit(f"/uebernahmen/{offer.id}/zurueckziehen", status=403)
    page = as_user(ben).submit(f"/uebernahmen/{offer.id}/zurueckziehen")
    assert page.h1.text == "Straßenfest"
    row = db.session.get(Adoption, offer.id)
    assert (row.is_open, row.answer) == (False, None)


def test_only_a_paused_team_is_offered(visitor, as_user, festival, ben, cem):
    path = f"/teams/{festival.id}/uebernehmen"
    assert visitor.get(path).location.startswith("/anmelden")
    actions.change_state(festival, state="laeuft", self_supporting=False, by=cem)
    db.session.commit()
    as_user(ben).visit(path, status=409)
    as_user(ben).submit(path, status=409, message="Ich will.")
    assert visitor.visit(f"/teams/{festival.id}").select_one("a[href$='/uebernehmen']") is None


def test_somebody_under_16_and_the_lead_do_not_adopt(as_user, festival, ada, ben):
    ben.under_16 = True
    actions.add_member(festival, ada, is_lead=True)
    db.session.commit()
    as_user(ben).visit(f"/teams/{festival.id}/uebernehmen", status=403)
    as_user(ada).visit(f"/teams/{festival.id}/uebernehmen", status=403)


def test_the_same_form_twice_makes_one_offer(as_user, festival, ben):
    for _ in range(2):
        as_user(ben).submit(f"/teams/{festival.id}/uebernehmen", message="Ich will.")
    assert len(db.session.scalars(select(Adoption)).all()) == 1


@pytest.mark.parametrize("text", ["", "a\x00b", "abc \u202eevil", "🌱🌳", "x" * 100_000])
def test_bad_texts_are_answered_in_german(as_user, festival, ben, text):
    page = as_user(ben).submit(f"/teams/{festival.id}/uebernehmen", status=422, message=text)
    assert page.select_one(".error-summary a[href='#message']")


def test_a_coordinators_answer_is_in_the_audit_log(as_user, offer, cem):
    as_user(cem).submit(f"/uebernahmen/{offer.id}/antwort", antwort="nein", reply="Noch nicht.")
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "adoption.answered")
    ).one()
    assert (entry.actor_id, entry.subject_id) == (cem.id, offer.id)
    assert "Noch nicht" not in str((entry.before, entry.after))


def test_a_list_of_offers_is_cheap(as_user, festival, ada, ben, cem, dora, eve, count_queries):
    for number in range(20):
        team = actions.create_team(by=cem, name=f"Team {number}", challenge="Pause.")
        actions.change_state(team, state="pausiert", self_supporting=False, by=cem)
        adoptions.offer_adoption(team, ben, message="Ich will.")
    db.session.commit()
    browser = as_user(cem)
    browser.visit("/koordination/liste/uebernahmen")
    count_queries.clear()
    page = browser.visit("/koordination/liste/uebernahmen")
    assert len(page.select("article")) == 20
    assert len(count_queries) <= 6


def test_an_offer_nobody_answers_is_reminded_of_once(festival, offer, cem, dora):
    assert remind_due() == 0
    with clock.at(clock.shifted(offer.created_at, days=3)):
        assert remind_due() == 1
        assert remind_due() == 0
    assert (
        told(cem, "reminder") == told(dora, "reminder") == ["„Straßenfest“ wartet auf eine Antwort"]
    )


def test_a_reminder_comes_at_the_same_hour_across_the_clock_change(festival, offer):
    offer.created_at = datetime(2026, 10, 23, 10)  # noon in Leipzig, two days before winter time
    db.session.commit()
    with clock.at(datetime(2026, 10, 26, 10, 59)):
        assert remind_due() == 0
    with clock.at(datetime(2026, 10, 26, 11)):
        assert remind_due() == 1


def test_an_offer_ends_when_the_team_wakes_up_or_ends_by_itself(festival, offer, ada, ben, cem):
    actions.change_state(festival, state="laeuft", self_supporting=False, by=cem)
    db.session.commit()
    assert remind_due() == 1
    row = db.session.get(Adoption, offer.id)
    assert (row.is_open, row.answer) == (False, None)
    assert told(ben, "goes-on") == ["„Straßenfest“ läuft wieder"]
    actions.change_state(festival, state="pausiert", self_supporting=False, by=cem)
    adoptions.offer_adoption(festival, ada, message="Jetzt ich.")
    actions.change_state(festival, state="abgeschlossen", self_supporting=False, by=cem)
    db.session.commit()
    assert (remind_due(), remind_due()) == (1, 0)
    assert told(ada, "ended") == ["„Straßenfest“ ist abgeschlossen"]

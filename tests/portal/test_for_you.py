"""The signed-in start page shows one next step, what waits, what fits and what is near."""

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.ideas.actions import move_idea, submit_idea
from portal.matches.actions import approve
from portal.matches.introductions import ask_at_once
from portal.messages.actions import Contact, open_thread, post_message
from portal.organisations import actions as lending
from portal.organisations import queries
from portal.profiles.models import Profile
from portal.teams.actions import add_member, create_team
from tests.portal.gatherings import joins, new_gathering
from tests.portal.pairs import profile_of
from tests.portal.recruits import ask


def step_of(page):
    return page.select_one(".callout h2").text


def test_a_newcomer_is_asked_for_a_profile_first(as_user, ada):
    page = as_user(ada).visit("/")
    assert page.h1.text == "Für dich"
    assert "Hallo Ada" in page.main.text
    assert step_of(page) == "Erzähl uns, was du gern machst"
    assert page.select_one(".callout a")["href"] == "/profil/bearbeiten"


def test_coordinators_are_led_to_their_day(as_user, cem):
    assert step_of(as_user(cem).visit("/")) == "Dein Arbeitstag"


def test_a_visitor_still_finds_the_three_doors(visitor, as_user, ada):
    assert visitor.visit("/").select(".door")
    assert as_user(ada).visit("/?alles=1").select(".door")


def test_with_nothing_to_do_people_are_invited_to_tell_an_idea(as_user, ada):
    profile_of(ada)
    db.session.commit()
    assert step_of(as_user(ada).visit("/")) == "Gerade wartet nichts auf dich"


def test_who_waits_for_an_answer_comes_before_everything_else(as_user, ada, ben, proposal, cem):
    approve(proposal, cem, proposal.version)
    ask_at_once(proposal)
    thread = open_thread(subject="Hallo", people=[Contact("Ada", ada), Contact("Ben", ben)])
    post_message(thread, thread.participants[1], "Kommst du?")
    db.session.commit()
    page = as_user(ada).visit("/")
    assert step_of(page) == "Jemand wartet auf dein Ja oder Nein"
    assert "Eine neue Nachricht für dich" in [link.text for link in page.select("main ul a")]


def test_a_lead_is_told_that_somebody_wants_to_join(as_user, ada, ben, cem):
    team = create_team(by=cem, name="Hofgarten", challenge="Beete im Hof anlegen.")
    add_member(team, ada, is_lead=True)
    db.session.commit()
    ask(team, ben)
    page = as_user(ada).visit("/")
    assert step_of(page) == "Jemand möchte in deinem Team mitmachen"
    assert page.select_one(".callout a")["href"] == f"/teams/{team.id}/anfragen"


def test_a_question_back_is_the_next_step_of_whoever_had_the_idea(as_user, ada, cem):
    idea = submit_idea(problem="Hier fehlt eine Bank.", wish="Eine Bank.", initiator=ada).idea
    for state in ("im_gespraech", "vorbereitet", "im_steuerungsteam", "rueckfrage"):
        move_idea(idea, state, "Wo genau?", cem)
    db.session.commit()
    assert step_of(as_user(ada).visit("/")) == "Zu deiner Idee gibt es eine Rückfrage"


def test_a_clubs_people_see_what_they_were_asked_for(as_user, ada, ben):
    club = lending.create_organisation(
        by=ben, name="Hofkultur", kind="association", about="Wir öffnen Hinterhöfe."
    )
    lending.publish(club)
    resource = lending.offer_resource(club, by=ben, kind="knowledge", title="Rat beim Bauen")
    db.session.commit()
    lending.ask_for(queries.resource_page(resource.id), by=ada, purpose="Für unsere Bank.")
    db.session.commit()
    assert step_of(as_user(ben).visit("/")) == "Jemand möchte etwas von euch leihen"


def test_fitting_openings_come_with_reasons_and_no_other_people(as_user, ada, proposal):
    page = as_user(ada).visit("/")
    assert "Das passt zu dir" in page.main.text
    assert "Fahrräder reparieren" in page.select_one("#fitting-title").find_parent("section").text
    assert page.select(".reasons")


def test_the_page_needs_few_statements(as_user, ada, proposal, count_queries):
    browser = as_user(ada)
    browser.visit("/")
    count_queries.clear()
    browser.visit("/")
    assert len(count_queries) <= 7, count_queries


@pytest.mark.parametrize("days", [3, 20])
def test_a_gathering_this_week_is_a_step_a_later_one_is_not(as_user, ada, cem, days):
    made = new_gathering(cem, days=days)
    joins(made, ada)
    page = as_user(ada).visit("/")
    assert ("Diese Woche hast du einen Termin" in page.main.text) is (days == 3)
    assert made.title in page.main.text
    assert db.session.scalars(select(Profile)).all() == []

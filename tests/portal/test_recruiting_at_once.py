"""Two people who press a button at the same moment: one counts, the other is told."""

import pytest
from sqlalchemy import func, select

from portal.extensions import db
from portal.messages.models import Message, Thread
from portal.recruiting import departures
from portal.recruiting.models import JoinRequest
from portal.teams.actions import add_member, create_team
from portal.teams.models import Membership, Team
from portal.teams.queries import lead_ids_of
from tests.portal.at_once import all_at_once
from tests.portal.recruits import again, ask, join_form, mails_to, room


@pytest.fixture
def garden(cem, ada, ben) -> Team:
    """Ada and Ben lead."""
    team = create_team(by=cem, name="Hofgarten", challenge="Beete im Hof anlegen.")
    add_member(team, ada, is_lead=True)
    add_member(team, ben, is_lead=True)
    db.session.commit()
    return team


def test_two_leads_answer_at_once_and_one_answer_counts(post, ada, ben, dora, garden):
    asked = ask(garden, dora)
    url = f"/beitrittsanfragen/{asked.id}/antwort"
    yes, no = ({"decision": word, "reason": "voll", "text": ""} for word in ("yes", "no"))
    found = all_at_once(
        *(post(lead, url, fields) for lead in (ada, ben) for fields in (yes, no)),
    )
    assert found == [303, 409, 409, 409]
    state = again(asked).state
    joined = db.session.scalar(select(func.count()).where(Membership.user_id == dora.id))
    assert joined == (1 if state == "accepted" else 0)
    answers = [
        mail
        for mail in mails_to(dora)
        if mail.subject in ("Du bist dabei", "Antwort auf deine Anfrage")
    ]
    assert len(answers) == 1


def test_an_answer_and_a_withdrawal_at_once(post, ada, dora, garden):
    asked = ask(garden, dora)
    url = f"/beitrittsanfragen/{asked.id}"
    found = all_at_once(
        post(ada, f"{url}/antwort", {"decision": "yes", "reason": "voll", "text": ""}),
        post(dora, f"{url}/zurueckziehen", {}),
    )
    assert found == [303, 409]
    is_member = db.session.scalar(select(func.count()).where(Membership.user_id == dora.id))
    assert bool(is_member) == (again(asked).state == "accepted")


def test_the_same_person_asks_in_many_windows_at_once(post, ada, dora, garden):
    url = f"/teams/{garden.id}/mitmachen"
    found = all_at_once(*(post(dora, url, join_form()) for _window in range(6)))
    assert found == [303, 422, 422, 422, 422, 422]
    assert db.session.scalar(select(func.count(JoinRequest.id))) == 1
    assert len(mails_to(ada)) == 1


def test_two_last_leads_who_leave_at_once_do_not_leave_the_team_alone(post, ada, ben, garden):
    url = f"/teams/{garden.id}/austreten"
    found = all_at_once(*(post(lead, url, {"farewell": ""}) for lead in (ada, ben)))
    assert found == [303, 422]
    assert len(lead_ids_of(garden)) == 1


def test_the_lead_is_taken_once_from_page_and_mail(post, ada, dora, garden):
    add_member(garden, dora)
    offer = departures.offer_lead(room(garden), dora, by=ada, together=False)
    db.session.commit()
    url = f"/leitungsangebote/{offer.id}/antwort"
    found = all_at_once(*(post(dora, url, {"answer": word}) for word in ("yes", "no", "yes")))
    assert found == [303, 409, 409]
    took = db.session.get(type(offer), offer.id).state == "accepted"
    assert (dora.id in lead_ids_of(garden)) == took
    assert (ada.id in lead_ids_of(garden)) != took


def test_two_leads_who_ask_back_at_once_share_one_conversation(post, ada, ben, dora, garden):
    asked = ask(garden, dora)
    url = f"/beitrittsanfragen/{asked.id}/antwort"
    question = {"decision": "ask", "reason": "voll", "text": "Wann hast du Zeit?"}
    assert all_at_once(*(post(lead, url, question) for lead in (ada, ben))) == [303, 303]
    (thread,) = db.session.scalars(select(Thread))
    assert again(asked).thread_id == thread.id
    assert db.session.scalar(select(func.count(Message.id))) == 2

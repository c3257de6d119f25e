"""Four eyes: no coordinator decides about their own idea, their profile or their team.

The table names every page on which coordinators change something. Whoever adds one says here whom
it can be about; a page that is missing fails.
"""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from portal import clock
from portal.coordination import actions as coordination
from portal.coordination.queries import colleagues, people_behind
from portal.extensions import db
from portal.ideas.actions import move_idea, submit_idea
from portal.letters import actions as letters
from portal.matches.actions import approve
from portal.matches.introductions import ask_at_once
from portal.matches.models import Call, Introduction, IntroductionSide, Suggestion
from portal.organisations import actions as organisations
from portal.referrals import actions as referrals
from portal.steering import actions as steering
from portal.teams.actions import add_member, create_team
from portal.teams.adoptions import offer_adoption
from tests.portal.letter_cast import make_office, sent
from tests.portal.pairs import profile_of
from tests.portal.recruits import ask
from tests.test_access import ACCESS, COORDINATOR

NOT_ABOUT_A_PERSON = {
    "coordination.hand_over",  # without an item: all of one's own; with one: in the table below
    "funds.confirm", "funds.create", "funds.edit",
    "letters.create", "letters.discard_reply", "letters.place",  # create and place: tested below
    "matches.approve_batch", "matches.by_hand_pair", "matches.undo_all",  # somebody else decides
    "news.newsletter_addresses",
    "offices.confirm", "offices.edit",
    "organisations.add_member",  # decides nothing
    "referrals.change_referrer", "referrals.referrers",
    "steering.invite", "steering.plan", "steering.write_minutes",
    "teams.create", "teams.take_up",  # tested below with an idea
}  # fmt: skip

IDEA_ROUTES = {
    "coordination.add_step": "/koordination/akte/idee/{idea}/schritt",
    "coordination.finish_request": "/koordination/unterstuetzung/{support}/erledigt",
    "coordination.finish_step": "/koordination/schritte/{step}/erledigt",
    "coordination.hand_over": "/koordination/uebergabe?schritt={step}",
    "coordination.hand_over_letter": "/koordination/briefe/{letter}/uebergabe",
    "coordination.log_contact": "/koordination/akte/idee/{idea}/kontakt",
    "coordination.request_support": "/koordination/akte/idee/{idea}/unterstuetzung",
    "ideas.hide": "/koordination/ideen/{idea}/verbergen",
    "ideas.move": "/koordination/ideen/{idea}/stand",
    "ideas.publish": "/koordination/ideen/{idea}/veroeffentlichen",
    "letters.accept": "/koordination/briefe/{sent}/keine-absage",
    "letters.close": "/koordination/briefe/{sent}/abschliessen",
    "letters.create": "/koordination/briefe/neu?idee={idea}&stelle=gruen",
    "letters.discard": "/koordination/briefe/{letter}/verwerfen",
    "letters.edit": "/koordination/briefe/{letter}/bearbeiten",
    "letters.post_by_hand": "/koordination/briefe/{letter}/verschickt",
    "letters.record_reply": "/koordination/briefe/{sent}/antwort",
    "letters.refuse": "/koordination/briefe/{sent}/absage",
    "letters.reopen": "/koordination/briefe/{sent}/oeffnen",
    "letters.send": "/koordination/briefe/{letter}/senden",
    "referrals.note_answer": "/weitergaben/{handover}/antwort",
    "referrals.pass_on": "/weitergaben/idee/{idea}",
    "steering.decide": "/steuerungsteam/punkte/{item}/entscheidung",
    "steering.edit_item": "/steuerungsteam/punkte/{item}/bearbeiten",
    "steering.put_on": "/steuerungsteam/ideen/{idea}",
    "steering.shift": "/steuerungsteam/punkte/{item}/verschieben/hoch",
    "steering.take_off": "/steuerungsteam/punkte/{item}/entfernen",
    "steering.vote": "/steuerungsteam/punkte/{item}/votum",
    "coordination.note_idea_call": "/koordination/anrufe/idee/{idea}",
    "teams.create": "/teams/neu?idee={idea}",
    "teams.take_up": "/teams/{paused}/idee?idee={idea}",
}
PERSON_ROUTES = {
    "coordination.add_step": "/koordination/akte/person/{person}/schritt",
    "coordination.log_contact": "/koordination/akte/person/{person}/kontakt",
    "coordination.request_support": "/koordination/akte/person/{person}/unterstuetzung",
    "matches.ask_now": "/koordination/vorschlaege/{suggestion}/jetzt",
    "matches.call_instead": "/koordination/vermittlungen/{introduction}/anrufen/{side}",
    "matches.decide": "/koordination/vorschlaege/{suggestion}",
    "matches.propose_meeting": "/koordination/vermittlungen/{introduction}",
    "matches.undo": "/koordination/vorschlaege/{suggestion}/zurueck",
    "coordination.note_call": "/koordination/anrufe/{call}",
    "recruiting.answer": "/beitrittsanfragen/{join}/antwort",
    "recruiting.clear": "/beitrittsanfragen/{join}/freigeben",
    "recruiting.nudge": "/beitrittsanfragen/{join}/erinnern",
    "teams.answer_adoption": "/uebernahmen/{adoption}/antwort",
}
TEAM_ROUTES = {
    "coordination.add_step": "/koordination/akte/team/{team}/schritt",
    "coordination.log_contact": "/koordination/akte/team/{team}/kontakt",
    "coordination.request_support": "/koordination/akte/team/{team}/unterstuetzung",
    "organisations.publish": "/akteure/{organisation}/veroeffentlichen",
    "organisations.unpublish": "/akteure/{organisation}/zuruecknehmen",
}


def writes(statements: list[str]) -> list[str]:
    return [each for each in statements if each.startswith(("INSERT", "UPDATE", "DELETE"))]


def test_every_page_that_decides_is_in_the_table(app):
    covered = {*IDEA_ROUTES, *PERSON_ROUTES, *TEAM_ROUTES, *NOT_ABOUT_A_PERSON}
    deciding = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and ACCESS.get(rule.endpoint) == COORDINATOR
    }
    assert sorted(deciding - covered) == []


@pytest.fixture(params=["with the account", "without signing in"])
def own(request, app, cem, dora, ada) -> SimpleNamespace:
    """An idea of the coordinator Cem with everything his colleague Dora made of it."""
    by_account = request.param == "with the account"
    idea = submit_idea(
        problem="Vor dem Treff fehlt eine Bank.", wish="Eine Bank im Schatten.",
        initiator=cem if by_account else None,
        contact_email=None if by_account else "Cem@Example.org",
    ).idea  # fmt: skip
    idea.published_at = clock.now()
    db.session.commit()
    office = make_office()
    letter = letters.draft_letter(idea, office, template="bank", subject="A", body="B", by=dora)
    posted = sent(idea, office, dora, days_ago=20)
    about, due = ("idea", idea.id), clock.today()
    step = coordination.add_step(about, text="Anrufen", owner=dora, due_on=due, by=dora)
    support = coordination.request_support(
        about, type="geld", text="300 Euro", owner=dora, due_on=due, by=dora
    )
    move_idea(idea, "vorbereitet", "Gut besprochen.", dora)
    meeting = steering.plan_meeting("ost", clock.today() + timedelta(days=7))
    steering.seat(cem, "ost")
    item = steering.put_on_agenda(idea, meeting, asked="Wird das ein Team?", by=dora)
    handover = referrals.pass_on(
        idea, to_name="Grünamt", referrer=None, passed_on=due, note="", contact_agreed=False,
        by=dora,
    )  # fmt: skip
    paused = create_team(by=dora, name="Pause", challenge="Macht Pause.", state="pausiert")
    db.session.commit()
    return SimpleNamespace(
        idea=idea.id, letter=letter.id, sent=posted.id, step=step.id, support=support.id,
        item=item.id, handover=handover.id, paused=paused.id, row=idea,
    )  # fmt: skip


def test_nobody_decides_about_their_own_idea(as_user, cem, own, count_queries):
    browser = as_user(cem)
    for endpoint, path in IDEA_ROUTES.items():
        count_queries.clear()
        answer = browser.post(path.format(**vars(own)), data={"antwort": "ja"})
        # Without a right to, the page of an agenda just has no form.
        refused = (200,) if endpoint == "steering.put_on" else (400, 403, 409)
        assert answer.status_code in refused, f"{endpoint}: {answer.status}"
        written = [
            each for each in count_queries if each.startswith(("INSERT", "UPDATE", "DELETE"))
        ]
        assert not written, f"{endpoint}: {written}"


def test_nobody_reads_what_colleagues_noted_about_their_own_idea(as_user, cem, dora, own):
    browser = as_user(cem)
    for path in (
        f"/koordination/briefe/{own.letter}", f"/koordination/briefe/{own.letter}/drucken",
        f"/weitergaben/paket/{own.handover}",
    ):  # fmt: skip
        assert browser.get(path).status_code in (403, 404), path
    for name in ("aemter-schweigen", "schritte", "unterstuetzung", "ideen"):
        page = browser.visit(f"/koordination/liste/{name}?wer=alle")
        assert not page.select("#worklist article"), name
    assert not browser.visit("/koordination/briefe/").select("#letter-list article")
    assert as_user(dora).visit("/koordination/briefe/").select("#letter-list article")
    assert "Anrufen" not in browser.visit(f"/koordination/ideen/{own.idea}").text


def test_work_about_an_idea_never_goes_to_whose_it_is(as_user, cem, dora, own):
    assert cem.id in people_behind(own.row)
    assert cem not in colleagues(people_behind(own.row))
    page = as_user(dora).submit("/koordination/uebergabe", to=cem.id, note="Urlaub", seen=dora.id)
    assert "Was Cem selbst betrifft, bleibt bei dir" in page.text
    assert "0 Einträge" in page.text


@pytest.fixture
def proposal(app, cem, dora, workshop) -> SimpleNamespace:
    """Cem is introduced to Ben's team; he asked another to let him join, and takes over a third."""
    cem.phone = "0341 123 456"
    profile_of(cem, times=["wochenende_tag"])
    row = db.session.scalars(
        select(Suggestion).where(Suggestion.pair_key.contains(f"person:{cem.id}"))
    ).first()
    row.state, row.needs_review = "open", True
    approve(row, dora, row.version)
    ask_at_once(row)
    paused = create_team(by=dora, name="Pause", challenge="Macht Pause.", state="pausiert")
    adoption = offer_adoption(paused, cem, message="Ich mache weiter.")
    db.session.commit()
    join = ask(workshop[0], cem)
    join.cleared_at = join.escalated_at = clock.now()
    db.session.commit()
    introduction = db.session.scalars(select(Introduction)).one()
    side = select(IntroductionSide.id).where(IntroductionSide.user_id == cem.id)
    return SimpleNamespace(
        person=cem.id, suggestion=row.id, introduction=introduction.id,
        side=db.session.scalars(side).one(),
        call=db.session.scalars(select(Call.id)).one(), join=join.id, adoption=adoption.id,
    )  # fmt: skip


def test_nobody_decides_about_themselves(as_user, cem, proposal, count_queries):
    browser = as_user(cem)
    for endpoint, path in PERSON_ROUTES.items():
        count_queries.clear()
        answer = browser.post(path.format(**vars(proposal)), data={"antwort": "ja"})
        assert answer.status_code == 403, f"{endpoint}: {answer.status}"
        written = [
            each for each in count_queries if each.startswith(("INSERT", "UPDATE", "DELETE"))
        ]
        assert not written, f"{endpoint}: {written}"


def test_nobody_decides_about_a_team_they_belong_to(as_user, cem, dora):
    team = create_team(by=dora, name="Radwerkstatt", challenge="Wir reparieren Räder.")
    add_member(team, cem)
    coordination.log_contact(("team", team.id), channel="notiz", text="Geheim", by=dora)
    coordination.add_step(
        ("team", team.id), text="Nachsehen", owner=dora, due_on=clock.today(), by=dora
    )
    organisation = organisations.create_organisation(
        by=cem, name="Radverein", kind="association", about="Wir fahren Rad."
    )
    db.session.commit()
    browser = as_user(cem)
    for endpoint, path in TEAM_ROUTES.items():
        url = path.format(team=team.id, organisation=organisation.id)
        assert browser.post(url).status_code == 403, endpoint
    page = browser.visit(f"/koordination/akte/team/{team.id}")
    assert "Geheim" not in page.text
    assert "Du gehörst zu diesem Team." in page.text
    page = browser.visit("/koordination/liste/schritte?wer=alle")
    assert not page.select("#worklist article")
    page = as_user(dora).submit("/koordination/uebergabe", to=cem.id, note="Urlaub", seen=dora.id)
    assert "Was Cem selbst betrifft" in page.text

"""What suggestions and introductions may not tell, and what is left when somebody goes."""

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.accounts.erasure import delete_user
from portal.extensions import db
from portal.ideas.actions import submit_idea
from portal.matches import jobs
from portal.matches.actions import approve
from portal.matches.introductions import ask_at_once
from portal.matches.models import Introduction, IntroductionSide, Suggestion
from portal.messages.models import OutboxMail
from portal.places.models import Borough, District
from portal.profiles.actions import agree_to_matching, delete_profile, save_profile
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


@pytest.fixture
def asked(workshop, ada, ben, cem):
    """An introduction of Ada, who opened nothing, to Ben's team; both have been asked."""
    agree_to_matching(ada, "Ja")
    save_profile(
        ada, can="Ich repariere gern Fahrräder mit Nachbarn.", learn="", cares="", rules_out="",
        times=[], languages=[], district=None, reach="stadt", visibility={},
    )  # fmt: skip
    db.session.commit()
    follow_up()
    key = f"person:{ada.id}|team:{workshop.id}"
    suggestion = db.session.scalars(select(Suggestion).where(Suggestion.pair_key == key)).one()
    suggestion.state, suggestion.needs_review = "open", True
    db.session.flush()
    introduction = approve(suggestion, cem, suggestion.version)
    ask_at_once(suggestion)
    db.session.commit()
    return introduction


def side_of(introduction: Introduction, kind: str) -> IntroductionSide:
    sides = select(IntroductionSide).where(IntroductionSide.introduction_id == introduction.id)
    return next(side for side in db.session.scalars(sides) if side.kind == kind)


def say(browser, side: IntroductionSide, word: str) -> None:
    browser.submit(f"/vermittlungen/{side.token}", answer=word)


def test_a_name_is_told_only_after_both_said_yes(as_user, ada, ben, asked):
    adas, bens = side_of(asked, "person"), side_of(asked, "team")
    say(as_user(ada), adas, "ja")
    assert "Ada" not in as_user(ben).visit(f"/vermittlungen/{bens.token}").main.text
    say(as_user(ben), bens, "ja")
    assert "Ada" in as_user(ben).visit(f"/vermittlungen/{bens.token}").main.text
    assert "Ada" in as_user(ben).visit("/vermittlungen/").main.text


def test_both_hear_by_mail_that_they_are_introduced(as_user, ada, ben, asked):
    say(as_user(ada), side_of(asked, "person"), "ja")
    before = db.session.scalar(select(func.count(OutboxMail.id)))
    say(as_user(ben), side_of(asked, "team"), "ja")
    new = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()[before:]
    assert {mail.to_address for mail in new} == {ada.email, ben.email}
    assert all("/nachrichten/" in mail.body for mail in new)
    assert "Schön, dass ihr beide Ja gesagt habt" in as_user(ada).visit("/nachrichten/").main.text


def test_after_a_quiet_no_neither_is_shown_the_other(as_user, ada, ben, workshop, asked):
    assert workshop.name in as_user(ada).visit("/profil/passend").main.text
    say(as_user(ada), side_of(asked, "person"), "nein")
    assert workshop.name not in as_user(ada).visit("/profil/passend").main.text
    assert "Menschen" not in as_user(ben).visit(f"/teams/{workshop.id}/passend").main.text


def test_a_deleted_account_leaves_nothing_behind_and_breaks_nothing(
    as_user, ada, ben, workshop, asked
):
    say(as_user(ben), side_of(asked, "team"), "ja")
    bens = side_of(asked, "team").token
    delete_user(ada)
    db.session.commit()
    follow_up()
    as_user(ben).visit("/vermittlungen/")
    as_user(ben).visit(f"/vermittlungen/{bens}", status=404)
    assert not db.session.scalar(
        select(func.count(Suggestion.id)).where(Suggestion.pair_key.contains("person:"))
    )


def test_whoever_left_before_being_asked_holds_nobody_up(ada, cem, workshop, asked):
    asked.asked_at = None
    for side in (side_of(asked, "person"), side_of(asked, "team")):
        side.answer = side.answered_at = None
    asked.asks_from = clock.now()
    delete_profile(ada)
    db.session.commit()
    follow_up()
    jobs.ask_due()
    db.session.expire_all()
    assert asked.asked_at is None
    assert asked.closed_at


def test_a_team_nobody_answers_for_is_not_offered_for_introductions(as_user, ada, ben, asked):
    say(as_user(ada), side_of(asked, "person"), "nein")
    team = create_team(by=ben, name="Fahrräder für alle", challenge="Fahrräder reparieren.")
    db.session.commit()
    follow_up()
    page = as_user(ada).visit("/profil/passend")
    assert team.name in page.main.text
    assert "Ich habe Interesse" not in page.main.text
    as_user(ada).submit(f"/wunsch/team/{team.id}")
    assert not db.session.scalars(select(Suggestion).where(Suggestion.state == "open")).all()


def test_a_question_is_kept_out_of_caches_and_search_engines(as_user, ada, asked):
    answer = as_user(ada).get(f"/vermittlungen/{side_of(asked, 'person').token}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"

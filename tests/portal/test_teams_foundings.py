"""A team from an idea in one step: people by their own yes, openings from needs, never twice."""

import threading

import pytest
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.ideas import rules as idea_rules
from portal.ideas.actions import submit_idea
from portal.ideas.models import Idea
from portal.matches.introductions import answer, ask_at_once, prepare_introduction
from portal.messages.models import Notification
from portal.teams import actions, needs
from portal.teams.models import Invitation, Membership, Opening, Team
from portal.teams.queries import lead_ids_of, member_ids_of
from tests.browser import Browser
from tests.portal.pairs import follow_up, profile_of, suggestion_between

WISH = "Eine Bank im Schatten. Wir brauchen jemanden, der mit Holz umgehen kann. Das wäre schön."
TEXTS = {"name": "Sitzpause", "challenge": "Bänke für alle.", "languages": "de", "lead": ""}


@pytest.fixture
def idea(ada) -> Idea:
    """Ada's public idea."""
    found = submit_idea(
        problem="Vor dem Treff fehlt eine Bank.", wish=WISH, initiator=ada, publish=True
    ).idea
    db.session.commit()
    follow_up()
    return found


@pytest.fixture
def introduced(idea, ben) -> None:
    """Ben said yes to the idea, and Ada to him."""
    profile_of(ben, can="Ich baue Bänke aus Holz und sitze gern im Schatten vor dem Treff.")
    suggestion = suggestion_between(f"person:{ben.id}", f"idea:{idea.id}")
    introduction = prepare_introduction(suggestion, clock.now())
    ask_at_once(suggestion)
    for side in introduction.sides:
        answer(side, True)
    db.session.commit()


def found(browser: Browser, idea: Idea, **data):
    return browser.submit(f"/teams/neu?idee={idea.id}", **TEXTS | data)


def key_for(user) -> str:
    """Return the link of the invitation's mail."""
    path = db.session.scalars(
        select(Notification.path).where(
            Notification.user_id == user.id, Notification.path.startswith("/teams/einladung/")
        )
    ).one()
    return path


def test_the_form_proposes_people_and_openings(as_user, cem, idea, introduced, ada, ben):
    page = as_user(cem).visit(f"/teams/neu?idee={idea.id}")
    offered = [box["value"] for box in page.select("[name=ask][checked]")]
    assert offered == [str(ada.id), str(ben.id)]
    assert "Ada (hatte die Idee)" in page.main.text
    assert "Ben (hat Ja zur Idee gesagt)" in page.main.text
    assert page.select_one("#lead option[selected]")["value"] == str(ada.id)
    titles = [field["value"] for field in page.select("[name^=title_]") if field.get("value")]
    assert "Wir brauchen jemanden, der mit Holz umgehen kann." in titles
    assert any("Patenschaft für die Bank" in title for title in titles)  # from the check-list
    assert page.select("[name^=take_][checked]") == []  # nothing is published unasked
    assert page.select_one(f"a[hx-get='/ideen/{idea.id}/pausierte-teams']")


def test_people_join_by_their_own_yes_without_signing_in(
    as_user, visitor, cem, idea, introduced, ada, ben
):
    found(
        as_user(cem), idea, ask=[ada.id, ben.id], lead=ada.id,
        take_1="y", kind_1="caretaker", title_1="Wer passt auf die Bank auf?",
    )  # fmt: skip
    team = db.session.scalars(select(Team)).one()
    assert member_ids_of(team) == set()
    assert db.session.get(Idea, idea.id).team_id == team.id
    assert db.session.scalars(select(Opening.title)).all() == ["Wer passt auf die Bank auf?"]
    path = key_for(ada)
    for _scanner in range(2):
        assert "Teamleitung vorgeschlagen" in visitor.visit(path).main.text
    assert member_ids_of(team) == set()
    visitor.submit(path, antwort="ja")
    assert lead_ids_of(team) == {ada.id}
    visitor.submit(path, status=410, antwort="nein")
    visitor.submit(key_for(ben), antwort="nein")
    assert member_ids_of(team) == {ada.id}
    assert [row.answer for row in db.session.scalars(select(Invitation))] == [True, False]


def test_who_agreed_elsewhere_is_in_at_once_and_hears_of_it(
    as_user, cem, idea, introduced, ada, ben
):
    found(as_user(cem), idea, ask=[ben.id], agreed=[ada.id], lead=ada.id)
    team = db.session.scalars(select(Team)).one()
    assert lead_ids_of(team) == {ada.id}
    noted = db.session.scalars(select(Invitation).where(Invitation.user_id == ada.id)).one()
    assert (noted.answer, noted.noted_by_id) == (True, cem.id)
    keys = db.session.scalars(
        select(Notification.key).where(Notification.user_id == ada.id).order_by(Notification.id)
    ).all()
    assert f"team-invitation:{noted.id}:noted" in keys


def test_daraus_wurde_and_entstanden_aus(as_user, visitor, cem, idea):
    found(as_user(cem), idea)
    team = db.session.scalars(select(Team)).one()
    page = visitor.visit(f"/ideen/{idea.id}")
    assert page.select_one("#became a")["href"] == f"/ideen/{idea.id}/team"
    fragment = visitor.visit(f"/ideen/{idea.id}/team", target="became")
    assert fragment.select_one(f"a[href='/teams/{team.id}']").text == "Sitzpause"
    page = visitor.visit(f"/teams/{team.id}")
    assert page.select_one(f"main a[href='/ideen/{idea.id}']").text == idea.title


def test_an_idea_with_a_team_is_locked(as_user, ada, cem, idea):
    found(as_user(cem), idea)
    idea = db.session.get(Idea, idea.id)
    assert not idea_rules.may_edit(ada, idea)
    assert not idea_rules.may_move(cem, idea)
    assert idea_rules.may_withdraw(ada, idea)  # taking it from the page stays everybody's right
    as_user(ada).visit(f"/ideen/{idea.id}/bearbeiten", status=403)
    as_user(cem).visit(f"/teams/neu?idee={idea.id}", status=409)
    found(as_user(cem), idea, name="Noch eins", status=409)
    assert len(db.session.scalars(select(Team)).all()) == 1


def test_no_idea_is_called_founded_without_a_team(as_user, cem, idea):
    page = as_user(cem).visit(f"/koordination/ideen?idee={idea.id}")
    states = [option["value"] for option in page.select("select[name=state] option")]
    assert "angenommen" in states
    assert "team_gegruendet" not in states


def test_two_coordinators_at_once_make_one_team(app, cem, dora, idea):
    idea_id, users = idea.id, (cem.fs_uniquifier, dora.fs_uniquifier)
    db.session.commit()
    start, answers = threading.Barrier(2), []

    def press(user: str, name: str) -> None:
        browser = app.test_client()
        with browser.session_transaction() as session:
            session["_user_id"], session["_fresh"] = user, True
            session["fs_cc"], session["identity.id"] = "set", user
        start.wait()
        data = TEXTS | {"name": name}
        answers.append(
            super(Browser, browser)
            .open(f"/teams/neu?idee={idea_id}", method="POST", data=data)
            .status_code
        )

    threads = [
        threading.Thread(target=press, args=(user, name))
        for user, name in zip(users, ("Eins", "Zwei"), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert sorted(answers) == [303, 409]
    assert len(db.session.scalars(select(Team)).all()) == 1


def test_nobody_decides_about_their_own_idea(as_user, ada, cem):
    own = submit_idea(problem="Keine Bank.", wish="Eine Bank.", initiator=cem, publish=True).idea
    team = actions.create_team(by=cem, name="Pause", challenge="Bänke.")
    actions.change_state(team, state="pausiert", self_supporting=False, by=cem)
    db.session.commit()
    found(as_user(cem), own, status=400)
    as_user(cem).submit(f"/teams/{team.id}/idee?idee={own.id}", status=400, lead="")
    as_user(ada).submit(f"/teams/{team.id}/idee?idee={own.id}", status=403, lead="")
    assert db.session.get(Idea, own.id).team_id is None


def test_a_lead_must_be_asked_or_have_agreed(as_user, cem, idea, introduced, ben):
    page = found(as_user(cem), idea, lead=ben.id, status=422)
    assert "Frag die Leitung auch" in page.select_one(".error-summary").text


def test_wrong_people_and_lines_are_answered_in_german(as_user, cem, idea, eve):
    page = found(as_user(cem), idea, ask=[eve.id], status=422)
    assert "aus der Liste" in page.select_one(".error-summary").text
    page = found(as_user(cem), idea, take_0="y", kind_0="skill", title_0="", status=422)
    assert page.select_one(".error-summary a[href='#title_0']")
    page = found(as_user(cem), idea, ask="quatsch", lead="quatsch", status=422)
    assert page.select_one(".error-summary")


def test_somebody_under_16_is_not_asked_by_mail(as_user, cem, idea, introduced, ben):
    ben.under_16 = True
    db.session.commit()
    page = as_user(cem).visit(f"/teams/neu?idee={idea.id}")
    assert "Ben" not in page.main.text


def test_a_paused_team_takes_the_idea_up_instead(as_user, cem, idea, introduced, ada, ben):
    team = actions.create_team(
        by=cem, name="Bankpause", challenge="Eine Bank vor dem Treff, im Schatten, zum Ausruhen."
    )
    actions.change_state(team, state="pausiert", self_supporting=False, by=cem)
    db.session.commit()
    follow_up()
    browser = as_user(cem)
    page = browser.visit(f"/ideen/{idea.id}/pausierte-teams")
    path = page.select_one("a[href*='/idee?idee=']")["href"]
    page = browser.visit(path)
    assert "Bankpause" in page.h1.text
    page = browser.submit(path, agreed=[ada.id], ask=[ben.id], lead=ada.id)
    assert page.h1.text == "Bankpause"
    assert db.session.get(Team, team.id).state == "laeuft"
    assert db.session.get(Idea, idea.id).team_id == team.id
    assert lead_ids_of(team) == {ada.id}
    assert "nimmt die Idee" in page.select_one("#team-log").text
    browser.submit(path, status=409, lead="")
    assert len(db.session.scalars(select(Team)).all()) == 1


def test_a_running_team_takes_nothing_up(as_user, cem, idea):
    team = actions.create_team(by=cem, name="Bankpause", challenge="Bänke.")
    db.session.commit()
    as_user(cem).visit(f"/teams/{team.id}/idee?idee={idea.id}", status=409)
    as_user(cem).visit(f"/teams/{team.id}/idee", status=404)


def test_an_invitation_ends_with_the_team(visitor, as_user, cem, idea, ada):
    found(as_user(cem), idea, ask=[ada.id])
    team = db.session.scalars(select(Team)).one()
    actions.change_state(team, state="abgeschlossen", self_supporting=False, by=cem)
    db.session.commit()
    visitor.submit(key_for(ada), status=409, antwort="ja")
    assert db.session.scalars(select(Membership)).all() == []


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Wir suchen eine Gießpatin für die Straße.", "caretaker"),
        ("Dafür brauchen wir einen trockenen Raum.", "place"),
        ("Uns fehlt noch ein Transporter: Wer hat einen?", "thing"),
        ("Wer kann gut mit Leuten reden?", "skill"),
    ],
)
def test_needs_are_read_from_sentences(sentence, kind):
    (need,) = needs.needs_in([f"Hier ist es schön. {sentence} Danke."])
    assert (need.kind, need.title) == (kind, sentence)


def test_what_asks_for_nothing_is_no_need():
    assert needs.needs_in(["Der Hof ist kahl. Beete wären schön.", "", "مقعد في الظل"]) == []
    (long,) = needs.needs_in(["Wir brauchen " + "viele " * 60 + "Leute"])
    assert len(long.title) <= needs.LONGEST

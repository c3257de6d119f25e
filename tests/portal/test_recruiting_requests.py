"""Asking a team to join and answering, as everybody concerned sees it."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from portal import clock
from portal.accounts.erasure import delete_user
from portal.accounts.exports import everything_about
from portal.accounts.models import User
from portal.extensions import db
from portal.moderation.models import AuditEntry
from portal.recruiting import actions
from portal.recruiting.models import JoinRequest
from portal.teams.actions import add_member, change_state, create_team, open_opening
from portal.teams.models import Membership, Team
from portal.teams.queries import member_ids_of
from tests.portal.recruits import MESSAGE, again, ask, join_form, mails_to, news_of, room

REQUEST = "/beitrittsanfragen"


@pytest.fixture
def garden(cem, ada) -> Team:
    """Ada's team."""
    team = create_team(by=cem, name="Hofgarten", challenge="Beete im Hof anlegen.")
    add_member(team, ada, is_lead=True)
    db.session.commit()
    return team


@pytest.fixture
def asked(garden, ben) -> JoinRequest:
    """Ben would like to join."""
    return ask(garden, ben)


def actions_logged() -> list[str]:
    decided = select(AuditEntry.action).where(AuditEntry.by_command.is_(False))
    return list(db.session.scalars(decided.order_by(AuditEntry.id)))


def test_a_resident_asks_because_of_an_opening_and_the_lead_is_mailed(as_user, ada, ben, garden):
    opening = open_opening(garden, by=ada, kind="skill", title="Wer gießt samstags?")
    db.session.commit()
    browser = as_user(ben)
    link = browser.visit(f"/gesuche/{opening.id}").select_one("#opening-state a.button")
    page = browser.visit(link["href"])
    assert page.select_one("#opening option[selected]").text == "Wer gießt samstags?"
    page = browser.submit(link["href"], **join_form(opening=opening.id))
    assert MESSAGE in page.text
    assert "Wer gießt samstags?" in page.text
    request = db.session.scalars(select(JoinRequest)).one()
    assert (request.opening_id, request.hours_a_week) == (opening.id, 2)
    (mail,) = mails_to(ada)
    assert mail.subject == "Ben möchte bei „Hofgarten“ mitmachen"
    assert f"{REQUEST}/{request.id}" in mail.body
    assert "ben@" not in mail.body
    assert MESSAGE not in mail.body  # what somebody wrote stays in the portal
    assert [news.subject for news in news_of(ben)] == ["Deine Anfrage ist angekommen"]


def test_the_lead_says_yes_and_both_can_write_to_each_other(as_user, ada, ben, garden, asked):
    page = as_user(ada).visit(f"/teams/{garden.id}/anfragen")
    assert page.select_one("article a").text == "Ben"
    page = as_user(ada).submit(
        f"{REQUEST}/{asked.id}/antwort",
        decision="yes",
        reason="voll",
        text="Schön, komm am Samstag!",
    )
    assert "Ben gehört jetzt zum Team" in page.text
    assert ben.id in member_ids_of(garden)
    mail = mails_to(ben)[-1]
    assert mail.subject == "Du bist dabei"
    assert "Schön, komm am Samstag!" in mail.body
    assert "ada@" not in mail.body
    page = as_user(ben).visit(f"{REQUEST}/{asked.id}")
    assert "Willkommen im Team" in page.text
    as_user(ben).visit(page.select_one("a[href^='/nachrichten/']")["href"])
    as_user(ben).visit(f"/teams/{garden.id}/mitglieder")
    as_user(ada).submit(f"{REQUEST}/{asked.id}/antwort", decision="no", reason="voll", status=409)


def test_a_no_is_kind_and_names_a_reason(as_user, ada, ben, asked):
    browser, url = as_user(ada), f"{REQUEST}/{asked.id}/antwort"
    page = browser.submit(url, status=422, decision="no", text="Schade!")
    assert "Ein Nein ohne Grund" in page.select_one(".error-summary").text
    page = browser.submit(url, status=422, decision="no", reason="sonst", text="")
    assert "warum es diesmal nicht passt" in page.select_one(".error-summary").text
    browser.submit(url, decision="no", reason="zeit", text="Schade!")
    mail = mails_to(ben)[-1]
    assert "Unsere Zeiten passen nicht zusammen." in mail.body
    assert "Schade!" in mail.body
    page = as_user(ben).visit(f"{REQUEST}/{asked.id}")
    assert "Unsere Zeiten passen nicht zusammen." in page.text
    assert page.select_one("a[href='/gesuche/']")


def test_after_a_no_people_ask_again_only_after_a_while(as_user, ada, ben, garden, asked):
    actions.decline(asked, room(garden), ada, reason="voll")
    db.session.commit()
    url = f"/teams/{garden.id}/mitmachen"
    assert "Ab dem" in as_user(ben).visit(url).text
    page = as_user(ben).submit(url, status=422, **join_form(message="Ich frage doch noch einmal."))
    assert page.select_one("#message").text.strip() == "Ich frage doch noch einmal."
    with time_machine.travel(clock.shifted(clock.now(), days=29), tick=False):
        page = as_user(ben).submit(url, **join_form())
    assert MESSAGE in page.text


def test_the_lead_asks_back_in_a_conversation_without_addresses(as_user, ada, ben, asked):
    browser, url = as_user(ada), f"{REQUEST}/{asked.id}/antwort"
    browser.submit(url, status=422, decision="ask", reason="voll", text="")
    page = browser.submit(url, decision="ask", reason="voll", text="Magst du auch jäten?")
    assert "Magst du auch jäten?" in page.text
    request = again(asked)
    assert request.is_open
    assert request.asked_back_at
    page = as_user(ben).visit(f"{REQUEST}/{asked.id}")
    thread = page.select_one("a[href^='/nachrichten/']")["href"]
    page = as_user(ben).submit(thread, text="Ja, gern!")
    assert "ada@" not in page.text
    browser.submit(url, decision="yes", reason="voll", text="")
    assert again(asked).thread_id == int(thread.rpartition("/")[2])


def test_who_asked_withdraws_and_may_ask_anew(as_user, ada, ben, garden, asked):
    page = as_user(ben).submit(f"{REQUEST}/{asked.id}/zurueckziehen")
    assert "Die Anfrage ist zurückgezogen" in page.text
    assert news_of(ada)[-1].subject == "Hier ist nichts mehr zu tun"
    as_user(ada).submit(f"{REQUEST}/{asked.id}/antwort", decision="yes", status=409)
    page = as_user(ben).submit(f"/teams/{garden.id}/mitmachen", **join_form())
    assert MESSAGE in page.text


def test_a_second_request_keeps_what_was_typed(as_user, ben, garden, asked):
    url = f"/teams/{garden.id}/mitmachen"
    page = as_user(ben).visit(url)
    assert page.select_one(f"a[href='{REQUEST}/{asked.id}']")
    page = as_user(ben).submit(url, status=422, **join_form(message="Noch ein Satz von mir."))
    assert "schon eine offene Anfrage" in page.select_one(".error-summary").text
    assert page.select_one("#message").text.strip() == "Noch ein Satz von mir."


@pytest.mark.parametrize("text", ["", "🌱🌳🌻", "abc \u202eevil", "a\x00bc", "x" * 3000])
def test_bad_texts_are_answered_in_german(as_user, ben, garden, text):
    url = f"/teams/{garden.id}/mitmachen"
    page = as_user(ben).submit(url, status=422, **join_form(message=text))
    assert page.select_one("#message-error")


def test_a_day_that_is_over_or_far_away_is_refused(as_user, ben, garden):
    for days in (-1, 100):
        day = (clock.today() + timedelta(days=days)).isoformat()
        page = as_user(ben).submit(
            f"/teams/{garden.id}/mitmachen", status=422, **join_form(answer_by=day)
        )
        assert page.select_one("#answer_by-error")


@pytest.mark.parametrize(
    ("state", "words"), [("abgeschlossen", "Arbeit getan"), ("pausiert", "macht Pause")]
)
def test_finished_and_paused_teams_are_not_asked(as_user, cem, ben, garden, state, words):
    change_state(garden, state=state, self_supporting=False, by=cem)
    db.session.commit()
    url = f"/teams/{garden.id}/mitmachen"
    page = as_user(ben).visit(url)
    assert words in page.text
    adopt = page.select_one(f"a[href='/teams/{garden.id}/uebernehmen']")
    assert bool(adopt) == (state == "pausiert")
    assert page.select_one("form[method=post] textarea") is None
    page = as_user(ben).submit(url, status=422, **join_form())
    assert db.session.scalar(select(func.count(JoinRequest.id))) == 0


def test_members_and_examples_are_told_so(as_user, cem, ada, ben, garden):
    assert "gehörst zu diesem Team" in as_user(ada).visit(f"/teams/{garden.id}/mitmachen").text
    example = create_team(by=cem, name="Baumfreunde", challenge="Bäume", is_example=True)
    db.session.commit()
    page = as_user(ben).visit(f"/teams/{example.id}/mitmachen")
    assert "nicht angemeldet" in page.text


def test_a_team_without_lead_is_spoken_for_by_coordinators(as_user, cem, ben):
    team = create_team(by=cem, name="Lesekreis", challenge="Lesen")
    db.session.commit()
    opening = open_opening(team, by=cem, kind="skill", title="Wer liest vor?")
    db.session.commit()
    panel = as_user(ben).visit(f"/gesuche/{opening.id}").select_one("#opening-state")
    assert panel.select_one("a.button").text == "Auf das Gesuch antworten"
    assert not panel.select("form")  # nobody could be introduced
    asked = ask(team, ben)
    assert [news.subject for news in news_of(cem)] == ["Eine Beitrittsanfrage braucht euch"]
    page = as_user(cem).visit("/koordination/liste/beitrittsanfragen")
    assert page.select_one(f"a[href='{REQUEST}/{asked.id}']").text == "Lesekreis"
    as_user(cem).submit(f"{REQUEST}/{asked.id}/antwort", decision="yes", reason="voll", text="")
    assert ben.id in member_ids_of(team)
    assert {"join_request.accepted", "membership.began"} <= set(actions_logged())


def test_under_16_a_coordinator_reads_first_and_stays_in_the_conversation(
    as_user, ada, cem, ben, garden
):
    ben.under_16 = True
    db.session.commit()
    asked = ask(garden, ben)
    url = f"{REQUEST}/{asked.id}"
    assert not news_of(ada)
    as_user(ada).visit(url, status=404)
    assert "Ben" not in as_user(ada).visit(f"/teams/{garden.id}/anfragen").main.text
    assert "nicht 16" in as_user(ben).visit(url).text
    assert "nicht 16" in as_user(cem).visit(url).text
    with pytest.raises(actions.NotClearedYet):
        actions.ask_back(again(asked), room(garden), ada, "Wie alt bist du?")
    page = as_user(cem).submit(
        f"{url}/antwort", status=422, decision="ask", reason="voll", text="Wissen es deine Eltern?"
    )
    assert page.select_one("#text").text.strip() == "Wissen es deine Eltern?"
    as_user(cem).submit(f"{url}/freigeben")
    assert actions_logged() == ["join_request.cleared"]
    assert [news.subject for news in news_of(ada)] == ["Ben möchte bei „Hofgarten“ mitmachen"]
    as_user(ada).submit(f"{url}/antwort", decision="ask", reason="voll", text="Wann kannst du?")
    as_user(cem).visit(f"/nachrichten/{again(asked).thread_id}")


def test_a_coordinator_reminds_or_answers_for_the_lead(as_user, ada, cem, ben, asked):
    url = f"{REQUEST}/{asked.id}"
    as_user(cem).submit(f"{url}/erinnern")
    as_user(cem).submit(f"{url}/erinnern")
    assert [news.subject for news in news_of(ada)].count("Ben wartet auf eure Antwort") == 1
    as_user(cem).submit(f"{url}/antwort", decision="no", reason="pause", text="")
    assert "join_request.nudged" in actions_logged()
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "join_request.declined")
    ).one()
    assert (entry.actor_id, entry.subject_id) == (cem.id, asked.id)
    assert MESSAGE not in str((entry.before, entry.after))
    assert news_of(ada)[-1].subject == "Hier ist nichts mehr zu tun"


def test_a_lead_who_answers_leaves_no_trace_in_the_coordinators_log(as_user, ada, asked):
    as_user(ada).submit(f"{REQUEST}/{asked.id}/antwort", decision="yes", reason="voll", text="")
    assert actions_logged() == []


def test_strangers_members_and_who_asked_are_kept_apart(
    as_user, visitor, ada, ben, cem, dora, garden, asked
):
    url = f"{REQUEST}/{asked.id}"
    fay = User(email="fay@example.org", name="Fay", fs_uniquifier="f" * 32, active=True)
    db.session.add(fay)
    db.session.flush()
    add_member(garden, fay)
    db.session.commit()
    assert visitor.get(url).location.startswith("/anmelden")
    stranger = as_user(fay)  # a member, not a lead
    for path in (url, f"{url}/antwort", f"{url}/zurueckziehen"):
        answer = stranger.get(path) if path == url else stranger.post(path)
        assert answer.status_code == 404
    assert stranger.get(f"/teams/{garden.id}/anfragen").status_code == 403
    own = as_user(ben)
    assert own.post(f"{url}/antwort", data={"decision": "yes"}).status_code == 403
    assert own.post(f"{url}/erinnern").status_code == 403
    assert own.post(f"{url}/freigeben").status_code == 403
    assert own.get(f"/teams/{garden.id}/anfragen").status_code == 403
    assert as_user(ada).post(f"{url}/zurueckziehen").status_code == 403
    assert as_user(ada).post(f"{url}/erinnern").status_code == 403
    assert as_user(cem).get(url).status_code == 200
    own_request = ask(garden, dora)  # a coordinator who would like to join herself
    path = f"{REQUEST}/{own_request.id}"
    assert as_user(dora).post(f"{path}/antwort", data={"decision": "yes"}).status_code == 403
    assert as_user(dora).post(f"{path}/erinnern").status_code == 403
    assert path not in str(as_user(dora).visit("/koordination/liste/beitrittsanfragen"))


def test_a_closed_profile_stays_closed_to_the_lead(as_user, ada, ben, asked):
    page = as_user(ada).visit(f"{REQUEST}/{asked.id}")
    assert page.select_one("main a[href^='/leute/']") is None
    assert "ben@" not in page.text


def test_own_requests_are_listed_and_the_lists_stay_cheap(
    as_user, ada, ben, cem, garden, asked, count_queries
):
    for number in range(25):
        team = create_team(by=cem, name=f"Team {number}", challenge="x")
        add_member(team, ada, is_lead=True)
        ask(team, ben)
        user = User(email=f"p{number}@x.org", name="Pia", fs_uniquifier=f"u{number}", active=True)
        db.session.add(user)
        db.session.flush()
        ask(garden, user)
    for browser, path, rows in (
        (as_user(ben), "/beitrittsanfragen/", 20),
        (as_user(ada), f"/teams/{garden.id}/anfragen", 26),
    ):
        browser.visit("/impressum")
        count_queries.clear()
        page = browser.visit(path)
        assert len(page.select("article")) == rows
        assert len(count_queries) <= 6, count_queries
    following = as_user(ben).visit("/beitrittsanfragen/").select_one("[rel=next]")["href"]
    rest = as_user(ben).visit(following)
    assert len(rest.select("article")) == 6


def test_an_erased_account_takes_its_requests_along_and_the_export_shows_them(ben, asked):
    rows = everything_about(ben)["records"]["join_request"]
    assert [row["message"] for row in rows] == [MESSAGE]
    delete_user(ben)
    db.session.commit()
    assert db.session.scalar(select(func.count(JoinRequest.id))) == 0


def test_a_request_to_a_team_one_joined_otherwise_adds_no_second_membership(
    ada, ben, garden, asked
):
    add_member(garden, ben)
    db.session.commit()
    actions.accept(again(asked), room(garden), ada)
    db.session.commit()
    assert (
        db.session.scalar(select(func.count(Membership.id)).where(Membership.user_id == ben.id))
        == 1
    )

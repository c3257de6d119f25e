"""Steering teams: agendas without private data, votes, decisions that move the idea, minutes."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.accounts.actions import create_user
from portal.accounts.erasure import delete_user
from portal.accounts.exports import everything_about
from portal.accounts.models import User
from portal.coordination.actions import log_contact
from portal.coordination.models import NextStep
from portal.extensions import db
from portal.ideas.actions import hide_idea, move_idea, submit_idea, withdraw_idea
from portal.ideas.models import Idea
from portal.letters.models import Letter, LetterReply
from portal.messages.models import Notification, OutboxMail
from portal.moderation.models import AuditEntry
from portal.offices.models import Office
from portal.places.models import Borough, District
from portal.steering import actions
from portal.steering.jobs import remind_due
from portal.steering.models import AgendaItem, Meeting, SteeringMember, Vote
from portal.steering.queries import PAGE
from tests.tables import fill

ASKED = "Soll daraus ein Lösungsteam werden?"


def steering(name: str, area: str | None) -> User:
    user = create_user(
        email=f"{name.lower()}@example.org", name=name, password=None, roles=["steering"]
    )
    user.confirmed_at = clock.now()
    actions.seat(user, area)
    db.session.commit()
    return user


@pytest.fixture
def olga(app) -> User:
    """A member of the steering team Ost."""
    return steering("Olga", "ost")


@pytest.fixture
def willi(app) -> User:
    """A member of the steering team West."""
    return steering("Willi", "west")


@pytest.fixture
def meeting(app) -> Meeting:
    found = actions.plan_meeting("ost", clock.today() + timedelta(days=7))
    db.session.commit()
    return found


def prepared(cem: User, **more: object) -> Idea:
    idea = submit_idea(
        problem=more.pop("problem", "Vor dem Treff fehlt eine Bank."),
        wish=more.pop("wish", "Eine Bank im Schatten."), contribution="Ich streiche sie.", **more,
    ).idea  # fmt: skip
    idea.published_at = clock.now()
    move_idea(idea, "vorbereitet", "Mit Hilde Krause telefoniert.", cem)
    db.session.commit()
    return idea


@pytest.fixture
def idea(app, ada, cem) -> Idea:
    return prepared(cem, initiator=ada)


@pytest.fixture
def item(app, cem, idea, meeting) -> AgendaItem:
    found = actions.put_on_agenda(idea, meeting, asked=ASKED, by=cem)
    db.session.commit()
    return found


def url(item: AgendaItem, what: str = "") -> str:
    return f"/steuerungsteam/punkte/{item.id}{what}"


def decide(browser, item: AgendaItem, outcome: str, reason: str = "", instead: str = "", **more):
    return browser.submit(
        url(item, "/entscheidung"), outcome=outcome, reason=reason, instead=instead, **more
    )


def actions_logged() -> list[str]:
    entries = select(AuditEntry).where(AuditEntry.action.startswith("steering."))
    return [entry.action for entry in db.session.scalars(entries.order_by(AuditEntry.id))]


def titles(page) -> list[str]:
    return [each.h3.a.text for each in page.select("article")]


# Who may


def test_who_may_read_an_agenda(as_user, visitor, ada, cem, eve, olga, willi, meeting, item):
    unseated = steering("Uwe", None)
    for path in (f"/steuerungsteam/sitzungen/{meeting.id}", url(item)):
        for user, status in ((olga, 200), (cem, 200), (eve, 200), (willi, 403), (ada, 403)):
            as_user(user).visit(path, status=status)
        as_user(unseated).visit(path, status=403)
        assert visitor.get(path).location.startswith("/anmelden")
    assert "noch zu keinem" in as_user(unseated).visit("/steuerungsteam").text
    assert as_user(willi).visit("/steuerungsteam?team=ost").h1.text == "Steuerungsteam West"
    assert as_user(cem).visit("/steuerungsteam?team=west").h1.text == "Steuerungsteam West"
    as_user(ada).visit("/steuerungsteam", status=403)


def test_only_members_of_the_area_vote_and_only_coordinators_decide(
    as_user, ada, cem, eve, olga, willi, item
):
    for user, status in ((willi, 403), (ada, 403), (cem, 403), (eve, 403)):
        as_user(user).submit(url(item, "/votum"), vote="angenommen", status=status)
    for user in (olga, willi, ada):
        for what in ("/entscheidung", "/entfernen", "/verschieben/hoch", "/bearbeiten"):
            as_user(user).submit(url(item, what), outcome="angenommen", status=403)
    as_user(olga).submit("/steuerungsteam/sitzungen", area="ost", status=403)
    assert db.session.scalar(select(Vote)) is None
    assert item.outcome is None


def test_an_administrator_says_who_sits_where(as_user, cem, eve, ada, olga):
    as_user(cem).submit(f"/steuerungsteam/mitglieder/{olga.id}", area="west", status=403)
    page = as_user(eve).submit(f"/steuerungsteam/mitglieder/{olga.id}", area="west")
    assert page.select_one(f"#area-{olga.id} option[selected]")["value"] == "west"
    as_user(eve).submit(f"/steuerungsteam/mitglieder/{ada.id}", area="west", status=400)
    as_user(eve).submit(f"/steuerungsteam/mitglieder/{olga.id}", area="")
    assert db.session.scalar(select(SteeringMember)) is None
    assert actions_logged() == ["steering.seated", "steering.seated"]


# No private data


def test_a_steering_team_reads_nothing_private(as_user, cem, olga, meeting):
    hilde = create_user(email="hilde.krause@example.org", name="Hildegard", password=None,
                        roles=["resident"])  # fmt: skip
    idea = prepared(
        cem, initiator=hilde,
        problem="Die Bank ist weg. Ruft mich an: 0341 1234567 oder hilde@krause.example",
    )  # fmt: skip
    log_contact(("idea", idea.id), channel="angerufen", text="Sie hat Angst vor Ärger.", by=cem)
    item = actions.put_on_agenda(idea, meeting, asked=ASKED, by=cem)
    db.session.commit()
    for path in (url(item), f"/steuerungsteam/sitzungen/{meeting.id}", "/steuerungsteam"):
        text = str(as_user(olga).visit(path))
        for secret in (
            "Hildegard", "hilde.krause", "Krause telefoniert", "Angst vor", "1234567",
            "hilde@krause", idea.progress_token,
        ):  # fmt: skip
            assert secret not in text, f"{path}: {secret}"
    page = as_user(olga).visit(url(item)).text
    for expected in ("Die Bank ist weg.", "Eine Bank im Schatten.", "Ich streiche sie.", ASKED):
        assert expected in page


def test_the_offices_that_were_asked_are_named_without_their_answers(as_user, olga, item, idea):
    office = Office(
        slug="gruen", name="Grünamt", kind="amt", duties="Pflegt Bäume.", evidence="full",
        source_url="https://example.org/", checked_on=clock.today(), search_key="gruenamt",
    )  # fmt: skip
    letter = Letter(
        idea_id=idea.id, office=office, template="frage", subject="Bank", body="Sehr geehrte …",
        reply_token="geheim", sent_at=clock.now(), channel="post", answered_at=clock.now(),
    )  # fmt: skip
    letter_text = LetterReply(kind="answer", text="Rufen Sie mich an.", received_at=clock.now())
    db.session.add_all([letter, letter_text])
    db.session.flush()
    letter_text.letter_id = letter.id
    db.session.commit()
    page = as_user(olga).visit(url(item)).text
    assert "Grünamt: beantwortet" in page
    assert "Sehr geehrte" not in page
    assert "Rufen Sie" not in page


@pytest.mark.parametrize("how", ["withdrawn", "hidden"])
def test_an_idea_that_is_not_public_any_more_is_not_read(as_user, cem, olga, item, idea, how):
    idea = db.session.get(Idea, idea.id)
    if how == "withdrawn":
        withdraw_idea(idea)
    else:
        hide_idea(idea, cem, "Bitte ohne Namen.")
    db.session.commit()
    for path in (url(item), f"/steuerungsteam/sitzungen/{item.meeting_id}"):
        assert "Bank" not in as_user(olga).visit(path).text
    as_user(olga).submit(url(item, "/votum"), vote="angenommen", status=403)
    as_user(cem).submit(url(item, "/entscheidung"), outcome="angenommen", status=403)
    page = as_user(cem).submit(url(item, "/entfernen"))
    assert "Noch keine Ideen" in page.text


def test_names_and_numbers_are_refused_in_what_coordinators_write(as_user, cem, idea, meeting):
    page = as_user(cem).submit(
        f"/steuerungsteam/ideen/{idea.id}", meeting=meeting.id, status=422,
        asked="Ruft bitte Frau Krause an: 0341 1234567", open_questions="",
    )  # fmt: skip
    assert "ohne E-Mail-Adresse und Telefonnummer" in page.text


# The agenda


def test_a_coordinator_plans_a_meeting_and_puts_a_prepared_idea_on_it(as_user, cem, ada, idea):
    browser = as_user(cem)
    day = clock.today() + timedelta(days=7)
    page = browser.submit("/steuerungsteam/sitzungen", area="ost", held_on=day.isoformat())
    assert "Noch keine Ideen" in page.text
    page = browser.submit(
        "/steuerungsteam/sitzungen", area="ost", held_on=day.isoformat(), status=422
    )
    assert "schon eine Sitzung" in page.text
    browser.submit("/steuerungsteam/sitzungen", area="ost", held_on="2020-01-01", status=422)
    case = browser.visit(f"/koordination/ideen/{idea.id}")
    form = browser.visit(case.select_one("a[href^='/steuerungsteam/ideen/']")["href"])
    meeting = db.session.scalar(select(Meeting))
    assert form.select_one(f"option[value='{meeting.id}']")
    page = browser.submit(f"/steuerungsteam/ideen/{idea.id}", meeting=meeting.id, asked=ASKED)
    assert titles(page) == ["Eine Bank im Schatten"]
    assert db.session.get(Idea, idea.id).state == "im_steuerungsteam"
    assert "Tagesordnung" in as_user(ada).visit(f"/ideen/{idea.id}").text
    browser.submit(f"/steuerungsteam/ideen/{idea.id}", meeting=meeting.id, asked=ASKED, status=409)
    assert actions_logged() == ["steering.planned", "steering.put_on"]


def test_ideas_that_are_not_prepared_or_not_public_stay_off(as_user, cem, ada, meeting):
    new = submit_idea(problem="Neu und ungelesen hier.", wish="", initiator=ada).idea
    hidden = prepared(cem, initiator=ada)
    hidden.published_at = None
    own = prepared(cem, initiator=ada)
    own.initiator_id = cem.id
    db.session.commit()
    for idea in (new, hidden, own):
        page = as_user(cem).submit(
            f"/steuerungsteam/ideen/{idea.id}", meeting=meeting.id, asked=ASKED
        )
        assert "Noch nicht so weit" in page.text
    assert db.session.scalar(select(AgendaItem)) is None


def test_the_order_is_changed_and_an_idea_postponed_or_taken_off(as_user, cem, idea, meeting, item):
    second = actions.put_on_agenda(prepared(cem, wish="Ein Beet am Eck."), meeting, asked=ASKED,
                                   by=cem)  # fmt: skip
    later = actions.plan_meeting("ost", clock.today() + timedelta(days=35))
    db.session.commit()
    browser = as_user(cem)
    assert titles(browser.submit(url(second, "/verschieben/hoch")))[0] == "Ein Beet am Eck"
    assert titles(browser.submit(url(second, "/verschieben/runter")))[1] == "Ein Beet am Eck"
    browser.submit(url(second, "/verschieben/quer"), status=404)
    page = browser.submit(url(second, "/bearbeiten"), meeting=later.id, asked="Wer hilft?",
                          open_questions="Wem gehört der Boden?")  # fmt: skip
    assert titles(page) == ["Ein Beet am Eck"]
    assert "Wem gehört der Boden?" in browser.visit(url(second)).text
    browser.submit(url(item, "/entfernen"))
    assert db.session.get(Idea, idea.id).state == "vorbereitet"
    assert actions_logged() == ["steering.postponed", "steering.taken_off"]


# Votes


def test_a_member_votes_and_changes_their_mind(as_user, cem, olga, item):
    browser = as_user(olga)
    page = browser.visit(f"/steuerungsteam/sitzungen/{item.meeting_id}")
    assert "Deine Meinung fehlt noch" in page.text
    browser.submit(url(item, "/votum"), vote="", status=422)
    browser.submit(url(item, "/votum"), vote="rueckfrage", comment="Wem gehört der Boden?")
    page = browser.submit(url(item, "/votum"), vote="angenommen", comment="Gern!")
    assert page.select_one("[name=vote][checked]")["value"] == "angenommen"
    assert [vote.comment for vote in db.session.scalars(select(Vote))] == ["Gern!"]
    assert "Gern!" in as_user(cem).visit(url(item)).text


def test_nobody_votes_on_or_reads_votes_about_their_own_idea(as_user, cem, olga, meeting):
    other = steering("Otto", "ost")
    item = actions.put_on_agenda(prepared(cem, initiator=olga), meeting, asked=ASKED, by=cem)
    actions.cast_vote(item, other, "nicht_bei_wiq", "Lieber woanders.")
    db.session.commit()
    page = as_user(olga).visit(url(item))
    assert "deine eigene Idee" in page.text
    assert "Lieber woanders." not in page.text
    as_user(olga).submit(url(item, "/votum"), vote="angenommen", status=403)


# Decisions


@pytest.mark.parametrize(
    ("outcome", "reason", "instead", "expected"),
    [
        ("angenommen", "", "", "Ja zu deiner Idee gesagt"),
        ("rueckfrage", "Wem gehört der Boden?", "", "möchte noch etwas wissen"),
        ("nicht_bei_wiq", "Das plant die Stadt schon.", "Frag das Grünamt.", "Frag das Grünamt."),
    ],
)
def test_a_decision_moves_the_idea_and_tells_the_initiator(
    as_user, ada, cem, olga, item, idea, outcome, reason, instead, expected
):
    page = decide(as_user(cem), item, outcome, reason, instead)
    assert reason in page.text
    assert db.session.get(Idea, idea.id).state == outcome
    assert db.session.get(AgendaItem, item.id).decided_by_id == cem.id
    assert expected in as_user(ada).visit(f"/ideen/{idea.id}").text
    assert actions_logged() == ["steering.decided"]
    step = db.session.scalar(select(NextStep))
    assert (step is not None) == (outcome == "rueckfrage")
    if step:
        assert reason in step.text
        assert step.owner_id == cem.id
    as_user(olga).submit(url(item, "/votum"), vote="angenommen", status=403)


def test_an_initiator_without_account_is_told_by_mail_with_the_link(as_user, cem, meeting):
    idea = prepared(cem, contact_email="ohne.konto@example.org")
    item = actions.put_on_agenda(idea, meeting, asked=ASKED, by=cem)
    db.session.commit()
    decide(as_user(cem), item, "nicht_bei_wiq", "Das plant die Stadt.", "Frag das Grünamt.")
    mail = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert mail.to_address == "ohne.konto@example.org"
    assert "Was stattdessen hilft: Frag das Grünamt." in mail.body
    assert f"/fortschritt/{idea.progress_token}" in mail.body


@pytest.mark.parametrize(
    ("outcome", "reason", "instead"),
    [("", "", ""), ("rueckfrage", "", ""), ("nicht_bei_wiq", "Zu teuer.", ""),
     ("nicht_bei_wiq", "", "Frag das Grünamt.")],
)  # fmt: skip
def test_a_no_needs_a_reason_and_something_instead(
    as_user, cem, idea, item, outcome, reason, instead
):
    south = Borough(code="3", name="Südost")
    idea.district = District(code="30", name="Reudnitz-Thonberg", borough=south)
    db.session.commit()
    page = as_user(cem).submit(
        url(item, "/entscheidung"), outcome=outcome, reason=reason, instead=instead, status=422
    )
    assert "Reudnitz-Thonberg" in page.main.text
    assert item.outcome is None


def test_a_decision_is_written_down_once(as_user, cem, dora, item, idea):
    decide(as_user(cem), item, "angenommen")
    as_user(dora).submit(
        url(item, "/entscheidung"), outcome="rueckfrage", reason="Warum eigentlich?", status=409
    )
    as_user(dora).submit(url(item, "/entfernen"), status=403)
    assert db.session.get(Idea, idea.id).state == "angenommen"


def test_nobody_decides_on_their_own_idea(as_user, ada, cem, dora, meeting, item, idea):
    db.session.get(Idea, idea.id).initiator_id = cem.id
    db.session.commit()
    browser = as_user(cem)
    assert not browser.visit(url(item)).select("#decision")
    for what in ("/entscheidung", "/entfernen", "/bearbeiten"):
        browser.submit(url(item, what), outcome="angenommen", status=403)
    decide(as_user(dora), item, "angenommen")


def test_who_is_conflicted_is_noted(as_user, cem, olga, item):
    decide(as_user(cem), item, "angenommen", conflicted=[olga.id])
    assert [(vote.user_id, vote.vote) for vote in db.session.scalars(select(Vote))] == [
        (olga.id, "befangen")
    ]
    assert "befangen" in as_user(cem).visit(url(item)).text


def test_the_idea_that_moved_on_meanwhile_is_left_alone(as_user, cem, item, idea):
    move_idea(db.session.get(Idea, idea.id), "angenommen", "", cem)
    db.session.commit()
    as_user(cem).submit(url(item, "/entscheidung"), outcome="angenommen", status=409)
    assert db.session.get(AgendaItem, item.id).outcome is None


def test_a_question_comes_back_on_a_later_agenda(as_user, cem, item, idea):
    decide(as_user(cem), item, "rueckfrage", "Wem gehört der Boden?")
    later = actions.plan_meeting("ost", clock.today() + timedelta(days=35))
    db.session.commit()
    page = as_user(cem).visit(f"/steuerungsteam/ideen/{idea.id}")
    assert "Schon im Steuerungsteam" in page.text
    as_user(cem).submit(f"/steuerungsteam/ideen/{idea.id}", meeting=later.id, asked=ASKED)
    assert db.session.get(Idea, idea.id).state == "im_steuerungsteam"


def test_the_database_refuses_a_no_without_a_reason(app, item):
    item.outcome, item.decided_at = "nicht_bei_wiq", clock.now()
    with pytest.raises(IntegrityError):
        db.session.commit()
    db.session.rollback()


# Minutes


def test_minutes_are_public_once_published(as_user, visitor, cem, olga, item, idea):
    decide(as_user(cem), item, "angenommen", "Passt gut.")
    path, public = (f"/steuerungsteam/{name}/{item.meeting_id}" for name in
                    ("sitzungen", "protokolle"))  # fmt: skip
    browser = as_user(cem)
    browser.submit(f"{path}/protokoll", minutes="", publish="y", status=422)
    browser.submit(f"{path}/protokoll", minutes="Es waren acht Leute da.")
    visitor.visit(public, status=404)
    assert "acht Leute" in as_user(olga).visit(path).text
    browser.submit(f"{path}/protokoll", minutes="Es waren neun Leute da.", publish="y")
    page = visitor.visit(public)
    assert "neun Leute" in page.text
    assert "Passt gut." in page.text
    assert "Ada" not in page.text
    assert "1 Entscheidung" in visitor.visit("/steuerungsteam/protokolle").text
    withdraw_idea(db.session.get(Idea, idea.id))
    db.session.commit()
    assert "Bank" not in visitor.visit(public).text
    browser.submit(f"{path}/protokoll", minutes="Es waren neun Leute da.")
    visitor.visit(public, status=404)
    assert actions_logged()[-3:] == [
        "steering.minutes", "steering.published", "steering.unpublished",
    ]  # fmt: skip


# Erasure, export, long lists


def test_votes_go_with_the_account_and_into_its_copy(app, olga, item):
    actions.cast_vote(item, olga, "angenommen", "Gern!")
    db.session.commit()
    copy = everything_about(olga)["records"]
    assert copy["steering_member"][0]["area"] == "ost"
    assert copy["steering_vote"][0]["comment"] == "Gern!"
    delete_user(olga)
    db.session.commit()
    assert db.session.scalar(select(Vote)) is None
    assert db.session.scalar(select(SteeringMember)) is None


def test_lists_need_the_same_few_statements(as_user, olga, visitor, cem, meeting, count_queries):
    today = clock.today()
    fill(Meeting, [
        {"area": "ost", "held_on": today - timedelta(days=number), "minutes": "Es war gut.",
         "published_at": clock.now()}
        for number in range(1, 5001)
    ])  # fmt: skip
    for number in range(200):
        idea = Idea(
            problem=f"Nr. {number}", wish="", title=f"Idee {number}", progress_token=f"t{number}",
            claim_code_hash=f"h{number}", state="im_steuerungsteam", published_at=clock.now(),
        )  # fmt: skip
        db.session.add(AgendaItem(meeting=meeting, idea=idea, position=number, asked=ASKED))
    db.session.commit()
    for browser, path in (
        (as_user(olga), "/steuerungsteam"),
        (as_user(olga), f"/steuerungsteam/sitzungen/{meeting.id}"),
        (visitor, "/steuerungsteam/protokolle"),
    ):
        count_queries.clear()
        page = browser.visit(path)
        assert len(count_queries) <= 6, path
    assert len(page.select("article")) == PAGE
    rest = visitor.visit(page.select_one("a[rel=next]")["href"])
    assert rest.select_one("article a")["href"] != page.select_one("article a")["href"]
    visitor.visit("/steuerungsteam/protokolle?vor=kein~tag")


# Invitations and reminders


def told(user: User) -> list[str]:
    rows = select(Notification).where(Notification.user_id == user.id)
    return [row.key for row in db.session.scalars(rows.order_by(Notification.id))]


def test_members_are_invited_once_and_reminded_of_a_missing_opinion(
    as_user, cem, olga, willi, meeting, item
):
    otto = steering("Otto", "ost")
    for _again in range(2):
        as_user(cem).submit(f"/steuerungsteam/sitzungen/{meeting.id}/einladen")
    assert told(olga) == told(otto) == [f"steering:{meeting.id}:agenda"]
    assert told(willi) == []
    assert "steering.invited" in actions_logged()
    remind_due()
    assert len(told(olga)) == 1  # a week is long enough
    actions.cast_vote(item, otto, "angenommen")
    db.session.commit()
    with clock.at(clock.now() + timedelta(days=5)):
        for _again in range(2):
            remind_due()
    assert told(olga)[1:] == [f"steering:{meeting.id}:opinion"]
    assert len(told(otto)) == 1


def test_members_of_two_meetings_are_all_reminded(app, cem, olga, willi):
    for area in ("ost", "west"):
        meeting = actions.plan_meeting(area, clock.today() + timedelta(2))
        actions.put_on_agenda(prepared(cem), meeting, asked=ASKED, by=cem)
        actions.invite(meeting)
    db.session.commit()
    assert remind_due() == 2
    assert len(told(olga)) == len(told(willi)) == 2  # the agenda, and that an opinion is missing


def test_the_reminder_keeps_to_the_calendar_when_the_clocks_change(app, cem, olga):
    with clock.at(datetime(2026, 10, 20, 9)):
        meeting = actions.plan_meeting("ost", date(2026, 10, 28))
        actions.put_on_agenda(prepared(cem), meeting, asked=ASKED, by=cem)
        actions.invite(meeting)
        db.session.commit()
    # In Leipzig: the 24th, a minute before midnight; then the 25th, in the hour that comes twice.
    for moment, expected in ((datetime(2026, 10, 24, 21, 59), 1), (datetime(2026, 10, 25, 0), 2),
                             (datetime(2026, 10, 25, 1), 2)):  # fmt: skip
        with clock.at(moment):
            remind_due()
        assert len(told(olga)) == expected

"""Letters to offices: written, kept private, sent once, judged, handed over, told in public."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal import clock
from portal.accounts.actions import role_named
from portal.accounts.erasure import delete_user
from portal.accounts.exports import everything_about
from portal.coordination.worklists import PAGE
from portal.extensions import db
from portal.ideas.models import Idea
from portal.letters import actions, drafts, rules
from portal.letters.models import Letter
from portal.letters.queries import is_in_state
from portal.messages.actions import send_due_mails
from portal.messages.models import OutboxMail
from portal.moderation.models import AuditEntry
from portal.offices.models import Office
from portal.places.models import Borough, District
from tests.browser import form_fields
from tests.mail_server import MailServer
from tests.portal.letter_cast import (
    MAILBOX,
    drafted,
    letters,
    make_idea,
    make_office,
    replies,
    sent,
)
from tests.portal.pairs import follow_up

ROOM = "/koordination/briefe"


@pytest.fixture
def idea(ada) -> Idea:
    return make_idea(ada)


@pytest.fixture
def office(app) -> Office:
    return make_office()


@pytest.fixture
def other_office(app) -> Office:
    return make_office("tiefbau", "Tiefbauamt", mailbox="tiefbau@office.example")


@pytest.fixture
def letter(idea, office, cem) -> Letter:
    return drafted(idea, office, cem)


def audit() -> list[str]:
    found = select(AuditEntry.action).where(AuditEntry.subject_kind.in_(("letter", "reply")))
    return list(db.session.scalars(found.order_by(AuditEntry.id)))


def create_url(idea, office, **more) -> str:
    rest = "".join(f"&{name}={value}" for name, value in more.items())
    return f"{ROOM}/neu?idee={idea.id}&stelle={office.slug}{rest}"


# Writing


def test_a_case_leads_to_the_choice_of_an_office_and_to_a_draft(as_user, cem, idea, office):
    browser = as_user(cem)
    case = browser.visit(f"/koordination/ideen/{idea.id}")
    url = case.select_one("#letter-list a")["hx-get"]
    start = browser.visit(url, target="letter-list").select_one("a.button")["href"]
    choice = browser.visit(start)
    fields = {each["name"]: each.get("value") for each in choice.select("main form input")}
    assert fields == {"idee": str(idea.id)}
    assert "Grünamt" in choice.select_one("select[name=stelle]").text
    assert choice.select_one("select[name=vorlage] option[selected]")["value"] == "bank"
    page = browser.visit(create_url(idea, office))
    text = page.select_one("textarea[name=body]").text
    assert "Sehr geehrte Damen und Herren" in text
    assert "„Vor dem Treff fehlt eine Bank.“" in text
    assert "Restbreite" in text
    assert "Ada" not in text
    assert "Der Brief nennt nicht, von wem die Idee kommt" in page.text
    assert "Park oder Gehweg?" in page.text
    assert "Lageplan" in page.text
    page = browser.submit(create_url(idea, office), **form_fields(page, "#letter-form"))
    assert "Entwurf" in page.text
    (letter,) = letters()
    assert (letter.owner_id, letter.template, letter.sent_at) == (cem.id, "bank", None)
    assert audit() == ["letter.drafted"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Hier fehlt ein Zebrastreifen", "querung"),
        ("Wir wollen ein Straßenfest feiern", "fest"),
        ("Überall liegt Müll", "sauberkeit"),
        ("Die Baumscheibe vor dem Haus ist kahl", "baumscheibe"),
        ("Ein Parklet statt Autos", "parklet"),
        ("Ein Bücherschrank für alle", "tauschregal"),
        ("Ein Bankkonto für den Verein", "allgemein"),
    ],
)
def test_the_fitting_letter_is_found_by_everyday_words(ada, words, code):
    assert drafts.template_for(make_idea(ada, problem=words, wish="Bitte helft uns.")).code == code


def test_every_template_makes_a_whole_letter(ada, office):
    borough = Borough(code="ost", name="Ost")
    db.session.add(District(code="01", name="Volkmarsdorf", borough=borough))
    idea = make_idea(ada)
    idea.district = db.session.scalars(select(District)).one()
    assert len(drafts.templates()) >= 10
    for template in drafts.templates().values():
        written = drafts.draft(idea, office, template)
        assert "Volkmarsdorf" in written.subject + written.body
        assert "{" not in written.subject + written.body
        assert " du " not in written.body
        assert template.attach
        assert written.body.endswith("Unterstützungsteam von „Wir im Quartier“")


def test_without_a_wish_or_a_place_no_sentence_hangs_in_the_air(ada, office):
    idea = make_idea(ada, wish="")
    written = drafts.draft(idea, office, drafts.template_for(idea))
    assert "Gewünscht wird" not in written.body
    assert "Ortsteil" not in written.subject + written.body
    assert "Uns hat folgendes Anliegen erreicht:" in written.body


def test_quotation_marks_of_an_idea_do_not_end_the_letters_own(ada, office):
    idea = make_idea(ada, problem="Das „Grüne Eck“ {place} ist kahl, 100 %.")
    written = drafts.draft(idea, office, drafts.template_for(idea))
    assert "„Das ‚Grüne Eck‘ {place} ist kahl, 100 %.“" in written.body


@pytest.mark.parametrize(
    "words",
    ["Die Idee kommt von Ada.", "Schreiben Sie an zoe@home.org.", "Telefon 0341 1234567"],
)
def test_a_letter_that_names_the_initiator_is_refused_and_kept(as_user, cem, idea, office, words):
    browser, url = as_user(cem), create_url(idea, office)
    page = browser.submit(url, subject="Anfrage zu einer Bank", body=words, status=422)
    assert page.select_one("textarea[name=body]").text.strip() == words
    assert page.title.text.startswith("Fehler:")
    assert letters() == []
    browser.submit(url, subject="Anfrage", body=words, initiator_agreed="y")
    assert letters()[0].initiator_agreed_at


def test_the_offices_own_mailbox_may_stand_in_the_letter(as_user, cem, idea, office):
    body = f"Diesen Brief schicken wir an {MAILBOX}. Die Adamstraße ist gemeint."
    as_user(cem).submit(create_url(idea, office), subject="Anfrage zur Bank", body=body)
    assert letters()[0].body == body


@pytest.mark.parametrize(
    ("subject", "body"),
    [("", "Guten Tag"), ("Anfrage", ""), ("Anfrage", "x" * 10_001), ("Anfrage", "a\u202eb cd ef")],
)
def test_typed_text_survives_errors(as_user, cem, idea, office, subject, body):
    page = as_user(cem).submit(create_url(idea, office), subject=subject, body=body, status=422)
    assert page.select_one("textarea[name=body]").text.lstrip() == body
    assert page.select_one("input[name=subject]")["value"] == subject
    assert page.select_one(".error-summary")
    fragment = as_user(cem).submit(
        create_url(idea, office), subject=subject, body=body, status=422, target="letter-form"
    )
    assert fragment.select_one("form#letter-form")


def test_two_colleagues_do_not_overwrite_each_others_draft(as_user, cem, dora, letter):
    url = f"{ROOM}/{letter.id}/bearbeiten"
    stale = form_fields(as_user(cem).visit(url), "#letter-form")
    fresh = form_fields(as_user(dora).visit(url), "#letter-form")
    as_user(dora).submit(url, **fresh | {"body": "Doras Text ist besser."})
    page = as_user(cem).submit(url, **stale | {"body": "Cems Text bleibt stehen."}, status=422)
    assert page.select_one("textarea[name=body]").text.strip() == "Cems Text bleibt stehen."
    assert letters()[0].body == "Doras Text ist besser."
    assert audit() == ["letter.changed"]


def test_a_draft_can_be_thrown_away_a_sent_letter_cannot(as_user, cem, idea, office, letter):
    gone = sent(idea, office, cem)
    as_user(cem).submit(f"{ROOM}/{letter.id}/verwerfen")
    as_user(cem).submit(f"{ROOM}/{gone.id}/verwerfen", status=409)
    assert [each.id for each in letters()] == [gone.id]
    assert audit() == ["letter.discarded"]


# Sending


def test_a_letter_goes_out_once_with_its_own_address_for_answers(
    as_user, cem, dora, app, monkeypatch, letter
):
    monkeypatch.setitem(app.config, "REPLY_ADDRESS", "briefe@wiq.example")
    page = as_user(cem).visit(f"{ROOM}/{letter.id}")
    assert MAILBOX in page.text
    seen = page.select_one("form[action$='/senden'] [name=seen]")["value"]
    as_user(cem).submit(f"{ROOM}/{letter.id}/senden", seen=seen)
    as_user(dora).submit(f"{ROOM}/{letter.id}/senden", seen=seen, status=409)
    with MailServer() as server:
        monkeypatch.setitem(app.config, "SMTP_URL", server.url)
        assert send_due_mails() == 1
        (message,) = server.received
    (letter,) = letters()
    own = f"briefe+{letter.reply_token}@wiq.example"
    assert message["To"] == MAILBOX
    assert message["Reply-To"] == own
    assert server.senders == [own], "bounces return to the letter's own address"
    assert message["Auto-Submitted"] is None, "a person wrote it"
    assert message["Message-ID"] == letter.message_id
    assert letter.reference in message["Subject"]
    assert "Ist das möglich?" in message.get_content()
    assert "ada@example.org" not in message.as_string()
    assert (letter.channel, letter.to_address) == ("mail", MAILBOX)
    assert audit() == ["letter.sent"]


def test_a_letter_changed_meanwhile_is_not_sent_unread(as_user, cem, dora, letter):
    seen = as_user(cem).visit(f"{ROOM}/{letter.id}").select_one("[name=seen]")["value"]
    url = f"{ROOM}/{letter.id}/bearbeiten"
    as_user(dora).submit(url, **form_fields(as_user(dora).visit(url), "#letter-form"))
    as_user(cem).submit(f"{ROOM}/{letter.id}/senden", seen=seen, status=409)
    as_user(cem).submit(f"{ROOM}/{letter.id}/senden", seen="kein Tag", status=400)
    assert letters()[0].sent_at is None


@pytest.mark.parametrize("broken", [{"mailbox": None}, {"mailbox_bounced_at": True}])
def test_without_a_working_mailbox_a_letter_goes_by_post(as_user, cem, letter, office, broken):
    for name, value in broken.items():
        setattr(office, name, clock.now() if value else None)
    db.session.commit()
    page = as_user(cem).visit(f"{ROOM}/{letter.id}")
    assert not page.select("form[action$='/senden']")
    seen = page.select_one("[name=seen]")["value"]
    as_user(cem).submit(f"{ROOM}/{letter.id}/senden", seen=seen, status=400)
    as_user(cem).submit(
        f"{ROOM}/{letter.id}/verschickt", seen=seen, posted_on=clock.today().isoformat()
    )
    (letter,) = letters()
    assert (letter.channel, letter.to_address) == ("post", None)
    assert db.session.scalar(select(OutboxMail)) is None
    assert audit() == ["letter.sent"]


@pytest.mark.parametrize("days", [1, -400])
def test_a_letter_was_posted_today_or_lately(as_user, cem, letter, days):
    day = (clock.today() + timedelta(days=days)).isoformat()
    page = as_user(cem).submit(
        f"{ROOM}/{letter.id}/verschickt", seen=letter.changed_at.isoformat(), posted_on=day,
        status=422,
    )  # fmt: skip
    assert page.select_one("input[name=posted_on]")["value"] == day
    assert letters()[0].sent_at is None


def test_the_print_page_is_a_plain_letter(as_user, cem, idea, office):
    letter = drafted(idea, office, cem, enclosures=["Foto der Stelle"])
    page = as_user(cem).visit(f"{ROOM}/{letter.id}/drucken")
    for words in ("Grünamt", "Anfrage zu einer Bank", "Ist das möglich?", "Foto der Stelle"):
        assert words in page.main.text
    assert letter.reference in page.main.text
    assert not page.select("nav, script")
    assert "Lageplan" not in page.text


# States


def test_states_follow_from_the_dates_in_words_and_in_sql(idea, office, cem):
    made = {
        "drafted": drafted(idea, office, cem),
        "sent": sent(idea, office, cem, days_ago=13),
        "silent": sent(idea, office, cem, days_ago=15),
        "bounced": sent(idea, office, cem, days_ago=15),
        "answered": sent(idea, office, cem, days_ago=15),
        "refused": sent(idea, office, cem, days_ago=15),
    }
    actions.note_bounce(made["bounced"])
    actions.note_answer(made["answered"], clock.now())
    actions.record_reply(
        made["refused"], text="Nein", received_at=clock.now(), refused=True, by=cem
    )
    db.session.commit()
    now = clock.now()
    for state, letter in made.items():
        assert rules.state_of(letter, now) == state
        found = db.session.scalars(select(Letter.id).where(*is_in_state(state, now))).all()
        assert found == [letter.id]


@pytest.mark.parametrize(
    ("sent_at", "silent_from"),
    [
        ("2026-10-20 08:00", "2026-11-03 09:00"),  # summer time ended in between
        ("2026-03-20 09:00", "2026-04-03 08:00"),  # and began
        ("2026-06-01 10:00", "2026-06-15 10:00"),
    ],
)
def test_fourteen_days_are_the_same_hour_in_leipzig(idea, office, cem, sent_at, silent_from):
    with time_machine.travel(f"{sent_at} +0000", tick=False):
        letter = sent(idea, office, cem)
    with time_machine.travel(f"{silent_from} +0000", tick=False) as time:
        assert rules.state_of(letter, clock.now()) == "silent"
        time.shift(-1)
        assert rules.state_of(letter, clock.now()) == "sent"


def test_an_answer_is_pasted_in_and_judged(as_user, cem, idea, office):
    letter = sent(idea, office, cem, days_ago=3)
    browser, url = as_user(cem), f"{ROOM}/{letter.id}"
    page = browser.submit(f"{url}/antwort", text="", received_on="", status=422)
    assert page.select_one("details[open] .error-summary")
    day = clock.today().isoformat()
    page = browser.submit(f"{url}/antwort", text="Das geht so nicht.", received_on=day)
    assert "Das geht so nicht." in page.text
    assert rules.state_of(letters()[0], clock.now()) == "answered"
    browser.submit(f"{url}/absage")
    assert rules.state_of(letters()[0], clock.now()) == "refused"
    browser.submit(f"{url}/keine-absage")
    browser.submit(f"{url}/abschliessen")
    browser.submit(f"{url}/abschliessen", status=409)
    browser.submit(f"{url}/oeffnen")
    assert audit() == [
        "reply.recorded", "letter.answered", "letter.refused", "letter.accepted", "letter.closed",
        "letter.reopened",
    ]  # fmt: skip
    assert replies()[0].text == "Das geht so nicht."


def test_a_draft_cannot_be_answered_judged_or_closed(as_user, cem, letter):
    for path in ("antwort", "absage", "abschliessen"):
        as_user(cem).submit(
            f"{ROOM}/{letter.id}/{path}", text="Ja gern", received_on="2026-01-01", status=409
        )


def test_asking_another_office_keeps_the_history(as_user, cem, idea, office, other_office):
    first = sent(idea, office, cem, days_ago=10)
    actions.record_reply(first, text="Nein", received_at=clock.now(), refused=True, by=cem)
    db.session.commit()
    browser, url = as_user(cem), create_url(idea, other_office, nach=first.id)
    page = browser.visit(url)
    text = page.select_one("textarea[name=body]").text
    assert "bei folgender Stelle angefragt: Grünamt." in text
    browser.submit(url, **form_fields(page, "#letter-form"))
    second = letters()[1]
    assert second.follows_id == first.id
    assert letters()[0].is_open, "as long as the new letter is a draft, the old one waits"
    browser.submit(f"{ROOM}/{second.id}/senden", seen=second.changed_at.isoformat())
    assert not letters()[0].is_open
    chain = browser.visit(f"{ROOM}/{second.id}").select("#letter-work ~ div .timeline li")
    assert [each.p.text.strip() for each in chain] == ["Grünamt", "Tiefbauamt"]


def test_writing_again_after_silence_reminds_kindly(as_user, cem, idea, office):
    first = sent(idea, office, cem, days_ago=20)
    page = as_user(cem).visit(create_url(idea, office, nach=first.id))
    assert "Eine Rückmeldung haben wir bisher nicht erhalten." in page.text
    first.bounced_at = clock.now()
    db.session.commit()
    page = as_user(cem).visit(create_url(idea, office, nach=first.id))
    assert "Eine Rückmeldung" not in page.text, "what came back was never read"


# Who may


def test_only_colleagues_write_and_never_for_their_own_idea(
    as_user, visitor, ada, ben, cem, idea, office, letter
):
    gone = sent(idea, office, cem)
    paths = [
        create_url(idea, office), f"{ROOM}/{letter.id}", f"{ROOM}/{letter.id}/bearbeiten",
        f"{ROOM}/{letter.id}/drucken", f"{ROOM}/{letter.id}/uebergabe",
    ]  # fmt: skip
    posts = [
        create_url(idea, office), f"{ROOM}/{letter.id}/bearbeiten", f"{ROOM}/{letter.id}/senden",
        f"{ROOM}/{letter.id}/verschickt", f"{ROOM}/{letter.id}/verwerfen",
        f"{ROOM}/{letter.id}/uebergabe",
        *(f"{ROOM}/{gone.id}/{verb}" for verb in (
            "antwort", "absage", "keine-absage", "abschliessen", "oeffnen")),
    ]  # fmt: skip
    ada.roles.append(role_named("coordinator"))
    db.session.commit()
    for person in (ada, ben):  # whose idea it is, although a coordinator; another resident
        for path in paths:
            as_user(person).visit(path, status=403)
        for path in posts:
            as_user(person).submit(path, status=403)
    assert not as_user(ada).visit(f"{ROOM}/?idee={idea.id}").select("article")
    as_user(cem).visit(f"{ROOM}/99", status=404)
    as_user(cem).visit(f"{ROOM}/neu?idee=99", status=404)
    as_user(cem).visit(f"{ROOM}/neu?idee={idea.id}&stelle=nirgends", status=404)
    as_user(cem).visit(create_url(idea, office, nach=letter.id), status=404)
    as_user(cem).visit(f"{ROOM}/neu", status=404)


# Everybody


def test_the_public_reads_dates_and_no_private_word(
    as_user, visitor, cem, idea, office, other_office
):
    first = sent(idea, office, cem, days_ago=30, body="Der Brieftext ist privat.")
    with clock.at(clock.shifted(clock.now(), days=-20)):
        actions.record_reply(
            first, text="Unser Nein ist privat.", received_at=clock.now(), refused=True, by=cem
        )
    sent(idea, other_office, cem, days_ago=19, follows=first)
    drafted(idea, office, cem, subject="Ein Entwurf")
    sent(idea, office, cem, days_ago=1)
    url = visitor.visit(f"/ideen/{idea.id}").select_one("#office-requests a")["hx-get"]
    page = visitor.visit(url, target="office-requests")
    assert visitor.visit(url).h1
    first, second, third = page.select("li")
    assert "kann nicht weiterhelfen" in first.text
    assert "stattdessen gefragt" in second.text
    assert "Noch keine Antwort" in second.text
    assert "Wir warten auf Antwort" in third.text
    for private in ("privat", "Entwurf", MAILBOX, "Cem", "@", "WiQ-"):
        assert private not in page.text
    progress = visitor.visit(f"/fortschritt/{idea.progress_token}")
    own = visitor.visit(progress.select_one("#office-requests a")["href"])
    assert "stattdessen gefragt" in own.text
    assert own.select_one(".breadcrumb a")["href"] == f"/fortschritt/{idea.progress_token}"


def test_of_an_idea_that_is_not_public_strangers_read_nothing(as_user, visitor, ben, cem, office):
    idea = make_idea(None)
    sent(idea, office, cem)
    for browser in (visitor, as_user(ben)):
        browser.visit(f"/ideen/{idea.id}/anfragen", status=404)
        browser.visit(f"/ideen/{idea.id}/anfragen?t=falsch", status=404)
    assert visitor.visit(f"/ideen/{idea.id}/anfragen?t={idea.progress_token}").select("li")
    visitor.visit("/ideen/99/anfragen", status=404)


# The workbench


def test_silent_bounced_and_answered_letters_wait_oldest_first(as_user, cem, dora, idea, office):
    newer, older = (sent(idea, office, cem, days_ago=days) for days in (15, 40))
    bounced, answered = (sent(idea, office, cem, days_ago=2) for _ in range(2))
    actions.note_bounce(bounced)
    actions.note_answer(answered, clock.now())
    db.session.commit()
    page = as_user(cem).visit("/koordination/liste/aemter-schweigen")
    assert [each["href"] for each in page.select("#worklist h2 a:first-child")] == [
        f"{ROOM}/{older.id}", f"{ROOM}/{newer.id}",
    ]  # fmt: skip
    assert len(as_user(cem).visit("/koordination/liste/unzustellbar").select("article")) == 1
    assert len(as_user(cem).visit("/koordination/liste/aemter-antworten").select("article")) == 1
    mine = as_user(dora).visit("/koordination/liste/aemter-schweigen")
    assert not mine.select("article")
    everybodys = as_user(dora).visit("/koordination/liste/aemter-schweigen?wer=alle")
    assert len(everybodys.select("article")) == 2
    tiles = {
        each.h2.text.strip(): each.select_one(".lead").text
        for each in as_user(cem).visit("/koordination/").select(".card")
    }
    assert tiles["Ämter, die schweigen"] == "2"
    assert tiles["Briefe unzustellbar"] == tiles["Antworten von Ämtern"] == "1"


def test_what_is_closed_or_ones_own_idea_does_not_wait(as_user, cem, office, ada):
    own, closed = make_idea(cem), make_idea(ada)
    letter = sent(closed, office, cem, days_ago=20)
    actions.close_letter(letter)
    ada.roles.append(role_named("coordinator"))
    sent(own, office, ada, days_ago=20)
    db.session.commit()
    page = as_user(cem).visit("/koordination/liste/aemter-schweigen?wer=alle")
    assert not page.select("article")


def test_a_letter_is_handed_over_with_a_note(as_user, cem, dora, idea, office):
    letter = sent(idea, office, cem, days_ago=20)
    url = f"{ROOM}/{letter.id}/uebergabe"
    page = as_user(cem).visit(url)
    as_user(cem).submit(url, to=dora.id, note="", seen=cem.id, status=422)
    assert "Grünamt" in page.text
    as_user(cem).submit(url, to=dora.id, note="Ich bin im Urlaub.", seen=cem.id)
    page = as_user(dora).visit("/koordination/liste/aemter-schweigen")
    assert "Ich bin im Urlaub." in page.text
    assert audit() == ["letter.handed_over"]


def test_everything_handed_over_includes_the_letters(as_user, cem, dora, idea, office):
    sent(idea, office, cem, days_ago=20)
    own = sent(make_idea(dora), office, cem, days_ago=20)
    page = as_user(cem).visit("/koordination/uebergabe")
    assert "2 offene Einträge" in page.text
    page = as_user(cem).submit(
        "/koordination/uebergabe", to=dora.id, note="Bis Montag bin ich weg.", seen=cem.id
    )
    assert "1 Eintrag liegt jetzt bei Dora." in page.text
    assert [each.owner_id for each in letters()] == [dora.id, cem.id]
    assert letters()[1].id == own.id


def test_five_thousand_letters_cost_the_same_few_statements(
    as_user, cem, idea, office, count_queries
):
    letter = sent(idea, office, cem, days_ago=20)
    columns = {
        column.name: getattr(letter, column.name)
        for column in Letter.__table__.columns
        if column.name not in ("id", "reply_token")
    }
    rows = [columns | {"reply_token": f"{number:020x}"} for number in range(5000)]
    db.session.execute(Letter.__table__.insert(), rows)
    db.session.commit()
    browser = as_user(cem)
    for path in (
        "/koordination/liste/aemter-schweigen", "/koordination/liste/aemter-schweigen?wer=alle",
        f"{ROOM}/", f"{ROOM}/?stand=silent", f"{ROOM}/?idee={idea.id}", "/koordination/",
        f"/ideen/{idea.id}/anfragen",
    ):  # fmt: skip
        count_queries.clear()
        browser.visit(path)
        assert len(count_queries) <= 6, path
    seen: list[str] = []
    page = browser.visit(f"{ROOM}/")
    seen += [each["href"] for each in page.select("#letter-list h2 a")]
    page = browser.visit(page.select_one("a[rel=next]")["href"])
    seen += [each["href"] for each in page.select("#letter-list h2 a")]
    assert len(seen) == len(set(seen)) == 80
    page = browser.visit("/koordination/liste/aemter-schweigen")
    assert len(page.select("article")) == PAGE
    assert browser.visit(page.select_one("a[rel=next]")["href"]).select("article")


def test_the_list_narrows_by_state(as_user, cem, idea, office, letter):
    sent(idea, office, cem, days_ago=20, subject="Ein stiller Brief")
    page = as_user(cem).visit(f"{ROOM}/?stand=silent")
    assert [each.text for each in page.select("#letter-list h2")] == ["Ein stiller Brief"]
    assert len(as_user(cem).visit(f"{ROOM}/?stand=unsinn&vor=x").select("article")) == 2


# Offices


def test_an_offices_mailbox_is_seen_by_coordinators_only(as_user, visitor, ben, cem, office):
    for browser in (visitor, as_user(ben)):
        page = browser.visit("/ansprechstellen/gruen")
        assert MAILBOX not in str(page)
        assert MAILBOX not in str(browser.visit("/ansprechstellen/?q=gruen"))
    assert MAILBOX in str(as_user(cem).visit("/ansprechstellen/gruen/bearbeiten"))


# Privacy


def test_a_copy_of_ones_data_holds_the_letters_that_were_sent(ada, cem, idea, office, letter):
    gone = sent(idea, office, cem, subject="Anfrage zur Bank")
    actions.record_reply(gone, text="Ja, gern", received_at=clock.now(), refused=False, by=cem)
    db.session.commit()
    (told,) = everything_about(ada)["letters"]
    assert told["subject"] == "Anfrage zur Bank"
    assert told["answers"][0]["text"] == "Ja, gern"
    assert MAILBOX not in str(told)


def test_deleting_an_account_takes_the_name_out_of_the_letters(ada, cem, idea, office):
    letter = sent(idea, office, cem, body="Ada wohnt dort: ada@example.org.", initiator_agreed=True)
    actions.record_reply(
        letter, text="Liebe Ada, gern", received_at=clock.now(), refused=False, by=cem
    )
    delete_user(ada)
    db.session.commit()
    (letter,) = letters()
    assert "Ada" not in letter.body + replies()[0].text
    assert "ada@" not in letter.body
    assert letter.initiator_agreed_at is None


def test_a_coordinators_letters_stay_when_the_account_goes(as_user, cem, dora, idea, office):
    sent(idea, office, cem, days_ago=20)
    delete_user(cem)
    db.session.commit()
    page = as_user(dora).visit("/koordination/liste/aemter-schweigen")
    assert "noch niemand" in page.text


def test_an_offices_suggestion_leads_coordinators_to_a_draft(
    as_user, visitor, ada, cem, idea, office
):
    follow_up()
    path = f"/ideen/{idea.id}/passend"
    link = as_user(cem).visit(path).select_one(f"a[href*='stelle_nr={office.id}']")
    page = as_user(cem).visit(link["href"])
    assert "An: Grünamt" in page.text
    for browser in (visitor, as_user(ada)):
        assert not browser.visit(path).select("a[href*='/briefe/']")

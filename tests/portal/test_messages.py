"""The relay: people who said yes write to each other, and nobody sees an address."""

import pytest
from sqlalchemy import select

from portal import clock
from portal.accounts.models import User
from portal.extensions import db
from portal.messages import actions
from portal.messages.actions import Contact
from portal.messages.models import Message, OutboxMail, Participant, Thread
from portal.messages.notifications import choose_channels
from tests.browser import form_fields


@pytest.fixture
def bench(ada: User, ben: User) -> Thread:
    """A conversation Ada and Ben were introduced in."""
    thread = actions.open_thread(
        subject="Eine Bank für die Straße", people=[Contact("Ada", ada), Contact("Ben", ben)]
    )
    actions.post_message(thread, None, "Ihr wollt beide eine Bank bauen. Viel Freude!")
    db.session.commit()
    return thread


@pytest.fixture
def with_zoe(ada: User) -> Participant:
    """Zoe's side of a conversation with Ada; Zoe has no account."""
    thread = actions.open_thread(
        subject="Beete gießen", people=[Contact("Ada", ada), Contact("Zoe", email="zoe@home.org")]
    )
    ada_side, zoe_side = thread.participants
    actions.post_message(thread, ada_side, "Hallo Zoe")
    db.session.commit()
    return zoe_side


def mails() -> list[OutboxMail]:
    return list(db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)))


def test_two_people_write_to_each_other(as_user, ada, ben, bench):
    page = as_user(ada).submit(
        f"/nachrichten/{bench.id}", text="Hast du Holz?\nIch habe Schrauben."
    )
    assert "Hast du Holz?" in page.main.text
    page = as_user(ben).visit(f"/nachrichten/{bench.id}")
    assert "Ich habe Schrauben." in page.main.text
    assert "Ada" in page.main.text
    assert "Wir im Quartier" in page.select_one(".message").text


def test_nobody_sees_an_address_in_page_or_mail(as_user, ada, ben, bench, with_zoe, visitor):
    as_user(ada).submit(f"/nachrichten/{bench.id}", text="Hallo Ben")
    visitor.submit(f"/gespraech/{with_zoe.token}", text="Hallo Ada")
    pages = [
        as_user(ben).visit(f"/nachrichten/{bench.id}"),
        as_user(ben).visit("/nachrichten/"),
        as_user(ada).visit(f"/nachrichten/{with_zoe.thread_id}"),
        visitor.visit(f"/gespraech/{with_zoe.token}"),
    ]
    for page in pages:
        assert "@" not in str(page.main)
    for mail in mails():
        assert "@" not in mail.body + mail.subject + mail.key


def test_the_mail_says_there_is_something_new_but_not_what(as_user, ada, ben, bench):
    as_user(ada).submit(f"/nachrichten/{bench.id}", text="Streng geheim")
    mail = mails()[-1]
    assert mail.to_address == ben.email
    assert mail.subject == "Neue Nachricht – antworte im Portal"
    assert f"/nachrichten/{bench.id}" in mail.body
    assert "geheim" not in mail.body


def test_the_author_gets_no_mail_about_their_own_message(as_user, ada, ben, bench):
    as_user(ada).submit(f"/nachrichten/{bench.id}", text="Hallo")
    assert [m.to_address for m in mails()] == [ada.email, ben.email, ben.email]


def test_a_person_without_account_answers_by_the_link_in_the_mail(visitor, as_user, ada, with_zoe):
    mail = mails()[-1]
    assert mail.to_address == "zoe@home.org"
    path = f"/gespraech/{with_zoe.token}"
    assert path in mail.body
    page = visitor.submit(path, text="Ja, dienstags kann ich gießen.")
    assert "Hallo Zoe" in page.main.text
    assert "dienstags" in as_user(ada).visit(f"/nachrichten/{with_zoe.thread_id}").main.text


def test_an_account_cannot_be_entered_by_a_link(visitor, with_zoe):
    ada_side = db.session.scalar(select(Participant).where(Participant.display_name == "Ada"))
    visitor.visit(f"/gespraech/{ada_side.token}", status=404)
    visitor.visit("/gespraech/wrong", status=404)


@pytest.mark.parametrize("outsider", ["cem", "eve"])
def test_not_even_coordinators_read_other_peoples_conversations(request, as_user, bench, outsider):
    browser = as_user(request.getfixturevalue(outsider))
    browser.visit(f"/nachrichten/{bench.id}", status=404)
    browser.submit(f"/nachrichten/{bench.id}", status=404, text="Hallo")
    browser.submit(f"/nachrichten/{bench.id}/gelesen", status=404)
    browser.submit(f"/nachrichten/{bench.id}/beenden", status=404)
    assert db.session.get(Thread, bench.id).closed_at is None


def test_strangers_are_sent_to_sign_in(visitor, bench):
    answer = visitor.get(f"/nachrichten/{bench.id}")
    assert answer.status_code == 302
    assert answer.location.startswith("/anmelden?next=")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Schreib etwas"),
        (" \n", "Schreib etwas"),
        ("x" * 4001, "höchstens 4000"),
        ("a\x00b", "Steuerzeichen"),
    ],
)
def test_a_refused_message_stays_in_the_form(as_user, ada, bench, text, said):
    page = as_user(ada).submit(f"/nachrichten/{bench.id}", status=422, text=text)
    assert said in page.select_one(".error-summary").text
    assert form_fields(page, "form[novalidate]")["text"].strip() == text.strip()
    assert db.session.scalar(select(Message).where(Message.author_id.is_not(None))) is None


def test_markup_in_a_message_is_only_text(as_user, ada, ben, bench):
    as_user(ada).submit(f"/nachrichten/{bench.id}", text="<script>alert(1)</script>")
    page = as_user(ben).visit(f"/nachrichten/{bench.id}")
    assert "<script>alert(1)</script>" in page.main.text
    assert not page.main.select("script")


def test_looking_does_not_mark_as_read_but_the_page_does(as_user, ben, ada, bench):
    as_user(ada).submit(f"/nachrichten/{bench.id}", text="Hallo")
    browser = as_user(ben)
    browser.visit(f"/nachrichten/{bench.id}")
    assert browser.visit("/nachrichten/").select(".badge")
    part = browser.submit(f"/nachrichten/{bench.id}/gelesen", target="conversation")
    assert part.select_one("#conversation")
    assert "Als gelesen markieren" not in part.text
    assert not browser.visit("/nachrichten/").select(".badge")


def test_a_new_message_comes_first_and_is_marked_in_the_inbox(as_user, ada, ben, bench, with_zoe):
    as_user(ben).submit(f"/nachrichten/{bench.id}", text="Noch da?")
    cards = as_user(ada).visit("/nachrichten/").select(".card")
    assert "Eine Bank" in cards[0].text
    assert "neu" in cards[0].text
    assert "neu" not in cards[1].select_one(".card__meta").text


def test_either_side_ends_the_conversation_for_both(as_user, ada, ben, bench):
    page = as_user(ben).submit(f"/nachrichten/{bench.id}/beenden")
    assert "beendet" in page.main.text
    page = as_user(ada).visit(f"/nachrichten/{bench.id}")
    assert not page.select("main textarea")
    as_user(ada).submit(f"/nachrichten/{bench.id}", status=400, text="Doch noch etwas")


def test_the_inbox_needs_few_statements_and_goes_on_by_page(as_user, ada, ben, count_queries):
    for number in range(25):
        thread = actions.open_thread(
            subject=f"Gespräch {number:02}", people=[Contact("Ada", ada), Contact("Ben", ben)]
        )
        actions.post_message(thread, thread.participants[1], "Hallo")
    db.session.commit()
    browser = as_user(ada)
    count_queries.clear()
    page = browser.visit("/nachrichten/")
    assert len(count_queries) <= 6, count_queries
    assert len(page.select(".card")) == 20
    assert "Gespräch 24" in page.select_one(".card").text
    older = browser.visit(page.select_one("a[rel=next]")["href"])
    assert [card.h2.text for card in older.select(".card")][-1] == "Gespräch 00"
    assert len(older.select(".card")) == 5


def test_a_long_conversation_shows_the_newest_part_first(as_user, ada, bench):
    for number in range(60):
        db.session.add(Message(thread_id=bench.id, text=f"Nummer {number:02}", author_id=None))
    db.session.commit()
    browser = as_user(ada)
    page = browser.visit(f"/nachrichten/{bench.id}")
    assert "Nummer 59" in page.main.text
    assert "Nummer 05" not in page.main.text
    page = browser.visit(page.select_one("#conversation > p a")["href"])
    assert "Nummer 05" in page.main.text


def test_a_disabled_account_gets_no_more_mail(as_user, ada, ben, bench):
    ben.active = False
    db.session.commit()
    before = len(mails())
    as_user(ada).submit(f"/nachrichten/{bench.id}", text="Hallo?")
    assert len(mails()) == before


def test_administrators_see_waiting_and_failed_mails_and_try_again(as_user, eve, cem):
    mail = actions.queue_mail(key="a", to="zoe@home.org", subject="Eins", body="Text")
    failed = actions.queue_mail(key="b", to="max@home.org", subject="Zwei", body="Text")
    failed.failed_at, failed.attempts, failed.error = clock.now(), 3, "550 …"
    db.session.commit()
    as_user(cem).visit("/koordination/postausgang", status=403)
    page = as_user(eve).visit("/koordination/postausgang")
    assert [card.h3.text for card in page.select(".card")] == ["Zwei", "Eins"]
    assert "550 …" in page.main.text
    assert "@" not in page.main.text
    page = as_user(eve).submit(
        f"/koordination/postausgang/{failed.id}/erneut", target="outbox-mails"
    )
    assert "gescheitert" not in page.text
    assert db.session.get(OutboxMail, failed.id).attempts == 0
    assert db.session.get(OutboxMail, mail.id).sent_at is None


def test_who_turned_these_mails_off_still_finds_the_news_in_the_portal(as_user, ada, ben, bench):
    choose_channels(ben.id, {"messages": "portal"})
    db.session.commit()
    before = len(mails())
    as_user(ada).submit(f"/nachrichten/{bench.id}", text="Kommst du am Samstag?")
    assert len(mails()) == before
    page = as_user(ben).visit("/mitteilungen/")
    assert page.select_one(".card__title a")["href"] == f"/nachrichten/{bench.id}"
    as_user(ben).submit(f"/nachrichten/{bench.id}/gelesen")
    assert not as_user(ben).visit("/mitteilungen/").select(".card .badge")

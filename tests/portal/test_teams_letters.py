"""Writing to a team: leads receive it, nobody learns an address or uses another one's."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal import clock, create_app
from portal.accounts.erasure import delete_user
from portal.extensions import db, limiter
from portal.messages.models import Message, OutboxMail, Participant, Thread
from portal.teams import actions, letters
from portal.teams.models import Enquiry, Team

HOSTILE = {
    "1 MB": "x" * 1_000_000,
    "NUL": "a\x00bc",
    "bidi": "abc \u202eevil",
    "emoji": "🌱🌳🌻",
    "empty": "",
}


@pytest.fixture
def garden(cem, ada) -> Team:
    team = actions.create_team(by=cem, name="Hofgarten", challenge="Beete im Hof anlegen.")
    actions.add_member(team, ada, is_lead=True)
    db.session.commit()
    return team


@pytest.fixture
def hurried_visitor(app):
    """A visitor of a portal that counts requests, as in production."""
    counting = create_app(
        {name: app.config[name] for name in ("SECRET_KEY", "SQLALCHEMY_DATABASE_URI")}
        | {"TESTING": True, "WTF_CSRF_ENABLED": False, "ENCODERS": "none"}
    )
    limiter.reset()
    yield counting.test_client()
    limiter.enabled = False
    with counting.app_context():
        db.session.remove()
        db.engine.dispose()


def link_in(mail: OutboxMail) -> str:
    return re.search(r"/teams/nachricht/\S+", mail.body).group()


def mails_to(address: str) -> list[OutboxMail]:
    return list(
        db.session.scalars(
            select(OutboxMail).where(OutboxMail.to_address == address).order_by(OutboxMail.id)
        )
    )


def test_a_resident_writes_and_the_lead_answers_without_addresses(as_user, garden, ada, ben):
    path = f"/teams/{garden.id}/schreiben"
    page = as_user(ben).submit(path, text="Habt ihr noch ein Beet frei?")
    assert "Habt ihr noch ein Beet frei?" in page.main.text
    assert "Teamleitung Hofgarten" in page.main.text
    assert "Ada" not in page.main.text
    (mail,) = mails_to("ada@example.org")
    assert "ben@example.org" not in mail.body
    assert "Beet frei" not in mail.body  # the text stays in the portal
    thread = db.session.scalars(select(Thread)).one()
    page = as_user(ada).submit(f"/nachrichten/{thread.id}", text="Ja, komm vorbei!")
    assert "example.org" not in page.main.text
    assert "example.org" not in as_user(ben).visit(f"/nachrichten/{thread.id}").main.text


def test_somebody_without_account_confirms_the_address_first(visitor, garden):
    page = visitor.submit(
        f"/teams/{garden.id}/schreiben", text="Ich habe Erde.", name="Ida", email="ida@example.net"
    )
    assert "Schau in deine Mails" in page.text
    assert mails_to("ada@example.org") == []
    (mail,) = mails_to("ida@example.net")
    assert "Ich habe Erde" not in mail.body
    path = link_in(mail)
    for _scanner in range(2):
        page = visitor.visit(path)
        assert "Ich habe Erde." in page.main.text
        assert "ida@example.net" not in page.text
    assert db.session.scalar(select(func.count(Message.id))) == 0
    page = visitor.submit(path)
    assert "Ich habe Erde." in page.main.text
    assert len(mails_to("ada@example.org")) == 1
    assert db.session.scalar(select(func.count(Enquiry.id))) == 0
    visitor.visit(path, status=410)
    visitor.submit(path, status=410)
    assert db.session.scalar(select(func.count(Message.id))) == 1


def test_the_next_letter_is_confirmed_by_mail_as_the_first_one_was(visitor, garden):
    for writer in ("ida@example.net", "jo@example.net"):
        visitor.submit(f"/teams/{garden.id}/schreiben", text="Ich habe Erde.", email=writer)
        (mail,) = mails_to(writer)
        visitor.submit(link_in(mail))  # delivered, and with that its row is gone


def test_the_lead_does_not_see_the_strangers_address(visitor, as_user, garden, ada):
    visitor.submit(
        f"/teams/{garden.id}/schreiben", text="Ich habe Erde.", name="Ida", email="ida@example.net"
    )
    visitor.submit(link_in(mails_to("ida@example.net")[0]))
    thread = db.session.scalars(select(Thread)).one()
    page = as_user(ada).submit(f"/nachrichten/{thread.id}", text="Prima!")
    assert "Ida" in page.main.text
    assert "ida@example.net" not in page.text
    answer = mails_to("ida@example.net")[-1]
    assert "ada@example.org" not in answer.body
    assert "/gespraech/" in answer.body


def test_a_team_without_lead_is_spoken_for_by_the_coordinators(
    as_user, garden, ada, ben, cem, dora
):
    actions.end_membership(garden, ada)
    db.session.commit()
    page = as_user(ben).submit(f"/teams/{garden.id}/schreiben", text="Ist noch jemand da?")
    assert "Unterstützungsteam" in page.main.text
    users = set(db.session.scalars(select(Participant.user_id)))
    assert users == {ben.id, cem.id, dora.id}


def test_several_leads_all_receive_it_and_can_be_told_apart(as_user, garden, ada, ben, dora):
    actions.add_member(garden, dora, is_lead=True)
    db.session.commit()
    as_user(ben).submit(f"/teams/{garden.id}/schreiben", text="Hallo ihr alle zusammen")
    names = db.session.scalars(select(Participant.display_name).order_by(Participant.id)).all()
    assert names == ["Ben", "Teamleitung Hofgarten 1", "Teamleitung Hofgarten 2"]
    assert len(mails_to("dora@example.org")) == 1


def test_nobody_writes_to_themselves_or_to_an_example(visitor, as_user, garden, ada):
    as_user(ada).visit(f"/teams/{garden.id}/schreiben", status=403)
    as_user(ada).submit(f"/teams/{garden.id}/schreiben", status=403, text="Hallo ich")
    garden.is_example = True
    db.session.commit()
    visitor.visit(f"/teams/{garden.id}/schreiben", status=403)
    assert visitor.visit(f"/teams/{garden.id}").select_one("a[href$='/schreiben']") is None


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_are_answered_in_german_and_kept(visitor, garden, text):
    page = visitor.submit(
        f"/teams/{garden.id}/schreiben", status=422, text=text, email="ida@example.net"
    )
    assert page.select_one(".error-summary a[href='#text']")
    assert mails_to("ida@example.net") == []


@pytest.mark.parametrize("email", ["", "ida", "ida@", "a" * 300 + "@example.net", "a@b\nBcc: c@d"])
def test_a_letter_needs_an_address_somebody_can_have(visitor, garden, email):
    page = visitor.submit(f"/teams/{garden.id}/schreiben", status=422, text="Hallo", email=email)
    assert page.select_one(".error-summary a[href='#email']")
    assert db.session.scalar(select(func.count(OutboxMail.id))) == 0


def test_a_program_that_fills_in_everything_is_refused(visitor, garden):
    path = f"/teams/{garden.id}/schreiben"
    page = visitor.submit(
        path, status=422, text="Kauft das!", email="ida@example.net", homepage="https://x.example"
    )
    assert "leer bleiben" in page.text
    assert mails_to("ida@example.net") == []


def test_letters_are_limited(hurried_visitor, garden):
    data = {"text": "Hallo ihr", "email": "ida@example.net"}
    path = f"/teams/{garden.id}/schreiben"
    answers = [hurried_visitor.post(path, data=data).status_code for _ in range(12)]
    assert answers == [303] * 10 + [429] * 2


def test_unconfirmed_letters_are_forgotten_after_a_week(visitor, garden, as_user, ben):
    data = {"text": "Hallo ihr", "email": "ben@example.org"}
    visitor.submit(f"/teams/{garden.id}/schreiben", **data)
    letters.forget_unconfirmed()
    assert db.session.scalar(select(func.count(Enquiry.id))) == 1
    with clock.at(clock.now() + timedelta(days=8)):
        letters.forget_unconfirmed()
    assert db.session.scalar(select(func.count(Enquiry.id))) == 0
    db.session.rollback()
    delete_user(ben)
    assert db.session.scalar(select(func.count(Enquiry.id))) == 0


def test_whoever_writes_without_account_cannot_pass_for_one_of_us(visitor, as_user, garden, ada):
    letter = letters.keep_letter(
        garden, name="Unterstützungsteam", email="zoe@example.org", text="Nenn mir dein Passwort.",
        locale="de",
    )  # fmt: skip
    thread_id = letters.deliver(letter).thread_id
    db.session.commit()
    page = as_user(ada).visit(f"/nachrichten/{thread_id}")
    assert "Unterstützungsteam (ohne Konto)" in page.select_one(".message").text


def test_what_a_child_writes_is_read_by_the_coordinators_first(as_user, garden, ada, ben, cem):
    ben.under_16 = True
    db.session.commit()
    browser, path = as_user(ben), f"/teams/{garden.id}/schreiben"
    assert "Unterstützungsteam" in browser.visit(path).select_one("#letter-form").text
    browser.submit(path, text="Darf ich bei euch mitmachen?")
    sides = select(Participant.user_id).order_by(Participant.id)
    assert db.session.scalars(sides).all() == [ben.id, cem.id]

"""Accounts: signing up, confirming, signing in and out, passwords, the account page."""

import json
import re

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.accounts.actions import create_user, give_consent
from portal.accounts.models import Consent, User
from portal.extensions import db
from portal.ideas.actions import submit_idea
from portal.messages.actions import Contact, open_thread, post_message
from portal.messages.models import OutboxMail

PASSWORD = "drei rote Räder am Tor"
NEW = {"name": "Zoe", "email": "Zoe@Home.org", "password": PASSWORD}


@pytest.fixture
def zoe(app: Flask) -> User:
    """Somebody with a confirmed address and a password."""
    user = create_user(email="zoe@home.org", name="Zoe", password=PASSWORD)
    user.confirmed_at = clock.now()
    db.session.commit()
    return user


def last_mail() -> OutboxMail:
    return db.session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()


def link_in(mail: OutboxMail) -> str:
    """Return the path of the first link in the mail."""
    return re.search(r"http://127\.0\.0\.1:\d+(/\S+)", mail.body).group(1)


def without_token(answer) -> str:
    """Return the page's text without what differs between any two pages."""
    return re.sub(r'(name="csrf_token" value=)"[^"]+"', r"\1", answer.text)


def is_signed_in(browser) -> bool:
    return browser.get("/konto").status_code == 200


def sign_in(browser, password=PASSWORD, email="zoe@home.org", **more):
    return browser.post("/anmelden", data={"email": email, "password": password, **more})


def test_a_new_person_registers_confirms_and_signs_in(visitor):
    page = visitor.submit("/registrieren", status=302, **NEW)
    page = visitor.visit("/registriert")
    assert "schau in deine Mails" in page.h1.text
    mail = last_mail()
    assert mail.to_address == "zoe@home.org"
    assert "Hallo Zoe" in mail.body
    page = visitor.visit(link_in(mail))
    assert db.session.scalar(select(User)).confirmed_at is None, "opening a link changes nothing"
    answer = visitor.post(page.select_one("main form")["action"])
    assert answer.location == "/anmelden"
    assert "bestätigt" in visitor.visit("/anmelden").select_one("#notices").text
    assert sign_in(visitor).status_code == 302
    assert is_signed_in(visitor)
    user = db.session.scalar(select(User))
    assert [role.name for role in user.roles] == ["resident"]
    assert not user.under_16


def test_without_confirming_nobody_gets_in(visitor):
    visitor.post("/registrieren", data=NEW)
    assert sign_in(visitor).status_code == 422
    assert not is_signed_in(visitor)


def test_consent_is_stored_only_when_ticked_and_with_its_wording(visitor):
    visitor.post("/registrieren", data=NEW)
    assert db.session.scalar(select(Consent)) is None
    visitor.post("/registrieren", data=NEW | {"email": "max@home.org", "matching": "y"})
    consent = db.session.scalar(select(Consent))
    assert consent.purpose == "matching"
    assert "werde ich gefragt" in consent.wording


def test_the_same_sign_up_sent_twice_at_once_makes_one_account(app, visitor, monkeypatch):
    # The second form was checked before the first was committed: the database decides.
    visitor.post("/registrieren", data=NEW)
    datastore = app.extensions["security"].datastore
    monkeypatch.setattr(datastore, "find_user", lambda **_wanted: None)
    answer = app.test_client().post("/registrieren", data=NEW)
    assert answer.location == "/registriert"
    assert len(db.session.scalars(select(User)).all()) == 1


def test_sign_up_always_ends_with_looking_into_the_mail(visitor):
    answer = visitor.post("/registrieren", data=NEW | {"next": "/konto"})
    assert answer.location == "/registriert"


def test_somebody_under_16_is_welcome_and_marked(visitor):
    assert "unter 16" in visitor.visit("/registrieren").main.text
    visitor.post("/registrieren", data=NEW | {"under_16": "y"})
    assert db.session.scalar(select(User)).under_16


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "Wie sollen wir dich nennen?"),
        ({"name": "x" * 61}, "höchstens 60"),
        ({"name": "Z\u202eoe"}, "Steuerzeichen"),
        ({"email": ""}, "E-Mail-Adresse"),
        ({"email": "zoe"}, "keine E-Mail-Adresse"),
        ({"email": "zoe@home.org\r\nBcc: max@home.org"}, "keine E-Mail-Adresse"),
        ({"email": "z" * 300 + "@home.org"}, "höchstens 254"),
        ({"password": ""}, "Passwort"),
        ({"password": "kurz"}, "mindestens 10 Zeichen"),
        ({"password": "x" * 100_000}, "höchstens 200"),
        ({"password": "aaaaaaaaaaaa"}, "zu leicht"),
        ({"password": "ich bin zoe@home"}, None),
        ({"password": "passwort123!"}, "zu leicht"),
        ({"second_wish": "http://spam.example"}, "noch einmal"),
    ],
)
def test_what_is_wrong_at_sign_up_is_said_and_the_rest_is_kept(visitor, change, said):
    data = NEW | change
    page = visitor.submit("/registrieren", status=422 if said else 302, **data)
    if not said:
        return
    assert said in page.select_one(".error-summary").text
    assert page.title.text.startswith("Fehler:")
    assert db.session.scalar(select(User)) is None
    if "name" not in change:
        assert page.select_one("input[name=name]")["value"] == "Zoe"
    assert not page.select_one("input[name=password]").get("value")


def test_signing_up_twice_looks_the_same_and_tells_the_owner(visitor, zoe):
    first = visitor.post("/registrieren", data=NEW | {"email": "new@home.org"})
    second = visitor.post("/registrieren", data=NEW)
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert first.data == second.data
    mail = last_mail()
    assert mail.to_address == "zoe@home.org"
    assert "Du hast aber schon eins" in mail.body
    assert len(db.session.scalars(select(User)).all()) == 2


def test_wrong_password_and_unknown_address_get_the_same_page(app, zoe):
    wrong = sign_in(app.test_client(), "etwas ganz anderes")
    unknown = sign_in(app.test_client(), email="zoo@home.org")
    assert wrong.status_code == unknown.status_code == 422
    assert without_token(wrong).replace("zoe@", "zoo@") == without_token(unknown)


@pytest.mark.parametrize("path", ["/passwort-vergessen", "/bestaetigen"])
def test_asking_for_a_mail_tells_nothing_about_the_address(app, zoe, path):
    known = app.test_client().post(path, data={"email": "zoe@home.org"})
    unknown = app.test_client().post(path, data={"email": "zoo@home.org"})
    assert known.status_code == unknown.status_code == 200
    assert without_token(known).replace("zoe@", "zoo@") == without_token(unknown)


def test_asking_for_a_sign_in_link_tells_nothing_about_the_address(app, zoe):
    known = app.test_client().post("/anmelden/link", data={"email": "zoe@home.org"})
    unknown = app.test_client().post("/anmelden/link", data={"email": "zoo@home.org"})
    assert known.location == unknown.location == "/anmelden/link/unterwegs"
    assert len(db.session.scalars(select(OutboxMail)).all()) == 1


def test_signing_in_by_mail_link_needs_the_button(visitor, app, zoe):
    visitor.submit("/anmelden/link", email="ZOE@home.org ")
    path = link_in(last_mail())
    app.test_client().visit(path)  # a mail scanner
    page = visitor.visit(path)
    assert not is_signed_in(visitor)
    answer = visitor.post(page.select_one("main form")["action"])
    assert answer.status_code == 303
    assert is_signed_in(visitor)
    thief = app.test_client()
    assert "gilt nicht mehr" in thief.visit(path, status=410).h1.text
    assert thief.post(path).status_code == 410
    assert not is_signed_in(thief)


def test_a_sign_in_link_leads_on_to_where_one_wanted_to_go(visitor, zoe):
    form = visitor.visit("/anmelden/link?next=/konto").select_one("main form")
    visitor.submit("/anmelden/link", email=zoe.email, next=form.select_one("[name=next]")["value"])
    form = visitor.visit(link_in(last_mail())).select_one("main form")
    answer = visitor.post(form["action"], data={"next": form.select_one("[name=next]")["value"]})
    assert answer.location == "/konto"


def test_a_sign_in_link_runs_out(visitor, zoe):
    with time_machine.travel("2026-05-01 10:00 +0000", tick=False) as time:
        visitor.submit("/anmelden/link", email=zoe.email)
        path = link_in(last_mail())
        time.shift(29 * 60)
        visitor.visit(path)
        time.shift(2 * 60)
        assert visitor.post(path).status_code == 410


def test_an_unconfirmed_account_gets_the_confirmation_instead_of_a_link(visitor, app):
    visitor.post("/registrieren", data=NEW)
    visitor.submit("/anmelden/link", email="zoe@home.org")
    assert "/bestaetigen/" in last_mail().body


def test_a_forgotten_password_is_replaced_and_ends_all_sessions(visitor, app, zoe):
    elsewhere = app.test_client()
    sign_in(elsewhere, remember="y")
    visitor.submit("/passwort-vergessen", email=zoe.email)
    path = link_in(last_mail())
    visitor.submit(path, status=422, password="kurz")
    answer = visitor.post(path, data={"password": "vier grüne Tore im Hof"})
    assert answer.location == "/anmelden"
    assert not is_signed_in(elsewhere)
    assert "geändert" in last_mail().subject
    assert sign_in(visitor).status_code == 422
    assert sign_in(visitor, "vier grüne Tore im Hof").status_code == 302
    used = app.test_client().post(path, data={"password": "fünf blaue Bäume im Hof"})
    assert used.location == "/passwort-vergessen"


def test_changing_the_password_keeps_this_session_and_ends_the_others(visitor, app, zoe):
    elsewhere = app.test_client()
    sign_in(elsewhere)
    sign_in(visitor)
    data = {"password": "falsch geraten", "new_password": "vier grüne Tore im Hof"}
    visitor.submit("/passwort-aendern", status=422, **data)
    visitor.submit("/passwort-aendern", status=302, **data | {"password": PASSWORD})
    assert is_signed_in(visitor)
    assert not is_signed_in(elsewhere)


def test_signing_out_everywhere_ends_old_sessions_and_remember_cookies(visitor, app, zoe):
    elsewhere = app.test_client()
    sign_in(elsewhere, remember="y")
    elsewhere.delete_cookie("portal")
    sign_in(visitor)
    visitor.submit("/konto/ueberall-abmelden")
    assert is_signed_in(visitor)
    assert not is_signed_in(elsewhere)


def test_remembered_people_stay_signed_in_after_the_browser_closed(visitor, zoe):
    sign_in(visitor, remember="y")
    visitor.delete_cookie("portal")
    assert is_signed_in(visitor)


def test_signing_out_works_and_only_by_post(visitor, zoe):
    sign_in(visitor)
    assert visitor.get("/abmelden").status_code == 405
    visitor.post("/abmelden")
    assert not is_signed_in(visitor)


def test_signing_in_leaves_nothing_of_the_session_before(visitor, zoe):
    with visitor.session_transaction() as session:
        session["planted"] = "by somebody else"
        session["csrf_token"] = "known to somebody else"
    sign_in(visitor)
    with visitor.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != "known to somebody else"


def test_a_disabled_account_is_out_at_once(visitor, zoe):
    sign_in(visitor)
    zoe.active = False
    db.session.commit()
    assert not is_signed_in(visitor)
    assert sign_in(visitor).status_code == 422
    visitor.submit("/anmelden/link", email=zoe.email)
    assert last_mail() is None


def test_demo_accounts_are_dead_in_production(app, monkeypatch):
    user = create_user(email="koordination@demo.example", name="Kim", password=PASSWORD)
    user.confirmed_at = clock.now()
    db.session.commit()
    inside = app.test_client()
    sign_in(inside, email=user.email)
    assert is_signed_in(inside)
    monkeypatch.setitem(app.config, "ENVIRONMENT", "production")
    assert not is_signed_in(inside)
    assert sign_in(app.test_client(), email=user.email).status_code == 422
    app.test_client().post("/anmelden/link", data={"email": user.email})
    app.test_client().post("/passwort-vergessen", data={"email": user.email})
    assert last_mail() is None
    new = NEW | {"email": "verwaltung@demo.example"}
    app.test_client().submit("/registrieren", status=422, **new)


def test_after_signing_in_everybody_starts_where_their_work_is(as_user, ada, cem):
    assert as_user(ada).get("/konto/start").location == "/profil"
    assert as_user(cem).get("/konto/start").location == "/koordination/"


def test_the_account_page_shows_name_and_address_and_changes_the_name(as_user, ada):
    page = as_user(ada).visit("/konto")
    assert ada.email in page.main.text
    page = as_user(ada).submit("/konto", name="Adele")
    assert page.select_one("input[name=name]")["value"] == "Adele"
    page = as_user(ada).submit("/konto", status=422, name=" ")
    assert "Wie sollen wir dich nennen?" in page.main.text


def test_a_consent_is_given_and_taken_back_on_the_account_page(as_user, ada):
    browser = as_user(ada)
    page = browser.submit("/konto/einwilligung/matching/geben")
    assert "Zurücknehmen" in page.main.text
    page = browser.submit("/konto/einwilligung/matching/zuruecknehmen")
    assert "zurückgenommen am" in page.main.text
    consent = db.session.scalar(select(Consent))
    assert consent.given_at
    assert consent.withdrawn_at


def test_everybody_can_take_their_data_along_and_only_theirs(as_user, ada, ben):
    thread = open_thread(subject="Bank", people=[Contact("Ada", ada), Contact("Ben", ben)])
    ada_side, ben_side = thread.participants
    post_message(thread, ada_side, "Von mir")
    post_message(thread, ben_side, "Geheimnis von Ben")
    give_consent(ada, "matching", "Ja")
    submit_idea(problem="Keine Bank weit und breit", wish="Eine Bank", initiator=ada)
    submit_idea(problem="Geheimnis im Hinterhof", wish="Licht", initiator=ben)
    db.session.commit()
    answer = as_user(ada).get("/konto/daten.json")
    assert "attachment" in answer.headers["Content-Disposition"]
    data = json.loads(answer.text)
    assert data["account"]["email"] == ada.email
    assert [message["text"] for message in data["messages"]] == ["Von mir"]
    assert data["account"]["consents"][0]["wording"] == "Ja"
    assert [idea["problem"] for idea in data["records"]["idea"]] == ["Keine Bank weit und breit"]
    assert not any("token" in name or "hash" in name for name in data["records"]["idea"][0])
    for secret in ("Geheimnis", ben.email, ada.fs_uniquifier):
        assert secret not in answer.text


def test_a_person_deletes_their_account_and_leaves_no_trace(as_user, visitor, app, zoe, ben):
    zoe_id = zoe.id
    thread = open_thread(subject="Bank", people=[Contact("Zoe", zoe), Contact("Ben", ben)])
    zoe_side, ben_side = thread.participants
    post_message(thread, zoe_side, "Meine Worte")
    post_message(thread, ben_side, "Bens Worte")
    give_consent(zoe, "matching", "Ja")
    db.session.commit()
    sign_in(visitor)
    page = visitor.submit("/konto/loeschen", status=422, email="ben@example.org")
    assert "nicht die E-Mail-Adresse dieses Kontos" in page.main.text
    assert visitor.post("/konto/loeschen", data={"email": "Zoe@Home.org"}).location == "/"
    assert not is_signed_in(visitor)
    assert db.session.get(User, zoe_id) is None
    assert db.session.scalar(select(Consent)) is None
    assert [mail.to_address for mail in db.session.scalars(select(OutboxMail))] == [ben.email]
    page = as_user(ben).visit(f"/nachrichten/{thread.id}")
    assert "Bens Worte" in page.main.text
    assert "Meine Worte" not in page.main.text
    assert "beendet" in page.main.text
    assert sign_in(app.test_client()).status_code == 422


def test_an_operator_deletes_an_account(app, zoe):
    run = app.test_cli_runner().invoke
    assert run(args=["user", "delete", "nobody@home.org", "--yes"]).exit_code == 1
    assert run(args=["user", "delete", "Zoe@home.org", "--yes"]).exit_code == 0
    db.session.rollback()
    assert db.session.scalar(select(User)) is None


def test_an_operator_creates_the_first_administrator(app):
    run = app.test_cli_runner().invoke
    made = run(args=["user", "create", "Chef@Home.org", "--name", "Kim", "--role", "administrator"])
    assert made.exit_code == 0, made.output
    user = db.session.scalar(select(User))
    assert user.email == "chef@home.org"
    assert user.is_administrator
    password = re.search(r"Password: (\S+)", made.output).group(1)
    browser = app.test_client()
    assert sign_in(browser, password, user.email).status_code == 302
    again = run(args=["user", "create", "chef@home.org", "--name", "Kim"])
    assert again.exit_code == 1
    weak = run(args=["user", "create", "a@home.org", "--name", "A", "--password", "kurz"])
    assert weak.exit_code == 2

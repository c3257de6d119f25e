"""What keeps strangers out: limits, forged forms, false destinations, even answers."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal import clock, create_app
from portal.accounts import rules
from portal.accounts.actions import create_user
from portal.accounts.models import User
from portal.extensions import db, limiter
from portal.messages.models import OutboxMail
from tests.browser import Browser, form_fields

PASSWORD = "drei rote Räder am Tor"
FORM = "main form[method=post]"


@pytest.fixture
def zoe(app: Flask) -> User:
    user = create_user(email="zoe@home.org", name="Zoe", password=PASSWORD)
    user.confirmed_at = clock.now()
    db.session.commit()
    return user


@pytest.fixture(scope="module")
def built_strict_app(built_app: Flask) -> Iterator[Flask]:
    names = ("SECRET_KEY", "SQLALCHEMY_DATABASE_URI", "SQLITE_SYNCHRONOUS", "ENCODERS", "TESTING")
    strict = create_app({name: built_app.config[name] for name in names})
    strict.url_build_error_handlers.extend(built_app.url_build_error_handlers)
    strict.test_client_class = Browser
    limiter.enabled = False
    yield strict
    with strict.app_context():
        db.engine.dispose()


@pytest.fixture
def strict_app(app: Flask, built_strict_app: Flask) -> Iterator[Flask]:
    """A second app on the same database, with the limits and form tokens real people meet."""
    limiter.enabled = True  # one limiter for all apps
    limiter.reset()
    yield built_strict_app
    limiter.enabled = False


def post(browser: Browser, path: str, address: str = "", **data: str) -> TestResponse:
    """Send the page's form back the way a browser does, token included."""
    known = vars(browser).setdefault("forms", {})  # a robot loads a form once
    if path not in known:
        known[path] = form_fields(browser.visit(path), FORM)
    environ = {"REMOTE_ADDR": address} if address else {}
    return browser.post(path, data=known[path] | data, environ_base=environ)


def test_guessing_one_persons_password_stops_after_ten_tries(strict_app, zoe):
    browser = strict_app.test_client()
    for number in range(10):
        data = {"email": "zoe@home.org", "password": f"geraten {number}"}
        assert post(browser, "/anmelden", f"203.0.113.{number}", **data).status_code == 422
    answer = post(browser, "/anmelden", "203.0.113.99", email=" ZOE@home.org", password=PASSWORD)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "zu viele Versuche" in answer.text


def test_trying_many_people_from_one_network_stops_too(strict_app):
    browser = strict_app.test_client()
    seen = [
        post(
            browser, "/anmelden", f"2001:db8::{n:x}", email=f"p{n}@home.org", password="geraten"
        ).status_code
        for n in range(31)
    ]
    assert seen == [422] * 30 + [429]
    other = post(browser, "/anmelden", "2001:db8:0:1::1", email="p@home.org", password="geraten")
    assert other.status_code == 422, "the neighbour's network is another one"


def test_signing_in_well_does_not_use_up_tries(strict_app, zoe):
    for _ in range(12):
        data = {"email": zoe.email, "password": PASSWORD}
        assert post(strict_app.test_client(), "/anmelden", **data).status_code == 302


@pytest.mark.parametrize("path", ["/passwort-vergessen", "/anmelden/link", "/bestaetigen"])
def test_nobody_can_flood_a_mailbox(strict_app, zoe, path):
    browser = strict_app.test_client()
    seen = [post(browser, path, f"203.0.113.{n}", email=zoe.email).status_code for n in range(6)]
    assert seen[-1] == 429
    assert 429 not in seen[:-1]
    assert len(db.session.scalars(select(OutboxMail)).all()) <= 5


def test_signing_up_in_masses_stops(strict_app):
    browser = strict_app.test_client()
    seen = [
        post(
            browser, "/registrieren", name="Zoe", email=f"p{n}@home.org", password=PASSWORD
        ).status_code
        for n in range(21)
    ]
    assert seen == [302] * 20 + [429]


@pytest.mark.parametrize(
    "path",
    ["/anmelden", "/registrieren", "/abmelden", "/passwort-vergessen", "/anmelden/link"]
    + ["/konto", "/konto/ueberall-abmelden", "/passwort-aendern", "/bestaetigen/x"],
)
def test_a_form_without_our_token_changes_nothing(strict_app, zoe, path):
    browser = strict_app.test_client()
    assert post(browser, "/anmelden", email=zoe.email, password=PASSWORD).status_code == 302
    mark = zoe.fs_uniquifier
    for token in ({}, {"csrf_token": "forged"}):
        answer = browser.post(path, data={"name": "X", "email": zoe.email} | token)
        assert answer.status_code == 400
        assert "noch einmal" in answer.text
    db.session.rollback()
    assert db.session.scalar(select(User)).name == "Zoe"
    assert db.session.scalar(select(User)).fs_uniquifier == mark
    assert browser.get("/konto").status_code == 200
    assert db.session.scalar(select(OutboxMail)) is None


def test_a_stolen_token_is_worthless_after_signing_in(strict_app, zoe):
    browser = strict_app.test_client()
    before = form_fields(browser.visit("/anmelden"), FORM)["csrf_token"]
    post(browser, "/anmelden", email=zoe.email, password=PASSWORD)
    assert browser.post("/konto", data={"csrf_token": before, "name": "X"}).status_code == 400


EVIL = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https://evil.example/",
    "http://localhost@evil.example/",
    "/%09/evil.example",
    "/\t/evil.example",
    " //evil.example",
    "/\u200b/evil.example",
    "/%5cevil.example",
    "/%2fevil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "//evil\u3002example",
    "evil.example",
]


@pytest.mark.parametrize("target", EVIL)
def test_signing_in_never_leads_away_from_the_portal(app, zoe, target):
    data = {"email": zoe.email, "password": PASSWORD}
    browser = app.test_client()
    page = browser.get("/anmelden", query_string={"next": target}).text
    assert "evil" not in page.partition("<main")[2]
    by_form = browser.post("/anmelden", data=data | {"next": target})
    by_query = app.test_client().post("/anmelden", data=data, query_string={"next": target})
    for answer in (by_form, by_query):
        assert answer.status_code == 302
        assert answer.location == "/konto/start", answer.location


@pytest.mark.parametrize("target", EVIL)
def test_only_plain_paths_are_our_own(target):
    assert not rules.is_own_path(target)


@pytest.mark.parametrize(
    "target", ["/", "/konto", "/suche?q=Fahrr%C3%A4der&kind=team", "/ort/Gr%C3%BCnau", "/ideen/#x"]
)
def test_our_own_paths_are_kept(app, zoe, target):
    assert rules.is_own_path(target)
    browser = app.test_client()
    page = browser.visit(f"/anmelden?next={quote(target)}")
    fields = form_fields(page, FORM)
    answer = browser.post("/anmelden", data=fields | {"email": zoe.email, "password": PASSWORD})
    assert answer.location == target


def test_people_are_led_back_to_the_page_they_wanted(app, zoe):
    browser = app.test_client()
    page = browser.visit(browser.get("/konto").location)
    fields = form_fields(page, FORM)
    answer = browser.post("/anmelden", data=fields | {"email": zoe.email, "password": PASSWORD})
    assert answer.location == "/konto"


def test_links_in_mails_ignore_the_host_a_request_claims(app, zoe):
    app.test_client().post(
        "/passwort-vergessen",
        data={"email": zoe.email},
        headers={"X-Forwarded-Host": "evil.example"},
    )
    body = db.session.scalar(select(OutboxMail)).body
    assert app.config["PUBLIC_URL"] in body
    assert "evil" not in body


def test_unknown_addresses_cost_as_much_hashing_as_known_ones(app, zoe, monkeypatch):
    hashed: list[str] = []
    context = app.extensions["security"].pwd_context
    for name in ("hash", "verify"):
        real = getattr(context, name)
        monkeypatch.setattr(
            context,
            name,
            lambda *a, real=real, name=name, **k: (hashed.append(name), real(*a, **k))[1],
        )
    for email in ("zoe@home.org", "nobody@home.org"):
        hashed.clear()
        app.test_client().post("/anmelden", data={"email": email, "password": "geraten geraten"})
        assert len(hashed) == 1, email


def test_passwords_are_hashed_with_argon2id_as_set(zoe):
    assert zoe.password.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_account_pages_are_never_stored_by_browsers(as_user, ada, visitor):
    assert "no-store" in as_user(ada).get("/konto").headers["Cache-Control"]
    assert "no-store" in visitor.get("/anmelden").headers["Cache-Control"]


@pytest.mark.parametrize(
    "value", ["", "\x00", "\u202e", "x" * 1_000_000, "<script>", "🦊", "' OR 1=1 --"]
)
@pytest.mark.parametrize(
    "path", ["/anmelden", "/registrieren", "/passwort-vergessen", "/anmelden/link"]
)
def test_whatever_is_typed_gets_a_proper_answer(visitor, path, value):
    data = dict.fromkeys(("email", "password", "name", "next", "second_wish"), value)
    answer = visitor.post(path, data=data)
    assert answer.status_code == 422
    assert "<script>" not in answer.text.partition("<main")[2]


def test_tokens_of_any_shape_are_just_dead_links(visitor):
    for token in ("x", "..", "%00", "a" * 5000, "WyJhIl0.x.y"):
        assert visitor.get(f"/anmelden/link/{token}").status_code in (404, 410)
        assert visitor.post(f"/anmelden/link/{token}").status_code in (404, 405, 410)
        assert visitor.post(f"/bestaetigen/{token}").status_code in (302, 404, 405)
        assert visitor.get(f"/passwort-vergessen/{token}").status_code in (302, 404)
        assert visitor.get(f"/gespraech/{token}").status_code == 404


@pytest.mark.parametrize("room", ["ansprechstellen", "vermittlungen", "fortschritt", "gespraech"])
def test_an_address_with_a_nul_in_it_is_just_no_page(visitor, room):
    assert visitor.get(f"/{room}/%00").status_code == 404

"""Errors as people see them: as a page, or as a notice above what they were typing."""

import re

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal.extensions import db
from portal.matches.models import IndexEntry

TEXT = "Hallo zusammen, wann trefft ihr euch das nächste Mal?"


@pytest.fixture
def guarded(app):
    """CSRF protection as in production."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield
    app.config["WTF_CSRF_ENABLED"] = False


def sent_from_here(target: str = "") -> dict[str, str]:
    htmx = {"HX-Request": "true", "HX-Target": target} if target else {}
    return {"Origin": "http://localhost", "Referer": "http://localhost/konto", **htmx}


def test_a_form_whose_session_is_over_is_sent_again_by_one_button(visitor, guarded):
    old = {"csrf_token": "from-yesterday", "problem": TEXT, "wish": "", "contribution": ""}
    answer = visitor.post("/ideen/neu", data=old, headers=sent_from_here())
    assert answer.status_code == 400
    assert TEXT in answer.text
    form = {
        name: value
        for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.text)
    }
    assert form["problem"] == TEXT
    again = visitor.post("/ideen/neu", data=form, headers=sent_from_here())
    assert again.status_code == 303
    assert "/fortschritt/" in again.location


def test_a_page_of_strangers_cannot_make_a_button_of_ours(visitor, guarded):
    evil = {"Origin": "https://evil.example"}
    answer = visitor.post("/ideen/neu", data={"problem": TEXT}, headers=evil)
    assert answer.status_code == 400
    assert "Noch einmal absenden" not in answer.text


def test_passwords_are_never_repeated(visitor, guarded):
    given = {"email": "ada@example.org", "password": "streng geheim und lang"}
    answer = visitor.post("/anmelden", data=given, headers=sent_from_here())
    assert answer.status_code == 400
    assert "streng geheim" not in answer.text


def test_whoever_wrote_something_while_signed_out_keeps_it(visitor):
    answer = visitor.post("/konto", data={"name": TEXT}, headers=sent_from_here())
    assert answer.status_code == 401
    assert TEXT in answer.text
    assert "/anmelden?next=/konto" in answer.text


def test_a_button_pressed_while_signed_out_leads_back_to_its_page(visitor):
    answer = visitor.post("/konto/ueberall-abmelden", headers=sent_from_here())
    assert answer.location.endswith("/anmelden?next=/konto")


def test_an_error_of_a_fragment_is_a_notice_that_leaves_the_page_alone(as_user, ada):
    answer = as_user(ada).post("/koordination/vorschlaege/1", headers=sent_from_here("queue"))
    assert answer.status_code == 403
    assert "<html" not in answer.text
    assert "Das ist nicht für dich freigegeben" in answer.text


def test_every_page_lets_htmx_show_errors_in_the_notices(visitor):
    config = visitor.visit("/").select_one("meta[name=htmx-config]")["content"]
    assert '"error": true, "target": "#notices"' in config


@pytest.mark.parametrize(
    "path", ["/nachrichten/?vor=", "/leute/?vor=", "/teams/?ortsteil=", "/koordination/ideen?idee="]
)
@pytest.mark.parametrize("number", ["9" * 30, "-5", "0", "x", "%00"])
def test_a_number_no_row_has_is_no_error(as_user, cem, path, number):
    as_user(cem).visit(path + number)


@pytest.fixture
def no_suggestions(app):
    """A database whose suggestions cannot be written, outside of tests' strictness."""
    db.session.execute(text("ALTER TABLE suggestion RENAME TO suggestion_away"))
    db.session.commit()
    app.testing = False
    yield
    app.testing = True
    db.session.execute(text("ALTER TABLE suggestion_away RENAME TO suggestion"))
    db.session.commit()


def test_an_idea_is_taken_even_if_suggestions_fail(visitor, no_suggestions, caplog):
    sent = {"problem": "Es fehlt eine Bank vor dem Haus.", "wish": "", "contribution": ""}
    assert visitor.post("/ideen/neu", data=sent).status_code == 303
    assert "suggestions were put off" in caplog.text
    assert "Bank" not in caplog.text
    assert db.session.scalar(select(IndexEntry.is_pending))


def test_what_people_wrote_is_no_part_of_a_logged_error(app):
    with pytest.raises(DBAPIError) as caught:
        db.session.execute(text("SELECT nothing FROM nowhere WHERE a = :a"), {"a": "Frau Geheim"})
    db.session.rollback()
    assert "Geheim" not in str(caught.value)

"""Whatever is sent to the idea forms: a clear message, the text kept, nothing executed, no 500."""

import pytest
from sqlalchemy import func, select

from portal.extensions import db
from portal.ideas import actions
from portal.ideas.models import Idea

GOOD = {
    "problem": "Vor dem Nachbarschaftstreff kann man nirgends sitzen.",
    "wish": "Ein paar Sitzplätze im Schatten.",
    "contribution": "Ich kann Holz zuschneiden.",
}
TEXTS = tuple(GOOD)
MEGABYTE = "Wort " * 200_000
BIDI = "Bank \u202evor dem Haus"
HTML = "<script>alert(1)</script><b>Bank</b>"


def number_of_ideas() -> int:
    return db.session.scalar(select(func.count()).select_from(Idea))


def refuse(visitor, field: str, value: str, path: str = "/ideen/neu"):
    """Send one bad field among good ones and return its message."""
    page = visitor.submit(path, status=422, **(GOOD | {field: value}))
    message = page.select_one(f"#{field}-error")
    assert message, f"{field} has no message"
    assert page.select_one(f".error-summary a[href='#{field}']")
    assert page.title.text.strip().startswith("Fehler:")
    for name in TEXTS:
        kept = page.select_one(f"textarea[name={name}]").text.strip()
        assert kept == (value if name == field else GOOD[name]).strip().replace(
            "\x00", "\ufffd"
        ) or ("\x00" in value and name == field)
    return message.get_text(" ", strip=True)


def test_without_a_problem_there_is_no_idea(visitor):
    assert "was dich stört" in refuse(visitor, "problem", "")
    assert "was dich stört" in refuse(visitor, "problem", " \n\t ")
    assert number_of_ideas() == 0


@pytest.mark.parametrize("field", ["wish", "contribution"])
def test_the_other_questions_may_stay_empty(visitor, field):
    visitor.submit("/ideen/neu", **(GOOD | {field: ""}))
    assert number_of_ideas() == 1


@pytest.mark.parametrize("field", TEXTS)
def test_a_megabyte_is_refused_with_the_number_of_characters(visitor, field):
    message = refuse(visitor, field, MEGABYTE)
    assert "höchstens" in message
    assert str(len(MEGABYTE.strip())) in message


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize("value", ["Bank\x00vor dem Haus", BIDI, "Bank \u2066vor\u2069 dem Haus"])
def test_control_characters_are_refused(visitor, field, value):
    assert "unsichtbare Steuerzeichen" in refuse(visitor, field, value)


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize("value", ["🪑🌳🙂", "?!…", "12 34"])
def test_pictures_and_signs_alone_say_too_little(visitor, field, value):
    assert "ein paar Worte" in refuse(visitor, field, value)


@pytest.mark.parametrize("field", TEXTS)
def test_html_is_shown_as_the_text_it_is(visitor, field):
    page = visitor.submit("/ideen/neu", **(GOOD | {field: HTML}))
    assert HTML in page.select_one("main").get_text()
    assert not page.select("main script, main b")


def test_emoji_joiners_and_accents_among_words_are_welcome(visitor):
    text = "Eine Bank für alle 👨‍👩‍👧 und e\u0301in Baum"
    page = visitor.submit("/ideen/neu", **(GOOD | {"problem": text}))
    assert "éin Baum" in page.text


@pytest.mark.parametrize(
    "value",
    [
        "keine Adresse",
        "a@b",
        "a" * 300 + "@example.org",
        "x" * 1_000_000,
        HTML,
        "a@example.org\x00",
    ],
)
def test_a_wrong_address_is_refused_and_kept(visitor, value):
    page = visitor.submit("/ideen/neu", status=422, **GOOD, contact_email=value)
    assert page.select_one("#contact_email-error")
    assert page.select_one(".error-summary a[href='#contact_email']")
    assert page.select_one("textarea[name=problem]").text.strip() == GOOD["problem"]
    if "\x00" not in value:
        assert page.select_one("[name=contact_email]")["value"] == value
    assert not page.select("main script")
    assert number_of_ideas() == 0


@pytest.mark.parametrize("field", ["district", "topic"])
@pytest.mark.parametrize("value", ["99", "\x00", HTML, BIDI, "🙂", MEGABYTE])
def test_what_is_not_on_a_list_is_refused(visitor, field, value):
    page = visitor.submit("/ideen/neu", status=422, **GOOD, **{field: value})
    assert "aus der Liste" in page.select_one(f"#{field}-error").text
    assert not page.select("main script")


@pytest.mark.parametrize("value", ["", "x", "\x00" * 20, HTML, "ä" * 20, MEGABYTE])
def test_a_spoilt_submission_key_does_no_harm(visitor, value):
    visitor.submit("/ideen/neu", **GOOD, submission_key=value)
    visitor.submit("/ideen/neu", **GOOD, submission_key=value)
    assert number_of_ideas() == 2


def test_a_program_that_fills_in_everything_is_stopped_and_a_person_may_go_on(visitor):
    page = visitor.submit("/ideen/neu", status=422, **GOOD, homepage="https://example.org")
    assert page.select_one("textarea[name=problem]").text.strip() == GOOD["problem"]
    assert not page.select_one("[name=homepage]").get("value")
    assert number_of_ideas() == 0


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize("value", [MEGABYTE, BIDI, "Bank\x00", "🪑🪑🪑"])
def test_changing_an_idea_is_as_careful(visitor, field, value):
    idea = actions.submit_idea(**GOOD).idea
    db.session.commit()
    refuse(visitor, field, value, f"/ideen/{idea.id}/bearbeiten?t={idea.progress_token}")
    assert getattr(db.session.get(Idea, idea.id), field) == GOOD[field]


@pytest.mark.parametrize("value", [MEGABYTE, BIDI, "Grund\x00", "🪑🪑🪑"])
def test_coordinators_texts_are_checked_too(as_user, cem, value):
    idea = actions.submit_idea(**GOOD).idea
    db.session.commit()
    url = f"/koordination/ideen/{idea.id}"
    page = as_user(cem).submit(f"{url}/verbergen", status=422, reason=value)
    assert page.select_one(f"#reason-{idea.id}-error")
    assert page.select_one(f".error-summary a[href='#reason-{idea.id}']")
    asked = {"state": "im_gespraech", "seen": "eingegangen"}
    for field in ("note", "alternative"):
        page = as_user(cem).submit(f"{url}/stand", status=422, **asked, **{field: value})
        assert page.select_one(f"#{field}-{idea.id}-error")
    assert db.session.get(Idea, idea.id).is_waiting


def test_a_coordinators_html_is_text_for_the_initiator(as_user, cem, visitor):
    idea = actions.submit_idea(**GOOD).idea
    db.session.commit()
    as_user(cem).submit(f"/koordination/ideen/{idea.id}/verbergen", reason=HTML)
    page = visitor.visit(f"/fortschritt/{idea.progress_token}")
    assert HTML in page.select_one("main").get_text()
    assert not page.select("main script, main b")

"""Posting an idea and following it: as a visitor, a resident, on paper with a code."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal import create_app
from portal.extensions import db, limiter
from portal.ideas import actions
from portal.ideas.models import Idea
from portal.messages.models import OutboxMail
from portal.places.models import Borough, District
from tests.browser import Browser, form_fields

TEXTS = {
    "problem": "Vor dem Nachbarschaftstreff kann man nirgends sitzen.",
    "wish": "Ein paar Sitzplätze im Schatten.",
}
CODE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b")


@pytest.fixture
def east(app) -> District:
    """Volkmarsdorf, in the borough Ost."""
    borough = Borough(code="2", name="Ost")
    district = District(code="21", name="Volkmarsdorf", area="ost", borough=borough)
    db.session.add_all([borough, district])
    db.session.commit()
    return district


@pytest.fixture
def hurried_visitor(app) -> Iterator[Browser]:
    """A visitor of a portal that counts requests, as in production."""
    counting = create_app(
        {name: app.config[name] for name in ("SECRET_KEY", "SQLALCHEMY_DATABASE_URI")}
        | {"TESTING": True, "WTF_CSRF_ENABLED": False, "ENCODERS": "none"}
    )
    counting.test_client_class = Browser
    limiter.reset()
    yield counting.test_client()
    limiter.enabled = False
    with counting.app_context():
        db.session.remove()
        db.engine.dispose()


def only_idea() -> Idea:
    return db.session.scalars(select(Idea)).one()


def number_of_ideas() -> int:
    return db.session.scalar(select(func.count()).select_from(Idea))


def post(**changes) -> Idea:
    idea = actions.submit_idea(**(TEXTS | changes)).idea
    db.session.commit()
    return idea


def test_a_visitor_posts_an_idea_and_sees_its_progress_and_the_code(visitor, east):
    page = visitor.submit("/ideen/neu", **TEXTS, district="21")
    idea = only_idea()
    assert "Danke! Deine Idee ist angekommen." in page.text
    assert CODE.search(page.select_one("#claim-code").text)
    assert TEXTS["problem"] in page.text
    assert "eingegangen" in page.text
    assert idea.district_id == east.id
    assert idea.initiator_id is None
    assert idea.is_waiting
    suggestions = page.select_one("#suggestions a")
    assert suggestions["hx-get"] == suggestions["href"]
    assert f"t={idea.progress_token}" in suggestions["href"]


def test_the_claim_code_is_shown_once_and_is_not_in_the_address(visitor):
    answer = visitor.post("/ideen/neu", data=TEXTS)
    assert answer.status_code == 303
    code = CODE.search(visitor.visit(answer.location).text).group()
    assert code not in answer.location
    assert not CODE.search(visitor.visit(answer.location).select_one("main").text)


def test_the_claim_code_leads_to_the_progress_page_however_it_is_typed(visitor, app):
    code = CODE.search(visitor.submit("/ideen/neu", **TEXTS).text).group()
    for typed in (code, code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} "):
        page = app.test_client().submit("/abholen", code=typed)
        assert TEXTS["problem"] in page.text


def test_a_lost_claim_code_is_replaced_and_the_old_one_is_void(visitor):
    old = CODE.search(visitor.submit("/ideen/neu", **TEXTS).text).group()
    page = visitor.submit(f"/fortschritt/{only_idea().progress_token}/abholcode")
    new = CODE.search(page.select_one("#claim-code").text).group()
    visitor.submit("/abholen", code=old, status=422)
    assert TEXTS["problem"] in visitor.submit("/abholen", code=new).text


@pytest.mark.parametrize("code", ["", "AAAA-AAAA", "x" * 100_000, "K7\x00RM", "<script>"])
def test_a_wrong_claim_code_is_refused_in_general_words(visitor, code):
    page = visitor.submit("/abholen", code=code, status=422)
    assert "Fehler" in page.title.text
    assert page.select_one(".error-summary a[href='#code']")
    assert not page.select("main script")


def test_wrong_claim_codes_are_slowed_down(hurried_visitor):
    for _ in range(10):
        hurried_visitor.submit("/abholen", code="AAAA-AAAA", status=422)
    hurried_visitor.submit("/abholen", code="AAAA-AAAA", status=429)
    hurried_visitor.visit("/abholen")


def test_the_same_form_sent_twice_makes_one_idea(visitor):
    fields = form_fields(visitor.visit("/ideen/neu"), "#idea-form") | TEXTS
    first = visitor.post("/ideen/neu", data=fields)
    again = visitor.post("/ideen/neu", data=fields)
    assert first.location == again.location
    assert number_of_ideas() == 1


def test_ten_posts_of_the_same_form_at_once_make_one_idea(app):
    fields = TEXTS | {"submission_key": "one-form-ten-clicks"}

    def send(_number: int) -> tuple[int, str]:
        answer = FlaskClient(app, app.response_class).post("/ideen/neu", data=fields)
        return answer.status_code, answer.location

    with ThreadPoolExecutor(10) as pool:
        answers = set(pool.map(send, range(10)))
    db.session.rollback()
    assert number_of_ideas() == 1
    assert {status for status, _ in answers} == {303}
    assert len({location for _, location in answers}) == 1


def test_a_second_idea_from_the_same_form_is_not_lost(visitor):
    fields = form_fields(visitor.visit("/ideen/neu"), "#idea-form") | TEXTS
    visitor.submit("/ideen/neu", **fields)
    other = fields | {"problem": "An der Ecke fehlt ein Zebrastreifen."}
    page = visitor.submit("/ideen/neu", status=422, **other)
    assert "schon eine Idee abgeschickt" in page.text
    visitor.submit("/ideen/neu", **(dict(form_fields(page, "#idea-form"))))
    assert number_of_ideas() == 2


def test_a_confirmed_resident_is_public_at_once_and_finds_the_idea_again(as_user, ada, visitor):
    as_user(ada).submit("/ideen/neu", **TEXTS)
    idea = only_idea()
    assert idea.is_public
    assert idea.initiator_id == ada.id
    assert idea.title in as_user(ada).visit("/ideen/meine").text
    assert idea.title in visitor.visit("/ideen/").text


def test_with_the_setting_off_residents_wait_too(as_user, ada, app):
    app.config["PUBLISH_AT_ONCE"] = False
    try:
        as_user(ada).submit("/ideen/neu", **TEXTS)
    finally:
        app.config["PUBLISH_AT_ONCE"] = True
    assert only_idea().is_waiting


def test_who_is_under_16_waits_for_a_coordinator(as_user, ada):
    as_user(ada).submit("/ideen/neu", **TEXTS, under_16="y")
    assert only_idea().under_16
    assert only_idea().is_waiting


def test_a_child_with_an_account_cannot_untick_it(as_user, ada):
    ada.under_16 = True
    db.session.commit()
    as_user(ada).submit("/ideen/neu", **TEXTS)
    assert only_idea().under_16
    assert only_idea().is_waiting


def test_the_contact_address_gets_the_link_and_is_shown_nowhere(visitor, as_user, cem):
    page = visitor.submit("/ideen/neu", **TEXTS, contact_email="mira@example.org")
    idea = only_idea()
    mail = db.session.scalars(select(OutboxMail)).one()
    assert mail.to_address == "mira@example.org"
    assert idea.progress_token in mail.body
    edit_page = visitor.visit(f"/ideen/{idea.id}/bearbeiten?t={idea.progress_token}")
    review_page = as_user(cem).visit("/koordination/ideen")
    for seen in (page, edit_page, review_page):
        assert "mira@example.org" not in str(seen)


def test_residents_are_not_asked_for_an_address(as_user, ada, visitor):
    assert not as_user(ada).visit("/ideen/neu").select("[name=contact_email]")
    assert visitor.visit("/ideen/neu").select("[name=contact_email]")


def test_coming_back_from_similar_ideas_keeps_the_text_and_shows_no_error(visitor, east):
    page = visitor.submit("/ideen/neu", problem="Eine halbe", district="21", back="1")
    assert page.select_one("textarea[name=problem]").text.strip() == "Eine halbe"
    assert page.select_one("option[value='21']").has_attr("selected")
    assert not page.select(".error-summary")
    assert number_of_ideas() == 0


def test_a_text_in_the_address_fills_the_form(visitor):
    page = visitor.visit("/ideen/neu?problem=Kein+Schatten")
    assert page.select_one("textarea[name=problem]").text.strip() == "Kein Schatten"


def test_similar_ideas_can_be_looked_up_without_sending(visitor):
    page = visitor.visit("/ideen/neu")
    button = page.select_one("#idea-form [formaction]")
    assert button["hx-post"] == button["formaction"]
    assert button["hx-target"] == "#similar-ideas"
    assert page.select_one("#similar-ideas")
    buttons = page.select("#idea-form button")
    assert not buttons[0].has_attr("formaction"), "the Enter key sends the idea"


def test_the_form_says_in_many_languages_that_all_are_welcome(visitor):
    page = visitor.visit("/ideen/neu")
    assert {"ar", "uk", "tr", "en"} <= {words["lang"] for words in page.select("bdi[lang]")}


def test_ideas_in_any_script_are_taken(visitor):
    arabic = "لا يوجد مكان يجلس فيه كبار السن أمام بيتنا."
    page = visitor.submit("/ideen/neu", problem=arabic)
    assert arabic in page.text
    assert only_idea().title in arabic


def test_progress_pages_are_kept_out_of_caches_and_search_engines(visitor):
    answer = visitor.get(f"/fortschritt/{post().progress_token}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("token", ["unbekannt", "%00", "x" * 3000, "ä"])
def test_an_unknown_link_is_not_found(visitor, token):
    visitor.visit(f"/fortschritt/{token}", status=404)


def test_an_idea_that_is_not_public_is_not_found_by_others(visitor, as_user, ada, ben, cem):
    idea = post(initiator=ada)
    url = f"/ideen/{idea.id}"
    visitor.visit(url, status=404)
    visitor.visit(f"{url}?t=falsch", status=404)
    as_user(ben).visit(url, status=404)
    assert idea.title in visitor.visit(f"{url}?t={idea.progress_token}").text
    assert idea.title in as_user(ada).visit(url).text
    assert idea.title in as_user(cem).visit(url).text
    visitor.visit("/ideen/99999999999999999999", status=404)


def test_the_public_page_shows_states_and_days_but_no_notes(visitor, as_user, ada, cem):
    idea = post(initiator=ada, publish=True)
    actions.move_idea(idea, "im_gespraech", "Frau Nachbarin ruft zurück.", cem)
    db.session.commit()
    page = visitor.visit(f"/ideen/{idea.id}")
    assert "im Gespräch" in page.text
    assert "Frau Nachbarin" not in page.text
    assert idea.progress_token not in str(page)
    assert "Frau Nachbarin" in as_user(ada).visit(f"/ideen/{idea.id}").text
    assert "Frau Nachbarin" in visitor.visit(f"/fortschritt/{idea.progress_token}").text


def test_the_initiator_reads_why_an_idea_is_hidden_others_find_nothing(visitor, as_user, ada, cem):
    idea = post(initiator=ada, publish=True)
    actions.hide_idea(idea, cem, "Bitte ohne den Namen der Nachbarin.")
    db.session.commit()
    visitor.visit(f"/ideen/{idea.id}", status=404)
    assert "ohne den Namen" in as_user(ada).visit(f"/ideen/{idea.id}").text
    assert "ohne den Namen" in visitor.visit(f"/fortschritt/{idea.progress_token}").text


def test_the_initiator_changes_the_text_with_the_account(as_user, ada, ben, visitor):
    idea = post(initiator=ada, publish=True)
    url = f"/ideen/{idea.id}/bearbeiten"
    fields = form_fields(as_user(ada).visit(url), "#idea-form")
    changed = dict(fields) | {"wish": "Eine lange Bank unter dem Ahorn."}
    page = as_user(ada).submit(url, **changed)
    assert page.h1.text == "Eine lange Bank unter dem Ahorn"
    assert only_idea().is_public
    as_user(ben).submit(url, **changed, status=403)
    visitor.submit(url, **changed, status=403)


def test_the_initiator_changes_the_text_with_the_link_and_waits_again(visitor):
    idea = post(publish=True)
    url = f"/ideen/{idea.id}/bearbeiten?t={idea.progress_token}"
    page = visitor.visit(url)
    assert "So lange ist deine Idee nicht öffentlich" in page.text
    fields = dict(form_fields(page, "#idea-form"))
    visitor.submit(url, **(fields | {"problem": "Jetzt fehlen sogar zwei Bänke."}))
    assert only_idea().is_waiting
    visitor.visit(f"/ideen/{idea.id}", status=404)


def test_a_change_in_another_window_is_not_overwritten_unseen(visitor):
    idea = post()
    url = f"/ideen/{idea.id}/bearbeiten?t={idea.progress_token}"
    old = dict(form_fields(visitor.visit(url), "#idea-form"))
    visitor.submit(url, **(old | {"problem": "Die erste Fassung gewinnt."}))
    page = visitor.submit(url, status=422, **(old | {"problem": "Die zweite Fassung wartet."}))
    assert "inzwischen woanders geändert" in page.text
    assert "Die zweite Fassung wartet." in page.text
    visitor.submit(url, **dict(form_fields(page, "#idea-form")))
    assert only_idea().problem == "Die zweite Fassung wartet."


def test_a_stored_address_stays_is_replaced_or_deleted_as_wished(visitor):
    idea = post(contact_email="mira@example.org")
    url = f"/ideen/{idea.id}/bearbeiten?t={idea.progress_token}"

    def save(**changes) -> str | None:
        fields = dict(form_fields(visitor.visit(url), "#idea-form"))
        fields.pop("forget_contact", None)
        visitor.submit(url, **(fields | changes))
        return only_idea().contact_email

    assert save() == "mira@example.org"
    assert save(contact_email="neu@example.org") == "neu@example.org"
    assert save(forget_contact="y") is None


def test_the_initiator_withdraws_and_brings_back(visitor, as_user, ben):
    idea = post(publish=True)
    as_user(ben).submit(f"/ideen/{idea.id}/zurueckziehen", status=403)
    page = visitor.submit(f"/ideen/{idea.id}/zurueckziehen?t={idea.progress_token}")
    assert "zurückgezogen" in page.text
    visitor.visit(f"/ideen/{idea.id}", status=404)
    as_user(ben).submit(f"/ideen/{idea.id}/wiederherstellen", status=404)
    page = visitor.submit(f"/ideen/{idea.id}/wiederherstellen?t={idea.progress_token}")
    assert "wieder da" in page.text
    assert idea.title in visitor.visit(f"/ideen/{idea.id}").text


def test_suggestions_that_load_by_themselves_leave_the_thanks_standing(visitor):
    answer = visitor.post("/ideen/neu", data=TEXTS)
    page = visitor.visit(answer.location)
    assert "Danke!" in page.select_one("#notices").text
    url = page.select_one("#suggestions a")["hx-get"]
    assert not visitor.visit(url, target="suggestions").select("#notices")

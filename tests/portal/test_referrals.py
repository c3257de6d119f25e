"""Referrals: bodies hand ideas in by a link and see their status; ideas are passed on."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.accounts.erasure import delete_user
from portal.accounts.exports import everything_about
from portal.coordination.models import NextStep
from portal.extensions import db
from portal.ideas.actions import move_idea, publish_idea, submit_idea, withdraw_idea
from portal.ideas.models import Idea
from portal.messages.models import Notification, OutboxMail
from portal.moderation.models import AuditEntry
from portal.referrals import actions
from portal.referrals.jobs import remind_due
from portal.referrals.models import Handover, Referral, Referrer
from tests.browser import form_fields
from tests.tables import fill

HOME = "/weitergaben"
IDEA = {
    "problem": "Am Spielplatz fehlt Schatten.", "wish": "Zwei Bäume am Sandkasten.",
    "note": "Stand im Protokoll vom Mai.",
}  # fmt: skip


def body(name: str = "SBB Ost", **more: object) -> Referrer:
    values: dict = {"email": "sbb@example.org", "wants_mail": True, "confirmed": True}
    found = actions.add_referrer(name, "beirat", **values | more)
    db.session.commit()
    return found


@pytest.fixture
def council(app) -> Referrer:
    return body()


def link(referrer: Referrer, what: str = "") -> str:
    return f"{HOME}/bei/{referrer.token}{what}"


def hand_in(browser, path: str, status: int = 200, **more: object):
    fields = dict(form_fields(browser.visit(path), "main form"))
    for box in ("consent", "under_16", "wants_mail"):
        fields.pop(box, None)
    return browser.submit(path, status=status, **fields | IDEA | more)


@pytest.fixture
def referred(app, visitor, council) -> Idea:
    hand_in(visitor, link(council, "/neu"))
    return db.session.scalars(select(Idea)).one()


@pytest.fixture
def idea(app, ada) -> Idea:
    found = submit_idea(problem="Die Bank ist kaputt.", wish="Eine neue Bank.", initiator=ada).idea
    found.published_at = clock.now()
    db.session.commit()
    return found


def handover(idea: Idea, by, **more: object) -> Handover:
    values: dict = {
        "to_name": "Grünamt", "referrer": None, "passed_on": clock.today(),
        "note": "Bitte prüfen.", "contact_agreed": False,
    }  # fmt: skip
    found = actions.pass_on(idea, by=by, **values | more)
    db.session.commit()
    return found


def mails(to: str) -> list[OutboxMail]:
    found = select(OutboxMail).where(OutboxMail.to_address == to).order_by(OutboxMail.id)
    return list(db.session.scalars(found))


def logged(kind: str) -> list[str]:
    entries = select(AuditEntry).where(AuditEntry.action.startswith(kind))
    return [entry.action for entry in db.session.scalars(entries.order_by(AuditEntry.id))]


# Handing in


def test_a_body_hands_an_idea_in_by_its_link_and_sees_the_status(visitor, cem, council, referred):
    referral = db.session.scalars(select(Referral)).one()
    assert (referral.idea_id, referral.consent) == (referred.id, None)
    assert not referred.is_public
    page = visitor.visit(link(council))
    assert "Zwei Bäume am Sandkasten" in page.text
    assert "eingegangen" in page.text
    assert "Stand im Protokoll" not in page.text
    assert referred.progress_token not in str(page)
    publish_idea(referred, cem)
    move_idea(referred, "im_gespraech", "Frau Krause hilft uns.", cem)
    db.session.commit()
    page = visitor.visit(link(council))
    assert "im Gespräch" in page.text
    assert "Krause" not in page.text


def test_a_body_without_link_gets_one_with_its_first_idea(visitor, as_user, cem):
    hand_in(visitor, f"{HOME}/neu", status=422)  # the body's name is missing
    page = hand_in(visitor, f"{HOME}/neu", body="QM Ost", kind="quartiersmanagement")
    assert "Hebt diesen Link auf" in page.text
    referrer = db.session.scalars(select(Referrer)).one()
    assert referrer.confirmed_at is None
    assert referrer.token in str(page)
    inbox = as_user(cem).visit(f"{HOME}/eingang")
    assert "noch nicht bestätigt" in inbox.text
    assert "Stand im Protokoll vom Mai." in inbox.text


def test_the_same_form_sent_twice_is_one_idea(visitor, council):
    path = link(council, "/neu")
    fields = dict(form_fields(visitor.visit(path), "main form")) | IDEA
    for box in ("consent", "under_16"):
        fields.pop(box)
    for _twice in range(2):
        visitor.submit(path, **fields)
    assert len(db.session.scalars(select(Referral)).all()) == 1
    assert len(db.session.scalars(select(Idea)).all()) == 1


def test_an_address_needs_the_persons_consent_and_stays_hidden(visitor, as_user, cem, council):
    path = link(council, "/neu")
    page = hand_in(visitor, path, status=422, contact_email="frau.k@example.org")
    assert "nur mit Einverständnis" in page.text
    hand_in(visitor, path, contact_email="frau.k@example.org", consent="y")
    referral = db.session.scalars(select(Referral)).one()
    assert "jederzeit zurücknehmen" in referral.consent
    (mail,) = mails("frau.k@example.org")
    assert "/fortschritt/" in mail.body
    assert "frau.k" not in str(visitor.visit(link(council)))
    assert "frau.k" not in str(as_user(cem).visit(f"{HOME}/eingang"))


def test_addresses_and_numbers_stay_out_of_the_public_text(visitor, council):
    for field in ("problem", "wish"):
        page = hand_in(
            visitor, link(council, "/neu"), status=422,
            **{field: "Ruft Frau Krause an: 0341 1234567, sie weiß mehr."},
        )  # fmt: skip
        assert "ohne E-Mail-Adresse und Telefonnummer" in page.text


def test_what_was_withdrawn_or_changed_unread_is_not_shown_to_the_body(visitor, council, referred):
    referred.title, referred.changed_at = "Neuer Text", clock.now() + timedelta(minutes=1)
    db.session.commit()
    assert "Neuer Text" not in visitor.visit(link(council)).text
    withdraw_idea(referred)
    db.session.commit()
    page = visitor.visit(link(council)).text
    assert "zurückgezogen" in page
    assert "Sandkasten" not in page


# Links


def test_coordinators_make_revoke_and_renew_links(as_user, visitor, cem, ada):
    browser, path = as_user(cem), f"{HOME}/stellen"
    browser.submit(path, name="", kind="beirat", status=422)
    browser.submit(path, name="SBB Ost", kind="beirat", email="", wants_mail="y", status=422)
    browser.submit(path, name="SBB Ost", kind="beirat", email="sbb@example.org", wants_mail="y")
    referrer = db.session.scalars(select(Referrer)).one()
    old = link(referrer)
    assert referrer.token in str(browser.visit(path))
    visitor.visit(old)
    browser.submit(f"{path}/{referrer.id}/neuer-link")
    visitor.visit(old, status=404)
    visitor.visit(link(referrer))
    browser.submit(f"{path}/{referrer.id}/widerrufen")
    for what in ("", "/neu"):
        visitor.visit(link(referrer, what), status=404)
    for what in ("/neu", "/mails", "/antwort/1"):
        assert visitor.post(link(referrer, what)).status_code == 404
    browser.submit(f"{path}/{referrer.id}/bestaetigen")
    browser.submit(f"{path}/{referrer.id}/unsinn", status=404)
    assert logged("referrer.") == ["referrer.added", "referrer.renewed", "referrer.revoked"]


def test_confirming_a_body_that_came_by_itself_is_logged(as_user, cem):
    unknown = body(confirmed=False)
    as_user(cem).submit(f"{HOME}/stellen/{unknown.id}/bestaetigen")
    assert db.session.get(Referrer, unknown.id).confirmed_at
    assert logged("referrer.")[-1] == "referrer.confirmed"


def test_who_may_what(as_user, visitor, ada, ben, cem, eve, council, idea):
    other, given = body("SBB West"), handover(idea, cem, referrer=council)
    pages = (f"{HOME}/eingang", f"{HOME}/stellen", f"{HOME}/idee/{idea.id}",
             f"{HOME}/paket/{given.id}")  # fmt: skip
    for path in pages:
        assert visitor.get(path).location.startswith("/anmelden")
        as_user(ben).visit(path, status=403)
        for user in (cem, eve):
            as_user(user).visit(path)
    visitor.submit(link(other, f"/antwort/{given.id}"), answer="angenommen", status=404)
    assert given.answer is None
    visitor.visit(f"{HOME}/bei/falsch", status=404)
    assert visitor.get(link(council)).headers["X-Robots-Tag"] == "noindex"


# News for the body


def test_the_body_is_mailed_once_for_each_step_if_it_wants(visitor, cem, council, referred):
    remind_due()
    assert mails("sbb@example.org") == []  # what it did itself is no news
    publish_idea(referred, cem)
    move_idea(referred, "im_gespraech", "Frau Krause hilft uns.", cem)
    db.session.commit()
    for _twice in range(2):
        remind_due()
    (mail,) = mails("sbb@example.org")
    assert "im Gespräch" in mail.body
    assert council.token in mail.body
    for secret in ("Krause", "Sandkasten", referred.progress_token):
        assert secret not in mail.body
    visitor.submit(link(council, "/mails"), mails="nein")
    move_idea(referred, "vorbereitet", "", cem)
    db.session.commit()
    remind_due()
    visitor.submit(link(council, "/mails"), mails="ja")
    remind_due()  # from now on, not about the past
    assert len(mails("sbb@example.org")) == 1


def test_a_revoked_link_is_not_mailed(cem, council, referred):
    actions.revoke(council)
    move_idea(referred, "im_gespraech", "", cem)
    db.session.commit()
    remind_due()
    assert mails("sbb@example.org") == []


def test_news_that_were_cut_off_are_told_the_next_time(cem, council, referred, monkeypatch):
    with clock.at(datetime(2026, 10, 25, 0, 30)):  # the hour that comes twice in Leipzig
        move_idea(referred, "im_gespraech", "", cem)
        db.session.commit()
    with monkeypatch.context() as cut:

        def die() -> None:
            raise KeyboardInterrupt

        cut.setattr(db.session, "commit", die)
        with pytest.raises(KeyboardInterrupt):
            remind_due()
    db.session.rollback()
    assert mails("sbb@example.org") == []
    with clock.at(datetime(2026, 10, 25, 1, 30)):
        for _twice in range(2):
            remind_due()
    assert len(mails("sbb@example.org")) == 1


# The workbench


def test_a_referral_waits_on_the_workbench_until_somebody_reacts(as_user, cem, referred):
    browser = as_user(cem)
    tile = browser.visit("/koordination/").find("a", string="Weitergaben ohne Reaktion")
    assert tile.find_parent("article").select_one(".lead").text == "1"
    assert "Sandkasten" in browser.visit(tile["href"]).text
    move_idea(db.session.get(Idea, referred.id), "im_gespraech", "", cem)
    db.session.commit()
    assert "Nichts zu tun" in browser.visit(tile["href"]).text
    assert "Sandkasten" in browser.visit(f"{HOME}/eingang?liste=alle").text


# Passing on


def test_an_idea_is_passed_on_with_a_page_to_print(as_user, visitor, ada, cem, council, idea):
    browser, path = as_user(cem), f"{HOME}/idee/{idea.id}"
    page = browser.visit(f"/koordination/ideen/{idea.id}")
    assert page.select_one(f"a[href='{path}']")
    today = clock.today().isoformat()
    browser.submit(path, to=0, to_name="", passed_on=today, note="", status=422)
    browser.submit(path, to=council.id, passed_on="2999-01-01", note="", status=422)
    pack = browser.submit(path, to=council.id, to_name="", passed_on=today, note="Bitte prüfen.")
    for expected in ("SBB Ost", "Bitte prüfen.", "Die Bank ist kaputt.", "Was bisher geschah"):
        assert expected in pack.text
    assert "ada@example.org" not in str(pack)
    assert db.session.get(Idea, idea.id).state == "weitergegeben"
    assert "SBB Ost" in as_user(ada).visit(f"/ideen/{idea.id}").text
    passed = visitor.visit(f"/ideen/{idea.id}").select_one("#passed-on a")["hx-get"]
    assert "Weitergegeben an SBB Ost, seit" in visitor.visit(passed, target="passed-on").text
    assert logged("handover.") == ["handover.passed_on"]


def test_contacts_are_on_the_page_only_with_consent(as_user, ada, cem, idea):
    browser, ada.name = as_user(cem), "Ada Lovelace"
    silent, agreed = handover(idea, cem), handover(idea, cem, contact_agreed=True)
    assert "ada@example.org" not in str(browser.visit(f"{HOME}/paket/{silent.id}"))
    page = browser.visit(f"{HOME}/paket/{agreed.id}").text
    assert "Ada" in page
    assert "Lovelace" not in page  # the consent speaks of the first name
    assert "ada@example.org" in page
    withdraw_idea(db.session.get(Idea, idea.id))
    db.session.commit()
    page = browser.visit(f"{HOME}/paket/{agreed.id}").text
    assert "ada@example.org" not in page
    assert "Die Bank ist kaputt." not in page


def test_nobody_passes_on_their_own_idea(as_user, cem, dora, idea):
    given = handover(idea, dora)
    db.session.get(Idea, idea.id).initiator_id = cem.id
    db.session.commit()
    for path in (f"{HOME}/idee/{idea.id}", f"{HOME}/paket/{given.id}"):
        as_user(cem).visit(path, status=403)
    as_user(cem).submit(f"{HOME}/{given.id}/antwort", answer="angenommen", status=403)


def test_a_hidden_idea_is_not_passed_on(as_user, cem, idea):
    withdraw_idea(db.session.get(Idea, idea.id))
    db.session.commit()
    page = as_user(cem).visit(f"{HOME}/idee/{idea.id}")
    assert "nicht weitergegeben werden" in page.text
    as_user(cem).submit(
        f"{HOME}/idee/{idea.id}", to=0, to_name="Grünamt", passed_on=clock.today().isoformat(),
        status=409,
    )  # fmt: skip


def test_the_body_answers_by_its_link(as_user, visitor, ada, cem, council, idea):
    given = handover(idea, cem, referrer=council)
    page = visitor.visit(link(council))
    assert "Eine neue Bank" in page.text
    assert "Ada" not in page.text
    path = link(council, f"/antwort/{given.id}")
    visitor.submit(path, answer="abgelehnt", text="", status=422)
    visitor.submit(path, answer="abgelehnt", text="Dafür ist kein Geld da.")
    assert "macht es nicht" in as_user(ada).visit(f"/ideen/{idea.id}").text
    step = db.session.scalars(select(NextStep)).one()
    assert step.owner_id == cem.id
    (notice,) = db.session.scalars(select(Notification).where(Notification.user_id == cem.id))
    assert notice.path == f"{HOME}/idee/{idea.id}"
    standing = visitor.visit(f"/ideen/{idea.id}/weitergegeben").text
    assert "macht es nicht" in standing
    withdraw_idea(db.session.get(Idea, idea.id))
    db.session.commit()
    assert "Eine neue Bank" not in visitor.visit(link(council)).text
    visitor.visit(f"/ideen/{idea.id}/weitergegeben", status=404)


def test_after_a_hand_over_the_answer_reaches_the_colleague(
    as_user, visitor, ada, cem, dora, council, idea
):
    own = submit_idea(problem="Es ist laut.", wish="Tempo 30.", initiator=dora, publish=True).idea
    given, kept = (handover(each, cem, referrer=council) for each in (idea, own))
    ended = handover(idea, cem)
    actions.answer(ended, idea, code="angenommen", text="", by=cem)
    db.session.commit()
    url = "/koordination/uebergabe"
    page = as_user(cem).submit(url, to=dora.id, note="Urlaub", seen=cem.id)
    assert "1 Eintrag liegt jetzt bei Dora." in page.text
    assert "Was Dora selbst betrifft, bleibt bei dir." in page.text
    db.session.rollback()
    assert (given.owner_id, kept.owner_id, ended.owner_id) == (dora.id, cem.id, cem.id)
    assert given.by_id == cem.id
    assert "handover.handed_over" in logged("handover.")
    visitor.submit(link(council, f"/antwort/{given.id}"), answer="abgelehnt", text="Kein Geld.")
    assert db.session.scalars(select(NextStep.owner_id)).all() == [dora.id]
    told = select(Notification.user_id).where(Notification.key.startswith("handover:"))
    assert db.session.scalars(told).all() == [dora.id]


def test_a_coordinator_notes_an_answer(as_user, ada, cem, idea):
    given = handover(idea, cem)
    path = f"{HOME}/{given.id}/antwort"
    as_user(cem).submit(path, answer="", status=422)
    as_user(cem).submit(path, answer="angenommen", text="Im Frühjahr steht sie.")
    assert "Im Frühjahr steht sie." in as_user(ada).visit(f"/ideen/{idea.id}").text
    assert logged("handover.") == ["handover.answered"]
    assert db.session.scalar(select(NextStep)) is None


# Erasure, export, long lists


def test_a_persons_copy_names_where_their_ideas_went(app, ada, cem, council, idea):
    actions.refer(council, idea, note="Kam in die Sprechstunde.", consent=None)
    handover(idea, cem, contact_agreed=True)
    copy = everything_about(ada)["referrals"]
    assert copy["handed_in_by"][0]["body"] == "SBB Ost"
    assert copy["passed_on_to"][0]["body"] == "Grünamt"
    given = db.session.scalars(select(Handover)).one()
    delete_user(ada)
    db.session.commit()
    assert db.session.get(Handover, given.id).idea_id == idea.id


def test_the_page_to_print_forgets_a_deleted_account(as_user, ada, cem, idea):
    given = handover(idea, cem, contact_agreed=True)
    delete_user(ada)
    db.session.commit()
    assert "ada@example.org" not in str(as_user(cem).visit(f"{HOME}/paket/{given.id}"))


def test_lists_need_the_same_few_statements(as_user, visitor, cem, council, count_queries):
    numbers = range(1, 5001)
    fill(Idea, [
        {"id": n, "problem": f"Nr. {n}", "wish": "", "title": f"Idee {n}",
         "progress_token": f"t{n}", "claim_code_hash": f"h{n}"}
        for n in numbers
    ])  # fmt: skip
    fill(Referral, [{"referrer_id": council.id, "idea_id": n} for n in numbers])
    db.session.commit()
    for browser, path in (
        (as_user(cem), f"{HOME}/eingang"),
        (as_user(cem), f"{HOME}/eingang?liste=alle"),
        (visitor, link(council)),
    ):
        count_queries.clear()
        page = browser.visit(path)
        assert len(count_queries) <= 6, path
        assert len(page.select("article")) == 30
        rest = browser.visit(page.select_one("a[rel=next]")["href"])
        assert rest.select_one("article h2, article h3").text != page.select_one("h2, h3").text

"""Ideenmobil: ideas captured for somebody, slips, corrections, and a coordinator's other eyes."""

from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import delete, select

from portal import clock
from portal.accounts.actions import create_user
from portal.accounts.erasure import delete_user
from portal.accounts.exports import everything_about
from portal.accounts.models import User
from portal.extensions import db
from portal.gatherings.models import Gathering
from portal.ideas import codes
from portal.ideas.actions import AlreadyDecided, OwnCapture, change_idea, publish_idea, submit_idea
from portal.ideas.models import Idea
from portal.messages.models import OutboxMail
from portal.moderation.models import AuditEntry
from portal.outreach.models import Capture
from portal.places.models import District
from tests.browser import form_fields
from tests.portal.gatherings import new_gathering

PAGE, REVIEW = "/ideenmobil", "/koordination/ideen"
IDEA = {
    "problem": "Am Rabet fehlt eine Toilette.", "wish": "Eine, die offen ist.",
    "contribution": "", "language": "ar", "consent": "y",
}  # fmt: skip


def worker(name: str) -> User:
    user = create_user(email=f"{name}@example.org", name=name, password=None, roles=["outreach"])
    user.confirmed_at = clock.now()
    db.session.commit()
    return user


@pytest.fixture
def ida(app) -> User:
    return worker("Ida")


@pytest.fixture
def stop(places, ida) -> Gathering:
    district = db.session.scalars(select(District).order_by(District.id)).first()
    return new_gathering(
        ida, days=0, kind="ideenmobil", title="Ideenmobil am Rabet", district_id=district.id
    )


def fields_of(page) -> dict[str, str]:
    """What the browser would send from the form, with the selects as they are shown."""
    fields = {name: text.strip() for name, text in form_fields(page, "main form").items()}
    for box in ("consent", "under_16", "forget_contact"):
        fields.pop(box, None)
    for select_ in page.select("main form select"):
        chosen = select_.select_one("option[selected]") or select_.select_one("option")
        fields[select_["name"]] = chosen["value"]
    return fields


def capture(browser, status: int = 200, **more: object):
    return browser.submit(PAGE, status=status, **fields_of(browser.visit(PAGE)) | IDEA | more)


def captured(browser, **more: object) -> Idea:
    capture(browser, **more)
    return db.session.scalars(select(Idea).order_by(Idea.id.desc()).limit(1)).one()


def logged() -> list[str]:
    found = select(AuditEntry.action).where(AuditEntry.action.startswith("capture"))
    return list(db.session.scalars(found.order_by(AuditEntry.id)))


# Capturing


def test_a_worker_captures_an_idea_and_goes_on_with_stop_and_language(as_user, ida, stop):
    browser = as_user(ida)
    page = capture(browser)
    idea = db.session.scalars(select(Idea)).one()
    (row,) = db.session.scalars(select(Capture)).all()
    assert (idea.captured_by_id, idea.initiator_id, idea.is_waiting) == (ida.id, None, True)
    assert (row.gathering_id, row.language, idea.district_id) == (stop.id, "ar", stop.district_id)
    assert "Bist du einverstanden?" in row.consent
    code = page.select_one("#claim-code").text
    assert codes.hash_of(code) == idea.claim_code_hash
    assert page.select_one("svg path")
    left = fields_of(page)
    assert (left["stop"], left["language"], left["problem"]) == (str(stop.id), "ar", "")
    assert idea.title in page.select_one("[aria-labelledby=today-title]").text
    assert browser.get(PAGE).headers["Cache-Control"] == "no-store"


def test_the_code_of_the_slip_leads_to_the_idea(as_user, visitor, ida, stop):
    page = capture(as_user(ida))
    idea = db.session.scalars(select(Idea)).one()
    answer = visitor.post("/abholen", data={"code": page.select_one("#claim-code").text})
    assert answer.location == f"/fortschritt/{idea.progress_token}"


def test_without_a_stop_the_district_stays_for_the_next(as_user, places, ida):
    browser = as_user(ida)
    assert not browser.visit(PAGE).select("#stop")
    district = db.session.scalars(select(District).order_by(District.id)).first()
    left = fields_of(capture(browser, district=district.code))
    assert left["district"] == district.code
    assert db.session.scalars(select(Idea)).one().district_id == district.id


def test_only_todays_stops_that_take_place_are_offered(as_user, ida, stop):
    other = new_gathering(ida, days=0, kind="spaziergang", title="Spaziergang")
    tomorrow = new_gathering(ida, days=1, kind="ideenmobil", title="Ideenmobil morgen")
    page = as_user(ida).visit(PAGE)
    assert stop.title in page.select_one("#stop").text
    assert other.title not in page.select_one("#stop").text
    assert tomorrow.title not in page.select_one("#stop").text
    stop.cancelled_at, stop.cancel_reason = clock.now(), "Regen"
    db.session.commit()
    assert not as_user(ida).visit(PAGE).select("#stop")


def test_without_consent_nothing_is_saved_and_nothing_typed_is_lost(as_user, ida, stop):
    page = capture(
        as_user(ida), 422, consent="", contribution="Ich male.", contact_phone="0341 12345"
    )
    assert "Ohne ein Ja speichern wir nichts" in page.text
    left = fields_of(page)
    assert (left["problem"], left["contribution"]) == (IDEA["problem"], "Ich male.")
    assert (left["contact_phone"], left["language"]) == ("0341 12345", "ar")
    assert page.select_one("details[open] #contact_phone")
    assert not db.session.scalars(select(Idea)).all()


@pytest.mark.parametrize("field", ["problem", "wish", "contribution"])
def test_nobodys_address_stands_in_the_text(as_user, ida, stop, field):
    page = capture(as_user(ida), 422, **{field: "Ruf mich an unter 0341 1234567"})
    assert "ohne E-Mail-Adresse und Telefonnummer" in page.text


def test_the_contact_is_kept_for_coordinators_and_written_to_once(as_user, ida, stop):
    idea = captured(as_user(ida), contact_email="frau@example.org", contact_phone="0341 12345")
    assert (idea.contact_email, idea.contact_phone) == ("frau@example.org", "0341 12345")
    mails = db.session.scalars(select(OutboxMail)).all()
    assert [mail.to_address for mail in mails] == ["frau@example.org"]
    assert "frau@example.org" not in str(as_user(ida).visit(f"{PAGE}/{idea.id}"))


def test_a_form_sent_twice_is_one_idea_and_its_code_is_found_again(as_user, ida, stop):
    browser, other = as_user(ida), as_user(ida)
    fields = fields_of(browser.visit(PAGE)) | IDEA
    browser.submit(PAGE, **fields)
    page = browser.submit(PAGE, **fields)
    idea = db.session.scalars(select(Idea)).one()
    assert codes.hash_of(page.select_one("#claim-code").text) == idea.claim_code_hash
    page = other.submit(PAGE, **fields)  # its first answer was lost on the way
    idea = db.session.scalars(select(Idea)).one()
    assert codes.hash_of(page.select_one("#claim-code").text) == idea.claim_code_hash


def test_another_idea_in_a_form_that_was_saved_is_asked_about(as_user, ida, stop):
    browser = as_user(ida)
    fields = fields_of(browser.visit(PAGE)) | IDEA
    browser.submit(PAGE, **fields)
    page = browser.submit(PAGE, status=422, **fields | {"problem": "Zu wenig Schatten."})
    assert "zweite Idee" in page.text
    browser.submit(PAGE, **fields_of(page) | {"consent": "y"})
    assert len(db.session.scalars(select(Idea)).all()) == 2


# Slips and corrections


def test_the_slip_is_printed_again_without_a_code_and_a_new_one_is_made(as_user, ida, stop):
    idea = captured(as_user(ida))
    browser = as_user(ida)  # another device
    page = browser.visit(f"{PAGE}/{idea.id}")
    assert page.select_one("svg path")
    assert not page.select("#claim-code")
    page = browser.submit(f"{PAGE}/{idea.id}/zettel")
    idea = db.session.get(Idea, idea.id)
    assert codes.hash_of(page.select_one("#claim-code").text) == idea.claim_code_hash


def test_after_the_day_there_is_no_slip_any_more(as_user, ida, stop):
    idea = captured(as_user(ida))
    with time_machine.travel(datetime.now() + timedelta(days=2), tick=True):
        page = as_user(ida).visit(f"{PAGE}/{idea.id}")
        assert not page.select("svg path[stroke]")
        assert idea.progress_token not in str(page)
        as_user(ida).submit(f"{PAGE}/{idea.id}/zettel", status=403)
        assert idea.title not in as_user(ida).visit(PAGE).text


def test_a_capture_is_corrected_until_somebody_has_looked(as_user, ida, cem, stop):
    browser = as_user(ida)
    idea = captured(browser, contact_phone="0341 12345")
    path = f"{PAGE}/{idea.id}/korrigieren"
    page = browser.visit(path)
    assert "0341 12345" not in str(page)
    fields = fields_of(page)
    browser.submit(path, status=422, **fields | {"problem": ""})
    browser.submit(path, **fields | {"problem": "Am Rabet fehlen Toiletten."})
    idea = db.session.get(Idea, idea.id)
    assert (idea.problem, idea.contact_phone) == ("Am Rabet fehlen Toiletten.", "0341 12345")
    assert idea.is_waiting
    fields = fields_of(browser.visit(path))
    publish_idea(idea, cem)
    db.session.commit()
    page = browser.submit(path, **fields | {"problem": "Zu spät gemerkt."})
    assert "inzwischen jemand angesehen" in page.text
    assert db.session.get(Idea, idea.id).problem == "Am Rabet fehlen Toiletten."
    assert "angesehen" in browser.visit(PAGE).text


def test_what_the_initiator_wrote_is_not_corrected_over(as_user, ida, stop):
    idea = captured(as_user(ida))
    with time_machine.travel(datetime.now() + timedelta(seconds=5), tick=True):
        change_idea(
            idea, problem="So meinte ich das.", wish="", contribution="", district=None, topic=None,
            contact_email=None, contact_phone=None, publish=False,
        )  # fmt: skip
        db.session.commit()
    answer = as_user(ida).get(f"{PAGE}/{idea.id}/korrigieren")
    assert answer.location == f"{PAGE}/{idea.id}"


# Who may


def test_residents_and_other_workers_see_nothing_of_it(as_user, visitor, ada, ida, stop):
    idea = captured(as_user(ida))
    assert visitor.get(PAGE).location.startswith("/anmelden")
    other = worker("Olga")
    for path in (f"{PAGE}/{idea.id}", f"{PAGE}/{idea.id}/korrigieren"):
        as_user(ada).visit(path, status=403)
        as_user(other).visit(path, status=404)
    as_user(ada).visit(PAGE, status=403)
    as_user(ada).submit(PAGE, status=403, **IDEA)
    as_user(other).submit(f"{PAGE}/{idea.id}/zettel", status=404)
    assert idea.title not in as_user(other).visit(PAGE).text
    assert PAGE not in str(as_user(ada).visit("/").header)
    assert PAGE in str(as_user(ida).visit("/").header)


def test_a_coordinator_reads_how_it_was_captured_but_not_the_key(as_user, ida, cem, stop):
    idea = captured(as_user(ida))
    page = as_user(cem).visit(f"{PAGE}/{idea.id}")
    assert stop.title in page.text
    assert "Arabisch" in page.text
    assert not page.select("svg path[stroke]")
    assert idea.progress_token not in str(page)
    as_user(cem).submit(f"{PAGE}/{idea.id}/zettel", status=404)
    as_user(cem).visit(f"{PAGE}/{idea.id}/korrigieren", status=404)


def test_ideas_that_were_not_captured_have_no_such_page(as_user, cem, ada):
    idea = submit_idea(problem="Eine Bank fehlt.", wish="", initiator=ada).idea
    db.session.commit()
    as_user(cem).visit(f"{PAGE}/{idea.id}", status=404)
    as_user(cem).visit(f"{PAGE}/{idea.id}/korrigieren", status=404)


# A coordinator's other eyes


def test_captures_wait_even_where_ideas_are_public_at_once(app, cem):
    idea = submit_idea(problem="Eine Bank fehlt.", wish="", captured_by=cem, publish=True).idea
    assert idea.is_waiting


def test_captures_have_a_tile_and_a_list_of_their_own(as_user, ida, cem, dora, stop):
    first = captured(as_user(ida), wish="Erste Sache am Rabet.")
    captured(as_user(ida), wish="Zweite Sache am Rabet.")
    own = captured(as_user(cem), wish="Selbst gehört am Rabet.")
    browser = as_user(cem)
    tile = browser.visit("/koordination/").find("a", string="Erfassungen prüfen")
    assert tile["href"] == f"{REVIEW}?liste=erfasst"
    card = tile.find_parent("article").text
    assert "2" in card
    assert "etwa 6 Minuten" in card
    page = browser.visit(tile["href"])
    titles = [title.text.strip() for title in page.select("h3.card__title")]
    assert titles == ["Erste Sache am Rabet", "Zweite Sache am Rabet", "Selbst gehört am Rabet"]
    assert not page.select(f"#idea-{own.id} form")
    assert "Du hast diese Idee erfasst" in page.select_one(f"#idea-{own.id}").text
    assert "Sache am Rabet" not in browser.visit(REVIEW).text
    browser.submit(f"{REVIEW}/{first.id}/veroeffentlichen", liste="erfasst")
    assert db.session.get(Idea, first.id).is_public
    assert first.title not in browser.visit(tile["href"]).text


def test_nobody_approves_what_they_captured(as_user, cem, dora, stop):
    own = captured(as_user(cem))
    for step in ("veroeffentlichen", "verbergen", "stand"):
        as_user(cem).submit(f"{REVIEW}/{own.id}/{step}", status=403)
    with pytest.raises(OwnCapture):
        publish_idea(own, cem)
    as_user(dora).submit(f"{REVIEW}/{own.id}/veroeffentlichen")
    own = db.session.get(Idea, own.id)
    assert own.is_public
    as_user(cem).submit(
        f"{REVIEW}/{own.id}/stand", state="im_gespraech", seen="eingegangen", note=""
    )
    assert db.session.get(Idea, own.id).state == "im_gespraech"
    with pytest.raises(AlreadyDecided):
        publish_idea(own, dora)


def test_what_coordinators_capture_is_logged_without_the_words(as_user, ida, cem, stop):
    captured(as_user(ida))
    assert logged() == []  # the log keeps coordinators' doings
    idea = captured(as_user(cem))
    path = f"{PAGE}/{idea.id}"
    fields = fields_of(as_user(cem).visit(f"{path}/korrigieren"))
    as_user(cem).submit(f"{path}/korrigieren", **fields | {"wish": "Zwei davon."})
    as_user(cem).submit(f"{path}/zettel")
    assert logged() == ["capture.made", "capture.corrected", "capture.slip"]
    kept = str([(e.before, e.after) for e in db.session.scalars(select(AuditEntry))])
    assert "Toilette" not in kept


# Data


def test_an_account_that_captured_leaves_and_the_ideas_stay(as_user, ida, cem, stop):
    idea = captured(as_user(ida))
    copy = everything_about(ida)["outreach"]
    assert [row["idea"] for row in copy] == [idea.id]
    assert "Toilette" not in str(copy)
    delete_user(ida)
    db.session.commit()
    idea = db.session.get(Idea, idea.id)
    assert (idea.captured_by_id, idea.is_waiting) == (None, True)
    assert idea.title in as_user(cem).visit(REVIEW).text  # nobody's capture waits unseen
    db.session.execute(delete(Idea).where(Idea.id == idea.id))
    db.session.commit()
    assert not db.session.scalars(select(Capture)).all()


def test_the_page_needs_few_statements_however_long_the_day(as_user, ida, stop, count_queries):
    browser = as_user(ida)
    for number in range(12):
        captured(browser, wish=f"Sache Nummer {number} am Rabet.")
    count_queries.clear()
    assert len(browser.visit(PAGE).select("h3.card__title")) == 12
    reading = [each for each in count_queries if not each.startswith(("SAVEPOINT", "RELEASE"))]
    assert len(reading) <= 8, reading

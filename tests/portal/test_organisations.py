"""Organisations introduce themselves, lend rooms and tools, and answer over the relay."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.ideas.actions import publish_idea, submit_idea
from portal.messages.models import OutboxMail
from portal.organisations import actions, queries
from portal.organisations.jobs import remind_due
from portal.organisations.models import Booking, Organisation, OrganisationMember, Resource
from tests.portal.pairs import follow_up


@pytest.fixture
def club(app, ben):
    """Ben's club, looked at and public."""
    made = actions.create_organisation(
        by=ben, name="Hofkultur", kind="association", about="Wir öffnen Hinterhöfe für alle."
    )
    actions.publish(made)
    db.session.commit()
    return made


@pytest.fixture
def bike(club, ben):
    made = actions.offer_resource(
        club, by=ben, kind="tool", title="Lastenrad", text="Trägt Erde und Pflanzen."
    )
    db.session.commit()
    return made


def page_of(resource):
    return queries.resource_page(resource.id)


def book(resource, by, days=5):
    day = clock.today() + timedelta(days)
    made = actions.ask_for(
        page_of(resource), by=by, purpose="Für unsere Beete.", first_day=day, last_day=day
    )
    db.session.commit()
    return made


def mails_to(address):
    found = select(OutboxMail).where(OutboxMail.to_address == address).order_by(OutboxMail.id)
    return db.session.scalars(found).all()


FORM = {
    "name": "Sprachcafé",
    "kind": "initiative",
    "about": "Wir übersetzen bei Treffen und begleiten aufs Amt.",
    "district": "",
    "languages": ["de", "ar"],
    "website": "https://sprachcafe.example",
    "mailbox": "cafe@sprachcafe.example",
}


def test_nobody_there_yet_is_said_kindly(visitor):
    assert "Noch kein Akteur dabei" in visitor.visit("/akteure/").main.text


def test_a_resident_introduces_a_club_and_a_coordinator_looks_at_it(as_user, ada, cem, visitor):
    page = as_user(ada).submit("/akteure/neu", **FORM)
    assert "noch nicht öffentlich" in page.main.text
    made = db.session.scalars(select(Organisation)).one()
    visitor.visit(f"/akteure/{made.id}", status=404)
    assert "Sprachcafé" not in visitor.visit("/akteure/").main.text
    assert "Sprachcafé" in as_user(cem).visit("/akteure/?wartet=1").main.text
    as_user(cem).submit(f"/akteure/{made.id}/veroeffentlichen")
    page = visitor.visit(f"/akteure/{made.id}")
    assert "Arabisch" in page.main.text
    assert "cafe@sprachcafe.example" not in page.text
    assert "Ada" not in page.main.text


def test_nobody_publishes_a_club_they_speak_for(as_user, cem, club):
    actions.add_member(club, cem)
    actions.unpublish(club)
    db.session.commit()
    as_user(cem).submit(f"/akteure/{club.id}/veroeffentlichen", status=403)


def test_waiting_clubs_are_shown_to_coordinators_only(as_user, ada, club):
    actions.unpublish(club)
    db.session.commit()
    assert "Hofkultur" not in as_user(ada).visit("/akteure/?wartet=1").main.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Schreib, wie ihr heißt."),
        ({"about": "🙂🙂🙂🙂"}, "Schreib bitte ein paar Worte"),
        ({"about": "x" * 3001}, "Bitte höchstens 3000 Zeichen"),
        ({"website": "javascript:alert(1)"}, "keine vollständige Adresse"),
        ({"mailbox": "kein postfach"}, "keine vollständige E-Mail-Adresse"),
        ({"kind": "partei"}, "Wähl bitte eine der Möglichkeiten"),
        ({"district": "999999"}, "Wähl bitte eine der Möglichkeiten"),
    ],
)
def test_bad_input_is_answered_in_german_and_nothing_is_lost(as_user, ada, wrong, said):
    page = as_user(ada).submit("/akteure/neu", status=422, **FORM | wrong)
    assert said in page.main.text
    if "about" not in wrong:
        assert "begleiten aufs Amt" in page.select_one("textarea").text


def test_two_clubs_cannot_have_one_name(as_user, ada, club):
    page = as_user(ada).submit("/akteure/neu", status=422, **FORM | {"name": "Hofkultur"})
    assert "gibt es schon" in page.main.text


def test_others_cannot_edit_a_club_or_what_it_lends(as_user, ada, club, bike):
    browser = as_user(ada)
    for path in (
        f"/akteure/{club.id}/bearbeiten",
        f"/akteure/{club.id}/angebote/neu",
        f"/angebote/{bike.id}/bearbeiten",
    ):
        browser.visit(path, status=403)
    for action in ("schliessen", "oeffnen"):
        browser.submit(f"/angebote/{bike.id}/{action}", status=403)
    assert db.session.get(Resource, bike.id).is_open


def test_its_people_offer_change_close_and_reopen(as_user, ben, club, visitor):
    browser = as_user(ben)
    page = browser.submit(
        f"/akteure/{club.id}/angebote/neu", kind="room", title="Saal", text="Mit Küche.", terms=""
    )
    assert page.h1.text == "Saal"
    saal = db.session.scalars(select(Resource)).one()
    browser.submit(
        f"/angebote/{saal.id}/bearbeiten", kind="room", title="Großer Saal", text="", terms="frei"
    )
    assert "Großer Saal" in visitor.visit(f"/akteure/{club.id}").main.text
    browser.submit(f"/angebote/{saal.id}/schliessen")
    assert "wird zurzeit nicht verliehen" in visitor.visit(f"/angebote/{saal.id}").main.text
    browser.submit(f"/angebote/{saal.id}/oeffnen")
    assert db.session.get(Resource, saal.id).is_open


def test_the_list_is_narrowed_by_what_is_lent(visitor, club, bike):
    assert "Hofkultur" in visitor.visit("/akteure/?bietet=tool").main.text
    assert "Hofkultur" not in visitor.visit("/akteure/?bietet=room").main.text
    assert "Hofkultur" in visitor.visit("/akteure/?bietet=unfug").main.text


def test_what_a_club_that_is_not_public_lends_is_hidden(visitor, club, bike):
    actions.unpublish(club)
    db.session.commit()
    visitor.visit(f"/angebote/{bike.id}", status=404)


def test_asking_begins_a_conversation_without_addresses(as_user, ada, ben, bike):
    day = (clock.today() + timedelta(3)).isoformat()
    page = as_user(ada).submit(
        f"/angebote/{bike.id}", purpose="Wir holen Erde.", first_day=day, last_day=day
    )
    assert "Wir holen Erde." in page.main.text
    assert "ben@example.org" not in page.text
    (mail,) = mails_to("ben@example.org")
    assert "ada@example.org" not in mail.body
    page = as_user(ben).visit("/akteure/anfragen")
    assert "gefragt von Ada" in page.main.text
    assert "wartet auf Antwort" in page.main.text


def test_a_club_without_accounts_is_asked_by_its_mailbox(as_user, cem, ada):
    as_user(cem).submit("/akteure/neu", **FORM)
    made = db.session.scalars(select(Organisation)).one()
    room = actions.offer_resource(made, by=cem, kind="knowledge", title="Dolmetschen")
    db.session.commit()
    as_user(ada).submit(f"/angebote/{room.id}", purpose="Für unser Treffen am Montag.")
    (mail,) = mails_to("cafe@sprachcafe.example")
    assert "ada@example.org" not in mail.body


def test_where_nobody_answers_the_page_says_so(as_user, ada, ben, bike):
    db.session.delete(db.session.scalars(select(OrganisationMember)).one())
    db.session.commit()
    page = as_user(ada).visit(f"/angebote/{bike.id}")
    assert "nimmt gerade niemand Anfragen" in page.main.text
    day = (clock.today() + timedelta(3)).isoformat()
    as_user(ada).submit(
        f"/angebote/{bike.id}", status=400, purpose="Wir holen Erde.", first_day=day, last_day=day
    )


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (None, None, "Wähl bitte einen Tag."),
        (-1, 1, "schon vorbei"),
        (5, 3, "vor dem Anfang"),
        (1, 60, "höchstens 31 Tage"),
    ],
)
def test_days_are_checked_and_the_text_stays(as_user, ada, bike, first, last, said):
    days = {
        name: (clock.today() + timedelta(shift)).isoformat()
        for name, shift in (("first_day", first), ("last_day", last))
        if shift is not None
    }
    page = as_user(ada).submit(f"/angebote/{bike.id}", status=422, purpose="Für die Beete.", **days)
    assert said in page.main.text
    assert "Für die Beete." in page.select_one("textarea").text


def test_children_let_a_grown_up_ask(as_user, ada, bike):
    ada.under_16 = True
    db.session.commit()
    page = as_user(ada).visit(f"/angebote/{bike.id}")
    assert "erwachsene Person" in page.main.text
    as_user(ada).submit(f"/angebote/{bike.id}", status=403, purpose="Ich will fahren.")


def test_the_club_answers_and_the_asker_is_told(as_user, ada, ben, bike):
    booking = book(bike, ada)
    as_user(ben).submit(f"/akteure/anfragen/{booking.id}/antwort", answer="ja")
    assert mails_to("ada@example.org")[-1].subject == "Zugesagt: Lastenrad"
    assert "zugesagt" in as_user(ada).visit("/akteure/anfragen").main.text
    assert "Am " in as_user(ada).visit(f"/angebote/{bike.id}").main.text
    as_user(ben).submit(f"/akteure/anfragen/{booking.id}/antwort", status=400, answer="nein")


def test_the_same_days_are_promised_once(as_user, ada, ben, dora, bike):
    first, second = book(bike, ada), book(bike, dora)
    browser = as_user(ben)
    browser.submit(f"/akteure/anfragen/{first.id}/antwort", answer="ja")
    page = browser.submit(f"/akteure/anfragen/{second.id}/antwort", status=400, answer="ja")
    assert "schon vergeben" in page.main.text
    browser.submit(f"/akteure/anfragen/{second.id}/antwort", answer="nein")
    with pytest.raises(actions.DaysTaken):
        book(bike, dora)
    db.session.rollback()


def test_who_cancels_frees_the_days_and_the_club_hears_of_it(as_user, ada, ben, dora, bike):
    booking = book(bike, ada)
    as_user(ben).submit(f"/akteure/anfragen/{booking.id}/antwort", answer="ja")
    before = len(mails_to("ben@example.org"))
    as_user(ada).submit(f"/akteure/anfragen/{booking.id}/zurueckziehen")
    as_user(ada).submit(f"/akteure/anfragen/{booking.id}/zurueckziehen", status=400)
    assert len(mails_to("ben@example.org")) == before + 1
    book(bike, dora)


def test_strangers_neither_answer_nor_cancel(as_user, ada, dora, bike, visitor, cem):
    booking = book(bike, ada)
    zoe = dora
    zoe.roles = []
    db.session.commit()
    as_user(zoe).submit(f"/akteure/anfragen/{booking.id}/antwort", status=404, answer="ja")
    as_user(zoe).submit(f"/akteure/anfragen/{booking.id}/zurueckziehen", status=404)
    as_user(ada).submit(f"/akteure/anfragen/{booking.id}/antwort", status=403, answer="ja")
    assert db.session.get(Booking, booking.id).is_waiting
    as_user(cem).submit(f"/akteure/anfragen/{booking.id}/antwort", answer="ja")


def test_coordinators_let_people_speak_for_a_club(as_user, cem, ada, club):
    page = as_user(cem).submit(f"/akteure/{club.id}/menschen", email="ADA@example.org ")
    assert "Ada" in page.main.text
    page = as_user(cem).submit(
        f"/akteure/{club.id}/menschen", status=422, email="niemand@example.org"
    )
    assert "kein Konto" in page.main.text
    member_id = db.session.scalars(
        select(OrganisationMember.id).where(OrganisationMember.user_id == ada.id)
    ).one()
    as_user(ada).submit(f"/akteure/{club.id}/menschen/{member_id}/entfernen")
    assert db.session.get(OrganisationMember, member_id) is None


def test_members_do_not_remove_each_other(as_user, ada, ben, club):
    actions.add_member(club, ada)
    db.session.commit()
    bens = db.session.scalars(
        select(OrganisationMember).where(OrganisationMember.user_id == ben.id)
    ).one()
    as_user(ada).submit(f"/akteure/{club.id}/menschen/{bens.id}/entfernen", status=403)


def test_unanswered_requests_are_reminded_of_once_and_then_the_asker_is_told(app, ada, ben, bike):
    book(bike, ada)
    start = clock.now()
    before = len(mails_to("ben@example.org"))
    with time_machine.travel(clock.shifted(start, days=2)):
        assert remind_due() == 0
    with time_machine.travel(clock.shifted(start, days=3) + timedelta(minutes=1)):
        remind_due()
        remind_due()
    assert len(mails_to("ben@example.org")) == before + 1
    with time_machine.travel(clock.shifted(start, days=7) + timedelta(minutes=1)):
        remind_due()
        remind_due()
    assert [mail.subject for mail in mails_to("ada@example.org")] == [
        "Noch keine Antwort auf deine Anfrage"
    ]


def test_a_request_is_forgotten_half_a_year_after_its_day(app, ada, bike):
    booking_id, start = book(bike, ada, days=20).id, clock.now()
    for days, is_there in ((190, True), (202, False)):
        with time_machine.travel(clock.shifted(start, days=days)):
            remind_due()
        db.session.expire_all()
        assert (db.session.get(Booking, booking_id) is not None) == is_there


def test_each_of_several_requests_is_reminded_of(app, ada, ben, dora, bike):
    book(bike, ada)
    book(bike, dora, days=6)
    before, start = len(mails_to("ben@example.org")), clock.now()
    with time_machine.travel(clock.shifted(start, days=3) + timedelta(minutes=1)):
        assert remind_due() == 2
    assert len(mails_to("ben@example.org")) == before + 2
    with time_machine.travel(clock.shifted(start, days=7) + timedelta(minutes=1)):
        remind_due()
    for address in ("ada@example.org", "dora@example.org"):
        assert [mail.subject for mail in mails_to(address)] == [
            "Noch keine Antwort auf deine Anfrage"
        ]


def test_a_tool_is_suggested_to_the_idea_that_needs_it(app, visitor, ada, cem, bike):
    idea = submit_idea(
        problem="Uns fehlt ein Lastenrad, um Erde und Pflanzen zu holen.",
        wish="Ein Lastenrad zum Leihen im Viertel.",
        initiator=ada,
    ).idea
    publish_idea(idea, cem)
    db.session.commit()
    follow_up()
    page = visitor.visit(f"/ideen/{idea.id}/passend")
    assert "Lastenrad (Hofkultur)" in page.main.text
    page = visitor.visit("/suche?q=Lastenrad&art=resource")
    assert "Lastenrad (Hofkultur)" in page.main.text
    actions.unpublish(db.session.get(Organisation, bike.organisation_id))
    db.session.commit()
    follow_up()
    assert "Hofkultur" not in visitor.visit("/suche?q=Lastenrad&art=resource").main.text


def test_the_list_needs_the_same_few_statements_however_long(as_user, ada, ben, count_queries):
    for number in range(30):
        made = actions.create_organisation(
            by=ben, name=f"Verein {number:02}", kind="association", about="Wir tun etwas Gutes."
        )
        actions.publish(made)
        actions.offer_resource(made, by=ben, kind="room", title="Ein Raum")
    db.session.commit()
    browser = as_user(ada)
    count_queries.clear()
    page = browser.visit("/akteure/")
    assert len(count_queries) <= 6, count_queries
    assert len(page.select(".cards > li")) == 24
    rest = browser.visit(page.select_one("a[rel=next]")["href"])
    assert len(rest.select(".cards > li")) == 6
    room = db.session.scalars(select(Resource).order_by(Resource.id)).first()
    for days in range(1, 30):
        book(room, ada, days)
    count_queries.clear()
    browser.visit("/akteure/anfragen")
    assert len(count_queries) <= 6, count_queries

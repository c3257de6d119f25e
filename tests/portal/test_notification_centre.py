"""The notification centre: what is new, when it is mailed, and how mails are turned off."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.messages import digests
from portal.messages.delivery import Draft, build
from portal.messages.jobs import remind_due
from portal.messages.models import CATEGORIES, OutboxMail
from portal.messages.notifications import channels_of, choose_channels, notify

MORNING = datetime(2026, 6, 10, 5, 30)  # half past seven in Leipzig
EVENING = MORNING - timedelta(hours=10)


def tell(user, subject="Ein Team sucht dich", key=None, category="news", urgent=False):
    notify(
        user, category=category, key=key or subject, subject=subject, body="Sieh es dir an.",
        path="/teams/", urgent=urgent,
    )  # fmt: skip
    db.session.commit()


def mails():
    return db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()


def link_in(mail):
    return re.search(r"/mitteilungen/abbestellen/\S+", mail.unsubscribe_url)[0]


def test_somebody_without_news_is_told_what_will_be_here(as_user, ada):
    page = as_user(ada).visit("/mitteilungen/")
    assert "Noch nichts Neues" in page.main.text


def test_news_are_counted_in_the_menu_until_they_are_read(as_user, ada, ben):
    tell(ada, "Eins")
    tell(ada, "Zwei")
    tell(ben, "Nicht für Ada")
    browser = as_user(ada)
    page = browser.visit("/mitteilungen/")
    assert [card.h2.text for card in page.select(".card")] == ["Zwei", "Eins"]
    assert "Mitteilungen 2" in " ".join(page.select_one(".nav--account").text.split())
    newest = page.select_one("[name=up_to]")["value"]
    page = browser.submit("/mitteilungen/gelesen", up_to=newest)
    assert "Mitteilungen 2" not in " ".join(page.select_one(".nav--account").text.split())
    assert not page.select(".badge")


def test_nobody_marks_what_others_were_told(as_user, ada, ben):
    tell(ben, "Für Ben")
    as_user(ada).submit("/mitteilungen/gelesen", up_to="1000000")
    assert "neu" in as_user(ben).visit("/mitteilungen/").select_one(".card__meta").text


@pytest.mark.parametrize("wrong", ["", "0", "-1", "99999999999999999999", "x"])
def test_a_wrong_number_marks_nothing(as_user, ada, wrong):
    as_user(ada).submit("/mitteilungen/gelesen", status=400, up_to=wrong)


def test_a_long_list_is_paged_and_cheap(as_user, ada, count_queries):
    for number in range(70):
        notify(
            ada, category="news", key=str(number), subject=f"Nummer {number:02}", body="Text",
            path="/teams/",
        )  # fmt: skip
    db.session.commit()
    browser = as_user(ada)
    count_queries.clear()
    page = browser.visit("/mitteilungen/")
    assert len(count_queries) <= 6, count_queries
    assert len(page.select(".card")) == 30
    page = browser.visit(page.select_one("a[rel=next]")["href"])
    page = browser.visit(page.select_one("a[rel=next]")["href"])
    assert [card.h2.text for card in page.select(".card")][-1] == "Nummer 00"


def test_the_digest_comes_once_a_day_with_all_that_was_not_mailed(app, ada, ben):
    with time_machine.travel(EVENING):
        tell(ada, "Ein Team sucht dich")
        tell(ada, "Deine Idee ist öffentlich", category="ideas")
        tell(ada, "Jemand wartet auf dich", category="introductions", urgent=True)
        remind_due()
        assert len(mails()) == 1  # the urgent one
    with time_machine.travel(MORNING):
        assert remind_due() == 1
        assert remind_due() == 0
        digest = mails()[1]
        assert digest.to_address == "ada@example.org"
        assert digest.subject == "2 Neuigkeiten für dich"
        assert digest.body.index("Deine Idee") < digest.body.index("Ein Team sucht dich")
        assert "Jemand wartet" not in digest.body
        tell(ada, "Zu spät für heute")
        assert remind_due() == 0
    with time_machine.travel(MORNING + timedelta(days=1)):
        assert remind_due() == 1
        assert "Zu spät für heute" in mails()[2].body


def test_there_is_no_digest_before_seven_and_never_an_empty_one(app, ada):
    with time_machine.travel(EVENING):
        tell(ada)
    with time_machine.travel(MORNING - timedelta(hours=1)):
        assert remind_due() == 0
    with time_machine.travel(MORNING + timedelta(days=1)):
        assert remind_due() == 1
    with time_machine.travel(MORNING + timedelta(days=2)):
        assert remind_due() == 0


@pytest.mark.parametrize(
    ("day", "seven"),
    [(datetime(2026, 10, 24), 5), (datetime(2026, 10, 25), 6), (datetime(2027, 3, 28), 5)],
)
def test_seven_is_seven_on_the_days_the_clocks_change(app, ada, day, seven):
    with time_machine.travel(day - timedelta(hours=5)):
        tell(ada)
    with time_machine.travel(day + timedelta(hours=seven, minutes=-1)):
        assert remind_due() == 0
    with time_machine.travel(day + timedelta(hours=seven, minutes=1)):
        assert remind_due() == 1


def test_what_was_read_in_the_portal_is_not_mailed_again(as_user, ada):
    with time_machine.travel(EVENING):
        tell(ada)
        as_user(ada).submit("/mitteilungen/gelesen", up_to="1000000")
    with time_machine.travel(MORNING):
        assert remind_due() == 0


def test_a_very_long_digest_names_the_rest(app, ada):
    with time_machine.travel(EVENING):
        for number in range(25):
            tell(ada, f"Nummer {number:02}")
    with time_machine.travel(MORNING):
        remind_due()
    assert "Und 5 weitere:" in mails()[0].body


def test_everybody_chooses_what_is_mailed_when(as_user, ada):
    page = as_user(ada).submit(
        "/mitteilungen/einstellungen", **_chosen(news="portal", teams="daily")
    )
    assert "Gespeichert" in page.text
    assert page.select_one("#news option[selected]")["value"] == "portal"
    with time_machine.travel(EVENING):
        tell(ada, "Ein Team sucht dich")
        tell(ada, "Jemand möchte mitmachen", category="teams", urgent=True)
        assert mails() == []
    with time_machine.travel(MORNING):
        remind_due()
    assert mails()[0].subject == "1 Neuigkeit für dich"
    assert "Jemand möchte" in mails()[0].body
    as_user(ada).submit("/mitteilungen/einstellungen", **_chosen(news="at_once"))
    tell(ada, "Noch ein Team")
    assert mails()[1].subject == "Noch ein Team"


def test_an_unknown_channel_is_refused(as_user, ada):
    as_user(ada).submit("/mitteilungen/einstellungen", status=422, **_chosen(news="pigeon"))
    assert channels_of(ada.id) == dict.fromkeys(CATEGORIES, "auto")


def test_one_press_in_a_mail_turns_its_category_off_without_signing_in(visitor, ada):
    tell(ada, urgent=True)
    link = link_in(mails()[0])
    page = visitor.visit(link)
    assert channels_of(ada.id)["news"] == "auto"  # a scanner that opens links changes nothing
    assert "Neues und Passendes" in page.main.text
    page = visitor.submit(link)
    assert "keine Mails mehr" in page.main.text
    assert channels_of(ada.id) == dict.fromkeys(CATEGORIES, "auto") | {"news": "portal"}
    visitor.submit(link)
    tell(ada, "Noch etwas", urgent=True)
    assert len(mails()) == 1
    visitor.submit(f"{link}/doch")
    assert channels_of(ada.id)["news"] == "auto"


def test_the_digests_link_turns_everything_off(visitor, ada):
    with time_machine.travel(EVENING):
        tell(ada)
    with time_machine.travel(MORNING):
        remind_due()
    visitor.submit(link_in(mails()[0]))
    assert set(channels_of(ada.id).values()) == {"portal"}


def test_mail_programs_find_the_one_click_header(app, ada):
    tell(ada, urgent=True)
    message = build(
        Draft.of(mails()[0]), sender="Portal <a@b.example>", public_url="https://b.example"
    )
    assert message["List-Unsubscribe"] == f"<{mails()[0].unsubscribe_url}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("token", ["x", "WzEsImFsbCJd.x", "W10"])
def test_a_forged_link_is_no_page(visitor, token):
    visitor.visit(f"/mitteilungen/abbestellen/{token}", status=404)
    visitor.submit(f"/mitteilungen/abbestellen/{token}", status=404)


def test_a_link_of_a_deleted_account_is_no_page(visitor, ada):
    tell(ada, urgent=True)
    link = link_in(mails()[0])
    db.session.delete(ada)
    db.session.commit()
    visitor.visit(link, status=404)


def test_a_digest_that_was_cut_off_comes_once(app, ada, ben):
    """The mail and the note that it was written are one transaction."""
    with time_machine.travel(EVENING):
        tell(ada)
        tell(ben)
    with time_machine.travel(MORNING):
        digests._send(ada, digests._due_at())
        db.session.rollback()  # as a killed process leaves it
        assert remind_due() == 2
        assert remind_due() == 0
    assert [mail.to_address for mail in mails()] == ["ada@example.org", "ben@example.org"]


def _chosen(**changes):
    return dict.fromkeys(CATEGORIES, "auto") | changes


def test_the_choice_of_one_person_is_not_anothers(app, ada, ben):
    choose_channels(ada.id, {"news": "portal"})
    db.session.commit()
    tell(ben, "Für Ben", urgent=True)
    assert len(mails()) == 1
    assert clock.now() >= mails()[0].created_at

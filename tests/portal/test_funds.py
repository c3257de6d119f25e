"""Funds: list, deadlines that come back, what fits an idea, marks, reminders, editing."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.accounts.erasure import delete_user
from portal.accounts.exports import everything_about
from portal.accounts.models import User
from portal.coordination.actions import finish_request, request_support
from portal.extensions import db
from portal.funds import rules
from portal.funds.jobs import remind_due
from portal.funds.loading import load_funds
from portal.funds.models import Fund, FundMark
from portal.ideas.actions import submit_idea
from portal.ideas.models import Idea
from portal.messages.models import Notification
from portal.moderation.models import AuditEntry
from portal.places.models import District
from portal.teams.actions import add_member, create_team
from tests.browser import form_fields
from tests.tables import fill

HOME = "/foerdertoepfe/"


def fund(slug: str, **more: object) -> Fund:
    values: dict = {
        "name": slug.capitalize(), "amount": "bis 500 €", "who": "Alle, die hier wohnen.",
        "deadline": "Jedes Jahr", "source_url": "https://example.org/", "area": [],
        "who_codes": [], "topics": [], "words": [], "closes": [], "checked_on": clock.today(),
    }  # fmt: skip
    found = Fund(slug=slug, **values | more)
    db.session.add(found)
    db.session.commit()
    return found


def idea_in(name: str | None, *, public: bool = True, **more: object) -> Idea:
    district = db.session.scalar(select(District).where(District.name == name))
    idea = submit_idea(
        problem=more.pop("problem", "Die Jugendlichen stehen vor dem Club."),
        wish="Eine Rampe zum Skaten.", district=district, **more,
    ).idea  # fmt: skip
    idea.published_at = clock.now() if public else None
    db.session.commit()
    return idea


def names(page) -> list[str]:
    return [each.a.text for each in page.select("article .card__title")]


def told(user: User) -> list[str]:
    rows = select(Notification).where(Notification.user_id == user.id)
    return [row.key for row in db.session.scalars(rows.order_by(Notification.id))]


# Deadlines


@pytest.mark.parametrize(
    ("closes", "today", "expected"),
    [
        (["08-31"], date(2026, 8, 31), date(2026, 8, 31)),
        (["08-31"], date(2026, 9, 1), date(2027, 8, 31)),
        (["03-15", "09-15"], date(2026, 4, 1), date(2026, 9, 15)),
        (["03-15", "09-15"], date(2026, 10, 1), date(2027, 3, 15)),
        (["02-29"], date(2026, 12, 1), date(2027, 2, 28)),
        (["02-29"], date(2027, 12, 1), date(2028, 2, 29)),
        ([], date(2026, 1, 1), None),
    ],
)
def test_deadlines_come_back_every_year(closes, today, expected):
    assert rules.next_deadline(Fund(closes=closes), today) == expected


def test_the_page_says_when_applications_open_and_close(visitor, app):
    fund("budget", opens="11-01", closes=["08-31"])
    with clock.at(datetime(2026, 9, 10, 12)):
        page = visitor.visit(f"{HOME}budget").text
        assert "ab 1. November 2026 möglich" in page
        assert "31. August 2027" in page
    with clock.at(datetime(2026, 8, 30, 22, 30)):  # already the 31st in Leipzig
        assert "noch 0 Tage" in visitor.visit(f"{HOME}budget").text


# The list


def test_the_list_is_narrowed_and_sorted_by_deadline(visitor, places):
    fund("stadt")
    fund("osten", area=["Volkmarsdorf"], closes=["01-01"])
    fund("jugend", topics=["kinder-und-jugend"], who_codes=["jugend"])
    fund("vorbei", ended_on=clock.today())
    assert names(visitor.visit(HOME)) == ["Osten", "Jugend", "Stadt"]
    assert names(visitor.visit(f"{HOME}?bezirk=2")) == ["Osten", "Jugend", "Stadt"]
    assert names(visitor.visit(f"{HOME}?bezirk=5")) == ["Jugend", "Stadt"]
    assert names(visitor.visit(f"{HOME}?thema=gaerten", target="fund-list")) == ["Osten", "Stadt"]
    assert names(visitor.visit(f"{HOME}?wer=verein")) == ["Osten", "Stadt"]
    assert names(visitor.visit(f"{HOME}?wer=x&thema=y&bezirk=z&ab=-1")) == names(
        visitor.visit(HOME)
    )
    assert "gibt es nicht mehr" in visitor.visit(f"{HOME}vorbei").text
    visitor.visit(f"{HOME}unbekannt", status=404)


def test_leipzigs_funds_are_loaded_once_and_corrections_stay(app):
    assert load_funds() == 7
    found = db.session.scalar(select(Fund).where(Fund.slug == "jugendfonds"))
    found.amount = "bis 3.000 €"
    assert load_funds() == 0
    assert found.amount == "bis 3.000 €"
    assert all(each.source_url and each.checked_on for each in db.session.scalars(select(Fund)))


# What fits


def test_an_idea_shows_what_fits_with_reasons(visitor, places):
    fund("jugend", topics=["kinder-und-jugend"], words=["Jugendliche", "Skaten", "Bühne"])
    fund("osten", area=["Volkmarsdorf"])
    fund("westen", area=["Plagwitz"])
    fund("bezirk", area=["Ost"])
    fund("kultur", topics=["kunst-und-kultur"], words=["Konzert"])
    fund("alle")
    idea = idea_in("Volkmarsdorf", topic="kinder-und-jugend")
    link = visitor.visit(f"/ideen/{idea.id}").select_one("#fitting-funds a")["hx-get"]
    page = visitor.visit(link, target="fitting-funds")
    assert names(page) == ["Jugend", "Bezirk", "Osten", "Alle"]
    reasons = page.select_one("article .reasons").text
    assert "Thema: Kinder und Jugend" in reasons
    assert "im Text: Jugendliche, Skaten" in reasons
    assert "für Volkmarsdorf" in page.text
    assert "für jedes Thema" in page.text
    assert names(visitor.visit(link)) == names(page)
    nowhere = idea_in(None, topic="kunst-und-kultur")
    assert {"Osten", "Westen"} <= set(names(visitor.visit(f"{HOME}idee/{nowhere.id}")))


def test_what_fits_is_shown_to_whoever_may_read_the_idea(visitor, as_user, ada, ben, cem, places):
    fund("alle")
    idea = idea_in("Volkmarsdorf", public=False, initiator=ada)
    for path in (f"{HOME}idee/{idea.id}", f"{HOME}text/idee/{idea.id}"):
        visitor.visit(path, status=404)
        as_user(ben).visit(path, status=404)
        for user in (ada, cem):
            as_user(user).visit(path)
        visitor.visit(f"{path}?t={idea.progress_token}")
        visitor.visit(f"{path}?t=falsch", status=404)


def test_a_text_is_offered_in_pieces_to_copy(visitor, ada, places):
    idea = idea_in("Volkmarsdorf", initiator=ada, contribution="Wir bauen selbst.")
    page = visitor.visit(f"{HOME}text/idee/{idea.id}")
    pieces = {area["id"]: area.text for area in page.select("textarea[readonly]")}
    assert len(pieces) == 6
    assert "Eigenleistung:\nWir bauen selbst." in pieces["piece-6"]
    assert "Volkmarsdorf (Stadtbezirk Ost)" in pieces["piece-5"]
    assert "Ada" not in page.text
    team = create_team(by=ada, name="Rampe", challenge="Jugendliche wollen skaten.")
    add_member(team, ada, is_lead=True)
    db.session.commit()
    page = visitor.visit(f"{HOME}text/team/{team.id}").text
    assert "1 Person arbeitet ehrenamtlich mit." in page
    assert "Ada" not in page
    fund("jugend", topics=["kinder-und-jugend"], words=["Jugendliche"])
    assert names(visitor.visit(f"{HOME}team/{team.id}")) == ["Jugend"]
    visitor.visit(f"{HOME}team/99", status=404)


# Marks and reminders


def test_a_fund_is_marked_and_forgotten_with_the_account(as_user, visitor, ada, app):
    fund("budget", closes=["08-31"])
    assert visitor.post(f"{HOME}budget/merken").location.startswith("/anmelden")
    browser = as_user(ada)
    for _twice in range(2):
        browser.submit(f"{HOME}budget/merken", merken="ja")
    assert len(db.session.scalars(select(FundMark)).all()) == 1
    assert "gemerkt" in browser.visit(HOME).text
    assert everything_about(ada)["records"]["fund_mark"][0]["fund_id"]
    browser.submit(f"{HOME}budget/merken", merken="nein")
    assert db.session.scalar(select(FundMark)) is None
    browser.submit(f"{HOME}budget/merken", merken="ja")
    delete_user(ada)
    db.session.commit()
    assert db.session.scalar(select(FundMark)) is None


def test_reminders_go_out_six_and_two_weeks_before_and_never_twice(app, ada, ben, cem):
    found = fund("budget", closes=["11-30"])
    db.session.add(FundMark(fund_id=found.id, user_id=ada.id))
    db.session.commit()
    key = f"fund:{found.id}:2026-11-30"
    for moment, expected in (
        (datetime(2026, 10, 18, 12), []),
        (datetime(2026, 10, 19, 12), [f"{key}:42"]),
        (datetime(2026, 10, 25, 0, 30), [f"{key}:42"]),  # 02:30 in Leipzig, for the first time
        (datetime(2026, 10, 25, 1, 30), [f"{key}:42"]),  # 02:30 in Leipzig, once more
        (datetime(2026, 11, 15, 22, 59), [f"{key}:42"]),
        (datetime(2026, 11, 15, 23, 0), [f"{key}:42", f"{key}:14"]),  # midnight in Leipzig
        (datetime(2026, 11, 30, 12), [f"{key}:42", f"{key}:14"]),
        (datetime(2026, 12, 1, 12), [f"{key}:42", f"{key}:14"]),
    ):
        with clock.at(moment):
            for _twice in range(2):
                remind_due()
        assert told(ada) == told(cem) == expected, moment
    assert told(ben) == []
    with clock.at(datetime(2027, 10, 19, 12)):
        remind_due()
    assert told(ada)[-1] == f"fund:{found.id}:2027-11-30:42"


def test_who_sees_to_money_is_reminded_with_the_number_of_requests(app, ada, cem, dora):
    fund("budget", closes=["11-30"])
    idea = idea_in(None, initiator=ada)
    for type_ in ("geld", "geld", "raum"):
        last = request_support(
            ("idea", idea.id), type=type_, text="300 Euro", owner=cem, by=cem,
            due_on=clock.today(),
        )  # fmt: skip
    first = request_support(("idea", idea.id), type="geld", text="Farbe", owner=dora, by=cem,
                            due_on=clock.today())  # fmt: skip
    finish_request(first, "Bewilligt.")
    db.session.commit()
    with clock.at(datetime(2026, 11, 20, 12)):
        assert remind_due() == 2
    bodies = {row.user_id: row.body for row in db.session.scalars(select(Notification))}
    assert "um 2 Anfragen nach Geld" in bodies[cem.id]
    assert "Anfrage" not in bodies[dora.id]
    assert last.type == "raum"


def test_who_marked_two_funds_is_reminded_of_both(app, ada, ben):
    for slug in ("budget", "stiftung"):
        found = fund(slug, closes=["11-30"])
        for user in (ada, ben):
            db.session.add(FundMark(fund_id=found.id, user_id=user.id))
    db.session.commit()
    with clock.at(datetime(2026, 11, 20, 12)):
        assert remind_due() == 4
        assert remind_due() == 0
    assert len(told(ada)) == len(told(ben)) == 2


def test_a_reminder_that_was_cut_off_is_finished_the_next_time(app, ada, cem, monkeypatch):
    found = fund("budget", closes=["11-30"])
    db.session.add(FundMark(fund_id=found.id, user_id=ada.id))
    db.session.commit()
    with clock.at(datetime(2026, 11, 20, 12)):
        with monkeypatch.context() as cut:
            cut.setattr(db.session, "commit", db.session.rollback)  # as after kill -9
            remind_due()
        assert told(ada) == []
        remind_due()
    assert len(told(ada)) == len(told(cem)) == 1


# Keeping the list true


def test_coordinators_add_edit_and_confirm_funds(as_user, ada, cem, places):
    browser = as_user(cem)
    page = browser.visit(f"{HOME}neu")
    browser.submit(f"{HOME}neu", name="", status=422)
    fields = dict(form_fields(page, "main form")) | {
        "name": "Neu", "amount": "bis 100 €", "who": "Alle.", "deadline": "Im März.",
        "closes": "15.3.\n30. 9.", "opens": "1.1.", "area": "volkmarsdorf", "words": "Beet\nHof",
        "source_url": "https://example.org/quelle", "website": "", "who_codes": ["privat"],
        "topics": ["gaerten"],
    }  # fmt: skip
    fields.pop("has_ended")
    for wrong in ({"closes": "31.2."}, {"opens": "bald"}, {"area": "Atlantis"},
                  {"source_url": "quelle"}, {"who": "Ruf an: 0341 1234567"}):  # fmt: skip
        browser.submit(f"{HOME}neu", status=422, **fields | wrong)
    browser.submit(f"{HOME}neu", **fields)
    found = db.session.scalar(select(Fund))
    assert found.slug != "neu"  # that is the address of the form
    assert (found.closes, found.opens, found.area) == (
        ["03-15", "09-30"],
        "01-01",
        ["Volkmarsdorf"],
    )
    browser.submit(f"{HOME}neu", status=422, **fields)  # the name is taken
    page = browser.visit(f"{HOME}{found.slug}/bearbeiten")
    assert page.select_one("#closes").text.split() == ["15.3.", "30.9."]
    again = dict(form_fields(page, "main form")) | {
        "amount": "bis 200 €", "who_codes": ["privat"], "topics": [], "has_ended": "",
    }  # fmt: skip
    again.pop("has_ended")
    browser.submit(f"{HOME}{found.slug}/bearbeiten", **again)
    browser.submit(f"{HOME}{found.slug}/bearbeiten", status=422, **again)  # seen is old now
    db.session.get(Fund, found.id).checked_on = clock.today() - timedelta(days=181)
    db.session.commit()
    assert names(browser.visit(f"{HOME}pruefen")) == ["Neu"]
    assert "Fördertöpfe neu prüfen" in browser.visit("/koordination/").text
    browser.submit(f"{HOME}{found.slug}/geprueft")
    assert names(browser.visit(f"{HOME}pruefen")) == []
    logged = [entry.action for entry in db.session.scalars(select(AuditEntry))]
    assert [each for each in logged if each.startswith("fund.")] == [
        "fund.added", "fund.changed", "fund.confirmed",
    ]  # fmt: skip
    for path in ("neu", f"{found.slug}/bearbeiten", f"{found.slug}/geprueft", "pruefen"):
        as_user(ada).visit(f"{HOME}{path}", status=403 if path != f"{found.slug}/geprueft" else 405)


def test_lists_need_the_same_few_statements(as_user, ada, cem, places, count_queries):
    fill(Fund, [
        {"slug": f"f{number}", "name": f"Topf {number:04}", "amount": "1 €", "who": "Alle.",
         "deadline": "Jederzeit", "source_url": "https://example.org/",
         "checked_on": clock.today() - timedelta(days=200), "closes": ["08-31"]}
        for number in range(5000)
    ])  # fmt: skip
    db.session.commit()
    browser = as_user(ada)
    count_queries.clear()
    page = browser.visit(HOME)
    assert len(count_queries) <= 6
    assert len(names(page)) == 30
    assert names(browser.visit(page.select_one("a[rel=next]")["href"]))[0] == "Topf 0030"
    coordinator = as_user(cem)
    for path in (f"{HOME}pruefen", "/koordination/"):
        count_queries.clear()
        coordinator.visit(path)
        assert len(count_queries) <= 6, path

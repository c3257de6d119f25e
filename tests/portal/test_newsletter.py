"""The newsletter: consent in one's own account, texts and addresses for coordinators."""

import csv
import io
from datetime import datetime
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import select

from portal import clock
from portal.accounts.actions import create_user, give_consent, withdraw_consent
from portal.accounts.models import Consent
from portal.accounts.texts import NEWSLETTER_WORDING
from portal.extensions import db
from portal.moderation.models import AuditEntry
from portal.news.contacts import harmless
from portal.teams.actions import add_status, create_team
from portal.teams.models import Team

PAGE = "/koordination/newsletter"
MARCH = f"{PAGE}?von=2026-03-01&bis=2026-03-31"


@pytest.fixture
def garden(cem) -> Team:
    with clock.at(datetime(2026, 3, 1, 12)):
        team = create_team(by=cem, name="Hofgarten <b>Ost</b>", challenge="Beete & Bänke anlegen.")
    for day, text in ((5, "Die Erde ist da."), (20, "Es wächst.\nUnd wie!\n\nKommt vorbei.")):
        with clock.at(datetime(2026, 3, day, 12)):
            add_status(team, text=text, by=cem)
    db.session.commit()
    return team


def agree(user, locale=None) -> None:
    user.locale = locale
    give_consent(user, "newsletter", str(NEWSLETTER_WORDING))
    db.session.commit()


def addresses(browser, kind="agreed") -> list[dict[str, str]]:
    answer = browser.post(f"{PAGE}/adressen/{kind}")
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_a_resident_orders_the_newsletter_and_cancels_it(as_user, ada):
    browser = as_user(ada)
    page = browser.submit("/konto/einwilligung/newsletter/geben")
    assert "Du bekommst ab jetzt den Newsletter." in page.text
    consent = db.session.scalars(select(Consent)).one()
    assert consent.wording == str(NEWSLETTER_WORDING)
    assert not page.find("button", string="Newsletter bestellen")
    page = browser.submit("/konto/einwilligung/newsletter/zuruecknehmen")
    assert page.find("button", string="Newsletter bestellen")


def test_children_and_unconfirmed_addresses_cannot_order_it(as_user, ada, ben):
    ada.under_16, ben.confirmed_at = True, None
    db.session.commit()
    for user in (ada, ben):
        browser = as_user(user)
        assert browser.post("/konto/einwilligung/newsletter/geben").status_code == 403
        assert "Newsletter bestellen" not in browser.visit("/konto").text


def test_civicrm_gets_who_agreed_and_nobody_else(as_user, app, ada, ben, cem):
    agree(ada, "ar")
    agree(ben)
    child = create_user(email="kid@example.org", name="Kim", password=None)
    gone = create_user(email="gone@example.org", name="Gil", password=None)
    new = create_user(email="new@example.org", name="Neo", password=None)
    child.confirmed_at = gone.confirmed_at = clock.now()
    child.under_16, gone.active = True, False
    for user in (child, gone, new):
        agree(user)
    withdraw_consent(ben, "newsletter")
    db.session.commit()
    assert addresses(as_user(cem)) == [
        {
            "First Name": "Ada",
            "Last Name": "",
            "Email": "ada@example.org",
            "Preferred Language": "ar_EG",
            "Consent Date": f"{clock.now():%Y-%m-%d}",
        }
    ]
    assert [row["Email"] for row in addresses(as_user(cem), "withdrawn")] == ["ben@example.org"]
    agree(ben)  # and again
    assert [row["First Name"] for row in addresses(as_user(cem))] == ["Ada", "Ben"]
    assert addresses(as_user(cem), "withdrawn") == []


def test_a_name_is_no_formula(as_user, ada, cem):
    ada.name = '=HYPERLINK("http://evil.example";"Klick, hier")\n'
    agree(ada)
    assert addresses(as_user(cem))[0]["First Name"].startswith("'=HYPERLINK")
    assert [harmless(text) for text in ("+1", "-1", "@x", "\tx", "Ada-Lea")] == [
        "'+1", "'-1", "'@x", "'\tx", "Ada-Lea",
    ]  # fmt: skip


def test_who_takes_addresses_along_is_in_the_log(as_user, ada, cem):
    agree(ada)
    addresses(as_user(cem))
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.actor_id == cem.id)).one()
    assert (entry.action, entry.after) == (
        "newsletter.exported", {"list": "agreed", "addresses": 1}
    )  # fmt: skip
    assert "ada@example.org" not in str(entry.after)
    page = as_user(cem).visit(PAGE)
    assert "Zusagen, 1 Adresse, Cem" in " ".join(page.text.split())


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/text.html?e=1", f"{PAGE}/text.txt"])
def test_only_coordinators_make_the_newsletter(visitor, as_user, ada, path):
    assert visitor.get(path).location.startswith("/anmelden")
    assert as_user(ada).get(path).status_code == 403
    assert as_user(ada).post(f"{PAGE}/adressen/agreed").status_code == 403


def test_coordinators_choose_and_get_html_and_text(as_user, cem, garden):
    browser = as_user(cem)
    page = browser.visit(MARCH)
    boxes = page.select("input[name=e]")
    assert len(boxes) == 3
    assert all(box.has_attr("checked") for box in boxes)
    assert not page.select_one("#letter")
    assert not browser.visit(f"{PAGE}?von=2026-03-10&bis=2026-03-19").select("input[name=e]")
    wanted = "&e=".join(box["value"] for box in boxes[:2])
    page = browser.visit(f"{MARCH}&e={wanted}")
    assert [box.has_attr("checked") for box in page.select("input[name=e]")] == [True, True, False]
    html, text = (page.select_one(f"#letter-{kind}").text for kind in ("html", "text"))
    assert "Es wächst.<br>Und wie!" in html
    assert "Hofgarten &lt;b&gt;Ost&lt;/b&gt;" in html
    assert "Neues Team" not in html + text
    assert "Kommt vorbei." in text
    assert f"http://127.0.0.1:8000/teams/{garden.id}" in text
    assert max(len(line) for line in text.splitlines()) <= 76
    for kind, written in (("html", html), ("txt", text)):
        link = page.select_one(f"a[download][href*='text.{kind}']")["href"]
        answer = browser.get(link)
        assert "attachment" in answer.headers["Content-Disposition"]
        assert answer.text.strip().replace("\r", "") == written.strip().replace("\r", "")
        assert parse_qsl(urlsplit(link).query)


class _Tags(HTMLParser):
    """Collects what a mail program would have to understand."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}


def test_the_mail_needs_nothing_mail_programs_lack(as_user, cem, garden):
    numbers = [box["value"] for box in as_user(cem).visit(MARCH).select("input[name=e]")]
    answer = as_user(cem).get(f"{PAGE}/text.html?von=2026-03-01&bis=2026-03-31&e={numbers[0]}")
    reader = _Tags()
    reader.feed(answer.text)
    assert reader.tags <= {
        "html", "head", "meta", "title", "body", "h1", "h2", "p", "a", "br", "hr",
    }  # fmt: skip
    assert not reader.attributes & {"style", "class", "src", "onclick"}


@pytest.mark.parametrize(
    "query", ["von=morgen&bis=", "von=9999-12-31&bis=0001-01-01", "e=x&e=-1&e=99999999999", "e="]
)
def test_strange_addresses_do_no_harm(as_user, cem, garden, query):
    as_user(cem).visit(f"{PAGE}?{query}")
    assert as_user(cem).get(f"{PAGE}/text.txt?{query}").status_code == 200


def test_a_year_of_news_needs_the_same_few_statements(as_user, cem, garden, count_queries):
    browser = as_user(cem)

    def statements() -> int:
        count_queries.clear()
        browser.get(MARCH)
        return len(count_queries)

    few = statements()
    for number in range(100):
        with clock.at(datetime(2026, 3, 21, 12)):
            add_status(garden, text=f"Tag {number}", by=cem)
    db.session.commit()
    assert statements() == few
    assert "Das sind die neuesten 60." in browser.visit(MARCH).text

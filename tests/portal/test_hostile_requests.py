"""What somebody sends who wishes the portal ill: numbers, words, addresses no form would send."""

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.forms import without_contact
from portal.gatherings.actions import add_item
from portal.gatherings.models import SignUp
from portal.letters.rules import personal_words
from portal.messages.models import OutboxMail
from portal.messages.notifications import notify
from tests.portal.gatherings import new_gathering, writes

HUGE = "9" * 30
BEYOND_ALL = "9" * 400  # no float holds it
MEGABYTE = "x" * 1_000_000


def test_a_word_of_a_megabyte_is_looked_through_at_once(visitor):
    # Each of these took hours when an address was looked for from every letter on.
    assert without_contact(MEGABYTE) == MEGABYTE
    assert personal_words(MEGABYTE, "Ada") == []
    texts = {"problem": MEGABYTE, "wish": "Schatten", "body": MEGABYTE, "kind": "beirat"}
    answer = visitor.post("/weitergaben/neu", data=texts)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Schreib ada@example.org!", "Schreib …"),
        ("(ada@example.org)", "…"),
        ("Ruf an: 0341 123456", "Ruf an: …"),
        ("um 15 Uhr @ Hof", "um 15 Uhr @ Hof"),
    ],
)
def test_addresses_and_numbers_are_still_found(text, left):
    assert without_contact(text) == left


@pytest.mark.parametrize("number", [HUGE, BEYOND_ALL, "-1", "0", "abc", "\x00"])
def test_numbers_no_column_holds_are_no_error(as_user, visitor, cem, ada, number):
    gathering = new_gathering(cem)
    add_item(gathering, "Kuchen")
    row = writes(gathering, "Rosa")
    visitor.submit(f"/termine/anmeldung/{row.token}/mitbringen", status=404, sache=number)
    host = as_user(cem)
    host.submit(f"/termine/{gathering.id}/sachen/entfernen", status=404, sache=number)
    host.visit(f"/koordination/vermittlungen/?vor={number}")
    sent = {"name": "Ida", "email": "ida@example.org", "children": number}
    status = 303 if number == "0" else 422
    assert visitor.post(f"/termine/{gathering.id}/anmelden", data=sent).status_code == status
    answer = as_user(ada).post("/mitteilungen/gelesen", data={"up_to": number})
    assert answer.status_code == 400


def secret_addresses(app) -> list[str]:
    """Return every page whose address is a key, with a key nobody has."""
    rules = [rule for rule in app.url_map.iter_rules() if "token" in rule.arguments]
    return [
        rule.rule.replace("<token>", "{}").replace("<int:handover_id>", "1")
        for rule in rules
        if "GET" in (rule.methods or ())
    ]


def test_no_cache_and_no_search_engine_keeps_a_page_whose_address_is_a_key(app, visitor, ada):
    addresses = secret_addresses(app)
    assert len(addresses) > 8
    for address in [*addresses, "/ideen/?t={}", "/termine/?anmeldung={}"]:
        answer = visitor.get(address.format("kein-schluessel"))
        assert answer.status_code < 500
        assert "no-store" in answer.headers["Cache-Control"], address
        assert answer.headers["X-Robots-Tag"] == "noindex", address


@pytest.mark.parametrize("letter", ["%00", "%E2%80%AE", "%7F"])
def test_control_characters_in_an_address_lead_nowhere(app, visitor, letter):
    paths = [address.format(f"a{letter}b") for address in secret_addresses(app)]
    for path in [
        *paths,
        f"/wissen/{letter}",
        f"/foerdertoepfe/{letter}",
        f"/ansprechstellen/{letter}",
    ]:
        assert visitor.get(path).status_code == 404, path


def test_a_web_address_holds_no_hidden_characters(as_user, ada):
    sent = {
        "name": "Sprachcafé", "kind": "association", "about": "Wir sprechen miteinander.",
        "languages": ["de"],
    }  # fmt: skip
    for hidden in ("\x00", "\u202e"):
        page = as_user(ada).submit(
            "/akteure/neu", status=422, website=f"https://example.org/{hidden}x", **sent
        )
        assert "Steuerzeichen" in page.text


def test_a_stranger_sends_no_words_of_theirs_to_somebody_elses_address(visitor, cem):
    gathering = new_gathering(cem)
    name = "Gewinn: https://boese.example"
    sent = {"name": name, "email": "rosa@example.org", "children": "0"}
    assert visitor.post(f"/termine/{gathering.id}/anmelden", data=sent).status_code == 303
    mail = db.session.scalars(select(OutboxMail)).one()
    assert "boese.example" not in mail.subject + mail.body
    row = db.session.scalars(select(SignUp)).one()
    visitor.submit(f"/termine/anmeldung/{row.token}/bestaetigen")
    told = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert name in told.body  # who confirmed wrote it themselves


def test_what_no_browser_sends_is_refused_in_german(as_user, cem):
    page = as_user(cem).submit(
        "/termine/neu", status=422, kind="gesamttreffen", begin="25:00", end="spät"
    )
    said = page.select_one("#begin-error").text.strip()
    assert said == "Das ist keine Uhrzeit, zum Beispiel: 18:00"
    page = as_user(cem).submit("/foerdertoepfe/neu", status=422, topics="erfunden")
    assert "Wähl bitte etwas aus der Liste." in page.select_one(".error-summary").text
    assert "valid" not in page.select_one(".error-summary").text


@pytest.mark.parametrize("path", ["https://boese.example/", "//boese.example", "/\\boese.example"])
def test_a_notification_never_leads_out_of_the_portal(ada, path):
    with pytest.raises(ValueError, match="a page of the portal"):
        notify(ada, category="news", key="k", subject="s", body="b", path=path)

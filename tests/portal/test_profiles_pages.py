"""The pages of the profiles room as residents, visitors and coordinators see them."""

import pytest
from sqlalchemy import select

from portal.accounts.actions import create_user
from portal.accounts.models import Consent
from portal.extensions import db
from portal.places.models import Borough, District
from portal.profiles.actions import save_profile
from portal.profiles.models import COORDINATORS, PUBLIC, SIGNED_IN, Profile

TEXTS = ("can", "learn", "cares", "rules_out")
FILLED = {"can": "Fahrräder flicken", "reach": "stadt", "consent": "y"}


@pytest.fixture
def reudnitz(app) -> District:
    borough = Borough(code="2", name="Ost")
    district = District(code="25", name="Reudnitz-Thonberg", area="ost", borough=borough)
    db.session.add(district)
    db.session.commit()
    return district


def tell(user, **given):
    told = dict.fromkeys(TEXTS, "") | {"times": [], "languages": [], "district": None}
    told |= {"reach": "stadt", "visibility": {}}
    profile = save_profile(user, **(told | given))
    db.session.commit()
    return profile


def test_the_empty_area_leads_to_the_profile(as_user, ada):
    page = as_user(ada).visit("/profil")
    assert page.select_one("main .empty a[href='/profil/bearbeiten']")


def test_strangers_are_sent_to_sign_in(visitor):
    for path in ("/profil", "/profil/bearbeiten", "/profil/loeschen", "/koordination/leute"):
        answer = visitor.get(path)
        assert answer.status_code == 302
        assert "/anmelden" in answer.location


def test_a_profile_is_saved_shown_and_loads_what_fits(as_user, ada, reudnitz):
    page = as_user(ada).submit(
        "/profil/bearbeiten",
        **FILLED | {"languages": ["ar", "de"], "times": "werktag_abend", "district": reudnitz.id},
    )
    assert "gespeichert" in page.select_one("#notices").text
    assert "Fahrräder flicken" in page.text
    assert "Reudnitz-Thonberg" in page.text
    assert page.select_one("#suggestions a[hx-trigger=load]")["href"] == "/profil/passend"
    profile = db.session.scalars(select(Profile)).one()
    assert profile.openness == COORDINATORS
    assert (profile.languages, profile.times) == (["de", "ar"], ["werktag_abend"])
    assert profile.district_id == reudnitz.id


def test_the_form_opens_each_field_alone(as_user, ada):
    as_user(ada).submit("/profil/bearbeiten", **FILLED, visibility_can=SIGNED_IN)
    profile = db.session.scalars(select(Profile)).one()
    assert profile.visibility_of("can") == profile.openness == SIGNED_IN
    assert profile.visibility_of("learn") == COORDINATORS


def test_consent_is_asked_once_and_kept_with_its_words(as_user, ada):
    browser = as_user(ada)
    page = browser.submit("/profil/bearbeiten", status=422, can="Kochen", reach="stadt")
    assert page.select_one("a[href='#consent']")
    assert db.session.scalars(select(Profile)).all() == []
    browser.submit("/profil/bearbeiten", **FILLED)
    consent = db.session.scalars(select(Consent)).one()
    assert (consent.purpose, consent.user_id) == ("matching", ada.id)
    assert "vergleichen" in consent.wording
    assert browser.visit("/profil/bearbeiten").select_one("#consent") is None


def test_a_withdrawn_consent_stops_suggestions(as_user, ada):
    browser = as_user(ada)
    tell(ada, can="Kochen")
    assert browser.visit("/profil").select_one("#suggestions") is None
    assert browser.visit("/profil/bearbeiten").select_one("#consent")


def test_somebody_under_16_is_neither_matched_nor_asked_to_open(as_user, ada):
    ada.under_16 = True
    db.session.commit()
    browser = as_user(ada)
    page = browser.visit("/profil/bearbeiten")
    assert page.select_one("[name=consent]") is None
    assert page.select_one("[name=visibility_can]") is None
    page = browser.submit("/profil/bearbeiten", can="Kochen", reach="stadt", visibility_can=PUBLIC)
    assert page.select_one("#suggestions") is None
    assert db.session.scalars(select(Profile)).one().openness == COORDINATORS
    assert db.session.scalars(select(Consent)).all() == []


def test_spoken_languages_stand_first(as_user, ada):
    tell(ada, can="Kochen", languages=["fr", "uk"])
    boxes = as_user(ada).visit("/profil/bearbeiten").select("[name=languages]")
    assert [box["value"] for box in boxes][:2] == ["uk", "fr"]
    assert [box.has_attr("checked") for box in boxes][:3] == [True, True, False]


def test_a_profile_that_says_nothing_is_explained(as_user, ada):
    page = as_user(ada).submit("/profil/bearbeiten", status=422, rules_out="schwer tragen")
    assert "ersten drei Felder" in page.select_one(".error-summary a[href='#can']").text
    assert page.select_one("#rules_out").text.strip() == "schwer tragen"


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize(
    "text",
    ["x" * 1_000_000, "a\x00bc", "abc \u202eevil", "🌱🌳🌻", "<script>alert(1)</script>" * 50],
    ids=["1 MB", "NUL", "bidi", "emoji", "HTML"],
)
def test_bad_text_is_answered_in_german_and_kept(as_user, ada, field, text):
    answer = as_user(ada).post("/profil/bearbeiten", data=FILLED | {field: text})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert "<script>alert" not in answer.text
    assert text[:3].replace("\x00", "") in answer.text or "&lt;scr" in answer.text
    assert db.session.scalars(select(Profile)).all() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("district", "999999"),
        ("district", "<b>x</b>"),
        ("district", "9" * 30),
        ("reach", "mond"),
        ("visibility_can", "alle"),
        ("times", "nachts"),
        ("languages", "🙂"),
    ],
)
def test_a_choice_that_does_not_exist_is_answered_in_german(as_user, ada, field, value):
    page = as_user(ada).submit("/profil/bearbeiten", status=422, **FILLED | {field: value})
    assert "aus der Liste" in page.select_one(".error-summary").text
    assert page.select_one("#can").text.strip() == FILLED["can"]


def test_html_in_a_profile_is_only_text(as_user, ada):
    page = as_user(ada).submit("/profil/bearbeiten", **FILLED | {"can": "Ich kann <b>fett</b>"})
    assert "<b>fett</b>" in page.select_one(".text").text


def test_an_invalid_form_comes_back_alone(as_user, ada):
    fragment = as_user(ada).submit("/profil/bearbeiten", status=422, target="profile-form", can="")
    assert fragment.select_one("h1") is None
    assert fragment.select_one("#profile-form .error-summary")


def test_deleting_asks_first_and_ends_the_consent(as_user, ada):
    browser = as_user(ada)
    browser.submit("/profil/bearbeiten", **FILLED)
    page = browser.visit("/profil/loeschen")
    assert "nicht rückgängig" in page.text
    assert db.session.scalars(select(Profile)).one()
    page = browser.submit("/profil/loeschen")
    assert "gelöscht" in page.select_one("#notices").text
    assert db.session.scalars(select(Profile)).all() == []
    assert db.session.scalars(select(Consent)).one().withdrawn_at


def test_visitors_see_public_fields_signed_in_people_more(visitor, as_user, ada, ben):
    ada.name = "Ada Beispiel"
    tell(
        ada,
        can="Kochen",
        learn="Tanzen",
        cares="Ruhe",
        visibility={"can": PUBLIC, "learn": SIGNED_IN},
    )
    for path in ("/leute/", f"/leute/{ada.id}"):
        page = visitor.visit(path)
        assert "Kochen" in page.main.text
        assert "Tanzen" not in page.text
        page = as_user(ben).visit(path)
        assert "Tanzen" in page.main.text
        assert "Ruhe" not in page.text
        assert "Beispiel" not in page.text
        assert "example.org" not in page.text


def test_who_did_not_open_themselves_is_nowhere(visitor, as_user, ada, ben):
    tell(ada, can="Kochen")
    tell(ben, can="Backen", visibility={"can": SIGNED_IN})
    assert "Noch zeigt sich niemand" in visitor.visit("/leute/").text
    visitor.visit(f"/leute/{ada.id}", status=404)
    visitor.visit(f"/leute/{ben.id}", status=404)
    as_user(ben).visit(f"/leute/{ada.id}", status=404)
    visitor.visit("/leute/99999999999999999999", status=404)


def test_people_under_16_and_closed_accounts_are_nowhere(visitor, as_user, ada, ben, cem):
    tell(ada, can="Kochen", visibility={"can": PUBLIC})
    tell(ben, can="Backen", visibility={"can": PUBLIC})
    ada.under_16, ben.active = True, False
    db.session.commit()
    assert "Noch zeigt sich niemand" in visitor.visit("/leute/").text
    visitor.visit(f"/leute/{ada.id}", status=404)
    visitor.visit(f"/leute/{ben.id}", status=404)
    assert "unter 16" in as_user(cem).visit("/koordination/leute").text


def test_coordinators_read_all_profiles_and_who_sees_what(as_user, ada, cem, ben):
    tell(ada, can="Kochen", cares="Ruhe")
    browser = as_user(cem)
    assert "Kochen" in browser.visit("/koordination/leute").main.text
    assert "Kochen" not in browser.visit("/leute/").text
    page = browser.visit(f"/leute/{ada.id}")
    assert "Ruhe" in page.main.text
    assert "nur Unterstützungsteam" in page.main.text
    as_user(ben).visit("/koordination/leute", status=403)


def test_filters_find_only_what_a_profile_opens(visitor, as_user, ada, ben, cem, reudnitz):
    facts = {"languages": ["uk"], "times": ["werktag_abend"], "district": reudnitz}
    opened = {"can": PUBLIC, "languages": PUBLIC, "times": PUBLIC, "district": PUBLIC}
    tell(ada, can="Kochen", visibility=opened, **facts)
    tell(ben, can="Backen", visibility={"can": PUBLIC}, **facts)
    for query in ("sprache=uk", "zeit=werktag_abend", f"ortsteil={reudnitz.id}"):
        page = visitor.visit(f"/leute/?{query}")
        assert [title.text for title in page.select(".card__title")] == ["Ada"]
        page = as_user(cem).visit(f"/koordination/leute?{query}")
        assert len(page.select(".card__title")) == 2
    assert "niemand" in visitor.visit("/leute/?sprache=fr").text


def test_coordinators_find_somebody_by_name(as_user, visitor, ada, ben, cem):
    ada.name = "Özlem"
    for user in (ada, ben):
        tell(user, can="Kochen", visibility={"can": PUBLIC})
    browser = as_user(cem)
    for typed in ("özl", "ÖZLEM", "Özlem"):
        page = browser.visit(f"/koordination/leute?name={typed}")
        assert [title.text for title in page.select(".card__title")] == ["Özlem"]
    assert not browser.visit("/koordination/leute?name=%25").select(".card")
    assert len(visitor.visit("/leute/?name=Ben").select(".card")) == 2


@pytest.mark.parametrize("query", ["sprache=%00", "ortsteil=9" + "9" * 30, "vor=x", "zeit=%25"])
def test_odd_filters_are_ignored(visitor, ada, query):
    tell(ada, can="Kochen", visibility={"can": PUBLIC})
    assert len(visitor.visit(f"/leute/?{query}").select(".card")) == 1


def test_a_long_list_goes_on_where_it_stopped_with_few_statements(as_user, ben, count_queries):
    for number in range(30):
        user = create_user(email=f"p{number}@example.org", name=f"P{number}", password=None)
        tell(user, can="Kochen", visibility={"can": PUBLIC})
    browser = as_user(ben)
    count_queries.clear()
    page = browser.visit("/leute/")
    assert len(count_queries) <= 6
    first = [title.text for title in page.select(".card__title")]
    page = browser.visit(page.select_one("a[rel=next]")["href"])
    rest = [title.text for title in page.select(".card__title")]
    assert (len(first), len(rest)) == (24, 6)
    assert not set(first) & set(rest)
    assert page.select_one("a[rel=next]") is None


def test_filtering_answers_with_the_list_alone(visitor, app):
    fragment = visitor.visit("/leute/?sprache=de", target="people-list")
    assert fragment.select_one("h1") is None
    assert fragment.select_one("#people-list")

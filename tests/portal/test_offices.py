"""Offices: found by everyday words, told apart by a question, kept true by coordinators."""

from datetime import timedelta
from shutil import copy

import pytest
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.offices import actions, rules
from portal.offices.loading import FOLDER, load_offices
from portal.offices.models import Office, Trap
from portal.offices.queries import find_offices, traps_for, traps_of
from portal.places.models import Borough, District
from portal.places.queries import all_districts
from tests.tables import kept_rows, put_back

TRAP = """
[[traps]]
key = "bank"
question = "Steht die Bank auf dem Gehweg oder im Park?"
triggers = ["bank"]
answers = [
  { answer = "Auf dem Gehweg", office = "tiefbau", why = "Das ist Straße." },
  { answer = "Im Park", office = "stadtgruen", why = "Das ist Grün." },
]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A town of ten offices and one trap: loading all 61 for each page would take long."""
    folder = tmp_path_factory.mktemp("seeds")
    (folder / "offices").mkdir()
    for name in ("1-strasse-und-verkehr.toml", "2-gruen-und-umwelt.toml"):
        copy(FOLDER / "offices" / name, folder / "offices" / name)
    (folder / "traps.toml").write_text(TRAP, "utf-8")
    return folder


@pytest.fixture(scope="module")
def few_rows(built_app, folder):
    def fill():
        ost = Borough(code="2", name="Ost")
        db.session.add(ost)
        ost.districts.append(District(code="21", name="Volkmarsdorf"))
        load_offices(folder)

    with built_app.app_context():
        return kept_rows(fill)


@pytest.fixture
def few(app, few_rows):
    put_back(few_rows)


def office(slug):
    return db.session.scalars(select(Office).where(Office.slug == slug)).one()


def slugs(text, **filters):
    return [found.slug for found in find_offices(text, **filters)]


def borough(name):
    return next(each for each in all_districts() if each.name == name)


def form_of(soup):
    return {
        control["name"]: control.get("value", control.get_text()).strip()
        for control in soup.select("#office-form input, #office-form textarea")
        if control["name"] != "csrf_token"
    } | {
        select["name"]: select.select_one("option[selected]")["value"]
        for select in soup.select("#office-form select")
    }


def test_loading_twice_adds_nothing(leipzig):
    assert load_offices() == 0
    assert len(db.session.scalars(select(Trap.id)).all()) >= 8


def test_loading_again_keeps_what_people_changed(leipzig):
    office("tiefbau").duties = "Neu geschrieben."
    db.session.commit()
    load_offices()
    db.session.commit()
    assert office("tiefbau").duties == "Neu geschrieben."


@pytest.mark.parametrize(
    ("said", "slug"),
    [
        ("vor unserer Haustür liegt eine alte Matratze", "stadtreinigung"),
        ("SPIELPLATZ kaputt", "stadtgruen"),
        ("Baenke", "stadtgruen"),
        ("wohin mit leerem Grundstück", "liegenschaften"),
        ("wir wollen eine Wand bunt bemalen", "graffiti"),
        ("يوجد قمامة في الشارع", "stadtreinigung"),
    ],
)
def test_everyday_words_find_the_office(leipzig, said, slug):
    assert slug in slugs(said)[:3]


@pytest.mark.parametrize("said", ["xyzzy", "%", "_", "🙂", "\\"])
def test_words_nobody_knows_find_nothing(leipzig, said):
    assert slugs(said) == []


def test_a_borough_leaves_out_the_others_and_puts_its_own_first(leipzig):
    found = slugs("", borough=borough("Nordost"))
    assert {"beirat-nordost", "qm-schoenefeld", "qm-mockau"} == set(found[:3])
    assert "beirat-ost" not in found
    assert "tiefbau" in found


def test_a_kind_leaves_only_its_offices(leipzig):
    assert len(slugs("", kind="beirat")) == 12


@pytest.mark.parametrize(
    ("said", "traps"),
    [
        ("Wir wünschen uns eine Bank", ["bank"]),
        ("Parkbänke und Bänke", ["bank"]),
        ("Mein Bankkonto ist leer", []),
        ("hier gilt Tempo 50, ich will verkehrsberuhigte Straßen", ["tempo"]),
        ("Open Air im Hof", ["fest"]),
        ("", []),
    ],
)
def test_everyday_words_raise_the_deciding_question(leipzig, said, traps):
    assert [trap.slug for trap in traps_for(said)] == traps


def test_an_office_knows_the_traps_it_is_part_of(leipzig):
    assert {trap.slug for trap in traps_of(office("marktamt"))} == {"fest"}


def test_an_entry_needs_a_check_after_180_days(few):
    entry = office("tiefbau")
    assert not rules.needs_check(entry, entry.checked_on + timedelta(days=180))
    assert rules.needs_check(entry, entry.checked_on + timedelta(days=181))


def test_the_list_shows_all_offices_with_few_statements(leipzig, visitor, count_queries):
    count_queries.clear()
    page = visitor.visit("/ansprechstellen/?q=bank&bezirk=2")
    assert len(count_queries) <= 6
    assert page.select_one("#office-list .card__title")
    assert len(visitor.visit("/ansprechstellen/").select(".card__title")) == len(find_offices())


def test_a_search_says_how_people_put_it_and_asks_the_deciding_question(few, visitor):
    page = visitor.visit("/ansprechstellen/?q=bank")
    assert "Steht die Bank auf dem Gehweg oder im Park?" in page.text
    assert page.select_one("#office-list q")


def test_the_list_alone_answers_live_search(few, visitor):
    fragment = visitor.visit("/ansprechstellen/?q=garten", target="office-list")
    assert fragment.select_one("#office-list")
    assert not fragment.select("h1")


def test_nothing_found_says_what_to_do_next(few, visitor):
    page = visitor.visit("/ansprechstellen/?q=xyzzy")
    assert "Stadtbüro" in page.text
    assert page.select_one("#office-list a[href='/ideen/neu']")


@pytest.mark.parametrize("query", ["q=%00%E2%80%AE", "bezirk=99&art=nix", "q=" + "a" * 5000])
def test_odd_addresses_are_answered_calmly(few, visitor, query):
    visitor.visit(f"/ansprechstellen/?{query}")


def test_an_office_page_tells_duty_source_day_and_what_to_clarify(few, visitor):
    entry = office("tiefbau")
    page = visitor.visit("/ansprechstellen/tiefbau")
    for told in (entry.duties, entry.first_question, entry.bring, "22. November 2026"):
        assert told in page.text
    assert page.select_one(f"a[href='{entry.source_url}']")
    assert "Hier bist du richtig." in page.text
    assert page.select_one("a[href='/ansprechstellen/stadtgruen']")
    assert page.select_one("[lang=ar][dir=rtl]")
    assert not page.select("#office-check form")


def test_an_unknown_office_is_not_found(few, visitor):
    assert visitor.get("/ansprechstellen/gibt-es-nicht").status_code == 404


def test_an_unconfirmed_entry_says_so(few, visitor):
    office("tiefbau").evidence = "general"
    db.session.commit()
    assert "noch nicht bestätigt" in visitor.visit("/ansprechstellen/tiefbau").text


def test_an_old_entry_carries_a_note_in_list_and_page(few, visitor):
    office("tiefbau").checked_on = clock.today() - timedelta(days=181)
    db.session.commit()
    for path in ("/ansprechstellen/tiefbau", "/ansprechstellen/?q=schlagloch"):
        assert "zuletzt geprüft vor mehr als 180 Tagen" in visitor.visit(path).text


def test_a_resident_cannot_edit_or_confirm(few, as_user, ada):
    assert as_user(ada).get("/ansprechstellen/tiefbau/bearbeiten").status_code == 403
    assert as_user(ada).post("/ansprechstellen/tiefbau/geprueft").status_code == 403


def test_a_coordinator_confirms_an_entry_today(few, as_user, cem):
    office("tiefbau").checked_on = clock.today() - timedelta(days=300)
    db.session.commit()
    page = as_user(cem).submit("/ansprechstellen/tiefbau/geprueft", target="office-check")
    assert office("tiefbau").checked_on == clock.today()
    assert "180 Tagen" not in page.text


@pytest.mark.parametrize("editor", ["cem", "eve"])
def test_coordinators_and_administrators_edit_an_entry(few, as_user, request, editor):
    browser = as_user(request.getfixturevalue(editor))
    form = form_of(browser.visit("/ansprechstellen/tiefbau/bearbeiten"))
    form |= {"duties": "Zeile eins.\nZeile zwei.", "area": "ost\nVolkmarsdorf", "short_name": ""}
    form["everyday"] = "Gulli klappert\nPflaster locker\nEcke dunkel\nen: loose manhole"
    page = browser.submit("/ansprechstellen/tiefbau/bearbeiten", **form)
    assert "Zeile eins. Zeile zwei." in page.text
    entry = office("tiefbau")
    assert entry.area == ["Ost", "Volkmarsdorf"]
    assert entry.everyday_other == {"en": ["loose manhole"]}
    assert entry.checked_on == clock.today()
    assert slugs("gulli") == slugs("loose manhole") == ["tiefbau"]


def test_saving_an_unchanged_entry_changes_nothing_but_the_day(few, as_user, cem):
    entry = office("stadtgruen")
    before = (entry.name, entry.duties, entry.everyday, entry.everyday_other, entry.area)
    browser = as_user(cem)
    form = form_of(browser.visit("/ansprechstellen/stadtgruen/bearbeiten"))
    browser.submit("/ansprechstellen/stadtgruen/bearbeiten", **form)
    entry = office("stadtgruen")
    assert (entry.name, entry.duties, entry.everyday, entry.everyday_other, entry.area) == before


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "Der Name fehlt"),
        ("name", "   ", "Der Name fehlt"),
        ("duties", " \n ", "wofür die Stelle da ist"),
        ("name", "Leipziger Verkehrsbetriebe (LVB)", "gibt es schon"),
        ("duties", "Ruf an: 0341 123456", "ohne E-Mail-Adresse und Telefonnummer"),
        ("bring", "Schreib an a@example.org", "ohne E-Mail-Adresse und Telefonnummer"),
        ("duties", "x" * 1501, "höchstens 1500"),
        ("first_question", "böse\u202eewh", "Steuerzeichen"),
        ("area", "Dresden", "gibt es nicht: Dresden"),
        ("everyday", "nur\nzwei", "Mindestens drei Zeilen"),
        ("everyday", "a eins\nb zwei\nc drei\nxx: what", "Sprachkürzel"),
        ("source_url", "javascript:alert(1)", "Adresse"),
        ("website", "kein Link", "Adresse"),
        ("kind", "geheim", "Möglichkeiten"),
    ],
)
def test_wrong_input_is_explained_and_kept(few, as_user, cem, field, value, message):
    browser = as_user(cem)
    form = form_of(browser.visit("/ansprechstellen/tiefbau/bearbeiten")) | {field: value}
    page = browser.submit("/ansprechstellen/tiefbau/bearbeiten", status=422, **form)
    assert message in page.select_one(".error-summary").text
    if field not in ("kind", "name") and "\u202e" not in value and value.strip():
        control = page.select_one(f"[name={field}]")
        assert value in (control.get("value", ""), control.get_text().lstrip("\r\n"))


def test_the_second_of_two_editors_hears_that_somebody_was_faster(few, as_user, cem, dora):
    form = form_of(as_user(dora).visit("/ansprechstellen/tiefbau/bearbeiten"))
    actions.confirm_office(office("tiefbau"))
    db.session.commit()
    form["bring"] = "Mein Text"
    page = as_user(dora).submit("/ansprechstellen/tiefbau/bearbeiten", status=422, **form)
    assert "inzwischen geändert" in page.text
    assert "Mein Text" in page.text
    assert office("tiefbau").bring != "Mein Text"


def test_what_people_typed_is_never_executed(few, as_user, cem):
    browser = as_user(cem)
    form = form_of(browser.visit("/ansprechstellen/tiefbau/bearbeiten"))
    form["duties"] = "<script>alert(1)</script> und mehr"
    page = browser.submit("/ansprechstellen/tiefbau/bearbeiten", **form)
    assert "<script>alert(1)" in page.text
    assert not page.select("script:not([src])")

"""Places: what people type leads to Ortsteile."""

import pytest
from sqlalchemy import func, select

from portal.extensions import db
from portal.places.loading import load_places
from portal.places.models import Borough, District, DistrictAlias
from portal.places.queries import all_districts, find_districts
from portal.places.rules import fold


def names(text):
    return [district.name for district in find_districts(text)]


def test_leipzig_has_10_boroughs_and_63_districts(places):
    boroughs = all_districts()
    assert [borough.name for borough in boroughs][:3] == ["Mitte", "Nordost", "Ost"]
    assert sum(len(borough.districts) for borough in boroughs) == 63


def test_loading_twice_changes_nothing(places):
    before = db.session.scalars(select(DistrictAlias.id).order_by(DistrictAlias.id)).all()
    load_places()
    db.session.commit()
    assert db.session.scalars(select(DistrictAlias.id).order_by(DistrictAlias.id)).all() == before
    assert db.session.scalar(select(func.count()).select_from(District)) == 63


def test_loading_again_corrects_a_name_and_drops_what_left_the_file(places):
    mitte = db.session.scalars(select(Borough).where(Borough.code == "0")).one()
    mitte.name = "Falsch"
    some = db.session.scalars(select(District.id).order_by(District.id)).first()
    db.session.add(DistrictAlias(name="Altes Wort", key="altes wort", district_id=some))
    db.session.commit()
    load_places()
    db.session.commit()
    assert mitte.name == "Mitte"
    assert names("Altes Wort") == []


@pytest.mark.parametrize("typed", ["Grünau-Nord", "grünau-nord", "Gruenau Nord", "GRUNAU-NORD"])
def test_capitals_and_umlauts_do_not_matter(places, typed):
    assert names(typed) == ["Grünau-Nord"]


@pytest.mark.parametrize(
    ("typed", "districts"),
    [
        ("Reudnitz", ["Reudnitz-Thonberg"]),
        ("Eisenbahnstr.", ["Neustadt-Neuschönefeld", "Volkmarsdorf"]),
        ("Eisenbahnstrasse 80", ["Neustadt-Neuschönefeld", "Volkmarsdorf"]),
        ("Schönefeld", ["Schönefeld-Abtnaundorf", "Schönefeld-Ost"]),
        ("Schönefeld-Ost", ["Schönefeld-Ost"]),
        ("am Lindenauer Markt", ["Altlindenau", "Lindenau"]),
        ("Vor dem Haus in Volkmarsdorf fehlt Schatten", ["Volkmarsdorf"]),
        ("unser Plagwitzer Hof", ["Plagwitz"]),
        ("erst Connewitz, dann Gohlis-Süd", ["Connewitz", "Gohlis-Süd"]),
        ("auf dem Mond", []),
        ("", []),
        ("\x00%_'", []),
    ],
)
def test_everyday_names_lead_to_districts(places, typed, districts):
    assert names(typed) == districts


@pytest.mark.parametrize("sentence", ["Wir wahren den Frieden", "ein Markt mit Adler und Zoo"])
def test_ordinary_words_are_not_taken_for_places(places, sentence):
    assert names(sentence) == []


@pytest.mark.parametrize("typed", ["Wahren", "ich wohne in Wahren"])
def test_an_ordinary_word_alone_or_after_in_is_a_place(places, typed):
    assert names(typed) == ["Wahren"]


def test_each_district_knows_its_borough_and_area(places):
    (district,) = find_districts("Schönefeld-Ost")
    assert (district.borough.name, district.area) == ("Nordost", "ost")


def test_a_very_long_text_is_read_at_its_beginning(places):
    assert names("Thekla " + "und so weiter " * 50_000) == ["Thekla"]


def test_folding_twice_is_folding_once():
    for text in ["Straße des 18. Oktober", "Könneritzstr. 5", "شارع", "ÄÖÜß"]:
        assert fold(fold(text)) == fold(text)

"""Ages of children read from plain text: little, but rightly."""

import numpy as np
import pytest

from matching.ages import ADULT, ages
from matching.facts import ROW, ages_meet, compare, facts_of


def _cannot(one: str, other: str) -> bool:
    return bool(compare(facts_of("", one), np.array([facts_of("", other)], ROW)).cannot[0])


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("Ich bin Mutter eines Achtjährigen", {8}),
        ("Mam 8-letnią córkę", {8}),
        ("Meine Kinder sind 3 und 7 Jahre alt", {3, 7}),
        ("My kids are 4 and 14 years old", {4, 14}),
        ("Nachhilfe für die 5. bis 10. Klasse", {10, 11, 12, 13, 14, 15, 16}),
        ("Erst- bis Drittklässler", {6, 7, 8, 9}),
        ("Drei- bis Siebenjährige", {3, 4, 5, 6, 7}),
        ("Gruppen ab sechzehn Jahren", {16, 17, 18, ADULT}),
        ("Mitspielende ab 17 und Ideen", {17, 18, ADULT}),
        ("Kindern von einem bis vier Jahren", {1, 2, 3, 4}),
        ("Menschen zwischen 16 und 99 Jahren", {16, 17, 18, ADULT}),
        ("Leute zwischen 16 und 20", {16, 17, 18, ADULT}),
        ("für alle von 6 bis 8", {6, 7, 8}),
        ("Kinder (6-8 Jahre)", {6, 7, 8}),
        ("nur Kinder unter drei, samstags", {0, 1, 2, 3}),
        ("Mit Kindern ab siebzehn übe ich", {17, 18, ADULT}),
        ("Vier- und Fünfjährigen", {4, 5}),
        ("12- bis 14-Jährige, montags", {12, 13, 14}),
        ("unser 8jähriger liebt loks", {8}),
        ("Kids over sixteen", {16, 17, 18, ADULT}),
        ("children under 3", {0, 1, 2, 3}),
        ("дети от 6 до 8 лет", {6, 7, 8}),
        ("dzieci od 6 do 8 lat", {6, 7, 8}),
        ("copii între 6 și 8 ani", {6, 7, 8}),
        ("6-8 yaş arası çocuklar", {6, 7, 8}),
        ("کودکان ۶ تا ۸ سال", {6, 7, 8}),
        ("từ ba đến năm tuổi cho các bé", {3, 4, 5}),
        ("bé tám tuổi", {8}),
        ("bọn mười sáu tuổi", {16}),
        ("oğlan 9 yaşında", {9}),
        ("zarokên 8 salî", {8}),
        ("our six year old", {6}),
        ("Meine Tochter (9)", {9}),
        ("mein sohn ist 7 jahre alt", {7}),
        ("der achtjährige Sohn", {8}),
        ("Zweite Klasse, Schulgarten", {7, 8}),
        ("neunten Klasse", {14, 15}),
        ("unsere Achtklässler", {13, 14}),
        ("Kinder ab 17. Wir warten", {17, 18, ADULT}),
        ("5-летний сын", {5}),
        ("بچه ۸ ساله", {8}),
        ("betreuung f 8-10 jährige samstag", {8, 9, 10}),
        ("Gruppe ab 17 Jahren", {17, 18, ADULT}),
        ("Kindergeburtstage von fünf bis sieben Jahren", {5, 6, 7}),
    ],
)
def test_ages_are_read_where_they_are_said(text, about):
    assert ages(text).about == about


@pytest.mark.parametrize(
    "text",
    [
        "Kinderturnen von 15 bis 17 Uhr",
        "Kinderbetreuung von 9 bis 12 Uhr",
        "Wir treffen uns alle von 9 bis 12",
        "Kids from 4 to 6 pm",
        "Kindertreff ab 15:30 Uhr",
        "Kinderflohmarkt ab 10.00 Uhr",
        "Meldet euch alle bis 15. März",
        "Ich transportiere alles bis 15 Kilo",
        "Kinderfahrräder ab 12 Zoll",
        "Kindergruppe bis 12 Personen",
        "Kinderkleidung ab 3,50 Euro",
        "Leute ab 8. Etage",
        "People from 12 countries",
        "U 15 nach Spandau",
        "Wir sind 15+ Leute",
        "Ich habe über 15 Jahre Erfahrung",
        "Ich arbeite über zehn Jahre als Köchin",
        "over 10 years of experience",
        "10+ Jahre Erfahrung",
        "Seit 2-3 Jahren wohne ich hier",
        "10 bis 15 Jahre als Koch gearbeitet",
        "bis zu 5 Jahren Haft",
        "Mieszkam tu od 5 lat",
        "10-15 lat temu",
        "опыт от 5 лет",
        "від 10 років досвіду",
        "Stau aici de 2-3 ani",
        "۲ تا ۳ سال است که اینجا زندگی می\u200cکنم",
        "Nicht für Kinder unter 6 Jahren",
        "Kinder unter 6 Jahren können wir leider nicht aufnehmen",
        "Wir nehmen keine Kinder ab 12 Jahren",
        "Helfer ab 18 Jahren gesucht",
        "Spieleabend 18+",
        "Ich bin über 18 Jahre alt und kann babysitten",
        "Ich bin über 15 Jahre alt",
        "Ich gehe in die 9. Klasse und helfe gern",
        "16-jährige Schülerin hilft",
        "Em 16 tuổi",
        "15 yaşındayım",
        "Geräte, die höchstens zehn Jahre alt sind",
        "Mein Fahrrad ist 8 Jahre alt",
        "Unser Verein ist 15 Jahre alt",
        "fünfjährige Garantie",
        "zweijährige Pflanzen",
        "dreijährige berufliche Ausbildung",
        "Kinder von 15 bis 17 Uhr",
        "Kinder ab 9 Uhr willkommen",
        "Kinder bis 17 Uhr betreut",
        "Kinder über 10 Minuten",
        "Leute ab 60",
        "Ich war dreißig Jahre Tischler",
        "Ich bin 52",
        "Bin in der 9. Klasse, skate gern",
        "10-jähriges Jubiläum",
        "Eighty-one-year-old gentleman",
        "ab 12 Uhr",
        "Kinder ab 3 Euro",
        "nach zwei bis drei Jahren Pause",
        "Seit 2-3 Jahren wohne ich hier mit meinen Kindern",
        "мне 15 лет",
        "Für Familien mit Kindern: 10 bis 12 Euro",
        "Jungs am 5. Mai",
        "Kinder ab 15. April",
        "Mädchen bis 3 Tage krank",
        "Gruppen ab 10 Personen",
        "Gruppen bis zehn Leute",
        "Bus 4 bis 6 Uhr mit Kindern",
    ],
)
def test_hours_prices_durations_things_and_own_ages_are_no_ages(text):
    assert not ages(text).about


@pytest.mark.parametrize(
    ("wanted", "offered", "conflict"),
    [
        ("löten mit 9-jährigen", "Happy to work with kids over twelve", True),
        ("löten mit 13-jährigen", "Happy to work with kids over twelve", False),
        ("Vorlesen für die 5. Klasse", "Ich lese den Drei- bis Siebenjährigen vor", True),
        ("Gruppe für Kinder von 6 bis 10", "Bin in der 9. Klasse und helfe gern", False),
        ("Unser Fünfjähriger", "Ich habe mit Achtjährigen gebastelt", False),
        ("Ich bin 52 und baue gern", "Wir bauen mit Kindern von 7 bis 13", False),
        ("Turnen für unsere Tochter (8)", "Kinderturnen von 15 bis 17 Uhr", False),
        ("Spielgruppe für unsere Tochter (4)", "Nicht für Kinder unter 6 Jahren", False),
        ("Babysitter für unsere Tochter (8)", "Über 15 Jahre Erfahrung als Erzieherin", False),
    ],
)
def test_an_age_nobody_takes_is_noticed(wanted, offered, conflict):
    assert _cannot(wanted, offered) is conflict
    assert _cannot(offered, wanted) is conflict


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("Unsere Achtjährige", "Wir nehmen Kinder von 6 bis 10 Jahren", True),
        ("Unsere Achtjährige", "Meine Achtjährige auch", False),
        (
            "Unsere Achtjährige kommt. Danach gibt es etwas für Jugendliche ab 14 Jahren.",
            "Wir nehmen Kinder von 6 bis 10 Jahren",
            False,
        ),
        ("Wir suchen Leute", "Wir nehmen Kinder von 6 bis 10 Jahren", False),
    ],
)
def test_ages_meet_where_one_side_takes_whom_the_other_is_about(one, other, meet):
    assert ages_meet(facts_of("", one), facts_of("", other)) is meet
    assert ages_meet(facts_of("", other), facts_of("", one)) is meet

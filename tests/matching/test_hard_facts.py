"""Times, exclusions and ends are read where they are said outright, and nowhere else."""

import pytest

from matching import Document, Matcher
from matching.exclusions import exclusions, without_exclusions
from matching.states import is_finished
from matching.times import AFTERNOON, EVENING, MORNING, times
from tests.matching.said import cannot


@pytest.mark.parametrize(
    ("wanted", "offered", "conflict"),
    [
        ("Wir treffen uns abends", "Vormittags fast immer da, abends nicht.", True),
        ("Wir treffen uns vormittags", "Vormittags fast immer da, abends nicht.", False),
        ("Am Samstag ist Umzug", "Nur unter der Woche habe ich frei.", True),
        ("Am Samstag ist Umzug", "Ich habe einen Transporter.", False),
        ("Nach 18 Uhr, vorher arbeiten alle", "من يساعد؟ عندي وقت مساء", False),
        ("In the morning, please", "Вечером могу помочь", True),
        ("On weekends only", "Am Wochenende gern", False),
        ("Der Antrag muss bis Freitag fertig sein", "Nur am Wochenende", False),
        ("Nur mittwochs nachmittags", "Dienstags und freitags vormittags habe ich frei", True),
        ("Freitag um zehn Uhr", "Dienstags und freitags vormittags habe ich frei", False),
        ("Mittwoch früh um acht", "Werktags arbeite ich und kann leider gar nicht", True),
        ("Mittwochs um halb fünf", "Ab 15 Uhr habe ich frei", False),
        ("Donnerstag Nachmittag", "Montag bis Freitag von 14 bis 16 Uhr", False),
        ("У середу після обіду", "Ich kann nur samstags", True),
        ("Роза у суботу вранці", "Cumartesi sabah boşum", False),
        ("دوشنبه صبح", "Nur online, nach 19 Uhr", True),
        ("Sâmbătă dimineața", "Şemî sibehê dikarim werim", False),
        ("Das Brett ist am Meer angespült worden", "Ich habe abends Zeit", False),
        ("Sie können nicht lesen und wollen es vormittags lernen", "Vormittags, gern", False),
    ],
)
def test_times_that_cannot_meet_are_noticed(wanted, offered, conflict):
    assert cannot(wanted, offered) is conflict


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("Dienstag um acht", {(1, MORNING), (1, EVENING)}),
        ("dienstags um halb vier", {(1, AFTERNOON)}),
        ("Sunday at 3 pm", {(6, AFTERNOON)}),
        ("Donnerstag 9 Uhr", {(3, MORNING)}),
        ("Montags 19.30 Uhr", {(0, EVENING)}),
        ("Sunday at 12 pm", {(6, AFTERNOON)}),
        ("Monday 9 am, please", {(0, MORNING)}),
        ("mittwochs bis freitags abends", {(2, EVENING), (3, EVENING), (4, EVENING)}),
        ("Das Spiel ist für 4 am Tisch", set()),
        ("Wir kümmern uns um drei Hochbeete", set()),
        ("Nach zwei Jahren in der Stadt", set()),
        ("ab 18 Jahren", set()),
        ("ab 2025 wieder offen", set()),
        ("охрана окружающей среды", set()),
        ("Locuiesc aici de trei luni", set()),
        ("Ich komme aus Mardin", set()),
        ("Freitag, 20 Leute", {(4, MORNING), (4, AFTERNOON), (4, EVENING)}),
        ("jede Woche, 20 Leute", set()),
    ],
)
def test_days_and_hours_are_read_as_days_and_parts_of_days(text, slots):
    assert times(text).named == slots


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Freitags habe ich leider keine Zeit.", 4),
        ("Am Wochenende bin ich leider nicht da.", 5),
        ("Я не могу в субботу.", 5),
        ("Не можу в суботу.", 5),
        ("Nu pot sâmbăta.", 5),
        ("Nie mam czasu w piątek.", 4),
        ("I can’t on Fridays.", 4),
    ],
)
def test_a_day_somebody_has_no_time_is_ruled_out(text, day):
    found = times(text)
    assert (day, EVENING) in found.excluded
    assert not found.named


@pytest.mark.parametrize(
    "text",
    [
        "Meine Mutter kann nicht mehr laufen.",
        "Die Lampe funktioniert nicht.",
        "Es gibt keinen Platz zum Spielen.",
        "Ich weiß nicht, wo ich fragen soll.",
        "Mit dem Rollstuhl komme ich nicht über die Kante.",
    ],
)
def test_a_need_that_says_what_is_missing_rules_nothing_out(text):
    assert exclusions(text) == []
    assert without_exclusions(text) == text


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Ich gestalte Plakate. Posten ist nichts für mich.", "Ich gestalte Plakate."),
        ("Kein Verein, sondern einfach zusammen kicken", "einfach zusammen kicken"),
        ("Die Wand soll weiß werden. Kunst brauchen wir keine", "Die Wand soll weiß werden."),
        ("Kinder sind nichts für mich.", "Kinder sind nichts für mich."),
    ],
)
def test_what_is_ruled_out_does_not_count_as_content(text, rest):
    assert without_exclusions(text) == rest


def test_an_offer_is_not_found_by_what_it_rules_out():
    electrician = Document(1, "person", "Elektriker", "Lampen gern. Toaster repariere ich nicht.")
    tinkerer = Document(2, "person", "Bastler", "Ich repariere Toaster und Radios.")
    matcher = Matcher("none").fit([electrician, tinkerer])
    found = matcher.search("Wer repariert einen Toaster?")
    assert [match.id for match in found] == [2]


def test_an_offer_at_the_wrong_time_comes_last():
    early = Document(1, "person", "Tischler", "Ich baue Bänke, nur vormittags.")
    late = Document(2, "person", "Tischlerin", "Ich baue Bänke, am liebsten abends.")
    matcher = Matcher("none").fit([early, late])
    scores = dict(matcher.rank("Abends eine Bank bauen"))
    assert scores[2] > 1.5 * scores[1]


@pytest.mark.parametrize(
    ("text", "finished"),
    [
        ("Fische und Gemüse in einem Kreislauf. Abgeschlossen; Erfahrungen liegen vor.", True),
        ("Wir bauten Beete. Das Projekt ist beendet.", True),
        ("Das Projekt ist seit 2023 erfolgreich abgeschlossen.", True),
        ("Das Projekt ist noch nicht abgeschlossen.", False),
        ("Abgeschlossen, Erfahrungen geben wir weiter.", True),
        ("We ran a café. Finished.", True),
        ("Wer eine Lehre abgeschlossen hat, hilft Jüngeren.", False),
        ("Wir helfen, wenn der Betrieb eingestellt wird.", False),
    ],
)
def test_what_is_over_says_so(text, finished):
    assert is_finished(text) is finished


def test_a_finished_team_takes_no_offer_but_its_know_how_is_found():
    over = Document(1, "team", "Lastenrad", "Wir verliehen Lastenräder. Abgeschlossen.")
    matcher = Matcher("none").fit([over])
    assert [match.id for match in matcher.search("Lastenräder verleihen")] == [1]
    assert matcher.search("Ich könnte Lastenräder verleihen", offer=True) == []
    assert matcher.rank("Ich könnte Lastenräder verleihen", offer=True) == []


def test_where_the_best_is_ruled_out_the_second_best_fits_less_than_it_seemed():
    joiner = Document(1, "person", "Tischler", "Ich baue Bänke aus Holz, nur vormittags.")
    other = Document(2, "person", "Gärtnerin", "Ich sitze gern auf einer Bank im Garten.")
    pair = Matcher("none").fit([joiner, other])
    alone = Matcher("none").fit([other])
    query = "Abends Bänke aus Holz bauen"
    assert dict(pair.rank(query))[2] < dict(alone.rank(query))[2]
    assert dict(pair.rank("Bänke aus Holz bauen"))[1] > dict(pair.rank(query))[1]


def test_who_is_ruled_out_takes_nothing_from_who_fits_better_or_from_other_kinds():
    matcher = Matcher("none").fit(
        [
            Document(1, "person", "Tischlerin", "Ich baue Bänke aus Holz, am liebsten abends."),
            Document(2, "person", "Gärtner", "Ich sitze vormittags auf einer Bank."),
            Document(3, "team", "Bankgruppe", "Eine Bank für jeden Platz."),
        ]
    )
    before = dict(matcher.rank("Abends Bänke aus Holz bauen"))
    matcher.remove(2)
    assert dict(matcher.rank("Abends Bänke aus Holz bauen"))[1] == before[1]
    matcher.add(Document(4, "person", "Tischler", "Abends nie. Bänke aus Holz bauen."))
    assert dict(matcher.rank("Abends Bänke aus Holz bauen"))[3] == before[3]


def test_who_names_the_wanted_age_loses_nothing_and_comes_before_whom_it_rules_out():
    older = Document(1, "team", "Löten lernen", "Wir löten mit Kindern ab 12 Jahren.")
    younger = Document(2, "team", "Kleine Lampen", "Kinder ab 8 Jahren löten bei uns Lampen.")
    query = "Unsere Neunjährige will löten lernen, mit anderen Kindern"
    both = dict(Matcher("none").fit([older, younger]).rank(query))
    alone = dict(Matcher("none").fit([older, younger]).score(query, [2]))
    assert both[2] == alone[2]
    assert both[2] > both[1]


def test_a_finished_team_that_fits_best_leaves_little_for_the_rest():
    over = Document(1, "team", "Lastenrad", "Wir verleihen Lastenräder. Abgeschlossen.")
    other = Document(2, "team", "Radweg", "Wir zählen Räder auf dem Radweg.")
    query = "Ich könnte Lastenräder verleihen"
    matcher = Matcher("none").fit([over, other])
    assert dict(matcher.rank(query, offer=True))[2] < dict(matcher.rank(query))[2]

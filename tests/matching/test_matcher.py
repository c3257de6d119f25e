"""The matcher from outside: who is found, in which order, and with which reasons."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import GOOD, LABELS, VERY_GOOD, Document, Matcher, NotFittedError, Term, highlight

GARDEN = Document("garden", "team", "Gemeinschaftsgarten", "Wir bauen zusammen Gemüse an.")
BIKES = Document("bikes", "team", "Radwerkstatt", "Samstags flicken wir Fahrräder im Hof.")
CHOIR = Document("choir", "team", "Chor im Hof", "Wir singen zusammen, Noten sind nicht nötig.")
PARKS = Document("parks", "office", "Amt für Parks", "Pflegt Bäume, Bänke und Wiesen im Park.")
ALL = [GARDEN, BIKES, CHOIR, PARKS]


@pytest.fixture(scope="module")
def matcher():
    return Matcher(encoders="none").fit(ALL)


def ids(matches):
    return [match.id for match in matches]


def test_a_text_finds_the_document_that_shares_its_words(matcher):
    assert ids(matcher.search("Wer repariert mein Fahrrad?"))[0] == "bikes"


def test_a_document_finds_itself_first(matcher):
    for document in ALL:
        assert matcher.rank(f"{document.title} {document.text}")[0][0] == document.id


def test_kinds_and_exclusions_are_kept(matcher):
    assert ids(matcher.search("Bäume im Park", kinds={"team"})) == []
    assert ids(matcher.search("Bäume im Park", kinds={"office"})) == ["parks"]
    assert ids(matcher.search("Bäume im Park", exclude={"parks"})) == []


def test_at_most_k_matches_come_back_best_first(matcher):
    found = matcher.search("Garten, Fahrräder, singen im Hof", k=2)
    assert len(found) == 2
    assert found[0].score >= found[1].score
    assert matcher.search("Garten", k=0) == []


def test_nothing_fitting_is_an_empty_list(matcher):
    assert matcher.search("Quantenchromodynamik") == []
    assert matcher.search("") == []
    assert matcher.search("und oder aber") == []


def test_every_match_has_a_label_and_a_reason(matcher):
    for match in matcher.search("Garten im Hof, Fahrräder im Park", k=10):
        assert match.label in LABELS
        assert match.reasons


def test_a_stronger_label_can_be_asked_for(matcher):
    weak = matcher.search("Hof", k=10)
    strong = matcher.search("Hof", k=10, min_label=VERY_GOOD)
    assert set(ids(strong)) <= set(ids(weak))
    assert all(match.label == VERY_GOOD for match in strong)
    assert all(m.label in {VERY_GOOD, GOOD} for m in matcher.search("Hof", min_label=GOOD))
    with pytest.raises(ValueError, match="label"):
        matcher.search("Hof", min_label="prima")


def test_reasons_name_the_words_as_both_sides_wrote_them(matcher):
    (reason,) = matcher.search("Mein FAHRRAD hat einen Platten")[0].reasons
    assert reason.kind == "words"
    assert reason.terms == ("FAHRRAD",)
    assert reason.document_terms == ("Fahrräder",)
    assert reason.document_sentence == "Samstags flicken wir Fahrräder im Hof."


def test_a_shared_part_of_a_compound_is_named_with_its_word():
    beds = Document(2, "team", "Beete", "Ein Garten für die Gemeinschaft.")
    matcher = Matcher(encoders="none").fit([beds, CHOIR, BIKES, GARDEN])
    match = next(m for m in matcher.search("Wir wollen einen Garten", k=5) if m.id == "garden")
    (term,) = match.reasons[0].document_terms
    assert (term.word, term.part) == ("Gemeinschaftsgarten", "garten")


def test_stop_words_are_never_a_reason(matcher):
    found = matcher.search("Wir wollen zusammen mit der Nachbarin im Hof singen", k=10)
    terms = {term for match in found for reason in match.reasons for term in reason.terms}
    assert terms
    assert not terms & {"Wir", "mit", "der", "im"}


def test_the_order_of_documents_does_not_matter():
    query = "Garten und Fahrräder im Hof"
    expected = dict(Matcher(encoders="none").fit(ALL).rank(query))
    shuffled = list(ALL)
    random.Random(3).shuffle(shuffled)
    found = dict(Matcher(encoders="none").fit(shuffled).rank(query))
    assert found == pytest.approx(expected, abs=1e-6)


def test_of_two_documents_with_one_id_the_last_counts():
    old = Document("garden", "team", "Alt", "Etwas anderes.")
    matcher = Matcher(encoders="none").fit([old, *ALL])
    assert len(matcher) == len(ALL)
    assert ids(matcher.search("Gemeinschaftsgarten")) == ["garden"]


def test_a_matcher_without_documents_answers_nothing():
    assert Matcher(encoders="none").fit([]).search("Garten") == []


def test_an_unfitted_matcher_says_so():
    with pytest.raises(NotFittedError):
        Matcher(encoders="none").search("Garten")


def test_an_added_document_is_found_at_once_and_a_removed_one_never():
    matcher = Matcher(encoders="none").fit(ALL)
    matcher.add(Document("repair", "team", "Reparaturcafé", "Toaster und Radios retten."))
    assert ids(matcher.search("Mein Toaster ist kaputt")) == ["repair"]
    matcher.add(Document("repair", "team", "Nähcafé", "Kleider retten."))
    assert matcher.search("Mein Toaster ist kaputt") == []
    assert ids(matcher.search("Nähcafé")) == ["repair"]
    matcher.remove("repair")
    matcher.remove("repair")
    assert matcher.search("Nähcafé") == []
    assert len(matcher) == len(ALL)


def test_nothing_of_a_removed_document_stays_in_memory():
    matcher = Matcher(encoders="none").fit(ALL)
    matcher.remove("bikes")
    words = matcher._lexical.words_.inverted_
    row = [document.id for document in ALL].index("bikes")
    assert not words.data[words.indices == row].any()
    assert all(document is None or document.id != "bikes" for document in matcher._corpus.documents)


def test_many_added_documents_join_the_index(monkeypatch):
    monkeypatch.setattr("matching.lexical._MERGE_ROWS", 3)
    matcher = Matcher(encoders="none").fit([])
    for document in ALL:
        matcher.add(document)
    fitted = Matcher(encoders="none").fit(ALL)
    query = "Fahrräder und Bäume im Park"
    assert ids(matcher.search(query)) == ids(fitted.search(query))


def test_an_indexed_document_searches_for_others_only(matcher):
    found = matcher.search_document("garden", k=10)
    assert "garden" not in ids(found)
    assert "bikes" in ids(matcher.search_document("choir", k=10))
    with pytest.raises(KeyError):
        matcher.search_document("unknown")


def test_scores_of_chosen_documents_ignore_the_threshold(matcher):
    scores = matcher.score("Gemeinschaftsgarten", ["choir", "garden", "unknown"])
    assert set(scores) == {"choir", "garden"}
    assert scores["garden"] > scores["choir"]


@pytest.mark.parametrize(
    "text",
    ["", " ", "\x00", "\x00Garten\x00", "🌳🌳🌳", "በጎ ፈቃደኛ", "\u202e\u2066abc", "\ud800", "%%%",
     "a", "<b>Garten</b>", "wort " * 200_000, "x" * 1_000_000],
    ids=lambda text: repr(text[:12]),
)  # fmt: skip
def test_odd_texts_are_answered_and_indexed(text):
    matcher = Matcher(encoders="none").fit([*ALL, Document("odd", "team", text, text)])
    matcher.add(Document("odder", "team", text, text))
    for match in matcher.search(text, k=20):
        assert 0.0 <= match.score <= 1.0
        assert match.reasons
    assert matcher.rank(text)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_any_two_texts_can_be_compared(query, text):
    matcher = Matcher(encoders="none").fit([Document(1, "x", "", text), GARDEN])
    scores = np.array([score for _, score in matcher.rank(query)])
    assert np.isfinite(scores).all()
    assert [m.reasons for m in matcher.search(query)] == [m.reasons for m in matcher.search(query)]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=8), max_size=3))
def test_highlighted_pieces_joined_are_the_text(text, terms):
    assert "".join(piece for piece, _ in highlight(text, terms)) == text


def test_highlighting_marks_words_and_parts_of_words():
    text = "Der Gemeinschaftsgarten sucht Gärtner:innen"
    terms = [Term("Gemeinschaftsgarten", part="garten"), Term("Gärtner")]
    assert [piece for piece, marked in highlight(text, terms) if marked] == ["garten", "Gärtner"]
    assert highlight("nichts", []) == [("nichts", False)]


def test_the_word_score_of_two_words_is_what_one_computes_by_hand():
    # Two texts of one word each: tf = 1, so every vector has one word entry of length 1.
    matcher = Matcher(encoders="none").fit(
        [Document(1, "x", "", "Apfel"), Document(2, "x", "", "Birne")]
    )
    words, chars = matcher._lexical.cosines("", "Apfel", "de")
    assert words.tolist() == pytest.approx([1.0, 0.0])
    assert chars.tolist() == pytest.approx([1.0, 0.0])
    # "Apfel" and "Tisch" (unknown word, idf log(3/1) + 1 against log(3/2) + 1 of "Apfel").
    known, unknown = np.log(3 / 2) + 1, np.log(3) + 1
    words, _ = matcher._lexical.cosines("", "Apfel Tisch", "de")
    assert words[0] == pytest.approx(known / np.hypot(known, unknown), rel=1e-5)

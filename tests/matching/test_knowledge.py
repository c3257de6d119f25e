"""The knowledge: readable by people, prepared for the encoders, about things and never teams."""

import numpy as np
import pytest

from matching import Document, Matcher, knowledge
from matching.concepts import ConceptSpace
from matching.encoders import load_encoders
from matching.knowledge import (
    KnowledgeError,
    concepts,
    fingerprint,
    outside,
    parse_concepts,
    phrase_concepts,
)
from matching.offsets import learn_offsets, towards_german
from matching.prepared import load_prepared, prepare
from matching.text import clean


def test_a_concept_is_read_as_it_was_written():
    (concept,) = parse_concepts("= key: Title\nw: one, two\nn: A need | Another\no: An offer", "x")
    assert (concept.key, concept.title, concept.words) == ("key", "Title", ("one", "two"))
    assert concept.needs == ("A need", "Another")
    assert concept.phrases == ("Title", "one, two", "A need", "Another", "An offer")


@pytest.mark.parametrize("text", ["n: need without concept", "= no title", "= a: b\nx: what"])
def test_a_line_nobody_can_read_is_named(text):
    with pytest.raises(KnowledgeError, match="file.txt:"):
        parse_concepts(text, "file.txt")


def test_every_concept_says_something_and_keys_are_unique():
    keys = [concept.key for concept in concepts()]
    assert len(set(keys)) == len(keys) >= 150
    assert all(len(concept.phrases) >= 3 for concept in concepts())
    assert len(phrase_concepts()) == sum(len(concept.phrases) for concept in concepts())
    assert 10 <= outside().sum() < len(keys) / 2


def test_every_language_of_the_street_has_phrases_enough_to_know_where_it_lies():
    for offsets in load_prepared().offsets.values():
        assert {"de", "en", "ar", "uk", "ru", "tr", "pl", "vi", "fa", "ro", "ku"} <= set(offsets)
        assert not offsets["de"].any()


def test_what_a_language_adds_to_every_concept_is_taken_out():
    rng = np.random.default_rng(0)
    concept_of = np.repeat(np.arange(30), 4)
    rows = rng.standard_normal((30, 8), dtype=np.float32)[concept_of]
    codes = ["de", None, "tr", "tr"] * 30
    turkish = np.array([code == "tr" for code in codes])
    rows[turkish] += np.float32(2.0)
    offsets = learn_offsets(rows, concept_of, codes)
    assert np.allclose(offsets["tr"], 2.0, atol=1e-5)
    moved = towards_german(rows[turkish], offsets["tr"])
    german = towards_german(rows[~turkish], offsets["de"])
    assert np.allclose(moved, german / np.linalg.norm(german, axis=1, keepdims=True), atol=1e-5)


def test_what_is_prepared_belongs_to_the_knowledge_as_it_is():
    prepared = load_prepared()
    versions = {encoder.name: encoder.version for encoder in load_encoders("auto")[0]}
    assert prepared.versions == versions, "run: python -m matching prepare"
    assert prepared.classifier is not None
    assert prepared.classifier.intercept.shape == (len(concepts()),)
    assert len(prepared.phrases.words_) == len(phrase_concepts())


def test_the_words_of_phrases_weigh_the_same_prepared_and_made_anew():
    phrases = load_prepared().phrases
    concept = concepts()[0]
    words, chars = phrases.cosines("", clean(concept.phrases[-1]), "de")
    at = len(concept.phrases) - 1
    assert words[at] == pytest.approx(1.0, abs=1e-3)
    assert chars[at] == pytest.approx(1.0, abs=1e-2)  # the commonest letters take no part


def test_without_encoders_concepts_still_work_by_words():
    space = ConceptSpace({"e5": "another version"})
    assert space.stale == ("e5",)
    mixture = space.represent("", "Toaster und Mixer sind hin, auch das Radio", "de", {})
    assert concepts()[int(np.argmax(mixture))].key == "geraete"
    assert np.linalg.norm(mixture) == pytest.approx(1.0, abs=1e-5)
    assert not space.represent("", "", None, {}).any()


@pytest.fixture
def write_knowledge(tmp_path, monkeypatch):
    """Return a function that writes other knowledge than the package's."""
    (tmp_path / "concepts").mkdir()
    monkeypatch.setattr(knowledge, "DATA", tmp_path)

    def write(text: str) -> None:
        (tmp_path / "concepts" / "few.txt").write_text(text, encoding="utf-8")
        forget()

    def forget() -> None:
        concepts.cache_clear()
        fingerprint.cache_clear()

    yield write
    forget()


def test_what_was_prepared_from_other_texts_is_not_used(tmp_path, write_knowledge):
    write_knowledge("= chor: Singen\nn: Wer singt mit?\n= !pass: Ausweis\nn: Mein Pass läuft ab")
    prepare([], tmp_path / "prepared.npz")
    found = load_prepared(tmp_path / "prepared.npz")
    assert len(found.phrases.words_) == 4
    assert found.outside.tolist() == [False, True]
    write_knowledge("= chor: Singen\nn: Wer singt mit?")
    (tmp_path / "prepared.npz").rename(tmp_path / "stale.npz")
    assert len(load_prepared(tmp_path / "stale.npz").phrases.words_) == 2


def test_a_need_and_an_offer_meet_in_a_concept_without_sharing_a_word():
    offer = Document(1, "person", "Ingenieur", "Bringe alte Radios und Mixer in Gang.", "de")
    other = Document(2, "person", "Sängerin", "Ich leite Chöre.", "de")
    matcher = Matcher("none").fit([offer, other])
    ranked = matcher.rank("Der Toaster ist tot, wer kann ihn retten?")
    assert ranked[0][0] == 1
    assert ranked[0][1] > ranked[1][1]


def test_what_no_neighbour_can_help_with_scores_lower():
    office = Document(1, "office", "Bürgerbüro", "Auskunft zu allen Anliegen im Stadtteil.", "de")
    matcher = Matcher("none").fit([office])
    assert matcher.search("Mein Reisepass läuft ab, wo bekomme ich einen neuen Ausweis?") == []


@pytest.mark.parametrize(
    "text", ["Bank kaputt", "Hier fehlt eine Bank", "Wer erklärt mir mein Telefon?"]
)
def test_what_neighbours_can_help_with_is_not_taken_for_something_else(text):
    mixture = ConceptSpace({}).represent("", text, "de", {})
    assert (mixture[outside()] ** 2).sum() < 0.2


def test_a_reason_names_the_matter_and_not_a_side_remark():
    offer = "Gebärdensprache und Lautsprache."
    text = f"{offer} Für gute Zwecke übersetze ich zweimal im Jahr an Abenden ohne Honorar."
    matcher = Matcher().fit([Document(1, "person", "Dolmetschen", text)])
    (match,) = matcher.search("Ein gehörloses Paar soll bei der Hausversammlung mitreden können")
    (reason,) = [reason for reason in match.reasons if reason.kind == "meaning"]
    assert reason.document_sentence == offer

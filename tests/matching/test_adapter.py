"""The adapter: learned from needs and offers, kept in half precision, left out where it is not."""

import json

import numpy as np
import pytest

from matching import Document, Matcher
from matching.adapter import Adapter, load_adapter, save_adapter
from matching.train import read_groups, train
from matching.vectorizer import Vectorizer

VERSIONS = {"a": "1", "b": "2"}


@pytest.fixture
def adapter():
    rng = np.random.default_rng(0)
    parts = (rng.normal(size=shape).astype(np.float32) for shape in ((5,), (5, 2), (5, 2), (6,)))
    return Adapter(("a", "b"), *parts)


@pytest.fixture(scope="module")
def use():
    return Vectorizer("use")


@pytest.fixture
def collection(tmp_path):
    def entity(id_, title, text):
        return {"id": id_, "type": "team", "title": title, "text": text, "lang": "de"}

    def request(id_, query, relevant, part, tags=()):
        return {"id": id_, "kind": "idea->team", "query": query, "relevant": relevant, "part": part,
                "tags": list(tags)}  # fmt: skip

    def pair(need, offer, label, part="train"):
        return {"need": need, "offer": offer, "label": label, "kind": "idea->team", "part": part}

    files = {
        "themes": [
            {"id": "x", "part": "train", "entities": ["t1", "t2"]},
            {"id": "y", "part": "test", "entities": ["t3"]},
        ],
        "entities": [
            entity("t1", "Chor", "Wir singen jeden Montag."),
            entity("t2", "Radwerkstatt", "Wir flicken Fahrräder."),
            entity("t3", "Sternwarte", "Wir schauen in den Himmel."),
        ],
        "requests": [
            request("r1", "Meine Stimme braucht Gesellschaft", ["t1"], "train"),
            request("r2", "Platt, und zwar vorn", ["t2"], "dev"),
            request("r3", "Niemand kann mir helfen", [], "train"),
            request("r5", "Verkaufe Sofa, fast neu, 80 Euro", [], "train", ["outside"]),
            request("r4", "Wo sieht man den Mond?", ["t3"], "test"),
        ],
        "pairs": [
            pair("Der Toaster ist tot", "Ich löte alte Radios", 1),
            pair("Der Toaster ist tot", "Ich backe Toastbrot", 0),
            pair("Saturn heute Nacht", "Ich habe ein Fernrohr", 1, "test"),
        ],
    }
    for name, rows in files.items():
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (tmp_path / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path


def test_an_adapter_comes_back_as_it_was_saved(adapter, tmp_path):
    save_adapter(adapter, VERSIONS, tmp_path / "a.npz")
    found = load_adapter(VERSIONS, tmp_path / "a.npz")
    assert found is not None
    assert found.encoders == ("a", "b")
    assert found.rank == 2
    for name in ("centre", "query", "document", "scope"):
        np.testing.assert_allclose(getattr(found, name), getattr(adapter, name), atol=2e-3)


def test_an_adapter_of_other_encoders_is_not_used(adapter, tmp_path):
    path = tmp_path / "a.npz"
    assert load_adapter(VERSIONS, path) is None
    save_adapter(adapter, VERSIONS, tmp_path / "b.npz")
    assert load_adapter(VERSIONS | {"a": "3"}, tmp_path / "b.npz") is None
    assert load_adapter({"a": "1"}, tmp_path / "b.npz") is None


def test_a_text_without_all_vectors_is_not_mapped(adapter):
    assert adapter.of_query({"a": np.ones((1, 3), np.float32)}, "de") is None
    assert adapter.of_document({}) is None


def test_the_test_part_of_the_collection_stays_unseen(use, collection):
    groups, offers = read_groups(use, collection)
    assert len(groups) == 3  # two answerable requests, one need with a right offer
    assert len(offers) == 4  # two teams, two offers
    assert [group.right.tolist() for group in groups] == [
        [True, False],
        [False, True],
        [True, False],
    ]


def test_training_lifts_what_answers_a_need(use, collection, tmp_path):
    assert train(use, collection, tmp_path / "learned.npz") == 3
    learned = load_adapter({e.name: e.version for e in use.loaded}, tmp_path / "learned.npz")
    assert learned is not None

    def gain(need, offer):
        mapped = learned.of_query(use.of_query(need, "de"), "de")
        return mapped @ learned.of_document(use.of_query(offer, "de"))

    right = gain("Der Toaster ist tot", "Ich löte alte Radios")
    assert right > gain("Der Toaster ist tot", "Ich backe Toastbrot")


def test_what_no_neighbourhood_can_help_with_is_doubted(use, collection, tmp_path):
    train(use, collection, tmp_path / "learned.npz")
    learned = load_adapter({e.name: e.version for e in use.loaded}, tmp_path / "learned.npz")
    assert learned is not None
    passport = use.of_query("Wo verlängere ich meinen Reisepass?", "de")
    bench = use.of_query("In unserer Straße fehlt eine Bank", "de")
    assert learned.doubt(passport, "de") > learned.doubt(bench, "de") >= 0.0
    assert learned.doubt({}, "de") == 0.0


def test_with_both_encoders_the_matcher_uses_what_was_learned(tmp_path):
    matcher = Matcher().fit(
        [
            Document(1, "team", "Chor", "Wir singen jeden Montag im Hof.", "de"),
            Document(2, "team", "Radwerkstatt", "Wir flicken Fahrräder.", "de"),
            Document(3, "team", "Nähcafé", "Wir nähen.", "de", vector=b""),  # waits for its vector
        ]
    )
    adapter = matcher.vectorizer.adapter
    assert adapter is not None, "run: python -m matching train"
    assert adapter.version in matcher.version
    query = "Велосипед сломан"
    before = matcher.rank(query)
    assert before[0][0] == 2
    assert all(match.id != 2 for match in matcher.search_document(2))
    matcher.save(tmp_path / "index")
    assert dict(Matcher.load(tmp_path / "index").rank(query)) == pytest.approx(dict(before))

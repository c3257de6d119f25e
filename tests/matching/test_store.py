"""A saved index answers as the one it was saved from, and refuses what it cannot use."""

import json

import numpy as np
import pytest

from matching import Document, Matcher, StoreError

DOCUMENTS = [
    Document(("team", 1), "team", "Gemeinschaftsgarten", "Wir bauen Gemüse an. Neue willkommen!"),
    Document(("team", 2), "team", "Radwerkstatt", "Samstags flicken wir Fahrräder."),
    Document(("office", 1), "office", "Amt für Parks", "Pflegt Bäume und Bänke."),
]
QUERY = "Unser Fahrrad und unser Garten"


@pytest.mark.parametrize("encoders", ["none", "use"])
def test_a_loaded_index_answers_as_the_saved_one(tmp_path, encoders):
    matcher = Matcher(encoders).fit(DOCUMENTS[:1])
    matcher.add(DOCUMENTS[1])
    matcher.add(DOCUMENTS[2])
    matcher.save(tmp_path / "index")
    loaded = Matcher.load(tmp_path / "index", encoders)
    assert loaded.search(QUERY) == matcher.search(QUERY)
    assert loaded.search_document(("team", 2), k=3) == matcher.search_document(("team", 2), k=3)


def test_a_loaded_index_can_be_changed_without_changing_the_folder(tmp_path):
    Matcher("none").fit(DOCUMENTS).save(tmp_path / "index")
    loaded = Matcher.load(tmp_path / "index", "none")
    loaded.remove(("team", 2))
    loaded.add(Document(("team", 3), "team", "Chor", "Wir singen."))
    assert [match.id for match in loaded.search("singen und Fahrräder")] == [("team", 3)]
    again = Matcher.load(tmp_path / "index", "none")
    assert [match.id for match in again.search("singen und Fahrräder")] == [("team", 2)]


def test_removed_rows_languages_times_and_what_is_over_come_back(tmp_path):
    texts = [
        Document(1, "team", "Chor", "Wir singen nur vormittags.", "de"),
        Document(2, "team", "Lastenrad", "Wir verleihen Räder. Abgeschlossen.", "de"),
        Document(3, "person", "Bisiklet", "Bisiklet tamir ederim, 8-10 yaş arası çocuklar.", "tr"),
    ]
    matcher = Matcher("none").fit(texts)
    matcher.remove(1)
    matcher.add(texts[0])
    matcher.save(tmp_path / "index")
    loaded = Matcher.load(tmp_path / "index", "none")
    for query in ("Abends singen", "Räder verleihen", "bisiklet"):
        assert loaded.rank(query, offer=True) == matcher.rank(query, offer=True)
    assert loaded.rank("Räder", {"person"}) == matcher.rank("Räder", {"person"})
    (_, ours, _), (_, theirs, _) = matcher.parts(), loaded.parts()
    assert (theirs.facts == ours.facts).all()
    assert theirs.facts["age_limits"].any()
    assert not theirs.facts[0].item()[0]  # of the removed row
    rows = theirs.candidates(None, frozenset())
    other = ours.in_other_language("tr", rows)
    assert (theirs.in_other_language("tr", rows) == other).all()
    assert other.any()
    assert not other.all()
    loaded.add(Document(4, "team", "Nähen", "Wir nähen."))
    assert len(loaded) == 4


def test_saving_again_replaces_and_leaves_nothing_behind(tmp_path):
    matcher = Matcher("none").fit(DOCUMENTS)
    matcher.save(tmp_path / "index")
    matcher.remove(("team", 1))
    matcher.save(tmp_path / "index")
    assert [path.name for path in tmp_path.iterdir()] == ["index"]
    assert len(Matcher.load(tmp_path / "index", "none")) == 2


def test_no_folder_another_version_and_other_encoders_are_refused(tmp_path):
    with pytest.raises(StoreError, match="no index"):
        Matcher.load(tmp_path / "index", "none")
    Matcher("none").fit(DOCUMENTS).save(tmp_path / "index")
    with pytest.raises(StoreError, match="made by"):
        Matcher.load(tmp_path / "index", "use")
    path = tmp_path / "index" / "index.json"
    state = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(state | {"format": 0}), encoding="utf-8")
    with pytest.raises(StoreError, match="made by"):
        Matcher.load(tmp_path / "index", "none")


def test_the_folder_holds_arrays_and_json_and_no_pickle(tmp_path):
    Matcher("none").fit(DOCUMENTS).save(tmp_path / "index")
    for path in (tmp_path / "index").iterdir():
        assert path.suffix in {".json", ".npy"}
        if path.suffix == ".npy":
            np.load(path, allow_pickle=False)


def test_an_id_json_cannot_hold_is_an_error(tmp_path):
    matcher = Matcher("none").fit([Document(frozenset({1}), "team", "Chor", "Wir singen.")])
    with pytest.raises(TypeError, match="ids"):
        matcher.save(tmp_path / "index")
    assert list(tmp_path.iterdir()) == []

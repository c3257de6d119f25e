"""The open collection is whole: counts, languages, parts, references, no doubles."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent.parent / "matching" / "data" / "collection"


def rows(name: str) -> list[dict]:
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def requests() -> list[dict]:
    return rows("requests")


def test_it_is_as_large_as_promised(requests):
    pairs = rows("pairs")
    assert len(requests) >= 600
    assert len(pairs) >= 1500
    assert sum(pair["label"] == 0 for pair in pairs) >= 500


def test_the_languages_of_the_street_are_there(requests):
    wanted = {"de", "en", "ar", "uk", "ru", "tr", "pl", "vi", "fa", "ro", "ku"}
    assert wanted <= {request["lang"] for request in requests}
    assert wanted <= {pair["need_lang"] for pair in rows("pairs")}


def test_every_part_has_requests_with_and_without_an_answer(requests):
    for part in ("train", "dev", "test"):
        answers = [bool(request["relevant"]) for request in requests if request["part"] == part]
        assert any(answers)
        assert not all(answers)


def test_judgements_name_offers_that_exist_and_agree_with_themselves(requests):
    known = {entity["id"] for entity in rows("entities")}
    for request in requests:
        relevant, negatives = set(request["relevant"]), set(request["hard_negatives"])
        assert relevant | negatives <= known, request["id"]
        assert not relevant & negatives, request["id"]


def test_no_request_stands_twice_and_no_offer_is_unused(requests):
    assert len({request["query"] for request in requests}) == len(requests)
    used = {name for request in requests for name in request["relevant"]}
    assert used == {entity["id"] for entity in rows("entities")}


def test_its_counts_can_be_printed():
    done = subprocess.run(
        [sys.executable, "-m", "matching.data.collection"],
        cwd=FOLDER.parent.parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "requests: " in done.stdout


def test_right_answers_are_of_the_kind_the_request_asks_for(requests):
    kinds = {entity["id"]: entity["type"] for entity in rows("entities")}
    for request in requests:
        wanted = request["kind"].rpartition(">")[2].replace("people", "person")
        for name in request["relevant"] + request["hard_negatives"]:
            assert kinds[name] == wanted, request["id"]


def test_no_text_stands_twice():
    texts = [entity["text"] for entity in rows("entities")]
    couples = [(pair["need"], pair["offer"]) for pair in rows("pairs")]
    assert len(set(texts)) == len(texts)
    assert len(set(couples)) == len(couples)


def test_every_identifier_is_given_once():
    for name in ("entities", "requests", "pairs", "themes"):
        names = [row["id"] for row in rows(name)]
        assert len(set(names)) == len(names), name


def test_nothing_to_train_on_gives_away_an_answer_of_the_test_part(requests):
    part_of = {name: theme["part"] for theme in rows("themes") for name in theme["entities"]}
    assert set(part_of) == {entity["id"] for entity in rows("entities")}
    for request in requests:
        if request["part"] != "test":
            assert all(part_of[name] != "test" for name in request["relevant"]), request["id"]
    parts: dict[str, set[str]] = {}
    for pair in rows("pairs"):
        for text in (pair["need"], pair["offer"]):
            parts.setdefault(text, set()).add(pair["part"])
    assert all(len(found) == 1 for found in parts.values())


def test_requests_with_an_exclusion_a_limit_or_a_trap_are_many(requests):
    tags = [tag for request in requests for tag in request["tags"]]
    for tag, least in {"time": 100, "trap": 100, "none": 100, "place": 15, "negation": 15}.items():
        assert tags.count(tag) >= least, tag
    assert tags.count("plain-german") >= 30


def test_the_same_needs_are_asked_in_eight_languages_and_have_one_answer():
    kinds = {entity["id"]: entity["type"] for entity in rows("parallel_entities")}
    languages: dict[str, set[str]] = {}
    for request in rows("parallel_requests"):
        (answer,) = request["relevant"]
        assert kinds[answer] == request["kind"].rpartition(">")[2].replace("people", "person")
        (need,) = (tag for tag in request["tags"] if tag.startswith("need-"))
        assert request["lang"] not in languages.setdefault(need, set())
        languages[need].add(request["lang"])
    assert len(languages) >= 30
    assert all(len(asked) >= 8 and "de" in asked for asked in languages.values())

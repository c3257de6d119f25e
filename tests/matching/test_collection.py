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

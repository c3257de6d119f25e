"""`python -m matching`: formats and keys that others rely on."""

import json

import pytest

from matching.__main__ import main
from matching.evaluate import Case, outcome

ENTITIES = [
    {"id": "t1", "type": "team", "title": "Radwerkstatt", "text": "Fahrräder flicken."},
    {"id": "t2", "type": "team", "title": "Chor", "text": "Wir singen im Hof.", "lang": "de"},
    {"id": "p1", "type": "person", "title": "Radfahrerin", "text": "Flicke Fahrräder."},
    {"id": "o1", "type": "office", "title": "Amt", "text": "Pflegt Parks und Bänke.", "lang": "de"},
]  # fmt: skip
CASES = [
    {"id": "1", "kind": "skill->team", "query": "Ich flicke Fahrräder", "lang": "de",
     "relevant": ["t1"], "tags": [], "why": ""},
    {"id": "2", "kind": "idea->people", "query": "Wer flickt Fahrräder?", "lang": "de",
     "relevant": ["p1"], "tags": [], "why": ""},
    {"id": "3", "kind": "idea->office", "query": "A bench is broken", "lang": "en",
     "relevant": ["o1"], "tags": [], "why": ""},
    {"id": "4", "kind": "idea->office", "query": "Quantenphysik", "lang": "de",
     "relevant": [], "tags": [], "why": ""},
]  # fmt: skip
METRICS = {"n", "mrr", "hit@1", "hit@3", "recall@5"}


@pytest.fixture
def files(tmp_path):
    for name, rows in (("entities", ENTITIES), ("cases", CASES)):
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (tmp_path / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    return [
        "--entities",
        str(tmp_path / "entities.jsonl"),
        "--cases",
        str(tmp_path / "cases.jsonl"),
    ]


def test_evaluate_prints_the_keys_of_the_contract(files, capsys):
    assert main(["evaluate", *files, "--encoders", "none", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert set(result["overall"]) >= METRICS
    assert set(result["kinds"]) == {"skill->team", "idea->people", "idea->office"}
    assert set(result["languages"]) == {"de", "other"}
    assert result["overall"]["n"] == 3
    low, high = result["mrr_interval"]
    assert 0.0 <= low <= result["overall"]["mrr"] <= high <= 1.0
    assert result["nothing_fitting"] == {"n": 1, "answered_so": 1.0}
    assert result["refused"]["n"] == 3
    assert 0.0 <= result["refused"]["share"] <= 1.0


def test_candidates_are_only_of_the_kind_asked_for(files, capsys):
    main(["evaluate", *files, "--encoders", "none", "--json"])
    kinds = json.loads(capsys.readouterr().out)["kinds"]
    assert kinds["skill->team"]["mrr"] == 1.0
    assert kinds["idea->people"]["mrr"] == 1.0
    assert kinds["idea->office"]["mrr"] == 1.0  # ranked all the same, though the matcher refuses


def test_evaluate_prints_a_table_for_people(files, capsys):
    main(["evaluate", *files, "--encoders", "none"])
    output = capsys.readouterr().out
    assert "overall" in output
    assert "nothing fitting: 1 cases" in output


def test_the_usual_ways_stand_beside_the_matcher(files, capsys):
    assert main(["evaluate", *files, "--encoders", "none", "--baselines", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    figures, ahead = result["baselines"]["figures"], result["baselines"]["ahead"]
    assert set(figures) == set(ahead) == {"mrr", "hit@3"}
    assert set(figures["mrr"]) == {"overall", "skill->team", "idea->people", "idea->office", "de",
                                   "other", "en"}  # fmt: skip
    for group in figures["mrr"].values():
        assert set(group) == {"matcher", "tfidf", "bm25", "chars"}
        for figure in group.values():
            low, high = figure["interval"]
            assert 0.0 <= low <= figure["mean"] <= high <= 1.0
    assert figures["mrr"]["overall"]["matcher"]["mean"] == pytest.approx(result["overall"]["mrr"])
    assert set(ahead["mrr"]) == {"tfidf", "bm25", "chars"}


def test_the_usual_ways_are_printed_for_people(files, capsys):
    main(["evaluate", *files, "--encoders", "none", "--baselines"])
    output = capsys.readouterr().out
    assert "ahead by" in output
    assert "bm25" in output


def test_only_one_part_of_the_cases_can_be_asked(tmp_path, files, capsys):
    lines = [json.dumps(case | {"part": "test" if case["id"] == "1" else "dev"}) for case in CASES]
    (tmp_path / "parts.jsonl").write_text("\n".join(lines), encoding="utf-8")
    main(["evaluate", *files[:3], str(tmp_path / "parts.jsonl"), "--part", "test",
          "--encoders", "none", "--json"])  # fmt: skip
    assert json.loads(capsys.readouterr().out)["overall"]["n"] == 1


def test_equal_scores_share_the_place_in_the_middle():
    case = Case("1", "skill->team", "?", "de", frozenset({"b"}))
    assert outcome(case, {"a": 0.0, "b": 0.0, "c": 0.0}).rank == 2.0
    assert outcome(case, {"a": 1.0, "b": 0.5, "c": 0.0}).rank == 2.0
    assert outcome(case, {"a": 1.0}).rank == 2  # the right one is no candidate at all


def test_a_missing_file_is_named(tmp_path, files, capsys):
    missing = str(tmp_path / "none.jsonl")
    assert main(["evaluate", "--entities", missing, *files[2:]]) == 2
    assert missing in capsys.readouterr().err


def test_bench_prints_the_keys_of_the_contract(capsys):
    assert main(["bench", "--documents", "50", "--encoders", "none", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert set(result) >= {
        "documents", "search_p50_ms", "search_p95_ms", "add_p95_ms", "load_s", "rss_mib",
        "encode_p50_ms",
    }  # fmt: skip
    assert result["documents"] == 50

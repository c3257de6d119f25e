"""Command line of the package: `python -m matching evaluate`, `… routing`, `… bench`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from matching.encoders import CHOICES

_COLUMNS = ("n", "mrr", "hit@1", "hit@3", "recall@5")


def _table(result: Mapping[str, object]) -> str:
    rows = [("overall", result["overall"])]
    for part in ("kinds", "languages"):
        groups = result[part]
        assert isinstance(groups, dict)
        rows += groups.items()
    lines = [f"{'':16}" + "".join(f"{name:>10}" for name in _COLUMNS)]
    for name, values in rows:
        assert isinstance(values, dict)
        numbers = "".join(f"{values[column]:10.3f}" for column in _COLUMNS[1:])
        lines.append(f"{name:16}{values['n']:10d}{numbers}")
    interval = result["mrr_interval"]
    assert isinstance(interval, list)
    lines.append("overall MRR lies between {:.3f} and {:.3f} (95 %)".format(*interval))
    nothing, refused = result["nothing_fitting"], result["refused"]
    assert isinstance(nothing, dict)
    assert isinstance(refused, dict)
    lines.append(f"nothing fitting: {nothing['n']} cases, {nothing['answered_so']:.3f} answered so")
    lines.append(f"refused: {refused['share']:.3f} of {refused['n']} answerable cases")
    lines.append(f"matcher {result['matcher']}")
    if result["missing_encoders"]:
        lines.append(f"missing encoders: {', '.join(result['missing_encoders'])}")  # type: ignore[arg-type]
    return "\n".join(lines)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m matching", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    evaluate = commands.add_parser("evaluate", help="measure on judged requests")
    evaluate.add_argument("--entities", type=Path, required=True, help="candidates, JSON lines")
    evaluate.add_argument("--cases", type=Path, required=True, help="judged requests, JSON lines")
    evaluate.add_argument("--encoders", choices=CHOICES, default="auto")
    evaluate.add_argument("--json", action="store_true", help="print JSON instead of a table")
    evaluate.add_argument("--part", help="only cases of this part, such as test")
    evaluate.add_argument(
        "--baselines", action="store_true", help="compare with the usual ways, with intervals"
    )
    bench = commands.add_parser("bench", help="measure speed and memory")
    bench.add_argument("--documents", type=int, required=True, help="how many texts to index")
    bench.add_argument("--encoders", choices=CHOICES, default="auto")
    bench.add_argument("--json", action="store_true", help="print JSON instead of a table")
    bench.add_argument(
        "--candidates", metavar="URL", help="search in PostgreSQL with pgvector at this address"
    )
    prepare = commands.add_parser("prepare", help="encode the knowledge in data/ once")
    prepare.add_argument("--encoders", choices=CHOICES, default="auto")
    routing = commands.add_parser("routing", help="replay what routings to offices would teach")
    routing.add_argument("--encoders", choices=CHOICES, default="auto")
    return parser


def _evaluate(options: argparse.Namespace) -> int:
    from matching.evaluate import evaluate, read_documents

    for path in (options.entities, options.cases):
        if not path.is_file():
            sys.stderr.write(f"no such file: {path}\n")
            return 2
    result, outcomes = evaluate(options.entities, options.cases, options.encoders, options.part)
    comparison = None
    if options.baselines:
        from matching.compare import compare

        comparison = compare(outcomes, read_documents(options.entities), options.encoders)
    if options.json:
        beside = {"baselines": comparison.json()} if comparison else {}
        _say(json.dumps(result | beside, indent=2))
    else:
        _say(_table(result) + (f"\n{comparison.table()}" if comparison else ""))
    return 0


def _bench(options: argparse.Namespace) -> dict[str, float]:
    if options.candidates:
        from matching import bench_candidates

        return bench_candidates.bench(options.documents, options.candidates, options.encoders)
    from matching.bench import bench

    return bench(options.documents, options.encoders)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    if options.command == "evaluate":
        return _evaluate(options)
    if options.command == "prepare":
        from matching.encoders import load_encoders
        from matching.prepared import PREPARED, prepare

        prepare(load_encoders(options.encoders)[0])
        _say(f"wrote {PREPARED}")
        return 0
    if options.command == "routing":
        from matching.simulate import read_requests, simulate, table

        _say(table(simulate(read_requests(options.encoders))))
        return 0
    figures = _bench(options)
    if options.json:
        _say(json.dumps(figures, indent=2))
    else:
        _say("\n".join(f"{name:20}{value}" for name, value in figures.items()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

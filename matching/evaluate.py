"""Measure the matcher on judged requests.

A case is right at rank r if the first relevant document stands at place r among all candidates of
its kind; documents of equal score share the place in the middle. MRR is the mean of 1/r, hit@k the
share of cases with r <= k, recall@5 the mean share of a case's relevant documents among the first
five. Cases without relevant documents are measured apart: the right answer to them is none.

References
----------
E. M. Voorhees, "The TREC-8 Question Answering Track Report", 1999 (MRR).
B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13 (intervals).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.documents import Document
from matching.index import Matcher

KIND_OF = {"people": "person"}  # what a case calls its candidates, where documents say otherwise


@dataclass(frozen=True)
class Case:
    """One judged request; `wanted` is the kind of document it asks for."""

    id: str
    kind: str
    query: str
    language: str
    relevant: frozenset[str]
    part: str = ""

    @property
    def wanted(self) -> str:
        """Kind of the candidates, the word right of the arrow."""
        name = self.kind.rpartition("->")[2]
        return KIND_OF.get(name, name)

    @property
    def is_offer(self) -> bool:
        """Whether somebody offers what they can, the word left of the arrow."""
        return self.kind.startswith("skill->")


@dataclass(frozen=True)
class Outcome:
    """What became of one case: rank of the first right answer, and whether any was given."""

    case: Case
    rank: float | None
    recall_at_5: float
    answered: bool


def read_documents(path: Path) -> list[Document]:
    """Read candidates, one JSON object a line with id, type, title, text and lang."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [Document(r["id"], r["type"], r["title"], r["text"], r.get("lang")) for r in rows]


def read_cases(path: Path, part: str | None = None) -> list[Case]:
    """Read judged requests, one JSON object a line with id, kind, query, lang and relevant.

    With `part`, only the lines whose `part` is that.
    """
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    cases = [
        Case(
            r["id"],
            r["kind"],
            r["query"],
            r.get("lang", ""),
            frozenset(r["relevant"]),
            r.get("part", ""),
        )
        for r in rows
    ]
    return [case for case in cases if part is None or case.part == part]


def judge(matcher: Matcher, case: Case) -> Outcome:
    """Ask the matcher and find the rank of the first relevant document among all candidates."""
    answered = bool(matcher.search(case.query, {case.wanted}, k=1, offer=case.is_offer))
    scores = dict(matcher.rank(case.query, {case.wanted}, offer=case.is_offer))
    return outcome(case, scores, answered)


def outcome(case: Case, scores: Mapping[Hashable, float], answered: bool = True) -> Outcome:
    """Return what became of `case`, given the scores of all its candidates."""
    values = np.fromiter(scores.values(), dtype=float, count=len(scores))
    right = np.array([id_ in case.relevant for id_ in scores], dtype=bool)
    ranks = [
        1.0 + np.sum(values > score) + np.sum(~right & (values == score)) / 2.0
        for score in sorted(values[right], reverse=True)
    ]
    recall = sum(rank <= 5 for rank in ranks) / max(1, len(case.relevant))
    rank = ranks[0] if ranks else (None if not case.relevant else len(scores) + 1)
    return Outcome(case, rank, recall, answered)


def summary(outcomes: Iterable[Outcome]) -> dict[str, float]:
    """Return n, mrr, hit@1, hit@3 and recall@5 of answerable cases."""
    rows = [outcome for outcome in outcomes if outcome.rank is not None]
    ranks = np.array([outcome.rank for outcome in rows], dtype=float)
    if not len(ranks):
        return {"n": 0, "mrr": 0.0, "hit@1": 0.0, "hit@3": 0.0, "recall@5": 0.0}
    return {
        "n": len(ranks),
        "mrr": float(np.mean(1.0 / ranks)),
        "hit@1": float(np.mean(ranks <= 1)),
        "hit@3": float(np.mean(ranks <= 3)),
        "recall@5": float(np.mean([outcome.recall_at_5 for outcome in rows])),
    }


def interval(outcomes: Iterable[Outcome], draws: int = 1_000) -> list[float]:
    """Return the 95 % bootstrap interval of the MRR over answerable cases, same draws each time."""
    ranks = np.array([outcome.rank for outcome in outcomes if outcome.rank is not None], float)
    if not len(ranks):
        return [0.0, 0.0]
    return mean_interval(1.0 / ranks, draws)


def mean_interval(values: NDArray[np.float64], draws: int = 1_000) -> list[float]:
    """Return the 95 % bootstrap interval of the mean of `values`, same draws each time."""
    drawn = np.random.default_rng(0).integers(len(values), size=(draws, len(values)))
    return [float(bound) for bound in np.percentile(values[drawn].mean(axis=1), [2.5, 97.5])]


def report(outcomes: Sequence[Outcome]) -> dict[str, object]:
    """Return the table of the contract as plain dicts: overall, kinds, languages, refusals."""
    answerable = [outcome for outcome in outcomes if outcome.case.relevant]
    empty = [outcome for outcome in outcomes if not outcome.case.relevant]

    def groups(key: Callable[[Outcome], str]) -> dict[str, dict[str, float]]:
        names = sorted({key(outcome) for outcome in answerable})
        return {name: summary(o for o in answerable if key(o) == name) for name in names}

    languages = groups(lambda outcome: "de" if outcome.case.language == "de" else "other")
    nothing = summary([])
    return {
        "overall": summary(answerable),
        "mrr_interval": interval(answerable),
        "kinds": groups(lambda outcome: outcome.case.kind),
        "languages": {"de": nothing, "other": nothing} | languages,
        "nothing_fitting": {
            "n": len(empty),
            "answered_so": _share(not outcome.answered for outcome in empty),
        },
        "refused": {
            "n": len(answerable),
            "share": _share(not outcome.answered for outcome in answerable),
        },
    }


def _share(flags: Iterable[bool]) -> float:
    values = list(flags)
    return sum(values) / len(values) if values else 0.0


def evaluate(
    entities: Path, cases: Path, encoders: str = "auto", part: str | None = None
) -> tuple[dict[str, object], list[Outcome]]:
    """Fit a matcher on `entities`, ask it all `cases`; returns the report and what it rests on."""
    matcher = Matcher(encoders=encoders).fit(read_documents(entities))
    outcomes = [judge(matcher, case) for case in read_cases(cases, part)]
    about = {"matcher": matcher.version, "missing_encoders": list(matcher.missing_encoders)}
    return report(outcomes) | about, outcomes

"""Put the matcher beside the usual ways, group by group, and say how sure the difference is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.baselines import baselines
from matching.documents import Document
from matching.evaluate import Outcome, mean_interval, outcome

MATCHER = "matcher"
MEASURES: Mapping[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "mrr": lambda ranks: 1.0 / ranks,
    "hit@3": lambda ranks: (ranks <= 3.0).astype(float),
}


@dataclass(frozen=True)
class Figure:
    """A mean over `n` cases with its 95 % interval."""

    n: int
    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> Figure:
        """Return mean and bootstrap interval of `values`, at least one."""
        return cls(len(values), float(values.mean()), *mean_interval(values))

    def json(self) -> dict[str, float | list[float]]:
        """Return plain numbers and lists."""
        return {"n": self.n, "mean": self.mean, "interval": [self.low, self.high]}


@dataclass(frozen=True)
class Comparison:
    """Figures by measure, group and system, and how far the matcher is ahead of each other system.

    Attributes
    ----------
    figures : mapping of measure to group to system to Figure
    ahead : mapping of measure to system to Figure
        Mean difference over the same cases; ahead for sure if the interval lies above 0.
    """

    figures: Mapping[str, Mapping[str, Mapping[str, Figure]]]
    ahead: Mapping[str, Mapping[str, Figure]]

    def json(self) -> dict[str, object]:
        """Return plain dicts for `json.dumps`."""
        figures = {
            measure: {
                group: {system: figure.json() for system, figure in row.items()}
                for group, row in groups.items()
            }
            for measure, groups in self.figures.items()
        }
        ahead = {
            measure: {system: figure.json() for system, figure in row.items()}
            for measure, row in self.ahead.items()
        }
        return {"figures": figures, "ahead": ahead}

    def table(self) -> str:
        """Return tables for people: a row per group, a column per system."""
        lines: list[str] = []
        for measure, groups in self.figures.items():
            systems = list(next(iter(groups.values())))
            lines += ["", f"{measure:14}{'n':>5}" + "".join(f"{name:>16}" for name in systems)]
            for group, row in groups.items():
                n = row[MATCHER].n
                lines.append(f"{group:14}{n:5d}" + "".join(_cell(row[name]) for name in systems))
            lines.append(f"{'ahead by':35}" + "".join(map(_cell, self.ahead[measure].values())))
        return "\n".join(lines)


def _cell(figure: Figure) -> str:
    return f"  {figure.mean:.2f} ({figure.low:.2f}–{figure.high:.2f})".rjust(16)


def compare(
    outcomes: Sequence[Outcome], documents: Sequence[Document], encoders: str
) -> Comparison:
    """Ask the usual ways what the matcher was asked; intervals and differences on equal cases.

    Raises
    ------
    ValueError
        If no case has a right answer.
    """
    asked = [found for found in outcomes if found.rank is not None]
    if not asked:
        raise ValueError("no case has a right answer to be found")
    ranks = {MATCHER: np.array([found.rank for found in asked], dtype=float)}
    queries = [found.case.query for found in asked]
    for name, baseline in baselines(documents, encoders).items():
        scores = baseline(queries)
        ranks[name] = np.array([_rank(one, documents, scores[i]) for i, one in enumerate(asked)])
    groups = _groups(asked)
    values = {
        measure: {name: valued(rank) for name, rank in ranks.items()}
        for measure, valued in MEASURES.items()
    }
    figures = {
        measure: {
            group: {name: Figure.of(row[chosen]) for name, row in rows.items()}
            for group, chosen in groups.items()
        }
        for measure, rows in values.items()
    }
    ahead = {
        measure: {
            name: Figure.of(rows[MATCHER] - row) for name, row in rows.items() if name != MATCHER
        }
        for measure, rows in values.items()
    }
    return Comparison(figures, ahead)


def _rank(found: Outcome, documents: Sequence[Document], scores: NDArray[np.float64]) -> float:
    candidates = {
        document.id: float(score)
        for document, score in zip(documents, scores, strict=True)
        if document.kind == found.case.wanted
    }
    rank = outcome(found.case, candidates).rank
    assert rank is not None
    return rank


def _groups(asked: Sequence[Outcome]) -> dict[str, NDArray[np.bool_]]:
    """Return which cases belong to each group: all, kinds, German or not, each language."""
    kinds = np.array([found.case.kind for found in asked])
    codes = np.array([found.case.language for found in asked])
    groups = {"overall": np.ones(len(asked), dtype=bool)}
    groups |= {kind: kinds == kind for kind in sorted(set(kinds.tolist()))}
    groups |= {"de": codes == "de", "other": codes != "de"}
    groups |= {code: codes == code for code in sorted(set(codes.tolist()) - {"de"})}
    return {name: chosen for name, chosen in groups.items() if chosen.any()}

"""Would routings help? Replay the open collection's requests as if coordinators had routed them.

In many random orders the first n requests are history, and those that come after are asked of the
zero-shot matcher and of the mixture. Counted apart are offices somebody was routed to, where
something can be gained, and all others, where something can be lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.evaluate import read_cases, read_documents
from matching.feedback import COLLECTION
from matching.index import Matcher
from matching.routing import Router, log_odds

STEPS = (0, 25, 50, 100, 200, 270)
ORDERS = 20
LEAST_ASKED = 5  # means over fewer say nothing
_COLUMNS = ("hit@1", "hit@3", "mrr")


@dataclass(frozen=True)
class Requests:
    """Requests for offices: features, zero-shot log odds of all offices, and the right ones."""

    X: NDArray[np.float64]
    scores: NDArray[np.float64]
    offices: Sequence[str]
    right: NDArray[np.bool_]


@dataclass(frozen=True)
class Step:
    """What n routings changed: means over the requests that came after, of which there are `asked`.

    `before` and `after` hold hit@1, hit@3 and MRR.
    """

    n: int
    group: str
    asked: int
    before: dict[str, float]
    after: dict[str, float]


def read_requests(encoders: str = "auto", folder: Path = COLLECTION) -> Requests:
    """Ask a matcher all answerable office requests of the collection."""
    matcher = Matcher(encoders)
    documents = read_documents(folder / "entities.jsonl")
    matcher.fit(document for document in documents if document.kind == "office")
    offices = [str(document.id) for document in documents if document.kind == "office"]
    cases = [case for case in read_cases(folder / "requests.jsonl") if case.wanted == "office"]
    cases = [case for case in cases if case.relevant]
    rows = [dict(matcher.rank(case.query)) for case in cases]
    return Requests(
        np.array([matcher.features(case.query) for case in cases], dtype=float),
        log_odds([[row[office] for office in offices] for row in rows]),
        offices,
        np.array([[office in case.relevant for office in offices] for case in cases]),
    )


def simulate(requests: Requests, steps: Sequence[int] = STEPS, orders: int = ORDERS) -> list[Step]:
    """Return what each number of routings changes, for routed and for other offices."""
    found: list[Step] = []
    for n in steps:
        ranks: dict[str, list[NDArray[np.float64]]] = {"routed": [], "other": []}
        for order in range(orders):
            shuffled = np.random.default_rng(order).permutation(len(requests.X))
            _replay(requests, shuffled[:n], shuffled[n:], ranks)
        for group, parts in ranks.items():
            both = np.hstack(parts) if parts else np.zeros((2, 0))
            if both.shape[1] >= LEAST_ASKED * orders:
                before, after = (_means(row) for row in both)
                found.append(Step(n, group, both.shape[1] // orders, before, after))
    return found


def table(steps: Sequence[Step]) -> str:
    """Return the steps as lines, each figure before and after."""
    lines = [f"{'routings':>8}  {'offices':8}{'asked':>6}" + "".join(f"{c:>16}" for c in _COLUMNS)]
    for step in steps:
        figures = "".join(f"{step.before[c]:9.3f}{step.after[c]:7.3f}" for c in _COLUMNS)
        lines.append(f"{step.n:8d}  {step.group:8}{step.asked:6d}{figures}")
    return "\n".join(lines)


def _replay(
    requests: Requests,
    history: NDArray[np.int_],
    coming: NDArray[np.int_],
    ranks: dict[str, list[NDArray[np.float64]]],
) -> None:
    """Add the ranks of what comes after `history`, before and after learning, to their group."""
    at, routed_to = np.nonzero(requests.right[history])
    base = requests.scores[coming]
    mixed = base.copy()
    if len(at):
        known = [requests.offices[int(office)] for office in routed_to]
        rows = history[at]
        router = Router().fit(requests.X[rows], known, requests.scores[rows], requests.offices)
        columns = [requests.offices.index(str(office)) for office in router.offices_]
        gains = router.contributions(requests.X[coming])
        mixed[:, columns] += [list(row.values()) for row in gains]
    both = np.array([_ranks(base, requests.right[coming]), _ranks(mixed, requests.right[coming])])
    is_known = requests.right[coming][:, np.unique(routed_to)].any(axis=1)
    ranks["routed"].append(both[:, is_known])
    ranks["other"].append(both[:, ~is_known])


def _ranks(scores: NDArray[np.float64], right: NDArray[np.bool_]) -> NDArray[np.float64]:
    best = np.where(right, scores, -np.inf).max(axis=1, keepdims=True)
    return 1.0 + (scores > best).sum(axis=1)


def _means(ranks: NDArray[np.float64]) -> dict[str, float]:
    figures = (np.mean(ranks <= 1), np.mean(ranks <= 3), np.mean(1.0 / ranks))
    return dict(zip(_COLUMNS, map(float, figures), strict=True))

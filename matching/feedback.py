"""Learn from decisions about matches without forgetting what is known.

A re-ranker trained from scratch on few judgements is worse than none (nDCG .44 against .62 with 50
judged pairs), while a logistic regression shrunk to the fixed scores never was (lambda 30: .618,
.619 and .618 with 50, 200 and 1,000 pairs). So the score a match already has stays the prior:
decisions may only bend it, and the fewer there are, the less.

References
----------
C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.5 (a Gaussian prior on the
weights of a logistic regression; here its mean is the fixed score instead of zero).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TypedDict

import numpy as np
from scipy.special import expit, logit

from matching.documents import Match
from matching.evaluate import read_cases, read_documents
from matching.fusion import label_of
from matching.index import Matcher

STRENGTH = 30.0  # lambda of the prior: how many judgements it weighs
LEAST_EXAMPLES = 20  # below that a replay says nothing
COLLECTION = Path(__file__).parent / "data" / "collection"
_EDGE = 1e-4  # scores are kept so far from 0 and 1 that their log odds stay finite

Features = Mapping[str, float]


@dataclass(frozen=True)
class Example:
    """A match somebody decided about; `group` says whose it was, so that replay can split fairly.

    Attributes
    ----------
    score : float
        The matcher's own score between 0 and 1, before any parameters.
    features : mapping of name to number
    fits : bool
    group : str
    kind : str
        What was found: a person, a team. Labels may begin elsewhere for each kind.
    """

    score: float
    features: Features
    fits: bool
    group: str
    kind: str = ""


@dataclass(frozen=True)
class Parameters:
    """A change of scores learned from decisions; the default changes nothing.

    Attributes
    ----------
    slope : float
        Factor on how far a score's log odds lie from `middle`.
    middle : float
        Mean log odds of the scores learned from.
    weights, means : mapping of feature name to number
        What each feature adds to the log odds, and its mean: the average match keeps its score.
    """

    slope: float = 1.0
    middle: float = 0.0
    weights: Features = field(default_factory=dict)
    means: Features = field(default_factory=dict)

    @property
    def is_identity(self) -> bool:
        """Whether scores stay as they are."""
        return self.slope == 1.0 and not any(self.weights.values())

    def rescore(self, score: float, features: Features) -> float:
        """Return the score of a match as its decisions would have it, between 0 and 1.

        Examples
        --------
        >>> Parameters().rescore(0.7, {"words": 0.2})
        0.7
        >>> round(Parameters(weights={"words": 1.0}).rescore(0.5, {"words": 2.0}), 2)
        0.88
        """
        if self.is_identity:
            return score
        odds = _log_odds(score)
        total = self.middle + self.slope * (odds - self.middle)
        for name, weight in self.weights.items():
            total += weight * (features.get(name, 0.0) - self.means.get(name, 0.0))
        return float(expit(total))

    def as_json(self) -> dict[str, object]:
        """Return the parameters as plain data; `from_json` reads them."""
        return {
            "slope": self.slope,
            "middle": self.middle,
            "weights": dict(self.weights),
            "means": dict(self.means),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> Parameters:
        """Return what `as_json` stored."""
        weights, means = stored.get("weights"), stored.get("means")
        return cls(
            float(str(stored.get("slope", 1.0))),
            float(str(stored.get("middle", 0.0))),
            dict(weights) if isinstance(weights, Mapping) else {},
            dict(means) if isinstance(means, Mapping) else {},
        )


class Replayed(TypedDict):
    """How parameters would have ordered past decisions."""

    n: int
    pairs: int
    right: float | None


def match_features(match: Match) -> dict[str, float]:
    """Return what a match's score is made of: the summed weight of each kind of reason."""
    found: dict[str, float] = {}
    for reason in match.reasons:
        found[reason.kind] = found.get(reason.kind, 0.0) + float(reason.weight)
    return found


def rescored(match: Match, parameters: Parameters, features: Features) -> Match | None:
    """Return the match with its new score and label, or None if it does not fit any more."""
    if parameters.is_identity:
        return match
    score = parameters.rescore(match.score, features)
    label = label_of(score)
    return replace(match, score=score, label=label) if label else None


def refit(examples: Sequence[Example], strength: float = STRENGTH) -> Parameters:
    """Return the parameters that fit the decisions best, shrunk to changing nothing.

    Features that are the same for all examples are left out.

    Raises
    ------
    ValueError
        If not both answers occur.
    """
    from matching.regression import PriorLogisticRegression  # imports scikit-learn

    names = _names(examples)
    X = np.array(
        [
            [_log_odds(one.score), *(one.features.get(name, 0.0) for name in names)]
            for one in examples
        ]
    )
    means = X.mean(axis=0)
    prior = np.append(1.0, np.zeros(len(names)))
    model = PriorLogisticRegression(prior, strength)
    model.fit(X - means, np.array([one.fits for one in examples]))
    weights = dict(zip(names, map(float, model.coef_[1:]), strict=True))
    return Parameters(
        float(model.coef_[0]),
        float(means[0]),
        weights,
        dict(zip(names, map(float, means[1:]), strict=True)),
    )


def replay(examples: Sequence[Example], parameters: Parameters) -> Replayed:
    """Return how many pairs of a fitting and an unfitting example come in the right order.

    0.5 is chance, ties count half; None if there is no such pair.
    """
    scores = np.array([parameters.rescore(one.score, one.features) for one in examples])
    fits = np.array([one.fits for one in examples], dtype=bool)
    ahead = scores[fits][:, None] - scores[~fits][None, :]
    right = float((np.sign(ahead) + 1).mean() / 2) if ahead.size else None
    return {"n": len(examples), "pairs": int(ahead.size), "right": right}


def replay_unseen(
    examples: Sequence[Example], folds: int = 5, strength: float = STRENGTH
) -> Replayed:
    """Return `replay` of decisions that the parameters in question have not been trained on.

    Groups are dealt to the folds in the order of their names; each fold is judged by what was
    learned from the others.
    """
    groups = {name: at % folds for at, name in enumerate(sorted({one.group for one in examples}))}
    total = pairs = 0
    right = 0.0
    for fold in range(folds):
        kept = [one for one in examples if groups[one.group] == fold]
        others = [one for one in examples if groups[one.group] != fold]
        learned = refit(others, strength) if _has_both(others) else Parameters()
        found = replay(kept, learned)
        total += found["n"]
        pairs += found["pairs"]
        right += found["pairs"] * (found["right"] or 0.0)
    return {"n": total, "pairs": pairs, "right": right / pairs if pairs else None}


def replay_in_folds(
    examples: Sequence[Example], parameters: Parameters, folds: int = 5
) -> Replayed:
    """Return `replay` of fixed parameters on the same pairs as `replay_unseen` compares."""
    groups = {name: at % folds for at, name in enumerate(sorted({one.group for one in examples}))}
    parts = [
        replay([one for one in examples if groups[one.group] == fold], parameters)
        for fold in range(folds)
    ]
    pairs = sum(part["pairs"] for part in parts)
    right = sum(part["pairs"] * (part["right"] or 0.0) for part in parts)
    return {"n": len(examples), "pairs": pairs, "right": right / pairs if pairs else None}


def can_learn(examples: Sequence[Example]) -> bool:
    """Tell whether there are enough decisions of both kinds."""
    return len(examples) >= LEAST_EXAMPLES and _has_both(examples)


def reciprocal_rank(candidates: Iterable[tuple[Match, bool]], parameters: Parameters) -> float:
    """Return 1 / rank of the first relevant of `candidates` after rescoring, 0 without one."""
    ranked = sorted(
        candidates,
        key=lambda one: -parameters.rescore(one[0].score, match_features(one[0])),
    )
    return next((1.0 / at for at, (_match, right) in enumerate(ranked, start=1) if right), 0.0)


def mean_reciprocal_rank(
    requests: Sequence[Sequence[tuple[Match, bool]]], parameters: Parameters
) -> float | None:
    """Return the mean of `reciprocal_rank` over requests, None without any."""
    ranks = [reciprocal_rank(candidates, parameters) for candidates in requests]
    return float(np.mean(ranks)) if ranks else None


@lru_cache(maxsize=1)  # the requests are frozen, and encoding them takes seconds
def frozen_candidates(
    encoders: str, k: int = 20, folder: Path = COLLECTION
) -> Sequence[Sequence[tuple[Match, bool]]]:
    """Return the first `k` matches of the kept-back requests, and whether each is right.

    Empty where the package was installed without the collection.
    """
    if not (folder / "requests.jsonl").exists():
        return []
    matcher = Matcher(encoders=encoders).fit(read_documents(folder / "entities.jsonl"))
    lines = (folder / "requests.jsonl").read_text(encoding="utf-8").splitlines()
    kept_back = {row["id"] for row in map(json.loads, lines) if row["part"] == "test"}
    cases = [case for case in read_cases(folder / "requests.jsonl") if case.id in kept_back]
    return [
        [
            (match, match.id in case.relevant)
            for match in matcher.search(case.query, {case.wanted}, k, case.language or None)
        ]
        for case in cases
        if case.relevant
    ]


def _names(examples: Sequence[Example]) -> list[str]:
    names = sorted({name for one in examples for name in one.features})
    return [name for name in names if len({one.features.get(name, 0.0) for one in examples}) > 1]


def _has_both(examples: Sequence[Example]) -> bool:
    return len({one.fits for one in examples}) == 2


def _log_odds(score: float) -> float:
    return float(logit(np.clip(score, _EDGE, 1.0 - _EDGE)))

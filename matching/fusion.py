"""From similarities to one score and a label.

Similarities of different sources are added, each with a fixed weight. Rank fusion and z-scores lose
against the sum as soon as texts of several languages meet, because they throw away how sure each
source is (accuracy across languages .94 for the sum, .57 for rank fusion, .80 for z-scores).

The sum is then put on one scale, log odds, by a curve per mode (which encoders took part), so that
a text still waiting for its vector can stand in one list with the others. A score is its logistic.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FUSION = "f11"

VERY_GOOD = "sehr gut"
GOOD = "gut"
MAYBE = "vielleicht"
LABELS = (VERY_GOOD, GOOD, MAYBE)

# Where the logistic score of a label begins. A first match is right about half of the time at GOOD
# and three times in four at VERY_GOOD; below MAYBE lie 8 of 100 answerable requests of a hard kind.
_FLOORS = {VERY_GOOD: 0.75, GOOD: 0.52, MAYBE: 0.40}


@dataclass(frozen=True)
class Weights:
    """Weights of the sum.

    Fitted by a listwise softmax shrunk to hand-set weights on the open collection (1,089 requests),
    checked on themes left out (MRR .644 to .670) and on requests of another making (.821 to .852),
    then rounded. Since concepts are told apart by a classifier they weigh more; half as much or
    half as much again changes MRR by less than .01.
    """

    word: float = 0.2
    char: float = 1.0
    whole: tuple[tuple[str, float], ...] = (("e5", 3.5), ("use", 0.9))
    sentence: tuple[tuple[str, float], ...] = (("e5", 1.5), ("use", 0.2))
    title: tuple[tuple[str, float], ...] = (("e5", 0.7),)
    alone: float = 2.4  # more for E5 where USE was not trained for the language of the query
    other_language: float = 0.1  # E5 holds two texts of one language for closer than they are
    concepts: float = 2.0
    outside: float = 2.0  # taken off for what is outside of what a neighbourhood can help with
    time_meets: float = 0.06
    # concepts and outside for texts compared by words alone
    concepts_by_words: float = 0.4
    outside_by_words: float = 1.0


WEIGHTS = Weights()
CANNOT = 2.2  # log odds by which a time or age nobody takes comes after the best that is left
# Mean cosine of unrelated texts: subtracted so that a missing vector can count as 0.
UNRELATED = {"e5": 0.80, "use": 0.10}


@dataclass(frozen=True)
class Curve:
    """Where sums lie: `middle` has a score of 0.5, `width` more than that one of 0.73."""

    middle: float
    width: float

    def __call__(self, total: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return the log odds of sums of any shape."""
        return ((total - self.middle) / self.width).astype(np.float32)


# Middle and width such that the floors above mean the same in every mode: how often a first match
# was right on requests nothing was learned from, and which of them lie lowest.
CURVES = {
    (): Curve(0.144, 0.334),
    ("e5",): Curve(0.622, 0.661),
    ("use",): Curve(0.525, 0.672),
    ("e5", "use"): Curve(0.657, 0.670),
}


def curve(encoders: tuple[str, ...]) -> Curve:
    """Return the curve of a mode; unknown encoders fall back to the lexical one."""
    return CURVES.get(tuple(sorted(encoders)), CURVES[()])


def score_of(log_odds: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return scores between 0 and 1 of log odds of any shape."""
    return (1.0 / (1.0 + np.exp(-np.clip(log_odds, -30.0, 30.0)))).astype(np.float32)


def label_of(score: float) -> str | None:
    """Return the label of a score between 0 and 1, or None below all of them."""
    return next((label for label in LABELS if score >= _FLOORS[label]), None)


def floor_of(label: str | None) -> float:
    """Return the score at which `label` begins; None means the lowest label.

    Raises
    ------
    ValueError
        If `label` is not one of `LABELS`.
    """
    if label is None:
        return _FLOORS[MAYBE]
    if label not in _FLOORS:
        raise ValueError(f"label must be one of {', '.join(LABELS)}, not {label!r}")
    return _FLOORS[label]

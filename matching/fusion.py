"""From similarities to one score and a label.

Similarities of different sources are added, each with a fixed weight. Rank fusion and z-scores lose
against the sum as soon as texts of several languages meet, because they throw away how sure each
source is (accuracy across languages .94 for the sum, .57 for rank fusion, .80 for z-scores).

The sum is then put on one scale by a logistic curve per mode (which encoders took part), so that a
text still waiting for its vector can stand in one list with the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FUSION = "f4"

VERY_GOOD = "sehr gut"
GOOD = "gut"
MAYBE = "vielleicht"
LABELS = (VERY_GOOD, GOOD, MAYBE)

# Where the logistic score of a label begins. Measured on the development requests with the three
# phrases of the knowledge nearest to each request withheld: below MAYBE lie 8 of 100 answerable
# requests; a first match that is GOOD is right about three times in four, VERY_GOOD nine in ten.
_FLOORS = {VERY_GOOD: 0.88, GOOD: 0.64, MAYBE: 0.37}


@dataclass(frozen=True)
class Weights:
    """Weights of the sum, and the cosine two unrelated texts have anyway for each encoder."""

    word: float = 0.5
    char: float = 0.5
    whole: tuple[tuple[str, float], ...] = (("e5", 3.0), ("use", 1.0))
    sentence: tuple[tuple[str, float], ...] = (("e5", 1.5), ("use", 0.5))
    concepts: float = 0.5
    outside: float = 0.6  # taken off for what is outside of what a neighbourhood can help with
    time_meets: float = 0.05
    time_cannot: float = 0.5  # as good as a no, but still last in a full ranking
    # concepts and outside for texts compared by words alone
    concepts_by_words: float = 0.3
    outside_by_words: float = 0.2


WEIGHTS = Weights()
# Mean cosine of unrelated texts: subtracted so that a missing vector can count as 0.
UNRELATED = {"e5": 0.80, "use": 0.10}


@dataclass(frozen=True)
class Curve:
    """Logistic curve: `middle` is the sum with score 0.5, `width` the sum from 0.5 to 0.73."""

    middle: float
    width: float

    def __call__(self, total: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return scores between 0 and 1 of sums of any shape."""
        exponent = np.clip((total - self.middle) / self.width, -30.0, 30.0)
        return (1.0 / (1.0 + np.exp(-exponent))).astype(np.float32)


# Middle and width such that the floors above mean the same in every mode.
CURVES = {
    (): Curve(0.117, 0.08),
    ("e5",): Curve(0.334, 0.12),
    ("use",): Curve(0.275, 0.16),
    ("e5", "use"): Curve(0.40, 0.17),
}


def curve(encoders: tuple[str, ...]) -> Curve:
    """Return the curve of a mode; unknown encoders fall back to the lexical one."""
    return CURVES.get(tuple(sorted(encoders)), CURVES[()])


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

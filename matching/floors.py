"""Where the labels of scores begin, as decisions would have it.

A label is a promise: what is called good fits at least half of the time, what is called very good
three times in four. How likely a score fits is a logistic curve of its log odds. The shipped floors
name one such curve; decisions bend it, for all kinds together and from there for each kind, and
every curve is pulled towards the one before. Where the lowest label begins stays as it is: hardly
anybody decides about what is that weak, and nobody about what lies below it.

References
----------
J. Platt, "Probabilistic Outputs for Support Vector Machines", 1999 (scores to probabilities).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matching.feedback import Example, Parameters
from matching.fusion import GOOD, MAYBE, VERY_GOOD, floor_of
from matching.routing import log_odds

# Chances at which labels begin. With the strength, 240 decisions weigh as much as what is shipped.
PROMISED = {VERY_GOOD: 0.75, GOOD: 0.5}
STRENGTH = 60.0
FARTHEST = 0.12  # a floor moves by at most so much of the 0 to 1 scale
_LEAST_SLOPE = 0.3  # chances always rise with the score

Curve = tuple[float, float]
"""Log odds of fitting at score 0.5, and by how much they rise with the score's log odds."""


def _shipped() -> Curve:
    good, very_good = (float(log_odds(floor_of(label))) for label in (GOOD, VERY_GOOD))
    promised = {label: float(log_odds(chance)) for label, chance in PROMISED.items()}
    slope = (promised[VERY_GOOD] - promised[GOOD]) / (very_good - good)
    return promised[GOOD] - slope * good, slope


SHIPPED = _shipped()


@dataclass(frozen=True)
class Floors:
    """Where labels begin, for each kind of what was found; the default is what is shipped.

    Attributes
    ----------
    curves : mapping of kind to Curve
        "" for all kinds without a curve of their own.
    """

    curves: Mapping[str, Curve] = field(default_factory=dict)

    def curve(self, kind: str) -> Curve:
        """Return the curve of a kind."""
        return self.curves.get(kind) or self.curves.get("", SHIPPED)

    def chance(self, kind: str, score: float) -> float:
        """Return how likely a match of `kind` fits, 0 to 1.

        Examples
        --------
        >>> round(Floors().chance("team", floor_of(VERY_GOOD)), 3)
        0.75
        """
        level, slope = self.curve(kind)
        return float(1.0 / (1.0 + np.exp(-(level + slope * float(log_odds(score))))))

    def of(self, kind: str) -> dict[str, float]:
        """Return the score at which each label begins for `kind`, highest first."""
        level, slope = self.curve(kind)
        floors = {}
        for label, chance in PROMISED.items():
            exact = 1.0 / (1.0 + np.exp(-(float(log_odds(chance)) - level) / slope))
            shipped = floor_of(label)
            floors[label] = float(np.clip(exact, shipped - FARTHEST, shipped + FARTHEST))
        floors[VERY_GOOD] = max(floors[VERY_GOOD], floors[GOOD])
        return floors | {MAYBE: floor_of(MAYBE)}

    def label(self, kind: str, score: float) -> str | None:
        """Return the label of a score, None below all of them."""
        return next((label for label, floor in self.of(kind).items() if score >= floor), None)

    def as_json(self) -> dict[str, list[float]]:
        """Return the floors as plain data; `from_json` reads them."""
        return {kind: list(curve) for kind, curve in self.curves.items()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Sequence[float]] | None) -> Floors:
        """Return what `as_json` stored; None is what is shipped."""
        return cls({kind: (level, slope) for kind, (level, slope) in (stored or {}).items()})


def refit_floors(
    examples: Sequence[Example], parameters: Parameters, strength: float = STRENGTH
) -> Floors:
    """Return the floors that decisions ask for, pulled towards what is shipped.

    `parameters` are those the scores are shown with.
    """
    odds, fits = _decided(examples, parameters)
    curves = {"": _fitted(odds, fits, SHIPPED, strength)}
    for kind in sorted({one.kind for one in examples} - {""}):
        of_kind = np.array([one.kind == kind for one in examples])
        curves[kind] = _fitted(odds[of_kind], fits[of_kind], curves[""], strength)
    return Floors(curves)


def closeness(examples: Sequence[Example], parameters: Parameters, floors: Floors) -> float | None:
    """Return 1 minus the mean squared distance of promised chances from what was decided.

    1 is perfect, always saying one half gets .75; None without examples.
    """
    if not examples:
        return None
    odds, fits = _decided(examples, parameters)
    curves = np.array([floors.curve(one.kind) for one in examples])
    promised = 1.0 / (1.0 + np.exp(-(curves[:, 0] + curves[:, 1] * odds)))
    return float(1.0 - np.mean((promised - fits) ** 2))


def replay_floors_unseen(
    examples: Sequence[Example],
    parameters: Parameters,
    folds: int = 5,
    strength: float = STRENGTH,
) -> float | None:
    """Return the `closeness` of floors to decisions they have not been learned from.

    Groups are dealt to the folds in the order of their names.
    """
    groups = {name: at % folds for at, name in enumerate(sorted({one.group for one in examples}))}
    total, summed = 0, 0.0
    for fold in range(folds):
        kept = [one for one in examples if groups[one.group] == fold]
        others = [one for one in examples if groups[one.group] != fold]
        if kept and others:
            learned = refit_floors(others, parameters, strength)
            summed += len(kept) * (closeness(kept, parameters, learned) or 0.0)
            total += len(kept)
    return summed / total if total else None


def _decided(
    examples: Sequence[Example], parameters: Parameters
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    scores = [parameters.rescore(one.score, one.features) for one in examples]
    return log_odds(scores), np.array([one.fits for one in examples], float)


def _fitted(
    odds: NDArray[np.float64], fits: NDArray[np.float64], prior: Curve, strength: float
) -> Curve:
    from scipy.optimize import minimize
    from scipy.special import expit, log_expit

    aim, signs = np.array(prior), 2.0 * fits - 1.0

    def loss(curve: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margins = signs * (curve[0] + curve[1] * odds)
        slopes, pull = -signs * expit(-margins), curve - aim
        gradient = np.array([slopes.sum(), slopes @ odds]) + strength * pull
        return float(-log_expit(margins).sum() + strength / 2 * pull @ pull), gradient

    bounds = [(None, None), (_LEAST_SLOPE, None)]
    found = minimize(loss, aim, jac=True, method="L-BFGS-B", bounds=bounds)
    return float(found.x[0]), float(found.x[1])

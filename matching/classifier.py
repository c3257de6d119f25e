"""Recognise which concepts a text is about: logistic regression over sentence vectors.

Encoders hold "the mixer is dead" and "the mixer is loud" for the same; thousands of phrases, each
known to belong to one concept, teach which directions tell concepts apart. The nearest phrase does
not know these (DECISIONS 80).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.encoders import Vectors

_SCALES = {"e5": 3.0}  # E5's vectors lie close together
_STRENGTH = 0.3  # of the pull towards zero; .1 and 1 do nearly as well
_STEPS = 100  # it is not at rest then; more were not tried
_ALONE = 0.5  # weight of a phrase as one encoder alone sees it, against both together


@dataclass(frozen=True)
class ConceptClassifier:
    """A linear model over the vectors of any of its encoders.

    Attributes
    ----------
    weights : dict of encoder name to ndarray of shape (dim, n_concepts)
    shifts : dict of encoder name to ndarray of shape (n_concepts,)
        What an average text adds; its negative, so that an encoder left out adds nothing.
    intercept : ndarray of shape (n_concepts,)
    """

    weights: Mapping[str, Vectors]
    shifts: Mapping[str, Vectors]
    intercept: Vectors

    def probabilities(self, vectors: Mapping[str, Vectors]) -> Vectors:
        """Return how probable each concept is for each row, shape (n_rows, n_concepts).

        `vectors` holds rows of shape (n_rows, dim) of one encoder or more.
        """
        odds = self.intercept + sum(
            rows @ self.weights[name] + self.shifts[name] for name, rows in vectors.items()
        )
        odds = np.exp(odds - odds.max(axis=1, keepdims=True))
        return (odds / odds.sum(axis=1, keepdims=True)).astype(np.float32)


def fit(vectors: Mapping[str, Vectors], concepts: NDArray[np.int64]) -> ConceptClassifier:
    """Learn from phrases which belong to `concepts`, shape (n_phrases,), numbered from 0.

    `vectors` holds rows of shape (n_phrases, dim) for each encoder. Languages an encoder was not
    trained for take part: it learns to leave them to the others.
    """
    # Here, so that searching needs no scikit-learn.
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    centres = {name: rows.mean(axis=0) for name, rows in vectors.items()}
    scales = {name: np.float32(_SCALES.get(name, 1.0)) for name in vectors}
    seen = {name: (rows - centres[name]) * scales[name] for name, rows in vectors.items()}
    views = [np.hstack(list(seen.values()))]
    if len(seen) > 1:
        views += [
            np.hstack([rows * (name == alone) for name, rows in seen.items()]) for alone in seen
        ]
    weights = np.repeat([1.0] + [_ALONE] * (len(views) - 1), len(concepts))
    model = LogisticRegression(C=1.0 / _STRENGTH, max_iter=_STEPS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(
            np.vstack(views).astype(np.float32),
            np.tile(concepts, len(views)),
            weights.astype(np.float32),
        )
    learned, shifts, start = {}, {}, 0
    for name, rows in vectors.items():
        part = model.coef_[:, start : start + rows.shape[1]].T * scales[name]
        learned[name], start = part.astype(np.float32), start + rows.shape[1]
        shifts[name] = (-centres[name] @ part).astype(np.float32)
    return ConceptClassifier(learned, shifts, model.intercept_.astype(np.float32))

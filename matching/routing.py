"""Learn from routings: which office needs like this one went to before.

Zero-shot scores stay the base. What is learned is a correction to them, a softmax regression whose
offsets are the zero-shot log odds and whose weights are pulled towards zero; from scratch, few
routings would be worse than none (MRR .424 to .194 on our collection). The correction is mixed in
as far as there is something to learn from: with n routings its share is n / (n + 100), and that of
an office with m of them m / (m + 3) of it. Offices nobody was routed to keep their scores.

References
----------
C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.3.4 (softmax regression).
K. Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matching.documents import NotFittedError
from matching.encoders import Vectors, understands
from matching.lexical import Sparse
from matching.scoring import Query

# All three chosen with `python -m matching routing`: without the last, offices nobody was routed to
# lose .008 MRR with 100 routings; a strength of 1 costs them .019, one of 30 halves the gain.
STRENGTH = 3.0  # pull of the weights towards zero
HALF = 100  # routings with which the correction counts half
OFFICE_HALF = 3  # routings to one office with which its correction counts half
LEAST_ROUTINGS = 20  # below that a replay says nothing
_FOLDED = 512  # columns words and letters are folded into; twice as many change nothing
_WORDS = 0.7
# Scales that bring the encoders to the same spread around their mean.
_SCALES = {"e5": 2.3, "use": 1.0}
_FORMAT = 1
_EDGE = 1e-4

Offices = Sequence[int | str]


class RouterError(ValueError):
    """Stored bytes are no router this version can read."""


@dataclass(frozen=True)
class Replayed:
    """Mean reciprocal rank of the right office over `n` routings nobody had learned from."""

    n: int
    before: float | None
    after: float | None


class Router:
    """A correction to zero-shot scores of offices, learned from routings.

    Parameters
    ----------
    strength : float, default=3.0
        Pull of the weights towards zero; greater than 0.
    half : float, default=100
        How many routings give the correction half its weight.

    Attributes
    ----------
    offices_ : tuple of int or str
        Offices somebody was routed to.
    n_ : float
        Sum of the weights of the routings.
    mean_ : ndarray of shape (n_features,)
        Mean of the needs: an average one gains nothing anywhere.
    coef_ : ndarray of shape (n_features, len(offices_))

    Examples
    --------
    >>> X, scores = np.eye(2), np.zeros((2, 3))
    >>> router = Router(half=1).fit(X, ["park", "road"], scores, ["park", "road", "library"])
    >>> gains = router.contributions(X)[0]
    >>> gains["park"] > 0 > gains["road"], "library" in gains
    (True, False)
    """

    def __init__(self, strength: float = STRENGTH, half: float = HALF) -> None:
        self.strength = strength
        self.half = half

    def fit(
        self,
        X: ArrayLike,
        y: Offices,
        scores: ArrayLike,
        offices: Offices,
        sample_weight: ArrayLike | None = None,
    ) -> Router:
        """Learn from routings; returns self.

        Parameters
        ----------
        X : array-like of shape (n_routings, n_features)
            What `features` makes of the needs.
        y : sequence of office ids
            Where each of them went.
        scores : array-like of shape (n_routings, n_offices)
            Zero-shot log odds of every office of `offices`, in their order.
        offices : sequence of office ids
            All offices, also those nobody was routed to.
        sample_weight : array-like of shape (n_routings,), optional
            How sure it is that the office was the right one, 0 to 1.

        Raises
        ------
        ValueError
            If there is no routing that counts, or the shapes do not fit.
        """
        samples, base = np.asarray(X, float), np.asarray(scores, float)
        weights = np.ones(len(y)) if sample_weight is None else np.asarray(sample_weight, float)
        if base.shape != (len(samples), len(offices)) or not weights.any():
            raise ValueError(f"X has shape {samples.shape}, scores have {base.shape}")
        column = {office: at for at, office in enumerate(offices)}
        right = np.array([column[office] for office in y])
        counts = np.bincount(right, weights, minlength=len(offices))
        seen = np.flatnonzero(counts)
        self.offices_ = tuple(offices[int(at)] for at in seen)
        self.n_ = float(weights.sum())
        self.mean_ = (samples.mean(axis=0)).astype(np.float32)
        # In the few directions the samples span the same weights are found much faster.
        left, lengths, axes = np.linalg.svd(samples - self.mean_, full_matrices=False)
        found = _softmax_weights(left * lengths, base, right, seen, weights, self.strength)
        found *= counts[seen] / (counts[seen] + OFFICE_HALF)
        self.coef_ = (axes.T @ found).astype(np.float32)
        return self

    @property
    def share(self) -> float:
        """How far the correction is mixed in, 0 to 1."""
        self._check_fitted()
        return self.n_ / (self.n_ + self.half)

    def contributions(self, X: ArrayLike) -> list[dict[int | str, float]]:
        """Return for each need what to add to the log odds of the offices that were learned."""
        self._check_fitted()
        gains = self.share * ((np.asarray(X, np.float32) - self.mean_) @ self.coef_)
        return [dict(zip(self.offices_, map(float, row), strict=True)) for row in gains]

    def to_bytes(self, version: str) -> bytes:
        """Return the router as a compressed npz; `version` names the features it was made from."""
        self._check_fitted()
        meta = {
            "format": _FORMAT,
            "version": version,
            "offices": self.offices_,
            "n": self.n_,
            "strength": self.strength,
            "half": self.half,
        }
        file = io.BytesIO()
        np.savez_compressed(
            file,
            meta=np.frombuffer(json.dumps(meta).encode(), dtype=np.uint8),
            mean=self.mean_.astype(np.float16),
            coef=self.coef_.astype(np.float16),
        )
        return file.getvalue()

    @classmethod
    def from_bytes(cls, stored: bytes, version: str) -> Router | None:
        """Return the router `to_bytes` stored, None if it was made from other features.

        Raises
        ------
        RouterError
            If `stored` is something else.
        """
        try:
            with np.load(io.BytesIO(stored), allow_pickle=False) as file:
                meta = json.loads(file["meta"].tobytes())
                mean, coef = (file[name].astype(np.float32) for name in ("mean", "coef"))
        except (OSError, ValueError, KeyError) as error:
            raise RouterError("this is no router") from error
        if (meta["format"], meta["version"]) != (_FORMAT, version):
            return None
        router = cls(meta["strength"], meta["half"])
        router.offices_, router.n_ = tuple(meta["offices"]), meta["n"]
        router.mean_, router.coef_ = mean, coef
        return router

    def _check_fitted(self) -> None:
        if not hasattr(self, "coef_"):
            raise NotFittedError("fit the router with routings first")


def features(query: Query, dims: Mapping[str, int]) -> Vectors | None:
    """Return a need as one row: its encoders' vectors, words and letters; None without vectors.

    `dims` are names and lengths of the vectors of the encoders in use.
    """
    if set(dims) - set(query.vectors):
        return None
    blocks = [
        query.vectors[name][0] * _SCALES.get(name, 1.0) * understands(name, query.language)
        for name in sorted(dims)
    ]
    blocks += [_WORDS * _folded(query.words), _WORDS * _folded(query.chars)]
    return np.concatenate(blocks).astype(np.float32)


def added(scores: ArrayLike, gains: ArrayLike) -> NDArray[np.float64]:
    """Return scores between 0 and 1 with `gains` added to their log odds, of the same shape.

    Examples
    --------
    >>> added([0.4, 0.5], [0.0, 1.0]).round(2)
    array([0.4 , 0.73])
    """
    before, more = np.asarray(scores, float), np.asarray(gains, float)
    return np.where(more == 0.0, before, 1.0 / (1.0 + np.exp(-(log_odds(before) + more))))


def log_odds(score: ArrayLike) -> NDArray[np.float64]:
    """Return the log odds of scores between 0 and 1, kept finite."""
    kept = np.clip(np.asarray(score, float), _EDGE, 1.0 - _EDGE)
    return np.log(kept) - np.log1p(-kept)


def replay_in_order(
    X: ArrayLike,
    y: Offices,
    scores: ArrayLike,
    offices: Offices,
    sample_weight: ArrayLike | None = None,
    parts: int = 5,
) -> Replayed:
    """Return how past routings would have been ranked, zero-shot and with what was learned before.

    The routings come oldest first and are cut into `parts`; each but the first is judged by a
    router that knows the parts before only.
    """
    samples, base = np.asarray(X, float), np.asarray(scores, float)
    weights = np.ones(len(y)) if sample_weight is None else np.asarray(sample_weight, float)
    column = {office: at for at, office in enumerate(offices)}
    right = np.array([column[office] for office in y], dtype=int)
    cuts = np.linspace(0, len(y), parts + 1).astype(int)[1:]
    before: list[float] = []
    after: list[float] = []
    for start, end in zip(cuts[:-1], cuts[1:], strict=True):
        if not start or start == end:
            continue
        known = Router().fit(
            samples[:start], y[:start], base[:start], offices, sample_weight=weights[:start]
        )
        mixed = base[start:end] + _spread(known, samples[start:end], column)
        before += list(_reciprocal_ranks(base[start:end], right[start:end]))
        after += list(_reciprocal_ranks(mixed, right[start:end]))
    if not before:
        return Replayed(0, None, None)
    return Replayed(len(before), float(np.mean(before)), float(np.mean(after)))


def _spread(
    router: Router, samples: NDArray[np.float64], column: Mapping[int | str, int]
) -> NDArray[np.float64]:
    """Return the contributions as columns of all offices, shape (n_needs, n_offices)."""
    gains = np.zeros((len(samples), len(column)))
    for row, found in zip(gains, router.contributions(samples), strict=True):
        row[[column[office] for office in found]] = list(found.values())
    return gains


def _reciprocal_ranks(scores: NDArray[np.float64], right: NDArray[np.int_]) -> NDArray[np.float64]:
    own = scores[np.arange(len(right)), right][:, None]
    ties = (scores == own).sum(axis=1) - 1
    return 1.0 / (1.0 + (scores > own).sum(axis=1) + ties / 2.0)


def _softmax_weights(
    samples: NDArray[np.float64],
    base: NDArray[np.float64],
    right: NDArray[np.int_],
    seen: NDArray[np.int_],
    weights: NDArray[np.float64],
    strength: float,
) -> NDArray[np.float64]:
    """Return the weights of the offices `seen`, shape (n_features, n_seen)."""
    from scipy.optimize import minimize
    from scipy.special import log_softmax

    shape = (samples.shape[1], len(seen))
    rows = np.arange(len(right))

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = base.copy()
        odds[:, seen] += samples @ flat.reshape(shape)
        logs = log_softmax(odds, axis=1)
        slopes = np.exp(logs)
        slopes[rows, right] -= 1.0
        slopes *= weights[:, None]
        total = -float(weights @ logs[rows, right]) + strength / 2 * float(flat @ flat)
        return total, (samples.T @ slopes[:, seen]).ravel() + strength * flat

    start = np.zeros(shape[0] * shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 100})
    return found.x.reshape(shape)


def _folded(row: Sparse) -> Vectors:
    """Return a hashed row of length 1 in few columns, with signs so that sums cancel out."""
    columns, values = row
    folded = np.zeros(_FOLDED, dtype=np.float32)
    signs = np.where(columns & _FOLDED, 1.0, -1.0).astype(np.float32)
    np.add.at(folded, columns % _FOLDED, signs * values)
    length = float(np.linalg.norm(values))
    return folded / length if length else folded

"""A logistic regression that starts from what is known, see `feedback.py`.

It stands apart because scikit-learn takes a second to import, which only learning has to wait for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from matching.feedback import STRENGTH


class PriorLogisticRegression(ClassifierMixin, BaseEstimator):
    """Logistic regression whose weights are pulled towards a prior instead of towards zero.

    Minimises the summed log loss plus ``strength / 2 * ||w - prior||²``; the intercept is free.

    Parameters
    ----------
    prior : array-like of shape (n_features,), optional
        Weights without any data; zeros if not given.
    strength : float, default=30.0
        How many judgements the prior weighs, roughly; greater than 0.

    Attributes
    ----------
    coef_ : ndarray of shape (n_features,)
    intercept_ : float
    classes_ : ndarray of shape (2,)
    n_features_in_ : int
    n_iter_ : int
        Steps of the solver.
    """

    def __init__(self, prior: ArrayLike | None = None, strength: float = STRENGTH) -> None:
        self.prior = prior
        self.strength = strength

    def fit(self, X: ArrayLike, y: ArrayLike) -> PriorLogisticRegression:
        """Learn from `X` of shape (n_samples, n_features) and `y` with two classes.

        Raises
        ------
        ValueError
            If `y` has not exactly two classes or `prior` another number of features.
        """
        samples, targets = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(targets)
        self.classes_, numbers = np.unique(targets, return_inverse=True)
        if len(self.classes_) == 1:
            raise ValueError("Classifier can't train when only one class is present.")
        if len(self.classes_) > 2:
            raise ValueError(
                "Only binary classification is supported. The type of the target is multiclass."
            )
        prior = np.zeros(samples.shape[1]) if self.prior is None else np.asarray(self.prior, float)
        if prior.shape != (samples.shape[1],):
            raise ValueError(f"prior has shape {prior.shape}, X has {samples.shape[1]} features")
        signs = 2.0 * numbers - 1.0  # (n_samples,)

        def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            margins = signs * (samples @ weights[:-1] + weights[-1])
            pull = weights[:-1] - prior
            slopes = -signs * expit(-margins)
            gradient = np.append(samples.T @ slopes + self.strength * pull, slopes.sum())
            return float(-log_expit(margins).sum() + self.strength / 2 * pull @ pull), gradient

        found = minimize(loss, np.append(prior, 0.0), jac=True, method="L-BFGS-B")
        self.coef_, self.intercept_ = found.x[:-1], float(found.x[-1])
        self.n_iter_ = int(found.nit)
        return self

    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the log odds of the second class, shape (n_samples,)."""
        check_is_fitted(self)
        samples = validate_data(self, X, reset=False, dtype=np.float64)
        return np.asarray(samples @ self.coef_ + self.intercept_)

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the probabilities of both classes, shape (n_samples, 2)."""
        second = expit(self.decision_function(X))
        return np.column_stack([1.0 - second, second])

    def predict(self, X: ArrayLike) -> NDArray[np.generic]:
        """Return the likelier class of each sample, shape (n_samples,)."""
        odds = self.decision_function(X)
        return self.classes_[(odds > 0).astype(int)]

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

"""The joint predictor under the names that people look for."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import OutlierMixin
from sklearn.utils.validation import check_is_fitted

from . import _library
from ._estimator import MaskedRegression


class EASE(MaskedRegression):
    """The recommender EASE: `lambda_` is n times the ridge, and its matrix B is the transpose of `coef_`.

    Rows are users, columns items. Source: H. Steck, Embarrassingly Shallow Autoencoders for Sparse Data, 2019,
    doi:10.1145/3308558.3313710. "auto" takes the ridge of least exact leave-one-user-out error.
    """

    def __init__(
        self, lambda_: Any = "auto", device: str = "auto", precision: str = "float64", n_jobs: int | None = None
    ) -> None:
        self.lambda_ = lambda_
        self.device = device
        self.precision = precision
        self.n_jobs = n_jobs

    random_state = None

    def _fit_parameters(self, n: int) -> dict[str, Any]:
        ridge = self.lambda_
        if not isinstance(ridge, (str, dict)):
            ridge = np.asarray(ridge, dtype=float) / n
        return {"ridge": ridge, "mask": "leave_one_out", "weights": "uniform", "intercept": False}

    def __sklearn_is_fitted__(self) -> bool:
        # `lambda_` ends like a fitted attribute and is none.
        return hasattr(self, "ridge_")

    def recommend(self, X: Any, k: int = 10) -> np.ndarray:
        """The k items of greatest score for each row among those it does not have, best first; -1 where there are fewer."""
        check_is_fitted(self)
        X = self._validated(X, reset=False, missing=False)
        if not 1 <= k <= X.shape[1]:
            raise _library.ArgumentError(f"{k} items of {X.shape[1]}")
        found = []
        for rows, scores in self._blocks(X):
            scores = scores.astype(np.float64, copy=False)
            scores[rows != 0] = -np.inf
            order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
            order[np.isneginf(np.take_along_axis(scores, order, axis=1))] = -1
            found.append(order)
        return np.concatenate(found)


class MaskedImputer(MaskedRegression):
    """Fills NaN by conditional means: `transform` gives X with its gaps filled.

    Fitted to the cells that are observed; the ridge is chosen on observed cells hidden for the purpose.
    """

    def __init__(
        self,
        ridge: Any = "auto",
        fit_intercept: bool = True,
        weights: Any = "uniform",
        device: str = "auto",
        precision: str = "float64",
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.ridge = ridge
        self.fit_intercept = fit_intercept
        self.weights = weights
        self.device = device
        self.precision = precision
        self.n_jobs = n_jobs
        self.random_state = random_state

    mask = "observed"

    def transform(self, X: Any) -> np.ndarray:
        """X with its gaps filled."""
        return self.impute(X)


class MaskedOutlierDetector(OutlierMixin, MaskedRegression):
    """Outliers as samples whose cells are predicted badly from the others of their row.

    `score_samples` is minus the mean of squared residual / error held out; `contamination` is the share of the training samples
    below `offset_`.
    """

    def __init__(
        self,
        contamination: float = 0.1,
        ridge: Any = "auto",
        fit_intercept: bool = True,
        weights: Any = "uniform",
        device: str = "auto",
        precision: str = "float64",
        n_jobs: int | None = None,
    ) -> None:
        self.contamination = contamination
        self.ridge = ridge
        self.fit_intercept = fit_intercept
        self.weights = weights
        self.device = device
        self.precision = precision
        self.n_jobs = n_jobs

    mask = "leave_one_out"
    random_state = None

    def fit(self, X: Any, y: Any = None, *, groups: Any = None) -> MaskedOutlierDetector:
        """Fits to rows of samples; y is not used."""
        if not 0 < self.contamination <= 0.5:
            raise _library.ArgumentError(f"contamination {self.contamination}; above 0 and at most 0.5")
        super().fit(X, y, groups=groups)
        self.offset_ = float(np.percentile(self.score_samples(X), 100 * self.contamination))
        return self

    def decision_function(self, X: Any) -> np.ndarray:
        """`score_samples` less `offset_`: below 0 are outliers."""
        return self.score_samples(X) - self.offset_

    def predict(self, X: Any) -> np.ndarray:
        """1 for samples like the others, -1 for outliers."""
        check_is_fitted(self)
        return np.where(self.decision_function(X) >= 0, 1, -1)

    def transform(self, X: Any) -> np.ndarray:
        """Every cell predicted from the others of its row."""
        check_is_fitted(self)
        return self._predicted(self._readable(X))

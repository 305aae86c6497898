"""What a fitted predictor says of rows."""

from __future__ import annotations

from typing import Any, Iterator

import numpy as np
from sklearn.utils.validation import check_is_fitted

from . import _library

# The largest d whose predictor is kept as a matrix where it has factors, as `lacuna fit` has it.
LARGEST_DENSE = 10_000


class Prediction:
    """Predictions, gaps filled and scores, of an estimator that has `coef_` or its factors, and `mean_`."""

    mean_: np.ndarray
    loo_error_: np.ndarray
    _readable: Any
    _validated: Any

    def _predicted(self, X: Any) -> np.ndarray:
        if hasattr(self, "coef_"):
            if isinstance(X, np.ndarray):
                predicted = (X - self.mean_) @ self.coef_.T
            else:
                predicted = X @ self.coef_.T - self.coef_ @ self.mean_
        else:
            if isinstance(X, np.ndarray):
                centred = X - self.mean_
                along = centred @ self.factors_
            else:
                centred = X.toarray() - self.mean_
                along = X @ self.factors_ - self.mean_ @ self.factors_
            squares = np.einsum("kn,kn->k", self.factors_, self.factors_)
            predicted = self.factor_scales_ * (along @ self.factors_.T - squares * centred)
        predicted += self.mean_
        if hasattr(self, "covariates_"):
            predicted[:, self.covariates_] = np.nan
        return predicted

    def _blocks(self, X: Any) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Rows, dense, and what is predicted of them, some at a time."""
        height = max(1, (1 << 22) // X.shape[1])
        for first in range(0, X.shape[0], height):
            rows = X[first : first + height]
            dense = rows if isinstance(rows, np.ndarray) else rows.toarray()
            yield dense, self._predicted(self._filled(rows))

    def _filled(self, X: np.ndarray) -> np.ndarray:
        """Gaps by conditional means: (I - A)_hh x_h = A_hv x_v, since I - A is Q with its rows scaled.

        Where a target is among the hidden its own regression follows those of the others; a covariate has none.
        """
        if not isinstance(X, np.ndarray):
            return X
        gaps = np.isnan(X)
        if not gaps.any():
            return X
        if not hasattr(self, "coef_"):
            raise _library.ArgumentError(f"gaps of rows of more than {LARGEST_DENSE} coordinates are not filled")
        if hasattr(self, "covariates_") and gaps[:, self.covariates_].any():
            raise _library.ArgumentError("a covariate is missing, and nothing predicts it")
        filled = np.array(X, dtype=np.float64)
        rows = np.flatnonzero(gaps.any(axis=1))
        patterns, which = np.unique(gaps[rows], axis=0, return_inverse=True)
        which = which.reshape(-1)
        for index, hidden in enumerate(patterns):
            block = rows[which == index]
            if hidden.all():
                filled[block] = self.mean_
                continue
            known = X[np.ix_(block, ~hidden)] - self.mean_[~hidden]
            system = np.eye(int(hidden.sum())) - self.coef_[np.ix_(hidden, hidden)]
            right = self.coef_[np.ix_(hidden, ~hidden)] @ known.T
            filled[np.ix_(block, hidden)] = np.linalg.solve(system, right).T + self.mean_[hidden]
        return filled

    def predict(self, X: Any) -> np.ndarray:
        """Every cell predicted from the others of its row; gaps are filled first."""
        check_is_fitted(self)
        return self._predicted(self._filled(self._readable(X)))

    def impute(self, X: Any) -> np.ndarray:
        """X with its NaN filled by conditional means given the other cells of their rows."""
        check_is_fitted(self)
        return self._filled(self._validated(X, reset=False, missing=True))

    def score(self, X: Any, y: Any = None) -> float:
        """1 - mean squared error of the cells / their mean square about the fit's means; 1 is best."""
        check_is_fitted(self)
        left = total = 0.0
        for rows, predicted in self._blocks(self._readable(X)):
            known = ~np.isnan(predicted) & ~np.isnan(rows)
            left += np.sum((rows - predicted)[known] ** 2)
            total += np.sum((rows - self.mean_)[known] ** 2)
        return float(1 - left / total) if total > 0 else 0.0

    def score_samples(self, X: Any) -> np.ndarray:
        """Minus the mean over a row's cells of squared residual / error held out: the lower, the less like the samples."""
        check_is_fitted(self)
        X = self._readable(X)
        errors = self.loo_error_
        usable = np.isfinite(errors) & (errors > 0)
        if not usable.any():
            return np.zeros(X.shape[0])
        return np.concatenate(
            [-np.nanmean((rows - predicted)[:, usable] ** 2 / errors[usable], axis=1) for rows, predicted in self._blocks(X)]
        )

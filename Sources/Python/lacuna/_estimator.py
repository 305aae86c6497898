"""The joint predictor as an estimator of scikit-learn."""

from __future__ import annotations

import numbers
import warnings
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from . import _library
from ._fit import Fit

# The largest d whose predictor is kept as a matrix where it has factors, as `lacuna fit` has it.
LARGEST_DENSE = 10_000


class MaskedRegression(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Every coordinate predicted by ridge regression from all others, with exact leave-one-sample-out errors.

    Row k of `coef_` minimises the mean squared error of coordinate k plus ridge * sum_j w_j a_kj**2; its diagonal is 0. With
    Q = inv(S + ridge I), S = X'X/n of the centred rows, it is I - diag(Q)^-1 Q.

    Parameters
    ----------
    ridge : "auto", "ridgeless", a number, an array, or {"from", "to", "count"}
        On S = X'X/n; of several the one of least error held out is taken.
    mask : str, dict or array
        Which coordinates training hides: "leave_one_out", "observed" (cells that are NaN), "bernoulli:0.5", "partition:4:2",
        ..., or an array of masks, a row each, 0 hidden and 1 visible.
    fit_intercept : bool
        Centres the columns; errors stay exact.
    weights : "uniform", "variance", "self" or "auto"
        What the ridge weighs coefficients by. "variance" is the fit of standardised columns, given back in their units; "self"
        takes the errors that these weights themselves lead to; "auto" keeps the best of the three.
    device, precision : str
        Where and in which precision to compute.
    n_jobs : int or None
        Threads; None takes the library's default, -1 all cores.
    random_state : int, RandomState or None
        Seed of drawn masks and of cells hidden to choose a ridge; None is 1.

    Attributes
    ----------
    coef_ : (d, d); factors_, factor_scales_ in its place for n < d and d > 10000
    mean_, mean_square_ : (d,), the columns' means and the mean squares about them
    ridge_ : float
    loo_error_, training_error_, gcv_error_ : (d,) or None where the mask has no such errors
        `loo_error_` is the error held out: exact leave-one-sample-out under leave-one-out masks, else of folds or hidden cells.
    ridge_path_ : dict of arrays, every ridge tried with its mean errors
    warnings_ : list of str, what is doubtful

    Samples have no weights: leave-one-sample-out errors would not be exact with them.
    """

    def __init__(
        self,
        ridge: Any = "auto",
        mask: Any = "leave_one_out",
        fit_intercept: bool = True,
        weights: str = "uniform",
        device: str = "auto",
        precision: str = "float64",
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.ridge = ridge
        self.mask = mask
        self.fit_intercept = fit_intercept
        self.weights = weights
        self.device = device
        self.precision = precision
        self.n_jobs = n_jobs
        self.random_state = random_state

    # What subclasses fix.
    def _fit_parameters(self, n: int) -> dict[str, Any]:
        return {
            "ridge": self.ridge,
            "mask": self.mask,
            "weights": self.weights,
            "intercept": self.fit_intercept,
        }

    def _allows_missing(self) -> bool:
        return isinstance(getattr(self, "mask", None), str) and self.mask == "observed"

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = self._allows_missing()
        return tags

    def __getstate__(self) -> Any:
        state = dict(super().__getstate__())
        state.pop("_fit", None)
        return state

    def _validated(self, X: Any, reset: bool, missing: bool) -> np.ndarray:
        return validate_data(
            self,
            X,
            reset=reset,
            dtype=[np.float64, np.float32],
            ensure_all_finite="allow-nan" if missing else True,
            ensure_min_features=2 if reset else 1,
            ensure_min_samples=2 if reset else 1,
        )

    def fit(self, X: Any, y: Any = None) -> MaskedRegression:
        """Fits to rows of samples; y is not used."""
        X = self._validated(X, reset=True, missing=self._allows_missing())
        seed = self.random_state
        if seed is None:
            seed = 1
        elif not isinstance(seed, numbers.Integral):
            seed = int(check_random_state(seed).randint(2**31))
        threads = self.n_jobs
        if threads is not None and threads < 0:
            threads = None
        names = getattr(self, "feature_names_in_", None)
        fit = Fit(
            X,
            **self._fit_parameters(len(X)),
            seed=int(seed),
            device=self.device,
            precision=self.precision,
            threads=threads,
            names=None if names is None else [str(name) for name in names],
        )
        summary = fit.summary
        self.ridge_ = summary["ridge"]
        self.mean_ = fit.vector(_library.MEANS)
        self.mean_square_ = fit.vector(_library.MEAN_SQUARES)
        self.loo_error_ = fit.vector(_library.HELD_OUT)
        self.training_error_ = fit.vector(_library.TRAINING)
        self.gcv_error_ = fit.vector(_library.GCV)
        self.ridge_path_ = {
            key: np.array([np.nan if point[key] is None else point[key] for point in summary["path"]])
            for key in ("ridge", "training_error", "held_out_error", "gcv_error", "standardized_error")
        }
        self.validation_ = summary["validation"]
        self.device_ = summary["device"]
        self.warnings_ = list(summary["warnings"])
        n, d = X.shape
        for name in ("coef_", "factors_", "factor_scales_"):
            self.__dict__.pop(name, None)
        if d > LARGEST_DENSE and n < d:
            self.factors_, self.factor_scales_ = fit.factors()
        else:
            self.coef_ = fit.predictor()
        self._fit = fit
        for warning in self.warnings_:
            warnings.warn(warning, UserWarning, stacklevel=2)
        return self

    def _predicted(self, X: np.ndarray) -> np.ndarray:
        centred = X - self.mean_
        if hasattr(self, "coef_"):
            return centred @ self.coef_.T + self.mean_
        along = centred @ self.factors_
        squares = np.einsum("kn,kn->k", self.factors_, self.factors_)
        return self.factor_scales_ * (along @ self.factors_.T - squares * centred) + self.mean_

    def _filled(self, X: np.ndarray) -> np.ndarray:
        """Gaps by conditional means: (I - A)_hh x_h = A_hv x_v, since I - A is Q with its rows scaled."""
        gaps = np.isnan(X)
        if not gaps.any():
            return X
        if not hasattr(self, "coef_"):
            raise _library.ArgumentError(f"gaps of rows of more than {LARGEST_DENSE} coordinates are not filled")
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
        return self._predicted(self._filled(self._validated(X, reset=False, missing=self._allows_missing())))

    def transform(self, X: Any) -> np.ndarray:
        """The same as `predict`."""
        return self.predict(X)

    def impute(self, X: Any) -> np.ndarray:
        """X with its NaN filled by conditional means given the other cells of their rows."""
        check_is_fitted(self)
        return self._filled(self._validated(X, reset=False, missing=True))

    def score(self, X: Any, y: Any = None) -> float:
        """1 - mean squared error of the cells / their mean square about the fit's means; 1 is best."""
        check_is_fitted(self)
        X = self._validated(X, reset=False, missing=self._allows_missing())
        residuals = X - self._predicted(self._filled(X))
        total = np.nansum((X - self.mean_) ** 2)
        return float(1 - np.nansum(residuals**2) / total) if total > 0 else 0.0

    def score_samples(self, X: Any) -> np.ndarray:
        """Minus the mean over a row's cells of squared residual / error held out: the lower, the less like the samples."""
        check_is_fitted(self)
        X = self._validated(X, reset=False, missing=self._allows_missing())
        residuals = X - self._predicted(self._filled(X))
        errors = self.loo_error_
        usable = np.isfinite(errors) & (errors > 0)
        if not usable.any():
            return np.zeros(len(X))
        return -np.nanmean(residuals[:, usable] ** 2 / errors[usable], axis=1)

    def loo_residuals(self) -> np.ndarray:
        """Every cell of the training data less its prediction by the fit without its sample, exactly."""
        check_is_fitted(self)
        if "_fit" not in self.__dict__:
            raise _library.LacunaError("the samples are not kept in a pickle or a copy; fit again")
        return self._fit.residuals()

    @property
    def spectrum_(self) -> np.ndarray:
        """Eigenvalues of `coef_`, ascending: real, since it is similar to a symmetric matrix, but for masks without one Q."""
        check_is_fitted(self, "coef_")
        values = np.linalg.eigvals(np.asarray(self.coef_, dtype=np.float64))
        if np.abs(values.imag).max(initial=0) <= 1e-8 * max(1.0, np.abs(values).max(initial=0)):
            return np.sort(values.real)
        return np.sort_complex(values)

    def learning_curve(self, X: Any, sizes: Any = None) -> dict[str, np.ndarray]:
        """Mean error held out at growing numbers of rows, drawn without replacement; kept as `learning_curve_`."""
        X = self._validated(X, reset=True, missing=self._allows_missing())
        n = len(X)
        if sizes is None:
            sizes = np.unique(np.geomspace(max(8, n // 16), n, 6).astype(int))
        order = check_random_state(self.random_state).permutation(n)
        errors, ridges = [], []
        for size in sizes:
            if not 2 <= size <= n:
                raise _library.ArgumentError(f"{size} rows of {n}")
            fit = Fit(
                X[np.sort(order[:size])],
                **self._fit_parameters(int(size)),
                device=self.device,
                precision=self.precision,
            )
            errors.append(fit.summary["held_out_error"])
            ridges.append(fit.summary["ridge"])
        self.learning_curve_ = {
            "rows": np.asarray(sizes),
            "held_out_error": np.array(errors, dtype=float),
            "ridge": np.array(ridges),
        }
        return self.learning_curve_

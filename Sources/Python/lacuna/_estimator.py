"""The joint predictor as an estimator of scikit-learn."""

from __future__ import annotations

import numbers
import warnings
from functools import cached_property
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from . import _library
from ._findings import Findings
from ._fit import Fit
from ._model import restore
from ._prediction import LARGEST_DENSE, Prediction


# Attributes that are made of the summary when they are first asked for.
_LATER = ("summary_", "ridge_path_", "validation_", "device_")


class MaskedRegression(Prediction, Findings, OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
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
    weights : "uniform", "variance", "self", "auto" or array of d numbers above 0
        w, what the ridge weighs coefficients by. "variance" is the fit of standardised columns, given back in their units;
        "self" takes the errors that these weights themselves lead to; "auto" keeps the best of the three.
    targets : list of column names, or numbers from 0
        Columns that are predicted and predict no other: their columns of `coef_` are 0. They may be NaN in `predict`.
    covariates : list, likewise
        Columns that predict and are not predicted: their rows of `coef_` are 0, their errors and predictions NaN.
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
    penalty_ : (d,), w of the ridge chosen
    ridge_ : float
    loo_error_, training_error_, gcv_error_ : (d,) or None where the mask has no such errors
        `loo_error_` is the error held out, as `validation_` says: exact, without the row or its group, under leave-one-out
        masks, else of folds or hidden cells.
    ridge_path_ : dict of arrays, every ridge tried with its mean errors
    learning_curve_ : dict of arrays, the error to expect of other numbers of rows (inf: of all there could be), by theory from
        this fit; computed when first asked for
    spectrum_ : eigenvalues of `coef_`
    directions_ : (k, d), what the eigenvalues tell of, as rows; see `find_directions`. Computed when first asked for
    summary_ : dict, all that `lacuna fit` writes as fit.json
    warnings_ : list of str, what is doubtful

    X may be sparse under leave-one-out masks without targets and covariates, and stays so; predictions are dense.

    There is no `sample_weight`: a row of weight 2 is not two rows, each of which would predict its copy. For a weighted mean of
    squares, multiply the rows by the roots of their weights and fit without an intercept: all errors are exact then.
    """

    def __init__(
        self,
        ridge: Any = "auto",
        mask: Any = "leave_one_out",
        fit_intercept: bool = True,
        weights: Any = "uniform",
        targets: Any = None,
        covariates: Any = None,
        device: str = "auto",
        precision: str = "float64",
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.ridge = ridge
        self.mask = mask
        self.fit_intercept = fit_intercept
        self.weights = weights
        self.targets = targets
        self.covariates = covariates
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
            "targets": self._columns("targets"),
            "covariates": self._columns("covariates"),
            "intercept": self.fit_intercept,
        }

    def _computing(self) -> dict[str, Any]:
        seed = self.random_state
        if seed is None:
            seed = 1
        elif not isinstance(seed, numbers.Integral):
            seed = int(check_random_state(seed).randint(2**31))
        threads = self.n_jobs
        return {
            "seed": int(seed),
            "device": self.device,
            "precision": self.precision,
            "threads": None if threads is not None and threads < 0 else threads,
        }

    def _columns(self, parameter: str) -> list[int] | None:
        """Numbers of the columns that a parameter names; None for none."""
        value = getattr(self, parameter, None)
        if value is None:
            return None
        found = []
        names = list(getattr(self, "feature_names_in_", []))
        for column in [value] if isinstance(value, str) else list(value):
            if not isinstance(column, str):
                found.append(column)
            elif column in names:
                found.append(names.index(column))
            else:
                raise _library.ArgumentError(f"{parameter}: there is no column {column!r}")
        return found or None

    def _allows_missing(self) -> bool:
        return isinstance(getattr(self, "mask", None), str) and self.mask == "observed"

    def _allows_sparse(self) -> bool:
        mask = getattr(self, "mask", "leave_one_out")
        is_plain = isinstance(mask, str) and mask in ("leave_one_out", "leave-one-out")
        return is_plain and getattr(self, "targets", None) is None and getattr(self, "covariates", None) is None

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = self._allows_missing()
        tags.input_tags.sparse = self._allows_sparse()
        return tags

    def __getstate__(self) -> Any:
        if "_fit" in self.__dict__:
            _ = self.summary_
        state = dict(super().__getstate__())
        state.pop("_fit", None)
        return state

    # To write and read the summary takes as long as a small fit: what is made of it waits until somebody asks.
    @cached_property
    def summary_(self) -> dict[str, Any]:
        if "_fit" not in self.__dict__:
            raise AttributeError("no summary_: there is one after fit, and of a model that was restored there is none")
        return self._fit.summary

    @cached_property
    def ridge_path_(self) -> dict[str, np.ndarray]:
        return {
            key: np.array([np.nan if point[key] is None else point[key] for point in self.summary_["path"]])
            for key in ("ridge", "training_error", "held_out_error", "gcv_error", "standardized_error")
        }

    @cached_property
    def validation_(self) -> str:
        return self.summary_["validation"]

    @cached_property
    def device_(self) -> str:
        return self.summary_["device"]

    def _is_plain(self, X: Any, reset: bool) -> bool:
        """Whether X is an array as it is wanted: scikit-learn's checks would let it pass, in ten times the time."""
        if type(X) is not np.ndarray or X.ndim != 2 or X.dtype not in (np.float64, np.float32):
            return False
        if min(X.shape) < (2 if reset else 1) or (
            not reset and ("feature_names_in_" in self.__dict__ or X.shape[1] != self.n_features_in_)
        ):
            return False
        if reset:  # the fit itself refuses what is not finite
            return True
        with np.errstate(over="ignore", invalid="ignore"):
            return bool(np.isfinite(np.add.reduce(X, axis=None)))

    def _validated(self, X: Any, reset: bool, missing: bool) -> Any:
        if self._is_plain(X, reset):
            if reset:
                self.n_features_in_ = X.shape[1]
                self.__dict__.pop("feature_names_in_", None)
            return X
        return self._checked(X, reset, missing)

    def _checked(self, X: Any, reset: bool, missing: bool) -> Any:
        X = validate_data(
            self,
            X,
            reset=reset,
            accept_sparse="csr" if self._allows_sparse() else False,
            dtype=[np.float64, np.float32],
            ensure_all_finite="allow-nan" if missing else True,
            ensure_min_features=2 if reset else 1,
            ensure_min_samples=2 if reset else 1,
        )
        if not isinstance(X, np.ndarray) and not X.has_canonical_format:
            X = X.copy()
            X.sum_duplicates()
        return X

    def _readable(self, X: Any) -> Any:
        """Rows to predict: what they lack must be what predicts nothing."""
        targets = getattr(self, "targets_", None)
        X = self._validated(X, reset=False, missing=self._allows_missing() or targets is not None)
        if targets is not None and np.isnan(np.delete(X, targets, axis=1)).any():
            raise _library.ArgumentError("NaN in a column that is no target; see impute")
        return X

    def fit(self, X: Any, y: Any = None, *, groups: Any = None) -> MaskedRegression:
        """Fits to rows of samples; y is not used.

        groups: a label a row, of any kind, or "runs:L" for every L rows in turn. Rows of one label are left out together, the
        ridge is chosen so, and `loo_error_` and `loo_residuals()` are of cells predicted without their whole group, exactly.
        """
        X = self._validated(X, reset=True, missing=self._allows_missing())
        names = getattr(self, "feature_names_in_", None)
        try:
            fit = Fit(
                X,
                groups=groups,
                **self._fit_parameters(X.shape[0]),
                **self._computing(),
                names=None if names is None else [str(name) for name in names],
            )
        except _library.LacunaError:
            # What scikit-learn refuses is refused in its words.
            self._checked(X, reset=True, missing=self._allows_missing())
            raise
        vectors, self.ridge_, warning_count = fit.vectors()
        self.mean_, self.mean_square_, self.penalty_, self.training_error_, self.loo_error_, self.gcv_error_ = vectors
        self.warnings_ = list(fit.summary["warnings"]) if warning_count else []
        n, d = X.shape
        for name in ("coef_", "factors_", "factor_scales_", "targets_", "covariates_", "measured_curve_", "_learning", *_LATER):
            self.__dict__.pop(name, None)
        for name in ("targets", "covariates"):
            columns = self._columns(name)
            if columns is not None:
                setattr(self, name + "_", np.array(columns))
        if d > LARGEST_DENSE and n < d:
            self.factors_, self.factor_scales_ = fit.factors()
        else:
            self.coef_ = fit.predictor()
        self._fit = fit
        for warning in self.warnings_:
            warnings.warn(warning, UserWarning, stacklevel=2)
        return self

    @classmethod
    def from_model(cls, path: Any) -> MaskedRegression:
        """The fit that `lacuna fit --output FOLDER` left in `model.npz`, to predict, fill gaps and score; path: it or its folder.

        Which mask cells were hidden by, and the device, are not restored: fit anew to fit.
        """
        return restore(cls(), path)

    def transform(self, X: Any) -> np.ndarray:
        """The same as `predict`."""
        return self.predict(X)

    def loo_residuals(self) -> np.ndarray:
        """Every cell of the training data less its prediction by the fit without its row, or its group, exactly."""
        check_is_fitted(self)
        if "_fit" not in self.__dict__:
            raise _library.LacunaError("the samples are not kept in a pickle or a copy; fit again")
        return self._fit.residuals()

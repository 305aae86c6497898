"""What a fit tells of the data: directions, whether PCA would predict better, and what more rows would do."""

from __future__ import annotations

import json
import warnings
from typing import Any

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from . import _library
from ._fit import Fit, group_labels


class Findings:
    """Directions, verdict and learning curves of an estimator that keeps its `_fit`."""

    _fit: Any

    def _asked(self, name: str, *arguments: Any) -> dict[str, Any]:
        """What a function of the library says of the fit, kept with the fit."""
        check_is_fitted(self)
        if "_fit" not in self.__dict__:
            raise _library.LacunaError("the samples are not kept in a pickle or a copy; fit again")
        kept = self._fit.__dict__.setdefault("findings", {})
        key = (name, *arguments)
        if key not in kept:

            def work(progress: Any) -> str:
                return _library.text(name, self._fit._handle.pointer, *arguments, progress, None)

            kept[key] = json.loads(_library.watched(work))
        return kept[key]

    def find_directions(self, permutations: int = 0) -> dict[str, Any]:
        """Directions that unrelated coordinates of these variances do not have, by the eigenvalues of `coef_`.

        permutations: 0 counts them at 5 % by the Tracy-Widom law (of few coordinates, where it is not known, against 19 copies); 19
        or more against so many copies with permuted columns, for entries of any law, at 1/(permutations + 1).

        Gives directions (unit vectors as rows, in the units of the data, the strongest first), and of each eigenvalue, strength
        (the variance along it, nan where it is not known) and overlap (the squared cosine with the true one to expect); count, edges
        of the unrelated coordinates' spectrum, the threshold beyond it, level, permutations (None for Tracy-Widom),
        principal_directions (how many PCA has beyond its own edge, None where it is not known), and is_correlated: more than a tenth
        of the eigenvalues, and more than three, lie beyond, so that no few directions explain them and none is given. Raises
        LacunaError, with the reason, where there is no such spectrum.
        """
        found = self._asked("lacuna_fit_spectrum", permutations)
        spectrum = found["spectrum"]
        if spectrum is None:
            raise _library.LacunaError(f"no directions: {found['spectrum_reason']}")
        outliers = spectrum["outliers"]

        def column(key: str) -> np.ndarray:
            return np.array([np.nan if outlier[key] is None else outlier[key] for outlier in outliers], dtype=float)

        return {
            "directions": np.array(found["directions"], dtype=float).reshape(-1, self._fit.shape[1]),
            "eigenvalue": column("eigenvalue"),
            "strength": column("strength"),
            "overlap": column("overlap"),
            "count": spectrum["outlier_count"],
            "is_correlated": spectrum["directions"] is None,
            "edges": tuple(spectrum["edges"]),
            "threshold": spectrum["threshold"],
            "level": spectrum["level"],
            "permutations": spectrum["permutations"],
            "principal_directions": spectrum["pca_directions"],
        }

    @property
    def directions_(self) -> np.ndarray:
        """The directions of `find_directions()`, as rows. Raises AttributeError, with the reason, where there is no spectrum."""
        try:
            return self.find_directions()["directions"]
        except _library.LacunaError as error:
            raise AttributeError(f"no directions_: {error}") from None

    def verdict(self) -> dict[str, Any]:
        """Whether this regression or probabilistic PCA predicts hidden cells of the rows fitted better.

        Five folds of rows, or groups of them, ridge and rank chosen within the other four, columns equally scaled. Gives
        masked_error, pca_error and empty_error (of the means), in units of the columns' mean squares; difference, masked less PCA,
        with its standard_error; better: "masked", "pca" or None, where it is less than three of those; pca_rank, ridge (inf where
        predicting nothing was best), coordinates compared, and a sentence. Raises LacunaError, with the reason, where they are not
        compared.
        """
        found = self._asked("lacuna_fit_verdict")
        verdict = found["verdict"]
        if verdict is None:
            raise _library.LacunaError(f"no verdict: {found['verdict_reason']}")
        ridge = np.inf if verdict["ridge"] is None else verdict["ridge"]
        return {**verdict, "ridge": ridge, "sentence": found["sentence"]}

    @property
    def spectrum_(self) -> np.ndarray:
        """Eigenvalues of `coef_`, ascending: real, since it is similar to a symmetric matrix, but for masks without one Q."""
        check_is_fitted(self, "coef_")
        values = np.linalg.eigvals(np.asarray(self.coef_, dtype=np.float64))
        if np.abs(values.imag).max(initial=0) <= 1e-8 * max(1.0, np.abs(values).max(initial=0)):
            return np.sort(values.real)
        return np.sort_complex(values)

    @property
    def learning_curve_(self) -> dict[str, np.ndarray]:
        """The error held out to expect of n/2, n, 2n, 4n, 10n and infinitely many rows, as far as the ridges tried tell, at the
        best ridge for so many: rows, held_out_error, standard_error, ridge, is_upper_bound. A warning says where half of the
        rows, fitted, do not bear it out. Raises AttributeError, with the reason, where there is none.
        """
        check_is_fitted(self)
        if "_learning" not in self.__dict__:
            if "_fit" not in self.__dict__:
                raise AttributeError("the samples are not kept in a pickle or a copy; fit again for learning_curve_")
            self._learning = self._fit.learning()
            for warning in self._learning["warnings"]:
                warnings.warn(warning, UserWarning, stacklevel=2)
        points = self._learning["learning_curve"]
        if points is None:
            raise AttributeError(f"no learning_curve_: {self._learning['learning_curve_reason']}")

        def column(key: str, missing: float) -> np.ndarray:
            return np.array([missing if point[key] is None else point[key] for point in points], dtype=float)

        return {
            "rows": column("n", np.inf),
            "held_out_error": column("error", np.nan),
            "standard_error": column("standard_error", np.nan),
            "ridge": column("ridge", np.nan),
            "is_upper_bound": np.array([point["upper_bound"] for point in points]),
        }

    def learning_curve(self, X: Any, sizes: Any = None, *, groups: Any = None) -> dict[str, np.ndarray]:
        """Mean error held out at growing numbers of rows, drawn without replacement; kept as `measured_curve_`."""
        X = self._validated(X, reset=True, missing=self._allows_missing())
        n = X.shape[0]
        labels = group_labels(groups, n)
        if sizes is None:
            sizes = np.unique(np.geomspace(max(8, n // 16), n, 6).astype(int))
        order = check_random_state(self.random_state).permutation(n)
        errors, ridges = [], []
        for size in sizes:
            if not 2 <= size <= n:
                raise _library.ArgumentError(f"{size} rows of {n}")
            rows = np.sort(order[:size])
            fit = Fit(
                X[rows],
                groups=None if labels is None else labels[rows],
                **self._fit_parameters(int(size)),
                **self._computing(),
            )
            errors.append(fit.summary["held_out_error"])
            ridges.append(fit.summary["ridge"])
        self.measured_curve_ = {
            "rows": np.asarray(sizes),
            "held_out_error": np.array(errors, dtype=float),
            "ridge": np.array(ridges),
        }
        return self.measured_curve_

"""What a fit tells of the data: directions, and whether PCA would predict better."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from . import _library


class Findings:
    """Directions and the verdict of an estimator that keeps its `_fit`."""

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

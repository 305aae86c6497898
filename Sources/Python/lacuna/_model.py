"""Fits that `lacuna fit` left in a folder, as estimators."""

from __future__ import annotations

import json
import os
from typing import Any

import numpy as np

from . import _library

_FORMAT, _VERSION = "lacuna-model", 1


def restore(estimator: Any, path: Any) -> Any:
    """Gives an estimator the attributes of the model in `model.npz`, whose arrays are those that `lacuna apply` reads."""
    file = os.path.join(path, "model.npz") if os.path.isdir(path) else path
    with np.load(file) as archive:
        try:
            header = json.loads(archive["header"].tobytes())
            found = header["format"], header["version"]
        except (KeyError, ValueError, TypeError):
            raise _library.DataError(f"{file} is no model; give the folder that lacuna fit wrote") from None
        if found[0] != _FORMAT or found[1] > _VERSION:
            raise _library.DataError(f"{file} is of format {found[0]} {found[1]}; this version reads {_FORMAT} {_VERSION}")
        estimator.n_features_in_ = header["d"]
        if header.get("names") is not None:
            estimator.feature_names_in_ = np.array(header["names"], dtype=object)
        estimator.ridge_ = header["ridge"]
        estimator.validation_ = header["validation"]
        estimator.mean_ = archive["means"]
        estimator.mean_square_ = archive["mean_squares"]
        estimator.penalty_ = archive["weights"]
        estimator.loo_error_ = archive["held_out_errors"]
        if "coefficients" in archive:
            estimator.coef_ = archive["coefficients"]
        else:
            estimator.factors_, estimator.factor_scales_ = archive["factors"], archive["factor_scales"]
        for name in ("targets", "covariates"):
            if header[name]:
                setattr(estimator, name + "_", np.array(header[name]))
    return estimator

"""Masked self-supervised regression: fits with exact leave-out errors, simulation, and theory beside it.

Coordinates of a sample are hidden and predicted linearly, with a ridge, from the rest; the predictor is one hollow matrix,
row k predicting coordinate k. The ridge is that of S = X'X/n: EASE's lambda is n times it.

Nothing is loaded before it is used: neither NumPy, nor scikit-learn, nor the library itself.
"""

from importlib import import_module as _import

__version__ = "0.2.0"

_HOMES = {
    "MaskedRegression": "_estimator",
    "EASE": "_named",
    "MaskedImputer": "_named",
    "MaskedOutlierDetector": "_named",
    "theory": "_study",
    "simulate": "_study",
    "Results": "_study",
    "spectral_density": "_study",
    "optimal_ridge": "_study",
    "threshold": "_study",
    "bench": "_program",
    "devices": "_library",
    "LacunaError": "_library",
    "plot": None,
}

__all__ = list(_HOMES)


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module 'lacuna' has no attribute {name!r}")
    home = _HOMES[name]
    if home is None:
        return _import("lacuna." + name)
    value = getattr(_import("lacuna." + home), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *_HOMES})

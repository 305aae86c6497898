"""Figures on axes of matplotlib: axes in, axes out."""

from __future__ import annotations

from typing import Any

import numpy as np


def _axes(ax: Any) -> Any:
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots(layout="constrained")[1]


def _logarithmic_counts(ax: Any, counts: Any) -> None:
    """A logarithmic axis of counts or shares, with these themselves at its ticks where they are few."""
    counts = np.unique(counts)
    ax.set_xscale("log")
    if len(counts) <= 8:
        ax.set_xticks(counts, [f"{count:g}" for count in counts])
        ax.set_xticks([], minor=True)


def _numbers(results: Any, key: str) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in results[key]], dtype=float)


def errors(results: Any, x: str = "n", quantity: str = "generalization_error", ax: Any = None) -> Any:
    """A quantity of a study against n or the ridge: trials as points with standard errors, theory as lines.

    One colour for each value of the other of the two.
    """
    ax = _axes(ax)
    other = "ridge" if x == "n" else "n"
    places, groups = _numbers(results, x), _numbers(results, other)
    means, spread = _numbers(results, f"{quantity}_mean"), _numbers(results, f"{quantity}_standard_error")
    theory = _numbers(results, f"{quantity}_theory")
    for index, group in enumerate(np.unique(groups)):
        chosen = np.flatnonzero(groups == group)
        chosen = chosen[np.argsort(places[chosen])]
        color = f"C{index % 10}"
        ax.plot(places[chosen], theory[chosen], color=color, label=f"{other} = {group:.3g}, theory")
        if np.isfinite(means[chosen]).any():
            ax.errorbar(
                places[chosen],
                means[chosen],
                np.nan_to_num(spread[chosen]),
                fmt="o",
                markersize=4,
                color=color,
                label=f"{other} = {group:.3g}, simulation",
            )
    ax.set_xlabel("samples n" if x == "n" else "ridge λ")
    ax.set_ylabel(quantity.replace("_", " "))
    if x == "n":
        _logarithmic_counts(ax, places)
    else:
        ax.set_xscale("log")
    ax.legend()
    return ax


def ridge_path(estimator: Any, ax: Any = None) -> Any:
    """Errors of a fit at every ridge tried, the one chosen marked."""
    ax = _axes(ax)
    path = estimator.ridge_path_
    positive = path["ridge"] > 0
    for key, label in (
        ("held_out_error", "held out"),
        ("gcv_error", "GCV"),
        ("training_error", "training"),
    ):
        values = path[key]
        if np.isfinite(values[positive]).any():
            ax.plot(path["ridge"][positive], values[positive], label=label)
    if estimator.ridge_ > 0:
        ax.axvline(estimator.ridge_, color="0.6", linestyle="--", label=f"λ = {estimator.ridge_:.3g}")
    ax.set_xscale("log")
    ax.set_xlabel("ridge λ")
    ax.set_ylabel("mean squared error")
    ax.legend()
    return ax


def learning_curve(estimator: Any, ax: Any = None) -> Any:
    """The error held out to expect against the number of rows, what is left with infinitely many, and errors measured on some
    rows where `estimator.learning_curve` did."""
    ax = _axes(ax)
    counts = []
    expected = getattr(estimator, "learning_curve_", None)
    if expected is not None:
        finite = np.isfinite(expected["rows"])
        counts += list(expected["rows"][finite])
        ax.errorbar(
            expected["rows"][finite],
            expected["held_out_error"][finite],
            2 * np.nan_to_num(expected["standard_error"][finite]),
            fmt="-",
            capsize=2,
            label="expected, ± 2 standard errors",
        )
        for limit in expected["held_out_error"][~finite]:
            ax.axhline(limit, color="C0", linestyle=":", label="with all rows there could be")
    measured = getattr(estimator, "measured_curve_", None)
    if measured is not None:
        counts += list(measured["rows"])
        ax.plot(measured["rows"], measured["held_out_error"], "o", color="C1", label="measured on some rows")
    if not counts:
        raise ValueError("there is no learning curve; see learning_curve_ and learning_curve")
    ax.legend()
    _logarithmic_counts(ax, counts)
    ax.set_xlabel("rows n")
    ax.set_ylabel("mean squared error held out")
    return ax


def spectrum(density: dict[str, Any], eigenvalues: Any = None, ax: Any = None) -> Any:
    """The density of the predictor's eigenvalues by theory, outliers marked, over a histogram of eigenvalues."""
    ax = _axes(ax)
    if eigenvalues is not None:
        ax.hist(np.ravel(eigenvalues), bins=60, density=True, color="0.8", label="eigenvalues")
    start = 0
    count = len(density["eigenvalue"]) // max(len(density["intervals"]), 1)
    for index in range(len(density["intervals"])):
        part = slice(start, start + count)
        ax.plot(density["eigenvalue"][part], density["density"][part], color="C0", label="theory" if index == 0 else None)
        start += count
    for index, outlier in enumerate(density["outliers"]):
        ax.axvline(outlier["eigenvalue"], color="C3", linestyle="--", label="outlier of theory" if index == 0 else None)
    ax.set_xlabel("eigenvalue of the predictor")
    ax.set_ylabel("density")
    ax.legend()
    return ax


def transition(thresholds: list[dict[str, Any]], ax: Any = None) -> Any:
    """The threshold of each spike against n/d, a line a ridge."""
    ax = _axes(ax)
    ridges = sorted({item["ridge"] for item in thresholds})
    for ridge in ridges:
        points = sorted(
            (item["n"] / item["d"], item["threshold"])
            for item in thresholds
            if item["ridge"] == ridge and item["spike"] == 0 and item["threshold"] is not None
        )
        if points:
            ax.plot(*zip(*points), "o-", label=f"λ = {ridge:.3g}")
    _logarithmic_counts(ax, [item["n"] / item["d"] for item in thresholds])
    ax.set_xlabel("samples per coordinate n/d")
    ax.set_ylabel("threshold of the spike's strength")
    ax.legend()
    return ax

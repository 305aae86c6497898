"""Fits by definition: every regression solved on its own, every row or group left out by a fit without it."""

import numpy as np


def samples(n=60, d=8, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, d)) @ rng.standard_normal((d, d)) + rng.standard_normal(d)


def predictor(X, ridge, weights=None, targets=(), covariates=()):
    """A by its objective: row k minimises |X_k - X a|^2 / n + ridge * sum_j w_j a_j^2 over a of the columns that predict k."""
    n, d = X.shape
    weights = np.ones(d) if weights is None else np.asarray(weights, dtype=float)
    A = np.zeros((d, d))
    for k in range(d):
        if k in covariates:
            continue
        others = [j for j in range(d) if j != k and j not in targets]
        Z = X[:, others]
        A[k, others] = np.linalg.solve(Z.T @ Z / n + ridge * np.diag(weights[others]), Z.T @ X[:, k] / n)
    return A


def residuals_without(X, ridge, labels=None, centred=False, **options):
    """Every cell less its prediction by the fit without its row, or the rows of its label.

    The penalty on sums of squares, n times the ridge, is the same without them.
    """
    n, d = X.shape
    labels = np.arange(n) if labels is None else np.asarray(labels)
    residuals = np.empty((n, d))
    for label in np.unique(labels):
        out = labels == label
        rest = X[~out]
        mean = rest.mean(axis=0) if centred else np.zeros(d)
        A = predictor(rest - mean, ridge * n / len(rest), **options)
        residuals[out] = (X[out] - mean) @ (np.eye(d) - A).T
    return residuals

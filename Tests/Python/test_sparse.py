"""Sparse rows: the fit of the same rows dense, without making them so."""

import pickle
import tracemalloc
import warnings

import lacuna
import numpy as np
import pytest
from brute_force import predictor, residuals_without

sparse = pytest.importorskip("scipy.sparse")


def clicks(n=60, d=9, seed=0):
    rng = np.random.default_rng(seed)
    likes = rng.integers(3, size=n)[:, None] == rng.integers(3, size=d)
    X = (rng.random((n, d)) < np.where(likes, 0.6, 0.1)) * rng.integers(1, 4, size=(n, d)).astype(float)
    X[np.arange(d), np.arange(d)] = 1
    return X


@pytest.mark.parametrize("kind", [sparse.csr_array, sparse.csr_matrix, sparse.csc_array, sparse.coo_array])
def test_all_formats_are_the_dense_fit(kind):
    X = clicks()
    for options in ({"ridge": 0.3}, {"ridge": 0.3, "fit_intercept": False}, {"ridge": 0.3, "weights": "variance"}, {}):
        model = lacuna.MaskedRegression(device="host", **options).fit(kind(X))
        dense = lacuna.MaskedRegression(device="host", **options).fit(X)
        # Of a ridge that is sought ln is known to 1e-4.
        near = 1e-10 if "ridge" in options else 1e-3
        assert np.isclose(model.ridge_, dense.ridge_, rtol=near)
        assert np.allclose(model.loo_error_, dense.loo_error_, rtol=near)
        assert np.allclose(model.coef_, dense.coef_, rtol=0, atol=near)
        assert np.allclose(model.predict(kind(X)), model.predict(X), rtol=1e-12, atol=1e-12)
        assert np.isclose(model.score(kind(X)), model.score(X), rtol=1e-12)
        assert np.allclose(model.score_samples(kind(X)), model.score_samples(X), rtol=1e-10)


@pytest.mark.parametrize("n, d", [(40, 9), (12, 20)])
def test_errors_and_residuals_by_brute_force(n, d):
    X = clicks(n, d)[:, :d] if n >= d else clicks(d, d)[:n]
    model = lacuna.MaskedRegression(ridge=0.4, device="host").fit(sparse.csr_array(X))
    assert np.allclose(model.coef_, predictor(X - X.mean(0), 0.4), rtol=0, atol=1e-11)
    left = residuals_without(X, 0.4, centred=True)
    assert np.abs(model.loo_residuals() - left).max() < 1e-10 * np.abs(X).max()
    assert np.allclose(model.loo_error_, (left**2).mean(0), rtol=1e-9)


def test_entries_that_are_double_or_unsorted_are_summed_and_sorted():
    X = clicks(30, 5)
    rows, columns = np.nonzero(X)
    order = np.random.default_rng(1).permutation(len(rows))
    half = sparse.coo_array((X[rows, columns][order] / 2, (rows[order], columns[order])), shape=X.shape)
    data = np.concatenate([half.data, half.data])
    places = (np.concatenate([half.row, half.row]), np.concatenate([half.col, half.col]))
    starts = np.zeros(31, dtype=np.int64)
    np.add.at(starts[1:], places[0], 1)
    by_row = np.argsort(places[0], kind="stable")
    doubled = sparse.csr_array((data[by_row], places[1][by_row], np.cumsum(starts)), shape=X.shape)
    assert not doubled.has_canonical_format
    before = doubled.indices.copy()
    model = lacuna.MaskedRegression(ridge=0.3, device="host").fit(doubled)
    assert np.allclose(model.coef_, lacuna.MaskedRegression(ridge=0.3, device="host").fit(X).coef_, rtol=0, atol=1e-12)
    # What was given stays as it was.
    assert (doubled.indices == before).all() and doubled.nnz == 2 * len(rows)


def test_float32_and_pickles():
    X = sparse.csr_array(clicks())
    model = lacuna.EASE(lambda_=5.0, device="host").fit(X.astype(np.float32))
    assert (model.coef_ == lacuna.EASE(lambda_=5.0, device="host").fit(X).coef_).all()
    again = pickle.loads(pickle.dumps(model))
    assert (again.recommend(X, 3) == model.recommend(X.toarray(), 3)).all()


def test_it_is_not_made_dense():
    n, d = 200_000, 60
    X = sparse.random_array((n, d), density=0.01, rng=np.random.default_rng(0), format="csr")
    tracemalloc.start()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = lacuna.EASE(lambda_=50.0, device="host").fit(X)
        best = model.recommend(X[:5000], 3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # n d numbers would be 96 MB; of what Python holds the entries' indices in 64 bits are the most.
    assert peak < 0.5 * 8 * n * d and best.shape == (5000, 3)


@pytest.mark.parametrize(
    "options, groups",
    [({"mask": "observed"}, None), ({"mask": "bernoulli:0.5"}, None), ({"targets": [1]}, None), ({}, "runs:4")],
)
def test_what_needs_dense_rows_says_so(options, groups):
    with pytest.raises((TypeError, ValueError), match="dense"):
        lacuna.MaskedRegression(device="host", **options).fit(sparse.csr_array(clicks()), groups=groups)


def test_what_is_no_matrix_is_refused():
    import ctypes

    from lacuna import _library
    from lacuna._fit import address

    def fit(starts, indices, values, rows=3, columns=3):
        starts, indices = np.array(starts, dtype=np.int64), np.array(indices, dtype=np.int32)
        values = np.array(values, dtype=float)
        handle = _library.Handle("lacuna_fit_free")
        _library.call(
            *["lacuna_fit_create_sparse", address(starts), address(indices), address(values), 0, rows, columns],
            *[b"{ridge: 1, device: host}", _library.PROGRESS(), None, ctypes.byref(handle.pointer)],
        )

    fit([0, 1, 2, 4], [0, 1, 0, 2], [1, 1, 1, 1])
    for starts, indices, values in [
        ([1, 1, 2, 4], [0, 1, 0, 2], [1, 1, 1, 1]),
        ([0, 3, 2, 4], [0, 1, 0, 2], [1, 1, 1, 1]),
        ([0, 1, 2, 4], [0, 1, 2, 2], [1, 1, 1, 1]),
        ([0, 1, 2, 4], [0, 1, 0, 3], [1, 1, 1, 1]),
        ([0, 1, 2, 4], [0, -1, 0, 2], [1, 1, 1, 1]),
        ([0, 1, 2, 4], [0, 1, 0, 2], [1, np.nan, 1, 1]),
        ([0, 1, 2, -4], [0, 1, 0, 2], [1, 1, 1, 1]),
        ([0, 1, 2, 1 << 50], [0, 1, 0, 2], [1, 1, 1, 1]),
    ]:
        with pytest.raises(lacuna.LacunaError):
            fit(starts, indices, values)

"""Samples that stay in the caller's memory: none is copied, and what changed is told."""

import re
import subprocess
import sys
import textwrap

import lacuna
import numpy as np
import pytest
from brute_force import predictor, samples


def grown(shape, code, dtype="float64"):
    """MiB by which the most that a process held grew while it fitted, and MiB of the data."""
    program = f"""
    import numpy as np, warnings
    import lacuna
    warnings.simplefilter("ignore")
    def held(key):
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(key)) / 1024
    X = np.random.default_rng(0).standard_normal({shape}, dtype="{dtype}")
    small = X[:1000].copy()
    fit = lambda X: lacuna.MaskedRegression(ridge=0.1, device="host", n_jobs=1).fit(X)
    fit(small).loo_residuals()
    with open("/proc/self/clear_refs", "w") as refs:
        refs.write("5")
    before = held("VmRSS")
    {code}
    print("grown", held("VmHWM") - before, X.nbytes / 2**20)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=120, check=False
    )
    match = re.search(r"grown (\S+) (\S+)", done.stdout)
    assert match, done.stdout + done.stderr
    return float(match[1]), float(match[2])


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_fit_holds_no_copy_of_its_samples(dtype):
    n, d = 100_000, 300
    growth, data = grown((n, d), "model = fit(X)", dtype)
    # Gram, inverse and predictor in one place, a block of rows as it is read, or pieces of it in the frame of the fit with what
    # comes of them, and a hundred bytes a row.
    block, square = 8, d * d * 8 / 2**20
    assert growth < 1.2 * square + (1 if dtype == "float64" else 2) * block + n * 100 / 2**20, (growth, data)


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
def test_the_predictor_lies_where_the_gram_was():
    n, d = 5000, 1500
    growth, data = grown((n, d), "model = fit(X)")
    assert growth < 1.2 * d * d * 8 / 2**20 + 8, (growth, data)


def test_a_predictor_that_was_taken_stays_and_the_fit_makes_another():
    X = samples(2000, 300)
    model = lacuna.MaskedRegression(ridge=0.3, device="host").fit(X)
    wanted = predictor(X - X.mean(0), 0.3)
    before = model.coef_.copy()
    assert np.abs(before - wanted).max() < 1e-10 * np.abs(wanted).max()
    # What is asked later needs the Gram again, and the inverse.
    assert np.abs((model.loo_residuals() ** 2).mean(0) - model.loo_error_).max() < 1e-10
    model.find_directions()
    assert (model._fit.predictor() == before).all()
    assert (model.coef_ == before).all()
    kept = model.coef_
    model.fit(X[:, ::-1])
    assert (kept == before).all()
    kept *= 2
    assert (kept == 2 * before).all()


def test_a_large_fit_is_that_of_the_definition():
    X = np.random.default_rng(3).standard_normal((40_000, 30)) @ np.random.default_rng(4).standard_normal((30, 30)) + 5
    wanted = predictor(X - X.mean(0), 0.2)
    plain = lacuna.MaskedRegression(ridge=0.2, device="host", n_jobs=1).fit(X)
    assert np.abs(plain.coef_ - wanted).max() < 1e-10 * np.abs(wanted).max()
    # Of float32, of other strides and of an address that is no multiple of eight: the same numbers to the bit.
    single = X.astype(np.float32)
    shifted = np.frombuffer(bytearray(X.nbytes + 1), dtype=np.uint8)[1:].view(np.float64).reshape(X.shape)
    shifted[...] = X
    wide = np.empty((X.shape[0], 61))
    wide[:, ::2][:, :30] = X
    for same, other in [
        (X, np.asfortranarray(X)),
        (X, shifted),
        (X, wide[:, ::2][:, :30]),
        (X, X[::-1].copy()[::-1]),
        (single.astype(np.float64), single),
    ]:
        wanted = lacuna.MaskedRegression(ridge=0.2, device="host", n_jobs=1).fit(same)
        found = lacuna.MaskedRegression(ridge=0.2, device="host", n_jobs=1).fit(other)
        assert (found.coef_ == wanted.coef_).all()
        assert (found.loo_error_ == wanted.loo_error_).all()
        assert (found.loo_residuals() == wanted.loo_residuals()).all()


def test_samples_that_changed_are_told():
    X = np.random.default_rng(5).standard_normal((40_000, 30))
    model = lacuna.MaskedRegression(ridge=0.2, device="host", n_jobs=1).fit(X)
    residuals = model.loo_residuals()
    assert np.abs((residuals**2).mean(0) - model.loo_error_).max() < 1e-10
    X[39_000, 7] += 1
    with pytest.raises(lacuna.LacunaError, match="are not what they were"):
        model.loo_residuals()
    X[39_000, 7] -= 1
    # Few are held by the fit itself.
    X = samples(200, 9)
    model = lacuna.MaskedRegression(ridge=0.2, device="host").fit(X)
    residuals = model.loo_residuals()
    X *= 2
    assert (model.loo_residuals() == residuals).all()


def test_what_is_not_finite_is_refused_in_place_too():
    X = np.random.default_rng(6).standard_normal((40_000, 30))
    X[39_000, 7] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        lacuna.MaskedRegression(ridge=0.2, device="host").fit(X)


def test_what_is_made_later_survives_a_pickle():
    import pickle

    X = samples(60, 8)
    model = lacuna.MaskedRegression(ridge=0.1, device="host").fit(X)
    again = pickle.loads(pickle.dumps(model))
    assert again.summary_ == model.summary_
    assert list(again.ridge_path_["ridge"]) == [0.1]
    assert again.validation_ == "leave-one-sample-out"
    assert model.fit(X[:, :5]).summary_["d"] == 5
    with pytest.raises(AttributeError):
        _ = lacuna.MaskedRegression().summary_

"""The package against NumPy, scikit-learn and the command."""

import json
import os
import pickle
import re
import warnings
from pathlib import Path

import lacuna
import numpy as np
import pytest
from brute_force import predictor, residuals_without, samples
from lacuna import _library, _program
from sklearn.utils.estimator_checks import check_estimator

STUDY = {
    "data": {"model": "spiked", "coordinates": 30, "samples": [20, 60], "spikes": [{"strength": 4.0}]},
    "model": {"ridge": [0.1, 1.0]},
}


@pytest.mark.parametrize(
    "estimator",
    [
        lacuna.MaskedRegression(device="host", n_jobs=1),
        lacuna.EASE(device="host", n_jobs=1),
        lacuna.MaskedImputer(device="host", n_jobs=1),
        lacuna.MaskedOutlierDetector(device="host", n_jobs=1),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_scikit_learn_accepts_it(estimator):
    expected = {}
    if isinstance(estimator, lacuna.EASE) or type(estimator) is lacuna.MaskedRegression:
        # Of sparse rows alone the check wants a single number each from predict; test_sparse.py looks at them.
        reason = "predict gives every cell of a row"
        expected = {f"check_estimator_sparse_{kind}": reason for kind in ("array", "matrix")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = check_estimator(estimator, on_fail=None, on_skip=None, expected_failed_checks=expected)
    assert [(check["check_name"], str(check["exception"])) for check in found if check["status"] == "failed"] == []
    assert {check["check_name"] for check in found if check["status"] == "xfail"} == set(expected)
    # The one skipped asks for an environment variable.
    assert {check["check_name"] for check in found if check["status"] == "skipped"} <= {"check_array_api_input"}


@pytest.mark.parametrize("n", [5, 40])
def test_coefficients_and_leave_one_out_by_brute_force(n):
    X, ridge = samples(n, 7), 0.3
    model = lacuna.MaskedRegression(ridge=ridge, fit_intercept=False, device="host").fit(X)
    assert np.abs(model.coef_ - predictor(X, ridge)).max() < 1e-12
    residuals = residuals_without(X, ridge)
    assert np.abs(model.loo_residuals() - residuals).max() < 1e-10 * np.abs(X).max()
    assert np.allclose(model.loo_error_, (residuals**2).mean(axis=0), rtol=1e-10)


def test_strides_and_float32_are_the_same_fit():
    X = samples()
    model = lacuna.MaskedRegression(ridge=0.1, device="host").fit(X)
    again = lacuna.MaskedRegression(ridge=0.1, device="host").fit(np.asfortranarray(X))
    assert (again.coef_ == model.coef_).all()
    single = lacuna.MaskedRegression(ridge=0.1, device="host").fit(X.astype(np.float32))
    rounded = lacuna.MaskedRegression(ridge=0.1, device="host").fit(X.astype(np.float32).astype(float))
    assert (single.coef_ == rounded.coef_).all()


def test_gaps_are_filled_by_conditional_means():
    X = samples(80, 6)
    gaps = np.random.default_rng(1).random(X.shape) < 0.15
    holes = np.where(gaps, np.nan, X)
    imputer = lacuna.MaskedImputer(device="host").fit(holes)
    assert np.abs(imputer.transform(holes) - imputer._fit.filled()).max() < 1e-10 * np.abs(X).max()
    assert (imputer.transform(holes)[~gaps] == X[~gaps]).all()
    # Brute force: the Gaussian conditional mean under S + ridge I of complete data.
    model = lacuna.MaskedRegression(ridge=0.2, device="host").fit(X)
    covariance = np.cov(X.T, bias=True) + 0.2 * np.eye(6)
    row = X[0].copy()
    row[[1, 4]] = np.nan
    seen = [0, 2, 3, 5]
    wanted = X.mean(0)[[1, 4]] + covariance[np.ix_([1, 4], seen)] @ np.linalg.solve(
        covariance[np.ix_(seen, seen)], row[seen] - X.mean(0)[seen]
    )
    assert np.allclose(model.impute(row[None])[0, [1, 4]], wanted, rtol=1e-10)


def test_ease_is_the_literature_s():
    X = (samples(50, 9) > 0).astype(float)
    X = X[:, X.sum(0) > 0]
    model = lacuna.EASE(lambda_=20.0, device="host").fit(X)
    P = np.linalg.inv(X.T @ X + 20.0 * np.eye(X.shape[1]))
    B = -P / np.diag(P)
    np.fill_diagonal(B, 0)
    assert np.abs(model.coef_.T - B).max() < 1e-12
    scores = np.where(X > 0, -np.inf, X @ B)
    best = model.recommend(X, 3)
    for i, row in enumerate(best):
        kept = row[row >= 0]
        assert (X[i, kept] == 0).all()
        assert np.allclose(scores[i, kept], np.sort(scores[i])[::-1][: len(kept)], rtol=1e-9, atol=1e-12)


def test_pickles_predict_and_keep_no_samples():
    X = samples()
    model = lacuna.MaskedRegression(device="host").fit(X)
    again = pickle.loads(pickle.dumps(model))
    assert (again.predict(X) == model.predict(X)).all()
    with pytest.raises(lacuna.LacunaError):
        again.loo_residuals()


def test_refusals_are_exceptions():
    X = samples()
    with pytest.raises(ValueError, match="ridge"):
        lacuna.MaskedRegression(ridge=-1.0).fit(X)
    with pytest.raises(ValueError, match="mask"):
        lacuna.MaskedRegression(mask="bernouli:0.5").fit(X)
    with pytest.raises(TypeError):
        lacuna.MaskedRegression().fit(X, sample_weight=np.ones(len(X)))
    with pytest.raises(lacuna.LacunaError, match="no such device"):
        lacuna.MaskedRegression(device="opencl:99").fit(X)
    with pytest.raises(ValueError, match="model"):
        lacuna.theory({"data": {"model": "isotropik", "coordinates": 3, "samples": 4}, "model": {"ridge": 1}})


def test_header_and_signatures_agree():
    header = Path(os.environ["LACUNA_HEADER"]).read_text()
    declared = dict(re.findall(r"\n(?:int32_t|void|const char \*) ?(lacuna_[a-z_]+)\(([^;]*)\);", header))
    assert set(declared) == set(_library.SIGNATURES)
    for name, (_, arguments) in _library.SIGNATURES.items():
        listed = [] if declared[name] == "void" else declared[name].split(",")
        assert len(listed) == len(arguments), name
        for text, kind in zip(listed, arguments):
            if "int64_t" in text and "*" not in text:
                assert kind is _library.c_int64, (name, text)
            elif "int32_t" in text and "*" not in text:
                assert kind is _library.c_int32, (name, text)
            else:
                assert kind not in (_library.c_int32, _library.c_int64), (name, text)


def test_arrays_stand_for_files():
    one = lacuna.theory(
        {"data": {"model": "file", "file": np.diag([1.0, 2, 3]), "coordinates": 3, "samples": 9}, "model": {"ridge": 1.0}}
    )
    other = lacuna.theory(
        {
            "data": {"model": "diagonal", "coordinates": 3, "samples": 9, "noise": {"variances": [1.0, 2.0, 3.0]}},
            "model": {"ridge": 1.0},
        }
    )
    key = "generalization_error_theory"
    assert np.allclose(one[key], other[key], rtol=1e-10)
    masks = np.array([[1, 0, 1, 1], [0, 1, 1, 0]])
    X = samples(30, 4)
    assert lacuna.MaskedRegression(mask=masks, ridge=0.1, device="host").fit(X).coef_.shape == (4, 4)


def test_silent_theory_says_why():
    study = {"data": {"model": "ar1", "correlation": 0.5, "coordinates": 24, "samples": [8, 96]}}
    results = lacuna.theory(study, model__ridge="ridgeless", model__mask={"random": {"keep": 0.5, "masks": 1}})
    silent, found = results["warnings"]
    assert len(silent) == 1 and "give a ridge" in silent[0] and found == []
    assert [error is None for error in results["generalization_error_theory"]] == [True, False]
    assert results.columns.count("warnings") == 1


def test_simulation_lies_about_its_theory():
    results = lacuna.simulate(STUDY, device="host", experiment__trials=40, progress=False)
    key = "generalization_error"
    difference = results[f"{key}_mean"] - results[f"{key}_theory_finite_size"]
    assert (np.abs(difference) < 5 * results[f"{key}_standard_error"] + 0.02 * results[f"{key}_theory"]).all()
    assert len(results.trials) == 40 * 4
    mean = np.mean([trial[key] for trial in results.trials if trial["n"] == 20 and trial["ridge"] == 0.1])
    assert np.isclose(results.points[0][key]["mean"], mean, rtol=1e-12)


def test_best_ridge_is_least():
    best = lacuna.optimal_ridge(STUDY, data__samples=[60])[0]
    around = lacuna.theory(STUDY, data__samples=[60], model__ridge=[best["ridge"] * f for f in (0.8, 1, 1.25)])
    error = around["generalization_error_theory"].astype(float)
    assert error[1] < error[0] and error[1] < error[2]
    assert np.isclose(error[1], best["error"], rtol=1e-9)


def test_threshold_of_isotropic_noise_is_the_root_of_the_aspect_ratio():
    for item in lacuna.threshold(STUDY):
        assert np.isclose(item["threshold"], np.sqrt(item["d"] / item["n"]), rtol=1e-6)


def test_density_holds_all_eigenvalues():
    for item in lacuna.spectral_density(STUDY, count=2000):
        mass = np.trapezoid(item["density"], item["eigenvalue"]) + sum(share for _, share in item["atoms"])
        assert len(item["intervals"]) == 1 and abs(mass - 1) < 2e-3


@pytest.mark.skipif("LACUNA_PROGRAM" not in os.environ, reason="LACUNA_PROGRAM names no program")
def test_numbers_are_the_command_s(tmp_path):
    X = samples()
    np.save(tmp_path / "data.npy", X)
    printed = json.loads(
        _program.run(
            [
                "fit",
                str(tmp_path / "data.npy"),
                "--center",
                "--device",
                "host",
                "--json",
                "--quiet",
                "--output",
                str(tmp_path / "fit"),
            ]
        )
    )
    model = lacuna.MaskedRegression(device="host").fit(X)
    assert np.isclose(printed["ridge"], model.ridge_, rtol=1e-10)
    assert np.allclose(np.load(tmp_path / "fit" / "predictor.npy"), model.coef_, rtol=0, atol=1e-10)
    study = json.loads(_program.run(["theory", "example:ridge-path", "data.coordinates=40", "data.samples=80", "--json"]))
    same = lacuna.theory("example:ridge-path", data__coordinates=40, data__samples=80)
    assert same.points == study["points"]


@pytest.mark.parametrize("script", sorted(Path(os.environ["LACUNA_GUIDE"]).glob("*.py")), ids=lambda path: path.stem)
def test_the_guide_runs(script, tmp_path):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    namespace = {"__name__": "guide"}
    exec(compile(script.read_text(), str(script), "exec"), namespace)
    assert pyplot.get_fignums()
    folder = Path(os.environ.get("LACUNA_FIGURES", tmp_path))
    pyplot.savefig(folder / f"{script.stem}.png")
    pyplot.close("all")

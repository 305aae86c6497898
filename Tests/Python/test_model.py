"""A model that the command left behind, and the questions that one fit answers."""

import itertools
import json
import os

import lacuna
import numpy as np
import pytest
from brute_force import predictor, residuals_without, samples
from lacuna import _program
from lacuna._fit import Fit

needs_program = pytest.mark.skipif("LACUNA_PROGRAM" not in os.environ, reason="LACUNA_PROGRAM names no program")


def run(*arguments):
    return json.loads(_program.run([*map(str, arguments), "--json", "--quiet"]))


@needs_program
@pytest.mark.parametrize("n", [12, 90])
def test_a_stored_model_is_what_apply_makes_of_it(n, tmp_path):
    X, new = samples(n, 15, seed=1), samples(40, 15, seed=2)
    np.save(tmp_path / "data.npy", X)
    np.save(tmp_path / "new.npy", new)
    run("fit", tmp_path / "data.npy", "--center", "--device", "host", "--output", tmp_path / "fit")
    applied = run("apply", tmp_path / "fit", tmp_path / "new.npy", "--device", "host", "--output", tmp_path / "applied")
    model = lacuna.MaskedRegression.from_model(tmp_path / "fit")
    predicted = np.load(tmp_path / "applied" / "predictions.npy")
    assert np.abs(model.predict(new) - predicted).max() < 1e-12 * np.abs(predicted).max()
    rows = np.genfromtxt(tmp_path / "applied" / "rows.csv", delimiter=",", names=True)
    assert np.allclose(-15 * model.score_samples(new), rows["score"], rtol=1e-9)
    assert np.isclose(model.score(new), applied["r_squared"], rtol=1e-9)
    # The same fit made here.
    fitted = lacuna.MaskedRegression(device="host").fit(X)
    assert np.allclose(model.coef_, fitted.coef_, rtol=0, atol=1e-10)
    assert np.allclose(model.loo_error_, fitted.loo_error_, rtol=1e-8)


@needs_program
def test_gaps_of_new_rows_are_filled_alike(tmp_path):
    X, new = samples(80, 6, seed=3), samples(30, 6, seed=4)
    new[np.random.default_rng(1).random(new.shape) < 0.2] = np.nan
    np.save(tmp_path / "data.npy", X)
    np.save(tmp_path / "new.npy", new)
    run("fit", tmp_path / "data.npy", "--center", "--ridge", "0.2", "--device", "host", "--output", tmp_path / "fit")
    run("apply", tmp_path / "fit", tmp_path / "new.npy", "--device", "host", "--output", tmp_path / "applied")
    filled = np.load(tmp_path / "applied" / "filled.npy")
    found = lacuna.MaskedRegression.from_model(tmp_path / "fit" / "model.npz").impute(new)
    assert np.abs(found - filled).max() < 1e-11 * np.nanmax(np.abs(new))


def test_what_is_no_model_is_refused(tmp_path):
    np.savez(tmp_path / "other.npz", x=np.ones(3))
    with pytest.raises(lacuna.LacunaError, match="no model"):
        lacuna.MaskedRegression.from_model(tmp_path / "other.npz")


@pytest.mark.parametrize("n", [7, 50])
def test_the_order_of_questions_changes_no_answer(n):
    # They share an inverse, and what is spent by one is made anew for the next.
    X, ridge = samples(n, 9, seed=6), 0.3
    wanted = {"predictor": predictor(X - X.mean(0), ridge), "residuals": residuals_without(X, ridge, centred=True)}
    wanted["errors"] = (wanted["residuals"] ** 2).mean(0)
    for order in itertools.product(["predictor", "residuals", "errors"], repeat=3):
        fit = Fit(X, ridge=ridge, intercept=True, device="host", threads=1)
        for question in order:
            found = fit.vectors()[0][4] if question == "errors" else getattr(fit, question)()
            scale = np.abs(wanted[question]).max()
            assert np.abs(found - wanted[question]).max() < 1e-10 * scale, (order, question)


def test_the_curve_of_a_fit_holds_for_more_rows():
    rng = np.random.default_rng(8)
    mixing = rng.standard_normal((4, 30))
    X = rng.standard_normal((3200, 4)) @ mixing + rng.standard_normal((3200, 30))
    model = lacuna.MaskedRegression(device="host").fit(X[:200])
    curve = model.learning_curve_
    assert list(curve["rows"]) == [100, 200, 400, 800, 2000, np.inf]
    assert np.isclose(curve["held_out_error"][1], model.loo_error_.mean(), rtol=1e-3)
    for rows in (100, 400, 800, 2000):
        index = list(curve["rows"]).index(rows)
        fit = lacuna.MaskedRegression(ridge=curve["ridge"][index], device="host").fit(X[:rows])
        # Twice the standard error that the curve gives, and of other rows as much.
        assert abs(fit.loo_error_.mean() - curve["held_out_error"][index]) < 4 * curve["standard_error"][index], rows
    one = lacuna.MaskedRegression(ridge=0.1, device="host").fit(X[:200])
    with pytest.raises(AttributeError, match="three ridges"):
        one.learning_curve_

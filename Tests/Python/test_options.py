"""Weights, targets, covariates and groups against fits by definition."""

import warnings

import lacuna
import numpy as np
import pytest
from brute_force import predictor, residuals_without, samples


def fitted(X, groups=None, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return lacuna.MaskedRegression(device="host", n_jobs=1, **options).fit(X, groups=groups)


@pytest.mark.parametrize("n", [5, 40])
@pytest.mark.parametrize("centred", [False, True])
def test_weights_of_one_s_own(n, centred):
    X, ridge = samples(n, 7), 0.3
    weights = np.geomspace(0.1, 20, 7)
    model = fitted(X, ridge=ridge, weights=weights, fit_intercept=centred)
    mean = X.mean(0) if centred else 0
    wanted = predictor(X - mean, ridge, weights)
    assert np.abs(model.coef_ - wanted).max() < 1e-11 * np.abs(wanted).max()
    left = residuals_without(X, ridge, centred=centred, weights=weights)
    assert np.allclose(model.loo_error_, (left**2).mean(0), rtol=1e-9)
    assert np.abs(model.loo_residuals() - left).max() < 1e-9 * np.abs(X).max()
    assert (model.penalty_ == weights).all()


def test_named_weights_are_what_they_say():
    X = samples(50, 6) * np.geomspace(1e-3, 1e3, 6)
    variance = fitted(X, ridge=0.2, weights="variance")
    assert np.allclose(variance.penalty_, X.var(0), rtol=1e-10)
    given = fitted(X, ridge=0.2, weights=variance.penalty_)
    assert np.allclose(variance.coef_, given.coef_, rtol=1e-9, atol=0)
    learned = fitted(X, ridge=0.2, weights="self")
    assert np.allclose(learned.penalty_, learned.loo_error_, rtol=1e-6)
    best = fitted(X, weights="auto")
    assert best.ridge_path_["standardized_error"].min() <= fitted(X, weights="variance").ridge_path_["standardized_error"].min()


@pytest.mark.parametrize("centred", [False, True])
@pytest.mark.parametrize("n", [6, 45])
def test_targets_and_covariates(n, centred):
    X, ridge = samples(n, 8, seed=3), 0.4
    roles = {"targets": [1, 6], "covariates": [0]}
    model = fitted(X, ridge=ridge, fit_intercept=centred, **roles)
    mean = X.mean(0) if centred else np.zeros(8)
    wanted = predictor(X - mean, ridge, **roles)
    assert np.abs(model.coef_ - wanted).max() < 1e-11 * np.abs(wanted).max()
    assert (model.coef_[:, [1, 6]] == 0).all() and (model.coef_[0] == 0).all()
    left = residuals_without(X, ridge, centred=centred, **roles)
    others = np.arange(1, 8)
    assert np.allclose(model.loo_error_[others], (left**2).mean(0)[others], rtol=1e-9)
    assert np.isnan(model.loo_error_[0]) and np.isnan(model.training_error_[0])
    predicted = model.predict(X)
    assert np.isnan(predicted[:, 0]).all()
    assert np.allclose(predicted[:, others], ((X - mean) @ wanted.T + mean)[:, others], rtol=1e-9)
    # Targets are not asked for where they are to be predicted.
    unknown = X.copy()
    unknown[:, [1, 6]] = np.nan
    assert (model.predict(unknown)[:, others] == predicted[:, others]).all()
    known = np.delete(X, 0, axis=1)
    share = 1 - ((known - predicted[:, 1:]) ** 2).sum() / ((known - mean[1:]) ** 2).sum()
    assert np.isclose(model.score(X), share, rtol=1e-10)
    with pytest.raises(lacuna.LacunaError):
        model.loo_residuals()


def test_targets_are_named_by_frames():
    pd = pytest.importorskip("pandas")
    X = pd.DataFrame(samples(), columns=list("abcdefgh"))
    model = fitted(X, ridge=0.1, targets="c", covariates=["a", "h"])
    by_number = fitted(X.to_numpy(), ridge=0.1, targets=[2], covariates=[0, 7])
    assert (model.coef_ == by_number.coef_).all()
    with pytest.raises(ValueError, match="no column 'z'"):
        fitted(X, targets="z")


def test_gaps_are_filled_beside_targets():
    X, ridge = samples(70, 6, seed=5), 0.3
    model = fitted(X, ridge=ridge, targets=[2])
    row = X[3].copy()
    row[[2, 4]] = np.nan
    mean = X.mean(0)
    covariance = np.cov(X.T, bias=True) + ridge * np.eye(6)
    seen = [0, 1, 3, 5]
    # The target has no part in what is told of the others, and comes last.
    four = covariance[4, seen] @ np.linalg.solve(covariance[np.ix_(seen, seen)], row[seen] - mean[seen])
    all_but = [0, 1, 3, 4, 5]
    centred = (row - mean)[all_but]
    centred[3] = four
    two = covariance[2, all_but] @ np.linalg.solve(covariance[np.ix_(all_but, all_but)], centred)
    filled = model.impute(row[None])[0]
    assert np.isclose(filled[4], four + mean[4], rtol=1e-10) and np.isclose(filled[2], two + mean[2], rtol=1e-10)
    covariate = fitted(X, ridge=ridge, covariates=[4])
    with pytest.raises(ValueError, match="covariate"):
        covariate.impute(row[None])


@pytest.mark.parametrize("centred", [False, True])
@pytest.mark.parametrize("n, d", [(40, 6), (9, 12)])
def test_groups_are_left_out_whole(n, d, centred):
    X, ridge = samples(n, d, seed=7), 0.5
    labels = [f"patient {i % 3 if i % 2 else i // 4}" for i in range(n)]
    model = fitted(X, groups=labels, ridge=ridge, fit_intercept=centred)
    left = residuals_without(X, ridge, labels=labels, centred=centred)
    assert np.allclose(model.loo_error_, (left**2).mean(0), rtol=1e-9)
    assert np.abs(model.loo_residuals() - left).max() < 1e-9 * np.abs(X).max()
    assert model.validation_ == "leave-one-group-out"
    # Groups have no part in the fit itself.
    assert np.allclose(model.coef_, fitted(X, ridge=ridge, fit_intercept=centred).coef_, rtol=1e-12, atol=0)


def test_runs_are_groups():
    X = samples(30, 5)
    runs = fitted(X, groups="runs:7", ridge=0.2)
    labels = fitted(X, groups=np.arange(30) // 7, ridge=0.2)
    assert (runs.loo_error_ == labels.loo_error_).all()


def test_groups_choose_another_ridge():
    # Rows in copies: left out one by one, their copies tell all about them.
    X = np.repeat(samples(15, 10, seed=2), 4, axis=0) + 1e-3 * np.random.default_rng(0).standard_normal((60, 10))
    assert fitted(X, groups="runs:4").ridge_ > 10 * fitted(X).ridge_


@pytest.mark.parametrize(
    "options, groups, message",
    [
        ({"weights": [1.0, 2.0]}, None, "weights"),
        ({"weights": [1.0, -2.0, 1, 1, 1, 1, 1, 1]}, None, "weights"),
        ({"weights": "vairance"}, None, "variance"),
        ({"targets": [8]}, None, "targets"),
        ({"targets": [1], "covariates": [1]}, None, "two roles"),
        ({"targets": list(range(8))}, None, "all coordinates"),
        ({"targets": [1], "mask": "bernoulli:0.5"}, None, "mask"),
        ({"targets": ["a"]}, None, "no column"),
        ({}, [1, 2], "label a row"),
        ({}, [1] * 60, "one group"),
        ({}, "run:3", "runs:L"),
        ({}, [None] + [1] * 59, "no group"),
        ({"mask": "bernoulli:0.5"}, "runs:4", "groups"),
        ({"targets": [1]}, "runs:4", "groups"),
    ],
)
def test_what_has_no_meaning_is_refused(options, groups, message):
    with pytest.raises(ValueError, match=message):
        fitted(samples(), groups=groups, **options)


def test_weights_and_cells_at_the_ends_of_the_range_end_no_process():
    X = 1e119 * samples(12, 3)
    with pytest.raises(ValueError, match="range of float64"):
        fitted(X, weights=[5e-177, 1e150, 1e242])
    far = 1e-159 * samples(40, 3)
    far[7] = 1.0
    try:
        assert np.isfinite(fitted(far).coef_).all()
    except lacuna.LacunaError:
        pass
    # What is within the range is the fit of columns and weights of size 1.
    plain = fitted(samples(30, 4), weights=[1.0, 2.0, 3.0, 4.0])
    scaled = fitted(1e100 * samples(30, 4), weights=[1e-60, 2e-60, 3e-60, 4e-60])
    assert np.isclose(scaled.ridge_, 1e260 * plain.ridge_, rtol=1e-3)
    assert np.allclose(scaled.coef_, plain.coef_, rtol=0, atol=1e-3)


def test_weights_of_samples_by_their_roots():
    # What the documentation says to do in place of a sample_weight.
    X, ridge = samples(30, 6), 0.3
    weights = np.random.default_rng(1).integers(1, 5, size=30) / 2.5
    roots = np.sqrt(weights)[:, None]
    model = fitted(roots * X, ridge=ridge, fit_intercept=False)
    for i in range(30):
        rest = np.arange(30) != i
        A = predictor((roots * X)[rest], ridge * 30 / 29)
        assert np.allclose(model.loo_residuals()[i] / roots[i], X[i] - A @ X[i], rtol=1e-9, atol=1e-10)
    with pytest.raises(TypeError, match="sample_weight"):
        lacuna.MaskedRegression().fit(X, sample_weight=weights)

"""In pipelines and searches of scikit-learn, with frames in and out."""

import warnings

import lacuna
import numpy as np
import pytest
from brute_force import predictor, samples
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

NAMES = list("abcdefgh")


def frame(kind, X):
    library = pytest.importorskip(kind)
    return library.DataFrame(dict(zip(NAMES, X.T)))


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_frames_in_and_out(kind):
    X = samples()
    table = frame(kind, X)
    model = lacuna.MaskedRegression(ridge=0.2, device="host").fit(table)
    assert list(model.feature_names_in_) == NAMES
    assert (model.coef_ == lacuna.MaskedRegression(ridge=0.2, device="host").fit(X).coef_).all()
    out = model.set_output(transform=kind).transform(table)
    assert type(out) is type(table) and list(out.columns) == NAMES
    assert (out.to_numpy() == model.predict(X)).all()
    with pytest.raises(ValueError, match="feature names"):
        model.predict(table[NAMES[::-1]])
    by_name = lacuna.MaskedRegression(ridge=0.2, targets=["b"], device="host").fit(table)
    assert (by_name.coef_[:, 1] == 0).all() and (by_name.targets_ == [1]).all()
    assert list(model.get_feature_names_out()) == NAMES


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_missing_cells_of_frames_are_filled(kind):
    X = samples(80)
    gaps = np.random.default_rng(3).random(X.shape) < 0.1
    holes = np.where(gaps, np.nan, X)
    imputer = lacuna.MaskedImputer(ridge=0.2, device="host").set_output(transform=kind)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        filled = imputer.fit_transform(frame(kind, holes)).to_numpy()
    assert not np.isnan(filled).any() and (filled[~gaps] == X[~gaps]).all()


def test_a_search_over_ridges_finds_the_best_of_held_out_rows():
    X = samples(90)
    ridges = [1e-3, 0.1, 10.0, 1000.0]
    search = GridSearchCV(lacuna.MaskedRegression(device="host"), {"ridge": ridges}, cv=3).fit(X)
    scores = []
    for ridge in ridges:
        folds = []
        for fold in range(3):
            new = np.arange(90) // 30 == fold
            mean = X[~new].mean(0)
            left = (X[new] - mean) @ (np.eye(8) - predictor(X[~new] - mean, ridge)).T
            folds.append(1 - (left**2).sum() / ((X[new] - mean) ** 2).sum())
        scores.append(np.mean(folds))
    assert np.allclose(search.cv_results_["mean_test_score"], scores, rtol=1e-9)
    assert search.best_params_["ridge"] == ridges[int(np.argmax(scores))]


def test_pipelines_are_the_fit_of_what_they_hand_on():
    X = samples() * np.geomspace(1e-2, 1e2, 8)
    pipeline = make_pipeline(StandardScaler(), lacuna.MaskedRegression(ridge=0.3, device="host")).fit(X)
    scaled = (X - X.mean(0)) / X.std(0)
    assert np.allclose(pipeline[-1].coef_, predictor(scaled, 0.3), rtol=0, atol=1e-10)
    # Weights of variances are the same fit, given back in the columns' own units.
    model = lacuna.MaskedRegression(ridge=0.3, weights="variance", device="host").fit(X)
    back = pipeline.predict(X) * X.std(0) + X.mean(0)
    assert np.allclose(model.predict(X), back, rtol=1e-9)
    names = pipeline[:-1].get_feature_names_out()
    assert list(pipeline.get_feature_names_out()) == list(names)


def test_clones_are_unfitted_and_equal():
    model = lacuna.MaskedRegression(ridge=0.2, weights=[1.0] * 8, targets=[1], device="host").fit(samples())
    again = clone(model)
    assert not hasattr(again, "coef_") and repr(again.get_params()) == repr(model.get_params())
    assert (again.fit(samples()).coef_ == model.coef_).all()
    assert (lacuna.EASE().set_params(lambda_=3.0, device="host").get_params()["lambda_"]) == 3.0


def test_groups_go_to_the_split_or_to_the_fit():
    X, labels = samples(90), np.arange(90) // 3
    scores = cross_val_score(lacuna.MaskedRegression(ridge=0.3, device="host"), X, groups=labels, cv=GroupKFold(3))
    assert len(scores) == 3 and np.isfinite(scores).all()
    pipeline = make_pipeline(StandardScaler(), lacuna.MaskedRegression(ridge=0.3, device="host"))
    pipeline.fit(X, maskedregression__groups=labels)
    assert pipeline[-1].validation_ == "leave-one-group-out"

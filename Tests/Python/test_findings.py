"""Directions and the verdict of a fit."""

import pickle

import lacuna
import numpy as np
import pytest
from brute_force import samples


def planted(n=300, d=40, seed=3, strengths=(60.0, 30.0)):
    """Rows of unequal noise with planted directions, and those."""
    random = np.random.default_rng(seed)
    u = np.linalg.qr(random.standard_normal((d, len(strengths))))[0].T
    factors = random.standard_normal((n, len(strengths))) * np.sqrt(strengths)
    return 3 + factors @ u + random.standard_normal((n, d)) * np.geomspace(0.6, 1.6, d), u


@pytest.mark.parametrize("permutations", [0, 19])
def test_directions_are_eigenvectors_of_the_predictor(permutations):
    X, truth = planted()
    model = lacuna.MaskedRegression(ridge=0.1, device="host").fit(X)
    found = model.find_directions(permutations)
    assert found["count"] == 2 and not found["is_correlated"] and found["permutations"] == (permutations or None)
    assert found["level"] == pytest.approx(0.05)
    assert found["directions"].shape == (2, 40)
    for u, eigenvalue in zip(found["directions"], found["eigenvalue"]):
        assert np.abs(model.coef_ @ u - eigenvalue * u).max() < 1e-10
    assert np.abs(found["eigenvalue"] - model.spectrum_[:-3:-1]).max() < 1e-10
    assert np.allclose(np.linalg.norm(found["directions"], axis=1), 1)
    assert (found["eigenvalue"] > found["threshold"]).all() and found["threshold"] > found["edges"][1]
    assert (model.spectrum_ > found["threshold"]).sum() == 2
    # Both lie in the plane of the truth about as far as is said.
    cosines = ((found["directions"] @ truth.T) ** 2).sum(axis=1)
    assert np.abs(cosines - found["overlap"]).max() < 0.1
    assert np.abs(np.sort(found["strength"]) / [30, 60] - 1).max() < 0.35
    assert np.array_equal(model.directions_, model.find_directions()["directions"])


def test_noise_and_correlation_have_no_directions():
    random = np.random.default_rng(5)
    noise = random.standard_normal((200, 50))
    assert lacuna.MaskedRegression(ridge=0.2, device="host").fit(noise).directions_.shape[0] <= 1
    chain = np.linalg.cholesky(0.8 ** np.abs(np.subtract.outer(np.arange(50), np.arange(50))))
    found = lacuna.MaskedRegression(ridge=0.05, device="host").fit(noise @ chain.T).find_directions()
    assert found["is_correlated"] and found["count"] > 5 and found["directions"].shape == (0, 50)
    assert np.isnan(found["strength"]).all()


def test_verdict():
    random = np.random.default_rng(8)
    X = random.standard_normal((400, 3)) @ random.standard_normal((3, 24))
    X += random.standard_normal((400, 24)) * np.geomspace(0.05, 3, 24)
    model = lacuna.MaskedRegression(device="host").fit(X)
    verdict = model.verdict()
    assert verdict["better"] == "masked" and verdict["difference"] < -3 * verdict["standard_error"]
    assert verdict["difference"] == pytest.approx(verdict["masked_error"] - verdict["pca_error"], abs=1e-12)
    assert verdict["masked_error"] < verdict["empty_error"] and verdict["coordinates"] == 24
    assert verdict["sentence"].startswith("masked regression predicts hidden cells better")
    isotropic = lacuna.MaskedRegression(device="host").fit(random.standard_normal((60, 12))).verdict()
    assert isotropic["better"] is None


def test_what_has_neither():
    X = samples(60, 12, seed=4)
    model = lacuna.MaskedRegression(ridge=0.1, mask="bernoulli:0.5", device="host").fit(X)
    with pytest.raises(lacuna.LacunaError, match="leave-one-out"):
        model.verdict()
    with pytest.raises(lacuna.LacunaError, match="no directions"):
        model.find_directions()
    assert not hasattr(model, "directions_")
    model = lacuna.MaskedRegression(ridge=0.1, device="host").fit(X)
    with pytest.raises(ValueError, match="19"):
        model.find_directions(5)
    with pytest.raises(lacuna.LacunaError, match="fit again"):
        pickle.loads(pickle.dumps(model)).verdict()

"""Mutated configurations, options and arrays: refused or computed, never the end of the process."""

import json
import os

import lacuna
import numpy as np
from lacuna._fit import Fit

STUDY = {
    "data": {"model": "spiked", "coordinates": 6, "samples": [4, 9], "spikes": [{"strength": 4.0}]},
    "model": {"ridge": [0.1, 1.0]},
}


def test_mutated_configurations_never_end_the_process():
    count = int(os.environ.get("LACUNA_MUTATIONS", "300"))
    rng = np.random.default_rng(int(os.environ.get("LACUNA_SEED", "1")))
    words = ["isotropic", "spiked", "ar1", "toeplitz", "block", "diagonal", "power_law", "circulant", None, -1, 0, 1, 2, 7]
    words += [1e-6, 1e6, 0.5, [], [0], [1, 2], {}, {"linear": [1, 2]}, "auto", "ridgeless", "x" * 50, True, 3.5]
    masks = ["leave_one_out", "observed", "partition:2", "bernoulli:0.5", "random:2", "shared:2:3", {"random": {"hide": 9}}, 3]
    refused = 0
    for _ in range(count):
        study = json.loads(json.dumps(STUDY))
        study["model"]["mask"] = masks[rng.integers(len(masks))]
        for _ in range(rng.integers(1, 4)):
            section = study[("data", "model")[rng.integers(2)]]
            keys = [*section, "noise", "ridge", "mask", "correlation", "first_row", "spikes", "exponent"]
            section[keys[rng.integers(len(keys))]] = words[rng.integers(len(words))]
        if not isinstance(study["data"].get("samples"), list):
            study["data"]["samples"] = [5]
        study["experiment"] = {"trials": 1}
        try:
            lacuna.simulate(study, device="host", n_jobs=1, progress=False)
        except lacuna.LacunaError:
            refused += 1
        X = rng.standard_normal((rng.integers(1, 9), rng.integers(2, 6))) * 10.0 ** rng.integers(-200, 200)
        if rng.random() < 0.5:
            X[rng.random(X.shape) < 0.4] = [np.nan, np.inf, 0.0][rng.integers(3)]
        options = {"mask": masks[rng.integers(len(masks))], "ridge": words[rng.integers(len(words))]}
        for key in ("weights", "targets", "covariates", "names", "seed", "nonsense"):
            if rng.random() < 0.15:
                options[key] = words[rng.integers(len(words))]
        if rng.random() < 0.2:
            options["weights"] = 10.0 ** rng.uniform(-320, 300, size=X.shape[1] + rng.integers(-1, 2))
        groups = rng.integers(-3, 3, size=len(X)) if rng.random() < 0.2 else None
        if rng.random() < 0.2:
            X = damaged_rows(X, rng)
        try:
            Fit(X, groups=groups, device="host", threads=1, intercept=bool(rng.integers(2)), **options)
        except lacuna.LacunaError:
            refused += 1
    assert 0 < refused < 2 * count


class Rows:
    """What a Fit reads of a CSR matrix."""

    def __init__(self, shape, indptr, indices, data):
        self.shape, self.indptr, self.indices, self.data, self.dtype = shape, indptr, indices, data, data.dtype


def damaged_rows(X, rng):
    """The rows compressed, now and then with numbers that are no matrix; never with fewer entries than the last start says."""
    X = np.nan_to_num(X)
    rows, columns = np.nonzero(X)
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(X)))])
    indices = columns.astype(np.int32)
    if rng.random() < 0.3 and len(indices):
        indices[rng.integers(len(indices))] = rng.integers(-2, 9)
    if rng.random() < 0.3:
        starts[rng.integers(len(starts) - 1)] = rng.integers(-(2**62), 2**62)
    if rng.random() < 0.1:
        starts[-1] = rng.integers(-(2**62), 0)
    return Rows(X.shape, starts, indices, X[rows, columns])

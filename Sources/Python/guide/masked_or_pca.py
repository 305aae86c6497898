# %% [markdown]
# Masked regression or principal components: which fills a hidden cell better depends on the noise.

# %%
import matplotlib.pyplot as plt
import numpy as np

import lacuna

study = {
    "data": {
        "model": "spiked",
        "coordinates": 80,
        "samples": [60, 120, 240, 480, 960],
        "spikes": [{"strength": 20.0}, {"strength": 10.0}, {"strength": 5.0}],
    },
    "model": {"ridge": "auto"},
}

# %% [markdown]
# Both at their best: the ridge by theory, the rank chosen in hindsight. Above 0 the masked regression has the smaller error.
# With equal noise principal components are the truth; with unequal noise they follow the noisiest coordinates.

# %%
noises = {"equal noise": 1.0, "noise over a factor of 100": {"geometric": [0.05, 5.0]}}
found = {
    name: lacuna.simulate(study, data__noise={"variances": noise}, measure="pca", experiment__trials=8, progress=False)
    for name, noise in noises.items()
}

# %% [markdown]
# Of rows of one's own, cells of rows that neither saw decide.

# %%
from sklearn.decomposition import PCA

rng = np.random.default_rng(2)
noise = np.geomspace(0.2, 2.5, 30)
X = 2 * rng.standard_normal((500, 3)) @ rng.standard_normal((3, 30)) + noise * rng.standard_normal((500, 30))
known, new = X[:300], X[300:]
errors = ((new - lacuna.MaskedRegression().fit(known).predict(new)) ** 2).mean()
print(f"masked regression {errors:.3g}")
for rank in (1, 2, 3, 5, 8):
    # Q of the model: a cell given the others of its row is its own value less (Qx)_k / Q_kk.
    model = PCA(rank).fit(known)
    Q = model.get_precision()
    left = (new - model.mean_) @ Q / np.diag(Q)
    print(f"{rank} principal components {(left**2).mean():.3g}")

# %%
figure, axes = plt.subplots(figsize=(5.5, 4), layout="constrained")
for index, (name, results) in enumerate(found.items()):
    means = results["pca_advantage_mean"].astype(float)
    spread = results["pca_advantage_standard_error"].astype(float)
    axes.errorbar(results["n"].astype(int), means, spread, fmt="o-", color=f"C{index}", label=name)
axes.axhline(0, color="0.6")
axes.set_xscale("log")
axes.set_xlabel("samples n")
axes.set_ylabel("error of principal components − masked")
axes.legend()

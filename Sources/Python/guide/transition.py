# %% [markdown]
# When a common signal shows: below a threshold strength no trace of it is left in the predictor.

# %%
import matplotlib.pyplot as plt
import numpy as np

import lacuna

study = {
    "data": {
        "model": "spiked",
        "coordinates": 120,
        "samples": [240],
        "noise": {"variances": {"geometric": [0.2, 3.0]}},
        "spikes": [{"strength": 1.0}],
    },
    "model": {"ridge": 0.1},
}

# %% [markdown]
# How much of the signal the leading eigenvector holds, for the masked regression and for principal components. Unequal noise draws
# principal components to the noisy coordinates; the masked regression weighs a coordinate by how badly the others predict it.

# %%
strengths = [0.2, 0.4, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0]
results = lacuna.simulate(
    study, {"data.spikes.0.strength": strengths}, measure="recovery", experiment__trials=8, progress=False
)
grid = np.geomspace(0.2, 5, 60)
curves = lacuna.theory(study, {"data.spikes.0.strength": list(grid)}, measure="recovery")
threshold = lacuna.threshold(study)[0]["threshold"]

# %% [markdown]
# The threshold falls as rows come in, and with little ridge.

# %%
sizes = [60, 120, 240, 480, 960]
thresholds = lacuna.threshold(study, data__samples=sizes, model__ridge=[0.001, 0.1, 1.0])

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
for name, label, color in (("overlap", "masked regression", "C0"), ("pca_overlap", "principal components", "C1")):
    means = results[f"recovery_{name}_mean"].astype(float)
    spread = results[f"recovery_{name}_standard_error"].astype(float)
    theory = curves[f"recovery_{name}_theory"]
    left.errorbar(strengths, means, spread, fmt="o", color=color, label=label)
    left.plot(grid, theory.astype(float), color=color)
left.axvline(threshold, color="C0", linestyle="--", label=f"threshold {threshold:.2g}")
left.set_xscale("log")
left.set_xticks([0.2, 0.5, 1, 2, 5], ["0.2", "0.5", "1", "2", "5"])
left.set_xticks([], minor=True)
left.set_xlabel("strength of the signal")
left.set_ylabel("squared overlap with it")
left.legend()
lacuna.plot.transition(thresholds, right)

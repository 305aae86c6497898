# %% [markdown]
# Missing cells: fitted to what was observed, filled by conditional means.

# %%
import matplotlib.pyplot as plt
import numpy as np

import lacuna

rng = np.random.default_rng(3)
X = rng.standard_normal((400, 3)) @ rng.standard_normal((3, 12)) + 0.3 * rng.standard_normal((400, 12))
gaps = rng.random(X.shape) < 0.2

# %%
imputer = lacuna.MaskedImputer().fit(np.where(gaps, np.nan, X))
filled = imputer.transform(np.where(gaps, np.nan, X))
print(f"mean squared error {((filled - X)[gaps] ** 2).mean():.3g}, of the means {((X - X.mean(0))[gaps] ** 2).mean():.3g}")

# %%
figure, axes = plt.subplots(figsize=(4, 4), layout="constrained")
axes.plot(X[gaps], filled[gaps], ".", markersize=3)
axes.axline((0, 0), slope=1, color="0.6")
axes.set_xlabel("what was hidden")
axes.set_ylabel("what it was filled with")

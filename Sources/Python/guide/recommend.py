# %% [markdown]
# EASE on implicit feedback: lambda by exact leave-one-user-out errors.

# %%
import matplotlib.pyplot as plt
import numpy as np

import lacuna

rng = np.random.default_rng(5)
tastes, items = rng.integers(6, size=800), rng.integers(6, size=60)
clicks = (rng.random((800, 60)) < np.where(tastes[:, None] == items, 0.4, 0.03)).astype(float)

# %%
model = lacuna.EASE().fit(clicks)
best = model.recommend(clicks, k=5)
share = (items[best] == tastes[:, None]).mean()
print(f"lambda {model.ridge_ * len(clicks):.3g}; {share:.0%} of the recommendations are of the user's taste")

# %%
order = np.argsort(items)
figure, axes = plt.subplots(figsize=(4.5, 4), layout="constrained")
image = axes.imshow(model.coef_[np.ix_(order, order)], cmap="RdBu_r", vmin=-0.2, vmax=0.2)
figure.colorbar(image, label="weight")
axes.set_xlabel("item seen, by taste")
axes.set_ylabel("item scored")

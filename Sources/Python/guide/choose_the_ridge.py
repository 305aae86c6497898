# %% [markdown]
# Choose the ridge of your own data, and ask how many rows are enough.

# %%
import matplotlib.pyplot as plt
import numpy as np

import lacuna

rng = np.random.default_rng(7)
shared = rng.standard_normal((300, 4)) @ rng.standard_normal((4, 40))
X = shared + 1.5 * rng.standard_normal((300, 40)) + 10

# %% [markdown]
# Leave-one-out errors are exact: each cell is predicted by the fit without its row, means included.

# %%
model = lacuna.MaskedRegression().fit(X)
model.learning_curve(X)
print(f"ridge {model.ridge_:.3g}, error {model.loo_error_.mean():.3g}, nothing predicted {model.mean_square_.mean():.3g}")

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
lacuna.plot.ridge_path(model, left)
lacuna.plot.learning_curve(model, right)

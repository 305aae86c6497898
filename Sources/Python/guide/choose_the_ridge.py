# %% [markdown]
# Choose the ridge of your own data, ask how many rows are enough, and keep rows that belong together apart.

# %%
import warnings

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

# %% [markdown]
# Five visits of each of sixty patients: left out one by one, a patient's other visits tell of the one that is left out, and the
# error is too small for a new patient. Left out whole, the error is that of new patients, and asks for more ridge.

# %%
patients = np.repeat(np.arange(60), 5)
own = rng.standard_normal((60, 40)) @ np.diag(np.linspace(0.5, 2, 40))
visits = own[patients] + 0.3 * rng.standard_normal((300, 40)) + shared
with warnings.catch_warnings():
    # That the rows are related is what the fit says here.
    warnings.simplefilter("ignore")
    one_by_one = lacuna.MaskedRegression().fit(visits)
whole = lacuna.MaskedRegression().fit(visits, groups=patients)
for name, fit in (("one by one", one_by_one), ("whole", whole)):
    print(f"{name}: ridge {fit.ridge_:.3g}, error {fit.loo_error_.mean():.3g}")

# %%
figure, (left, middle, right) = plt.subplots(1, 3, figsize=(13, 3.8), layout="constrained")
lacuna.plot.ridge_path(model, left)
lacuna.plot.learning_curve(model, middle)
for fit, label in ((one_by_one, "rows left out one by one"), (whole, "patients left out whole")):
    path = fit.ridge_path_
    right.plot(path["ridge"], path["held_out_error"], label=label)
    right.plot(fit.ridge_, path["held_out_error"].min(), "o", color="0.3", markersize=4)
right.set_xscale("log")
right.set_xlabel("ridge λ")
right.set_ylabel("mean squared error held out")
right.legend()

# %% [markdown]
# A learning curve and a spectrum: theory as lines, simulation as points.

# %%
import matplotlib.pyplot as plt

import lacuna

study = {
    "data": {"model": "spiked", "coordinates": 80, "samples": [30, 60, 80, 100, 160, 320], "spikes": [{"strength": 5.0}]},
    "model": {"ridge": [0.001, 0.1, 1.0]},
}

# %%
results = lacuna.simulate(study, experiment__trials=10)
spectrum = lacuna.simulate(study, data__samples=[160], model__ridge=[0.1], measure="spectrum", experiment__trials=10)
density = lacuna.spectral_density(study, data__samples=[160], model__ridge=[0.1])[0]

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
lacuna.plot.errors(results, ax=left)
left.set_yscale("log")
left.legend(loc="upper right", fontsize="small")
lacuna.plot.spectrum(density, spectrum.rows(0, "spectrum.eigenvalues"), right)

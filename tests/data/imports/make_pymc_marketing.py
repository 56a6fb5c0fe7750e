"""Makes pymc_logistic.nc and pymc_hill.nc, and what PyMC-Marketing says of them, in .json.

Run once, in this folder and in an environment of its own (Python 3.12, pymc-marketing 1.3.0,
h5netcdf):

    python make_pymc_marketing.py

Only 50 of the draws are kept, and none of what can be worked out from them, so that the files are
small. The numbers of the .json are the tool's own, over the draws that are kept.
"""

import json

import numpy as np
import pandas as pd
from market import CHANNELS, market
from pymc_marketing.mmm import (
    MMM,
    GeometricAdstock,
    HillSaturation,
    HillSaturationSigmoid,
    InverseScaledLogisticSaturation,
    LogisticSaturation,
    LogSaturation,
    MichaelisMentenSaturation,
    NoSaturation,
    RootSaturation,
    TanhSaturation,
)
from pytensor.xtensor import as_xtensor

MODELS = {
    "pymc_logistic": (GeometricAdstock(l_max=8), LogisticSaturation()),
    "pymc_hill": (GeometricAdstock(l_max=6, normalize=False), HillSaturation()),
}
KEPT = (
    "adstock_alpha",
    "saturation_beta",
    "saturation_lam",
    "saturation_slope",
    "saturation_kappa",
)
AT = (0.1, 0.25, 0.5, 0.75, 1.0)


FORMS = {
    LogisticSaturation: {"lam": 2.5, "beta": 0.4},
    InverseScaledLogisticSaturation: {"lam": 0.3, "beta": 0.4},
    TanhSaturation: {"b": 0.5, "c": 0.9},
    MichaelisMentenSaturation: {"alpha": 0.6, "lam": 0.4},
    HillSaturation: {"slope": 1.4, "kappa": 0.35, "beta": 0.5},
    HillSaturationSigmoid: {"sigma": 0.5, "beta": 5.0, "lam": 0.4},
    RootSaturation: {"alpha": 0.6, "beta": 0.3},
    LogSaturation: {"beta": 0.7},
    NoSaturation: {"beta": 0.2},
}


def forms():
    """What every form brings at some spends, in the model's own units."""
    x = np.asarray(AT)
    said = {
        form.__name__: {
            "parameters": parameters,
            "x": list(AT),
            "y": np.asarray(
                form().function(as_xtensor(x, dims=("x",)), **parameters).eval()
            ).tolist(),
        }
        for form, parameters in FORMS.items()
    }
    with open("pymc_forms.json", "w") as file:
        json.dump(said, file)


def make(name, adstock, saturation):
    data = market()
    model = MMM(
        date_column="date",
        channel_columns=list(CHANNELS),
        target_column="revenue",
        adstock=adstock,
        saturation=saturation,
    )
    model.fit(
        data.drop(columns="revenue"),
        pd.Series(data["revenue"], name="revenue"),
        chains=2,
        tune=500,
        draws=250,
        cores=1,
        random_seed=5,
        progressbar=False,
    )
    posterior = model.idata["posterior"].to_dataset().isel(draw=slice(None, None, 10))
    constant = model.idata["constant_data"].to_dataset()
    weekly = posterior["channel_contribution"].mean(("chain", "draw")) * constant["target_scale"]
    kept = [variable for variable in posterior if variable in KEPT]
    model.idata["posterior"] = posterior[kept].drop_vars("date", errors="ignore")
    curve = model.sample_saturation_curve(max_value=1.0, num_points=201, num_samples=None)
    curve = curve.mean(("chain", "draw"))
    for group in ("sample_stats", "observed_data"):
        del model.idata[group]
    model.save(f"{name}.nc", engine="h5netcdf")
    scale = constant["channel_scale"]
    said = {
        channel: {
            "adstocked": [round(x * float(scale.sel(channel=channel)), 2) for x in AT],
            "response": [
                round(float(curve.sel(channel=channel).sel(x=x, method="nearest")), 2) for x in AT
            ],
            "weekly": weekly.sel(channel=channel).values.round(1).tolist(),
        }
        for channel in CHANNELS
    }
    with open(f"{name}.json", "w") as file:
        json.dump(said, file)


if __name__ == "__main__":
    forms()
    for name, transformations in MODELS.items():
        make(name, *transformations)

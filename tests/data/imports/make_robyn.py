"""Makes robyn.json and what Robyn's own transformations say of it, robyn_said.json.

Robyn itself runs in R. The file is laid out as robyn_write of Robyn 3.11 lays it out, with numbers
of our own, so it is NOT made by Robyn; what its channels bring is worked out by robynpy, Robyn's
port to Python by its authors. Run once, in an environment of its own (robynpy 0.3.6 without its
dependencies, and pandas 2, scipy, scikit-learn, prophet), in this folder:

    python make_robyn.py
"""

import json

import pandas as pd
from market import CHANNELS, WEEKS, market
from robyn.modeling.transformations.transformations import Transformation

FIRST, LAST = 5, WEEKS
HYPER = {
    "Search": {"alphas": 1.1, "gammas": 0.45, "thetas": 0.21},
    "TV": {"alphas": 1.6, "gammas": 0.5, "thetas": 0.48},
    "Radio": {"alphas": 0.8, "gammas": 0.6, "thetas": 0.02},
}
COEF = {"Search": 215_000.0, "TV": 260_000.0, "Radio": 95_000.0}
AT = (0.25, 0.5, 1.0, 1.5)


def main():
    frame = market()
    robyn = Transformation(None)
    summary = [{"variable": "(Intercept)", "coef": 300_000.0, "decompPer": 0.5, "decompAgg": 3e7}]
    said = {}
    for channel in CHANNELS:
        hyper = HYPER[channel]
        adstocked = robyn.adstock_geometric(frame[channel], hyper["thetas"]).x_decayed
        window = adstocked.iloc[FIRST - 1 : LAST]
        shape = (hyper["alphas"], hyper["gammas"])
        weekly = COEF[channel] * robyn.saturation_hill(window, *shape)
        at = window.mean() * pd.Series(AT)
        brought = COEF[channel] * robyn.saturation_hill(window, *shape, x_marginal=at)
        said[channel] = {"adstocked": at.tolist(), "response": brought.tolist()}
        summary.append(
            {
                "variable": channel,
                "coef": COEF[channel],
                "decompPer": 0.1,
                "decompAgg": float(weekly.sum()),
                "performance": float(weekly.sum() / frame[channel].iloc[FIRST - 1 :].sum()),
                "mean_spend": float(frame[channel].iloc[FIRST - 1 :].mean()),
            }
        )
    hyper_values = {f"{c}_{name}": [v] for c in sorted(HYPER) for name, v in HYPER[c].items()}
    dates = frame["date"].dt.strftime("%Y-%m-%d")
    rows = frame.drop(columns="date").astype(int).to_dict("records")
    exported = {
        "InputCollect": {
            "date_var": ["DATE"],
            "dayInterval": [7],
            "intervalType": ["week"],
            "dep_var": ["revenue"],
            "dep_var_type": ["revenue"],
            "paid_media_vars": list(CHANNELS),
            "paid_media_spends": list(CHANNELS),
            "all_media": list(CHANNELS),
            "window_start": [dates[FIRST - 1]],
            "rollingWindowStartWhich": [FIRST],
            "window_end": [dates[LAST - 1]],
            "rollingWindowEndWhich": [LAST],
            "rollingWindowLength": [LAST - FIRST + 1],
            "adstock": ["geometric"],
            "custom_params": [],
        },
        "ExportedModel": {
            "select_model": ["1_20_3"],
            "summary": summary,
            "hyper_values": {**hyper_values, "lambda": [12_000.5], "train_size": [0.8]},
        },
        "Extras": {"raw_data": [{"DATE": d, **row} for d, row in zip(dates, rows, strict=True)]},
    }
    with open("robyn.json", "w") as file:
        json.dump(exported, file)
    with open("robyn_said.json", "w") as file:
        json.dump(said, file)


if __name__ == "__main__":
    main()

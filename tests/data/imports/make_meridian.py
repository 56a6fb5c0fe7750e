"""Makes meridian.nc and what Meridian itself says of that model at other spends, meridian.json.

Run once, in an environment of its own (google-meridian 2.1.0), in this folder:

    python make_meridian.py

The file is made as docs/how-to.md says; only every tenth draw of the carry-over is kept.
"""

import json

import numpy as np
from market import CHANNELS, market
from meridian.analysis.analyzer import Analyzer
from meridian.data.data_frame_input_data_builder import DataFrameInputDataBuilder
from meridian.model.model import Meridian
from meridian.model.spec import ModelSpec

BETWEEN = [0.15, 0.45, 0.75, 1.15, 1.55, 1.95]


def made():
    data = market()
    data["time"] = data["date"].dt.strftime("%Y-%m-%d")
    data["population"] = 1.0
    builder = DataFrameInputDataBuilder(kpi_type="revenue")
    builder = builder.with_kpi(data, kpi_col="revenue", time_col="time")
    builder = builder.with_media(
        data,
        media_cols=list(CHANNELS),
        media_spend_cols=list(CHANNELS),
        media_channels=list(CHANNELS),
        time_col="time",
    )
    model = Meridian(builder.build(), model_spec=ModelSpec(knots=1))
    model.sample_posterior(n_chains=2, n_adapt=300, n_burnin=200, n_keep=200, seed=5)
    return model


def main():
    model = made()
    analyzer = Analyzer(model_context=model.model_context, inference_data=model.inference_data)
    curves = analyzer.response_curves(spend_multipliers=list(np.arange(0.0, 2.01, 0.1)))
    alpha = model.inference_data.posterior["alpha_m"]
    curves = curves.assign_coords(time=model.input_data.time).assign(alpha_m=alpha[:, ::10])
    curves.to_netcdf("meridian.nc")
    other = analyzer.response_curves(spend_multipliers=BETWEEN)
    said = {
        channel: {
            "spend": other["spend"].sel(channel=channel).values.round(2).tolist(),
            "outcome": other["incremental_outcome"]
            .sel(channel=channel, metric="mean")
            .values.round(2)
            .tolist(),
        }
        for channel in CHANNELS
    }
    with open("meridian.json", "w") as file:
        json.dump(said, file)


if __name__ == "__main__":
    main()

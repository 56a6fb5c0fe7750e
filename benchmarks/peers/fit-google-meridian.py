"""Google Meridian's national model with its default priors (geometric adstock of eight weeks, then
Hill), a knot of the baseline every six weeks, controls; four chains of 500 draws after 1,000.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from meridian.analysis.analyzer import Analyzer, DataTensors
from meridian.data.data_frame_input_data_builder import DataFrameInputDataBuilder
from meridian.model.model import Meridian
from meridian.model.spec import ModelSpec
from totals import Floats, Totals, serve

WEEKS_PER_KNOT = 6


def fit(totals: Totals) -> Callable[[Floats], Floats]:
    """The response of its posterior, by its own analyzer."""
    periods = len(totals.starts)
    times = totals.starts.strftime("%Y-%m-%d")
    data = pd.DataFrame(totals.spend, columns=totals.channels)
    data = data.assign(time=times, revenue=totals.outcome, **totals.controls)
    media = (
        DataFrameInputDataBuilder(kpi_type="revenue")
        .with_kpi(data, kpi_col="revenue")
        .with_media(data, totals.channels, totals.channels, totals.channels)
    )
    if totals.controls:
        media = media.with_controls(data, control_cols=list(totals.controls))
    model = Meridian(media.build(), model_spec=ModelSpec(knots=periods // WEEKS_PER_KNOT))
    model.sample_posterior(n_chains=4, n_adapt=500, n_burnin=500, n_keep=500, seed=1)
    analyzer = Analyzer(model_context=model.model_context, inference_data=model.inference_data)

    def response(spend: Floats) -> Floats:
        seen = spend[-periods:].astype(np.float32)[None]
        brought = analyzer.incremental_outcome(
            new_data=DataTensors(media=seen),
            selected_times=list(times[-totals.ahead_periods :]),
        )
        return np.asarray(brought).mean(axis=(0, 1))

    return response


if __name__ == "__main__":
    serve(fit)

"""mmm-framework as its guide sets it up: its defaults for adstock, saturation and priors, two
yearly waves, a straight trend, controls; NUTS by NumPyro, four chains of 1,000 draws.
"""

from collections.abc import Callable

import pandas as pd
from mmm_framework import BayesianMMM, ModelConfigBuilder, TrendConfig, TrendType
from mmm_framework.config import DimensionType, create_simple_mff_config
from mmm_framework.data_loader import load_mff
from totals import Floats, Totals, serve


def fit(totals: Totals) -> Callable[[Floats], Floats]:
    """The response of its posterior, by its own counterfactuals."""
    periods = len(totals.starts)
    columns = dict(zip(totals.channels, totals.spend.T, strict=True))
    columns |= {"revenue": totals.outcome, **totals.controls}
    rows = pd.DataFrame(columns).assign(Period=totals.starts.strftime("%Y-%m-%d"))
    long = rows.melt(id_vars="Period", var_name="VariableName", value_name="VariableValue")
    for unused in ("Geography", "Product", "Campaign", "Outlet", "Creative"):
        long[unused] = ""
    roles = create_simple_mff_config(
        kpi_name="revenue",
        media_names=totals.channels,
        control_names=list(totals.controls),
        kpi_dimensions=[DimensionType.PERIOD],
    )
    settings = (
        ModelConfigBuilder().bayesian_numpyro().with_chains(4).with_draws(1000).with_tune(1000)
    )
    panel = load_mff(long, roles)
    model = BayesianMMM(panel, settings.build(), TrendConfig(type=TrendType.LINEAR))
    model.fit(random_seed=1)

    def response(spend: Floats) -> Floats:
        brought = model.sample_channel_contributions(X_media=spend[-periods:], max_draws=400)
        order = [model.channel_names.index(channel) for channel in totals.channels]
        return brought[:, -totals.ahead_periods :].sum(axis=1).mean(axis=0)[order]

    return response


if __name__ == "__main__":
    serve(fit)

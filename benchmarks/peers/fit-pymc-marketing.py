"""PyMC-Marketing's MMM as its own guide sets it up: geometric adstock over eight weeks, logistic
saturation, two yearly waves, trend and controls; default priors, four chains of 1,000 draws.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from pymc_marketing.mmm import GeometricAdstock, LogisticSaturation
from pymc_marketing.mmm.multidimensional import MMM
from totals import TAIL, Floats, Totals, serve


def fit(totals: Totals) -> Callable[[Floats], Floats]:
    """The response of its posterior."""
    data = pd.DataFrame(totals.spend, columns=totals.channels)
    data = data.assign(date=totals.starts, trend=totals.trend, **totals.controls)
    model = MMM(
        date_column="date",
        target_column="y",
        channel_columns=totals.channels,
        control_columns=["trend", *totals.controls],
        adstock=GeometricAdstock(l_max=TAIL),
        saturation=LogisticSaturation(),
        yearly_seasonality=2,
    )
    outcome = pd.Series(totals.outcome, name="y")
    model.fit(data, outcome, chains=4, cores=1, random_seed=1, progressbar=False)
    draws = model.posterior.stack(sample=("chain", "draw"))
    alpha, lam, beta = (
        draws[name].transpose("sample", "channel").sel(channel=totals.channels).to_numpy()
        for name in ("adstock_alpha", "saturation_lam", "saturation_beta")
    )
    scale, whole = totals.spend.max(axis=0), float(totals.outcome.max())

    def response(spend: Floats) -> Floats:
        weights = alpha[:, None] ** np.arange(TAIL)[:, None]
        weights /= weights.sum(axis=1, keepdims=True)
        shares = spend / scale
        brought = np.zeros(spend.shape[1])
        for t in range(len(totals.starts), len(spend)):
            s = np.einsum("slc,lc->sc", weights, shares[t - np.arange(TAIL)])
            brought += whole * (beta * np.tanh(lam * s / 2)).mean(axis=0)
        return brought

    return response


if __name__ == "__main__":
    serve(fit)

"""A small market that every tool is shown: two years of weeks, three channels."""

import numpy as np
import pandas as pd

WEEKS = 104
CHANNELS = ("Search", "TV", "Radio")
SPEND = {"Search": 20_000.0, "TV": 60_000.0, "Radio": 8_000.0}
TOP = {"Search": 150_000.0, "TV": 200_000.0, "Radio": 60_000.0}
HALF = {"Search": 30_000.0, "TV": 120_000.0, "Radio": 9_000.0}
CARRYOVER = {"Search": 0.2, "TV": 0.5, "Radio": 0.0}


def market() -> pd.DataFrame:
    """date, the channels' spends and revenue, one row per week."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"date": pd.date_range("2024-01-01", periods=WEEKS, freq="W-MON")})
    revenue = np.full(WEEKS, 300_000.0)
    for channel in CHANNELS:
        spend = SPEND[channel] * rng.gamma(2.0, 0.5, WEEKS)
        if channel == "TV":
            spend[rng.random(WEEKS) < 0.4] = 0.0
        frame[channel] = spend.round()
        stock = 0.0
        for week in range(WEEKS):
            stock = frame[channel][week] + CARRYOVER[channel] * stock
            revenue[week] += TOP[channel] * (1.0 - np.exp(-stock / HALF[channel]))
    frame["revenue"] = (revenue * (1.0 + 0.03 * rng.standard_normal(WEEKS))).round()
    return frame

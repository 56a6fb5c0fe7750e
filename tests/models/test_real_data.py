"""Histories from elsewhere, where they are at hand."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models import Curves, History, Period
from models.carryover import adstock
from models.fit import fit
from models.validation import back_test
from tests.models.worlds import history

DATA = Path(__file__).parents[3] / "shared" / "data"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the data are not part of the project")


def totals(file: str, first: date, channels: list[str], outcome: str, controls: list[str]):
    table = pd.read_csv(DATA / file)
    told = history(
        table[channels].to_numpy(float),
        outcome=table.eval(outcome).to_numpy(float),
        controls={name: table[name].to_numpy(float) for name in controls},
    )
    starts = tuple(first + timedelta(weeks=p) for p in range(len(table)))
    return History(
        Period.WEEK, starts, tuple(channels), told.spend, told.observed, {}, told.outcome,
        told.controls,
    )  # fmt: skip


def contribution(told: History, curves: Curves, channel: str) -> float:
    curve = curves[channel]
    spend = told.spend[:, told.channels.index(channel)]
    return float(curve.at(adstock(spend, curve.carryover, 13)).sum())


def test_the_published_contributions_are_found_within_their_intervals():
    told = totals(
        "pymc_mmm_example.csv", date(2018, 4, 2), ["x1", "x2"], "y", ["event_1", "event_2"]
    )
    curves = fit(told)
    for channel, published in {"x1": 274_848, "x2": 65_906}.items():
        curve = curves[channel]
        assert contribution(told, curves, channel) == pytest.approx(published, rel=0.2)
        drawn = [
            contribution(told, Curves((replace(curve, **member._asdict()),)), channel)
            for member in curve.members
        ]
        low, high = np.quantile(drawn, [0.05, 0.95])
        assert low < published < high
    assert curves["x1"].carryover == pytest.approx(0.4, abs=0.1)
    assert curves["x2"].carryover == pytest.approx(0.2, abs=0.1)


def test_media_earn_a_believable_part_of_revenue():
    channels = ["tv_S", "ooh_S", "print_S", "search_S", "facebook_S"]
    told = totals(
        "robyn_dt_simulated_weekly.csv",
        date(2015, 11, 23),
        channels,
        "revenue",
        ["competitor_sales_B", "newsletter"],
    )
    curves = fit(told)
    assert curves["tv_S"].known
    parts = [contribution(told, curves, channel) for channel in channels]
    assert 0.02 < sum(parts) / np.sum(told.outcome) < 0.4
    assert all(k.diagnostics.holdout_error < 0.05 for k in curves.curves if k.known)


def test_effects_too_weak_to_see_are_flagged():
    table = pd.read_csv(DATA / "retail_case_study.csv", nrows=1)
    told = totals(
        "retail_case_study.csv",
        date(2014, 8, 3),
        [name for name in table if name.startswith("mdsp_")],
        "sales",
        [name for name in table if name.startswith(("me_", "st_ct", "mrkdn", "hldy_"))],
    )
    flagged = ["weak" in curve.diagnostics.flags for curve in fit(told).curves]
    assert len(flagged) - sum(flagged) <= 2


@pytest.mark.parametrize(
    ("file", "first", "channels", "outcome", "controls", "of_naive"),
    [
        ("pymc_mmm_example.csv", date(2018, 4, 2), ["x1", "x2"], "y", ["event_1", "event_2"], 0.6),
        (
            "robyn_dt_simulated_weekly.csv",
            date(2015, 11, 23),
            ["tv_S", "ooh_S", "print_S", "search_S", "facebook_S"],
            "revenue",
            ["competitor_sales_B", "newsletter"],
            0.6,
        ),
        (
            "meridian_national_media.csv",
            date(2021, 1, 25),
            [f"Channel{number}_spend" for number in range(4)],
            "conversions * revenue_per_conversion",
            ["competitor_activity_score_control", "sentiment_score_control"],
            0.6,
        ),
        # The year before is a good guess here: hardly anything to win.
        ("retail_case_study.csv", date(2014, 8, 3), ["mdsp_dm", "mdsp_so"], "sales", [], 1.3),
    ],
)
def test_past_quarters_would_have_been_foretold_within_a_twentieth(
    file, first, channels, outcome, controls, of_naive
):
    found = back_test(totals(file, first, channels, outcome, controls), fit)
    assert found.total < 0.05
    assert found.total < of_naive * found.naive

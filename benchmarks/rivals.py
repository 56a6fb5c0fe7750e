"""What planners do without a response curve: by average return, and by a linear model."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LinearRegression, RidgeCV
from sklearn.preprocessing import StandardScaler

from models.carryover import adstock
from models.curve import ResponseCurve
from models.history import History
from models.period import Period
from models.saturation import Floats, Form

# What is left of a week's advertising in the next, as everybody assumes.
_CARRYOVER = 0.5


def by_average_return(history: History) -> tuple[ResponseCurve, ...]:
    """As in a spreadsheet: the last year's attributed revenue over its spend, channel by channel.

    Money goes from the lowest return to the highest, as far as it may move. Needs attributed
    revenue, which the platforms report even where a model is given totals alone.
    """
    if history.revenue is None:
        raise ValueError("returns need attributed revenue")
    year = slice(-4 * history.period.per_quarter, None)
    seen = np.where(np.isfinite(history.revenue), history.revenue, 0.0)[year].sum(axis=0)
    spent = np.where(history.observed, history.spend, 0.0)[year].sum(axis=0)
    return _lines(history, np.divide(seen, spent, out=np.zeros_like(seen), where=spent > 0))


def by_linear_model(history: History) -> tuple[ResponseCurve, ...]:
    """Regression on adstocked spend with a carry-over of one half; money moves as far as it may.

    Attributed revenue: a straight line per channel. Totals: ridge regression, its penalty chosen by
    leave-one-out, beside trend, two waves a year and the controls.
    """
    rho = _CARRYOVER if history.period is Period.WEEK else 0.0
    spend = (1 - rho) * adstock(history.spend, rho, history.period.per_quarter)
    if history.revenue is not None:
        pairs = zip(spend.T, history.revenue.T, strict=True)
        return _lines(history, np.array([_straight(x, y) for x, y in pairs]))
    if history.outcome is None:
        raise ValueError("there are no results")
    seen = np.isfinite(history.outcome)
    t = np.arange(len(seen))
    turn = 2 * np.pi * t / history.period.per_year
    waves = [np.sin(turn), np.cos(turn), np.sin(2 * turn), np.cos(2 * turn)]
    columns = np.column_stack([spend, t, *waves, *history.controls.values()])[seen]
    scaler = StandardScaler().fit(columns)
    ridge = RidgeCV(np.geomspace(1e-3, 1e3, 25))
    ridge.fit(scaler.transform(columns), history.outcome[seen])
    return _lines(history, (ridge.coef_ / scaler.scale_)[: len(history.channels)])


def _straight(spend: Floats, revenue: Floats) -> float:
    seen = np.isfinite(revenue)
    return float(LinearRegression().fit(spend[seen, None], revenue[seen]).coef_[0])


def _lines(history: History, returns: Floats) -> tuple[ResponseCurve, ...]:
    return tuple(
        ResponseCurve(
            channel=channel,
            form=Form.LINEAR,
            top=max(float(worth), 0.0),
            half=1.0,
            slope=1.0,
            carryover=0.0,
            period=Period.QUARTER,
        )
        for channel, worth in zip(history.channels, returns, strict=True)
    )

r"""Pooling: what a channel as a whole teaches about each of its cells (regions, products).

The channel's spend and results, added up over its cells, give one curve. Every cell is believed
beforehand to be like it, in units of its own usual spend, give or take a normal distance:

    carryover / most 0.15      ln reach 0.4      ln slope 0.2      response to usual spend 40 %

A cell with much data of its own hardly feels this; one with little takes most of its curve from it.
"""

from dataclasses import dataclass, replace

import numpy as np

from models import shape as shapes
from models.attributed import PARAMETERS, fit_attributed
from models.diagnostics import unmeasurable
from models.history import History
from models.reversals import net_of
from models.saturation import Floats
from models.shape import Prior, rhythm_of

_BETWEEN = np.array([0.15, 0.4, 0.2])
_LEVEL = 0.4
# The whole is made of cells with results in at least this share of the fullest one's periods.
_MUCH = 0.5


@dataclass(frozen=True)
class Pool:
    """What is believed of the cells of a channel; its level is per unit of usual spend."""

    channel: str
    prior: Prior

    def of(self, usual_spend: float) -> Prior:
        """The belief on a cell with this usual spend."""
        mean, spread = self.prior.level or (0.0, np.inf)
        return replace(self.prior, level=(mean * usual_spend, spread * usual_spend))


def pool_of(cells: History, result: Floats) -> Pool | None:
    """What to believe of all cells of one channel, from their results (P, C), NaN where missing.

    None where the effect of the channel as a whole cannot be measured either.
    """
    shown = np.isfinite(result) & cells.observed
    # Cells with few results would leave hardly a period in which all have some.
    periods = shown.sum(axis=0)
    told = periods >= _MUCH * periods.max()
    spend, shown, result = cells.spend[:, told], shown[:, told], result[:, told]
    used = np.all(shown | (spend == 0), axis=1) & shown.any(axis=1)
    group = cells.groups[0]
    whole = replace(
        cells,
        channels=(group,),
        spend=spend.sum(axis=1)[:, None],
        observed=used[:, None],
        attributed={},
        groups=(),
    )
    y = np.where(used, np.nansum(result, axis=1), 0.0)
    if unmeasurable(whole, 0, used, PARAMETERS + 2) is not None or not np.any(y > 0):
        return None
    rhythm, spend = rhythm_of(cells.period), whole.spend[:, 0]
    net = net_of(
        y, used, lambda kept: fit_attributed(spend, y, kept, rhythm).curve.course(spend, rhythm)
    )
    weight = net.used.astype(float)
    fitted = fit_attributed(spend, net.result, weight, rhythm)
    usual = shapes.usual(spend, weight)
    points = np.array(
        [
            (m.carryover / rhythm.most, np.log(m.half * (1 - m.carryover) / usual), np.log(m.slope))
            for m in fitted.members
        ]
    )
    level = np.array([m.kept_up(usual) for m in fitted.members]) / usual
    mean = float(level.mean())
    if mean <= 0:
        return None
    return Pool(
        group,
        Prior(
            points.mean(axis=0),
            np.hypot(points.std(axis=0), _BETWEEN),
            (mean, float(np.hypot(level.std(), _LEVEL * mean))),
        ),
    )

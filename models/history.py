"""The history: what was spent, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from models.lift import LiftTest
from models.period import Period
from models.saturation import Floats


@dataclass(frozen=True)
class History:
    """Spend and results on a regular grid of P periods and C channels.

    ``starts``    first day of each period, ascending, without gaps (a missing period is a row whose
                  ``observed`` is False throughout).
    ``spend``     (P, C) money, >= 0. Before a channel's first row it is 0; in a missing period it
                  is interpolated between its neighbours, for carry-over only.
    ``observed``  (P, C) bool, False where the files had no row.
    ``attributed`` metric name -> (P, C) results attributed to channels, NaN where there is none
                  ("revenue", "conversions", ...). Empty where results are known in total only.
    ``outcome``   (P,) total revenue, NaN where missing; None without outcome.csv.
    ``controls``  control name -> (P,) values.
    ``ahead``     control name -> (F,) values of the periods after the last, as far as the files
                  hold them; NaN where one is missing.
    ``tests``     lift tests of its channels.
    ``groups``    what each channel is a cell of ("Search" for "Search / North"), in the order of
                  ``channels``; empty where no channel is divided.
    """

    period: Period
    starts: tuple[date, ...]
    channels: tuple[str, ...]
    spend: Floats
    observed: NDArray[np.bool_]
    attributed: dict[str, Floats]
    outcome: Floats | None
    controls: dict[str, Floats]
    tests: tuple[LiftTest, ...] = ()
    groups: tuple[str, ...] = ()
    ahead: Mapping[str, Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shape = (len(self.starts), len(self.channels))
        arrays = [self.spend, self.observed, *self.attributed.values()]
        if any(a.shape != shape for a in arrays):
            raise ValueError(f"every table of a history must have shape {shape}")
        totals = list(self.controls.values())
        if self.outcome is not None:
            totals.append(self.outcome)
        if any(a.shape != shape[:1] for a in totals):
            raise ValueError(f"outcome and controls must have shape {shape[:1]}")
        if self.groups and len(self.groups) != len(self.channels):
            raise ValueError("groups must name what every channel is a cell of")
        if np.any(~(self.spend >= 0)):
            raise ValueError("spend must be 0 or more and not NaN")

    def shows(self, metric: str, channel: str | None = None) -> bool:
        """Whether there are results above 0 of a metric, of one channel or of any."""
        if metric not in self.attributed or channel not in (None, *self.channels):
            return False
        of = slice(None) if channel is None else self.channels.index(channel)
        return bool(np.any(self.attributed[metric][:, of] > 0))

    @property
    def revenue(self) -> Floats | None:
        """(P, C) revenue attributed to channels, or None."""
        return self.attributed.get("revenue")

    def until(self, periods: int) -> "History":
        """The history as it stood after so many periods.

        Lift tests that had ended are kept, and of the controls what was to come of those that are
        known ahead now.
        """
        end = slice(periods)
        after = self.period.after(self.starts[periods - 1], 1)
        return replace(
            self,
            starts=self.starts[end],
            spend=self.spend[end],
            observed=self.observed[end],
            attributed={name: of[end] for name, of in self.attributed.items()},
            outcome=None if self.outcome is None else self.outcome[end],
            controls={name: of[end] for name, of in self.controls.items()},
            tests=tuple(test for test in self.tests if test.last < after),
            ahead={
                name: np.concatenate([self.controls[name][periods:], of])
                for name, of in self.ahead.items()
            },
        )

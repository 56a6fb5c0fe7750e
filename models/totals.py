"""Totals: what mix modelling is given."""

from dataclasses import dataclass

import numpy as np

from models.saturation import Floats
from models.shape import Rhythm


@dataclass(frozen=True)
class Trial:
    """A lift test: spend (P,) of the channel as it was and ``without`` the change that was tested.

    The change brought ``lift``, known to ``stderr``. Both courses may go on after the history, for
    what the change still brings then.
    """

    channel: int
    spend: Floats
    without: Floats
    lift: float
    stderr: float


@dataclass(frozen=True)
class KnownCourse:
    """What another model says that a channel brought (P,), right up to one factor.

    The factor's prior is normal around ``mean``, cut off at 0. ``tests`` are lift tests of the
    channel: the lift that the other model expects, the one measured, and its standard error.
    """

    response: Floats
    mean: float
    spread: float
    tests: tuple[tuple[float, float, float], ...] = ()


@dataclass(frozen=True)
class Totals:
    """What is regressed: P periods in order of time, C channels, K controls.

    ``spend`` (P, C) money, ``controls`` (P, K), ``outcome`` (P,), ``weight`` (P,), 0 for a period
    that counts for carry-over only, ``per_year`` the periods of a year. ``trials`` are lift tests
    of these channels; ``courses`` are further channels whose course is known.
    """

    spend: Floats
    controls: Floats
    outcome: Floats
    weight: Floats
    rhythm: Rhythm
    per_year: float
    trials: tuple[Trial, ...] = ()
    courses: tuple[KnownCourse, ...] = ()

    @property
    def years(self) -> Floats:
        """(P,) time since the first period."""
        return np.arange(len(self.spend)) / self.per_year

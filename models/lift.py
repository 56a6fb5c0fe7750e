"""Lift tests: what a change of spend, made on purpose, was measured to bring."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class LiftTest:
    """One experiment on one channel.

    From ``first`` to ``last`` (both days included) the history's spend holds ``spend_change`` of
    money that would not have been spent otherwise (below 0: money that was held back), and that
    brought ``lift`` of response, with standard error ``stderr`` > 0.
    """

    channel: str
    first: date
    last: date
    spend_change: float
    lift: float
    stderr: float

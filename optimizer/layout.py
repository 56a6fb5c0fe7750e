"""The layout of a decision: where each amount, result and switch of a plan stands."""

from __future__ import annotations

from dataclasses import dataclass

from models.saturation import Floats


@dataclass(frozen=True)
class Layout:
    """Positions in a decision vector of C channels and Q quarters.

    First the money: the channels' amounts (channel c in quarter q at c * Q + q), the pool's and
    what stays unspent, by quarter. Then what each channel's quarter brings, in the order of the
    channels' amounts, for one kind of result after the other: the response is kind 0. Then what the
    rules add: switches, and amounts of their own.
    """

    channels: int
    quarters: int
    kinds: int = 1

    @property
    def spends(self) -> int:
        """How many amounts the channels have."""
        return self.channels * self.quarters

    @property
    def money(self) -> int:
        """How many amounts there are, pool and unspent money included."""
        return (self.channels + 2) * self.quarters

    @property
    def extras(self) -> int:
        """Where the columns that rules add begin."""
        return self.money + self.kinds * self.spends

    def cell(self, channel: int, quarter: int) -> int:
        """A channel's amount in one quarter."""
        return channel * self.quarters + quarter

    def pool(self, quarter: int) -> int:
        """The reserve pool's amount."""
        return self.spends + quarter

    def unspent(self, quarter: int) -> int:
        """What stays unspent."""
        return self.spends + self.quarters + quarter

    def spend(self, decision: Floats) -> Floats:
        """(C, Q) the channels' part of a decision."""
        return decision[: self.spends].reshape(self.channels, self.quarters)

    def column(self, position: int) -> int:
        """Which of the amounts and extras, results left out, stands at a position."""
        return position if position < self.money else position - self.kinds * self.spends

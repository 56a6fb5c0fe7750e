"""A choice: which pieces of which blocks are open, and which switches are set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Choice:
    """Open pieces by block (all where a block is not named), values of switches by column."""

    pieces: Mapping[int, frozenset[int]] = field(default_factory=dict)
    switches: Mapping[int, float] = field(default_factory=dict)

    def with_pieces(self, block: int, pieces: frozenset[int]) -> Choice:
        """The same with only these pieces of a block."""
        return Choice({**self.pieces, block: pieces}, self.switches)

    def with_switch(self, column: int, value: float) -> Choice:
        """The same with a switch set."""
        return Choice(self.pieces, {**self.switches, column: value})

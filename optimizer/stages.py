"""Stages: a future of a hedge, whose next quarter is decided before it is known to come.

What is decided now keeps the rules of the policy itself; what comes later keeps the future's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimizer.rules.rule import Rule


@dataclass(frozen=True)
class Stages:
    """How a problem is planned in two stages.

    ``first``      the rules whose rows about the quarter to decide alone hold there, in place of
                   the problem's own.
    ``now``        the position of that quarter; those before it are closed.
    ``release``    whether the pool's balance may go to channels in later quarters.
    ``keep_value`` what a unit of the balance is worth that is left at the horizon's end.
    """

    first: tuple[Rule, ...]
    now: int = 0
    release: bool = True
    keep_value: float = 0.0

"""A decision package: what it asks for, when it may be funded, and where it ranks."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Package:
    """What one quarter of a channel asks money for, funded as a whole or not at all.

    ``cost`` in money, ``returns`` in the unit of the response at a demand of 1, ``conversion`` a
    share. Within a class a smaller ``priority`` comes first; None stands outside the order.
    ``requires`` and ``excludes`` name other packages.
    """

    name: str
    class_: str
    channel: str
    quarter: str
    cost: float
    returns: float
    conversion: float | None = None
    priority: float | None = None
    must_fund: bool = False
    requires: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Protection:
    """Packages of a class that convert above a rate (a share) are funded in any case."""

    class_: str
    conversion: float

    def covers(self, package: Package) -> bool:
        """Whether a package is protected."""
        rate = package.conversion
        return package.class_ == self.class_ and rate is not None and rate > self.conversion


@dataclass(frozen=True)
class Condition:
    """One condition on funding a package.

    "owed": it is funded, whatever else is. "requires": only with ``others``. "excludes": only
    without them. "priority": only after them, who are the group before it in its class.
    """

    kind: Literal["owed", "requires", "excludes", "priority"]
    package: Package
    others: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What the condition is called among the rules."""
        name = self.package.name
        if self.kind == "owed":
            return name
        return f"{name} by priority" if self.kind == "priority" else f"{name} {self}"

    def __str__(self) -> str:
        return f"{self.kind} {', '.join(self.others)}"

    def broken_by(self, funded: Set[str]) -> bool:
        """Whether the packages funded break it."""
        there = self.package.name in funded
        if self.kind == "owed":
            return not there
        if self.kind == "excludes":
            return there and not funded.isdisjoint(self.others)
        return there and not set(self.others) <= funded


def ranked(packages: Iterable[Package]) -> tuple[Package, ...]:
    """By class as they first appear, then by priority, then by return per unit of cost."""
    listed = tuple(packages)
    classes = list(dict.fromkeys(package.class_ for package in listed))

    def place(package: Package) -> tuple[int, float, float]:
        last = float("inf")
        priority = last if package.priority is None else package.priority
        rate = package.returns / package.cost if package.cost > 0 else last
        return classes.index(package.class_), priority, -rate

    return tuple(sorted(listed, key=place))

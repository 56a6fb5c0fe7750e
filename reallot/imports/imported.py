"""What is taken from another tool's model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from models.curve import ResponseCurve
from models.period import Period
from reallot.errors import Finding, InputError


@dataclass(frozen=True)
class Imported:
    """The curves of a model.

    ``source`` names the tool and the span. Each curve's notes say how close it comes to the
    model's. ``left_out`` are the channels without a curve and why, ``notes`` what concerns all.
    """

    source: str
    curves: tuple[ResponseCurve, ...]
    left_out: Mapping[str, str]
    notes: tuple[str, ...] = ()


class NoCounterpartError(Exception):
    """A channel whose curve we cannot draw; the message says why."""


def period_of(rhythm: str | None, path: Path) -> Period:
    """The period of a model's dates; InputError where it is none that curves have."""
    if rhythm in set(Period):
        return Period(rhythm)
    found = "its dates follow no rhythm" if rhythm is None else f"it is a model by the {rhythm}"
    raise refused(path, found, "Curves are by week, month or quarter: fit the model to those.")


def refused(path: Path, found: str, expected: str) -> InputError:
    """The error for a model that cannot be taken."""
    return InputError([Finding(path.name, None, None, found, expected)])

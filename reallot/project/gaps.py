"""Gaps: rows that a history lacks, what is taken in their place, and the words about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from models.saturation import Floats
from reallot.project.calendar import Calendar
from reallot.project.cells import Cell


def fill(
    calendar: Calendar,
    file: str,
    channels: tuple[str, ...],
    spend: Floats,
    observed: NDArray[np.bool_],
    warnings: list[str],
) -> None:
    """Interpolate spend in missing periods between a channel's first row and its last, in place."""
    periods = np.arange(len(calendar))
    for c, channel in enumerate(channels):
        seen = np.flatnonzero(observed[:, c])
        if seen.size == 0:
            continue
        between = periods[seen[0] : seen[-1] + 1]
        gaps = between[~observed[between, c]]
        spend[gaps, c] = np.interp(gaps, seen, spend[seen, c])
        if gaps.size:
            warnings.append(
                f"{file}: {channel} has no row for {_count(gaps.size, calendar)} "
                f"(the first is {calendar.starts[gaps[0]]}); they are left out of the fit, and its "
                "spend there is taken as between its neighbours, for carry-over only."
            )
        after = len(calendar) - 1 - int(seen[-1])
        if after:
            warnings.append(
                f"{file}: {channel} ends on {calendar.starts[seen[-1]]}, {_count(after, calendar)} "
                "before the history does; nothing is taken as spent after that."
            )


def warn_of_part_weeks(
    file: str, days: Sequence[date], inside: NDArray[np.bool_], warnings: list[str]
) -> None:
    """Days at the ends of a daily history that make no whole week."""
    outside = sorted({d for d, kept in zip(days, inside, strict=True) if not kept})
    if outside:
        warnings.append(
            f"{file}: daily rows were added up to weeks from Monday to Sunday; "
            f"{len(outside)} days of weeks cut off at the ends ({outside[0]} to {outside[-1]}) "
            "were left out."
        )


def warn_of_missing_days(
    file: str, channels: tuple[str, ...], days: Floats, warnings: list[str]
) -> None:
    """Days that are missing in weeks that have others; ``days`` (P, C) are those that are there."""
    for c, channel in enumerate(channels):
        missing = int((7 - days[days[:, c] > 0, c]).sum())
        if missing:
            warnings.append(
                f"{file}: {channel} has no row for {missing} days inside weeks that have others; "
                "nothing was taken as spent on them."
            )


def warn_of_missing_parts(
    file: str,
    days: Sequence[date | None],
    channels: Sequence[str],
    parts: Sequence[Cell],
    warnings: list[str],
) -> None:
    """Rows that are missing of what is added up to a channel, on dates that have others.

    ``channels`` and ``parts`` are what each row counts for, and what it is a row of.
    """
    dates: dict[str, dict[Cell, set[date]]] = defaultdict(lambda: defaultdict(set))
    for when, channel, part in zip(days, channels, parts, strict=True):
        if when is not None:
            dates[channel][part].add(when)
    for channel, own in dates.items():
        all_dates = np.array(sorted(set().union(*own.values())))
        missing = sum(
            int(((all_dates >= min(seen)) & (all_dates <= max(seen))).sum()) - len(seen)
            for seen in own.values()
        )
        if missing:
            warnings.append(
                f"{file}: of what is added up to {channel}, {missing} rows are missing on dates "
                "that have others; nothing was taken as spent and earned there."
            )


def warn_of_missing_results(
    calendar: Calendar,
    file: str,
    channels: tuple[str, ...],
    results: Floats,
    observed: NDArray[np.bool_],
    warnings: list[str],
) -> None:
    """Rows without results, of channels that have some; ``results`` (P, C) are NaN there."""
    there = np.isfinite(results)
    for c, channel in enumerate(channels):
        missing = int((observed[:, c] & ~there[:, c]).sum())
        if missing and there[:, c].any():
            warnings.append(
                f"{file}: {channel} has no revenue in {_count(missing, calendar)} "
                f"of {observed[:, c].sum()}; they are left out of its fit."
            )


def _count(number: int, calendar: Calendar) -> str:
    return f"{number} {calendar.period}{'s' if number != 1 else ''}"

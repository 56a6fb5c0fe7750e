"""Twins: channels whose spend is the same course but for its scale, and that nothing tells apart.

What the data say of one they say of the other. A sampler's noise would still make one of them a
little better, and a plan move money on the strength of it; so they share what was found of them.
"""

from dataclasses import replace

import numpy as np

from models.posterior import Posterior
from models.saturation import Floats
from models.totals import Totals

# Courses that differ by no more than this share of their mean are the same.
_SAME = 1e-9


def twins(totals: Totals) -> list[list[int]]:
    """Groups of at least two channels alike; one that was tested by itself is like no other."""
    means = totals.spend.mean(axis=0)
    tested = {trial.channel for trial in totals.trials}
    groups: list[list[int]] = []
    for c in range(totals.spend.shape[1]):
        if means[c] <= 0 or c in tested:
            continue
        own = totals.spend[:, c] / means[c]
        for group in groups:
            if _alike(own, totals.spend[:, group[0]] / means[group[0]]):
                group.append(c)
                break
        else:
            groups.append([c])
    return [group for group in groups if len(group) > 1]


def alike(found: Posterior, totals: Totals) -> Posterior:
    """The posterior in which twins have their common mean, and take turns in the draws."""
    weights, likely = list(found.weights), list(found.likely)
    against, borrowed = found.against.copy(), found.borrowed.copy()
    drawn, heights = found.drawn.copy(), found.heights.copy()
    for group in twins(totals):
        for of in (weights, likely):
            mean = np.mean([of[c] for c in group], axis=0)
            for c in group:
                of[c] = mean
        against[group], borrowed[group] = against[group].mean(), borrowed[group].mean()
        for m in range(len(drawn)):
            turned = np.roll(group, m)
            drawn[m, group], heights[m, group] = found.drawn[m, turned], found.heights[m, turned]
    return replace(
        found,
        weights=tuple(weights),
        likely=tuple(likely),
        against=against,
        borrowed=borrowed,
        drawn=drawn,
        heights=heights,
    )


def _alike(one: Floats, other: Floats) -> bool:
    return bool(np.abs(one - other).max() <= _SAME * max(float(one.max()), 1.0))

r"""The posterior of all channels' curves: an average over what the data leave open, not one guess.

Where totals cannot decide between a steep curve and a flat one, the most probable curve is a poor
guide for moving money; the mean of all curves, each with its probability, loses least. It is found
by Gibbs sampling: channel after channel, the others as they stand, every candidate has a posterior
probability in closed form (its height, a normal cut off at 0, integrated out), of which one
candidate and height are drawn. What is averaged are those probabilities themselves, not the draws
(Rao and Blackwell). What channels have in common (`models.common`) and the variance of the noise
are drawn along with them.

Several chains run side by side; a draw of one chain is one joint draw of all channels. The seed is
fixed: same data, same draws.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtri_exp

from models.common import Common, Returns, pick
from models.regression import Regression
from models.saturation import Floats

_CHAINS, _EVERY = 10, 3
_LOG_ROOT_2PI = 0.5 * np.log(2 * np.pi)
# The ends of intervals of return.
_ENDS = (0.1, 0.9)


@dataclass(frozen=True)
class Length:
    """Sweeps of every chain: those that are forgotten, and those that are kept."""

    forgotten: int
    kept: int


# A full run goes on from where a glance stood, and hands out a hundred joint draws.
GLANCE, FULL = Length(12, 9), Length(15, 30)


@dataclass(frozen=True)
class State:
    """Where B chains stand.

    ``drawn`` and ``heights`` (C, B) are candidate and height of every channel; ``error`` (B,) is
    the noise's variance, ``returns`` and ``shapes`` (B,) the hypotheses on what channels share.
    """

    drawn: NDArray[np.intp]
    heights: Floats
    error: Floats
    returns: NDArray[np.intp]
    shapes: NDArray[np.intp]


@dataclass(frozen=True)
class Posterior:
    """Means and draws of the posterior, C channels with K candidates each.

    ``weights`` per channel (K,) are mean heights times probabilities, so that any response of the
    candidates, weighted with them, is the mean response; ``likely`` (K,) are the probabilities
    alone. ``drawn`` and ``heights`` (M, C) are joint draws of candidate and height. ``against``
    (C,) are the odds of the data against the channel's having any effect (Savage and Dickey: the
    density of height 0 after the data over that before). ``borrowed`` (C,) is what 80 % intervals
    of its return and of that of any channel like the others have in common, as a share of both
    together: near 1 the data tell nothing of the channel by itself. ``effect`` (R,) is what all
    channels bring on average, ``error`` the mean variance of the noise.
    ``state`` is where the chains stand in the end.
    """

    weights: tuple[Floats, ...]
    likely: tuple[Floats, ...]
    drawn: NDArray[np.intp]
    heights: Floats
    against: Floats
    borrowed: Floats
    effect: Floats
    error: float
    state: State


def posterior(
    regression: Regression, common: Common, length: Length, state: State | None = None
) -> Posterior:
    """Sample the posterior of at least one channel, from a state or from no effect at all."""
    chains = _Chains(regression, common, state)
    for _ in range(length.forgotten):
        chains.sweep()
    channels = range(len(regression.columns))
    weights = [np.zeros(len(power)) for power in regression.power]
    likely = [np.zeros(len(power)) for power in regression.power]
    against, effect, error = np.zeros(len(channels)), np.zeros(len(regression.y)), 0.0
    drawn, heights, states = [], [], []
    for sweep in range(length.kept):
        found = chains.sweep()
        for c in channels:
            weights[c] += (found[c].probability * found[c].mean).sum(axis=0)
            likely[c] += found[c].probability.sum(axis=0)
            against[c] += found[c].against.sum()
        effect += (regression.y - chains.left).sum(axis=0)
        error += float(chains.state.error.sum())
        states.append(chains.state)
        if (sweep + 1) % _EVERY == 0:
            drawn.append(chains.state.drawn.T.copy())
            heights.append(chains.state.heights.T.copy())
    times = length.kept * _CHAINS
    return Posterior(
        weights=tuple(of / times for of in weights),
        likely=tuple(of / times for of in likely),
        drawn=np.concatenate(drawn),
        heights=np.concatenate(heights),
        against=against / times,
        borrowed=_borrowed(states, common.returns),
        effect=effect / times,
        error=error / times,
        state=chains.state,
    )


def _borrowed(states: list[State], returns: Returns) -> Floats:
    """(C,) see `Posterior`."""
    heights = np.hstack([state.heights for state in states])
    others = returns.possible(np.concatenate([state.returns for state in states]))
    low, high = np.quantile(heights, _ENDS, axis=1)
    least, most = np.quantile(others, _ENDS)
    common = np.maximum(np.minimum(high, most) - np.maximum(low, least), 0.0)
    return np.asarray(common / (np.maximum(high, most) - np.minimum(low, least)))


@dataclass(frozen=True)
class _Conditional:
    """One channel, the others as they stand in B chains: its K candidates (B, K).

    ``probability`` of each, and the normal that its height comes from: its spread, and its mean in
    spreads, ``z``. ``log_before`` (B,) is the prior's log density at height 0.
    """

    probability: Floats
    z: Floats
    spread: Floats
    log_above: Floats
    log_before: Floats

    @property
    def mean(self) -> Floats:
        """(B, K) mean heights."""
        return np.asarray(np.maximum(self.spread * (self.z + np.exp(self._log_edge)), 0.0))

    @property
    def against(self) -> Floats:
        """(B,) density of height 0 after the data over that before."""
        after = self._log_edge - np.log(self.spread) - self.log_before[:, None]
        return np.asarray((self.probability * np.exp(after)).sum(axis=1))

    @property
    def _log_edge(self) -> Floats:
        """Log density at 0 of a normal of spread 1 cut off at 0."""
        return np.asarray(-0.5 * self.z**2 - _LOG_ROOT_2PI - self.log_above)


class _Chains:
    """B chains: their state, and what the channels leave of the outcome, ``left`` (B, R)."""

    def __init__(self, regression: Regression, common: Common, state: State | None) -> None:
        self._regression, self._common = regression, common
        self._random = np.random.default_rng(0)
        self._pooled = np.array([of.height is None for of in regression.candidates])
        self._rows = np.arange(_CHAINS)
        self.state = state or self._start()
        self._effects = np.stack(
            [
                height[:, None] * columns[:, drawn].T
                for columns, drawn, height in zip(
                    regression.columns, self.state.drawn, self.state.heights, strict=True
                )
            ]
        )
        self.left = regression.y - self._effects.sum(axis=0)

    def _start(self) -> State:
        shape = (len(self._regression.columns), _CHAINS)
        returns, shapes = self._common.returns.log_prior, self._common.shapes.log_prior
        return State(
            drawn=np.zeros(shape, dtype=np.intp),
            heights=np.zeros(shape),
            error=np.full(_CHAINS, self._regression.error),
            returns=np.full(_CHAINS, int(np.argmax(returns))),
            shapes=self._random.integers(0, len(shapes), _CHAINS),
        )

    def sweep(self) -> list[_Conditional]:
        """Draw everything once more; what was known of each channel when it was its turn."""
        drawn, heights = self.state.drawn.copy(), self.state.heights.copy()
        found = []
        for c in range(len(drawn)):
            conditional, drawn[c], heights[c] = self._draw(c)
            found.append(conditional)
        squares = np.einsum("br,br->b", self.left, self.left)
        error = self._common.noise.draw(squares, self._regression.observations, self._random)
        self.state = replace(self.state, drawn=drawn, heights=heights, error=error)
        if self._pooled.any():
            returns = self._common.returns.likelihood(heights[self._pooled].T)
            shapes = self._common.shapes.likelihood(drawn[self._pooled].T)
            self.state = replace(
                self.state,
                returns=pick(returns, self._random)[0],
                shapes=pick(shapes, self._random)[0],
            )
        return found

    def _draw(self, c: int) -> tuple[_Conditional, NDArray[np.intp], Floats]:
        """What is known of a channel, and its candidate and height (B,) drawn from that."""
        columns, error = self._regression.columns[c], self.state.error[:, None]
        self.left += self._effects[c]
        middle, width = self._prior(c)
        precision = self._regression.power[c] / error + width[:, None] ** -2.0
        spread = 1 / np.sqrt(precision)
        z = ((self.left @ columns) / error + (middle * width**-2.0)[:, None]) * spread
        log_above = log_ndtr(z)
        # The posterior mass of a candidate: its prior times the integral over heights above 0.
        log_mass = np.log(spread) + 0.5 * z**2 + log_above
        if self._pooled[c]:
            log_mass += self._common.shapes.log_mass[self.state.shapes]
        k, probability = pick(log_mass, self._random)
        at = (self._rows, k)
        # From a normal cut off at 0, by the inverse of its distribution.
        beyond = ndtri_exp(np.log(1 - self._random.random(_CHAINS)) + log_above[at])
        height = np.maximum(spread[at] * (z[at] - beyond), 0.0)
        self._effects[c] = height[:, None] * columns[:, k].T
        self.left -= self._effects[c]
        ratio = middle / width
        log_before = -0.5 * ratio**2 - _LOG_ROOT_2PI - np.log(width) - log_ndtr(ratio)
        return _Conditional(probability, z, spread, log_above, log_before), k, height

    def _prior(self, c: int) -> tuple[Floats, Floats]:
        """Mean and spread (B,) of the normal prior on a channel's height."""
        height = self._regression.candidates[c].height
        if height is None:
            returns, at = self._common.returns, self.state.returns
            return returns.mean[at], returns.spread[at]
        return np.full(_CHAINS, height[0]), np.full(_CHAINS, height[1])

"""The ceiling: what a model captures that knows how worlds are drawn, but not what was drawn.

It is told the family, the prior of every number (`models.simulate`), the columns of the baseline
and the noise of every period, and sees the history's totals. What is left to it is inference, done
in full: the baseline is normal given the channels and integrated out; the channels' carry-over,
slope, reach and return are sampled. No model can be expected to do better from the same totals.

Two populations of walkers never meet; where they disagree, the sampler has not converged. One
channel moves at a time, along the difference of two states that its population has been in before
(ter Braak and Vrugt 2008, with a past that no longer grows once draws are kept), or anew from the
prior.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import expit

sys.path.insert(0, str(Path(__file__).parents[1]))

from models.curve import Member
from models.saturation import Floats
from models.simulate import KINDS, LN_REACH, LN_RETURN, PARTS, WEAK, Kind, World

WALKERS = 12  # in each of the two populations
SWEEPS = 600  # over all channels; the first half is thrown away
FRESH = 0.3  # of the moves: from the prior
KEPT = 100  # draws
# The baseline's level is 60 to 80 % of the mean outcome: as a normal, 70 % with this deviation.
SHARE, SHARE_SPREAD = 0.7, 0.06


@dataclass(frozen=True)
class Posterior:
    """Draws of every channel's curve, and how far the two populations of walkers are apart.

    ``disagreement`` (C,): between the populations' means of ln return, in deviations.
    """

    members: tuple[tuple[Member, ...], ...]
    disagreement: Floats


@dataclass(frozen=True)
class _Likelihood:
    """-2 ln likelihood of errors (W, P) from the expected baseline, whatever the baseline is.

    With X the baseline's columns, V the covariance of their coefficients and N that of the noise,
    errors e are normal with covariance N + X V X'; by Woodbury their quadratic form is
    e' N^-1 e - |R X' N^-1 e|^2 with R' R = (V^-1 + X' N^-1 X)^-1. ``weight`` (P,) is the diagonal
    of N^-1, 0 where nothing was seen, ``columns`` (P, K) N^-1 X, and ``root`` (K, K) R.
    """

    weight: Floats
    root: Floats
    columns: Floats

    @classmethod
    def of(cls, world: World) -> tuple[_Likelihood, Floats]:
        """The likelihood, and the errors (P,) if no channel did anything."""
        outcome = world.history.outcome
        if outcome is None:
            raise ValueError("the ceiling is that of totals")
        seen = np.isfinite(outcome)
        weight = seen / world.noise**2
        mean = float(outcome[seen].mean())
        prior = list(PARTS.values())
        more = world.columns.shape[1] - len(prior)
        prior += [(0.0, 0.2)] if KINDS[world.kind].broken else [(0.35, 0.1)] * more
        middle, spread = SHARE * mean * np.array(prior).T
        spread[0] = SHARE_SPREAD * mean
        columns = world.columns
        precision = np.diag(spread**-2) + columns.T @ (weight[:, None] * columns)
        root = np.linalg.inv(np.linalg.cholesky(precision))
        errors = np.where(seen, outcome, 0.0) - columns @ middle
        return cls(weight, root, weight[:, None] * columns), errors

    def of_errors(self, errors: Floats) -> Floats:
        """(W,) for errors (W, P)."""
        explained = (errors @ self.columns) @ self.root.T
        return np.asarray((errors**2) @ self.weight - (explained**2).sum(axis=1))


class _Channel:
    """One channel's prior and responses.

    A walker is five numbers: where carry-over stands between its ends, ln slope, ln reach, ln
    return, and one between 0 and 1 that makes a weak channel of it where it is below the kind's
    probability.
    """

    def __init__(self, kind: Kind, spend: Floats, warm_up: int) -> None:
        self.kind, self.spend = kind, spend
        self.before = float(spend[:warm_up].mean())
        self.usual = float(np.exp(np.log(spend[spend > 0]).mean()))

    def draw(self, random: np.random.Generator, walkers: int) -> Floats:
        columns = [
            random.random(walkers),
            random.normal(*self.kind.slope, walkers),
            random.normal(*LN_REACH, walkers),
            random.normal(*LN_RETURN, walkers),
            random.random(walkers),
        ]
        return np.stack(columns, axis=1)

    def penalty(self, z: Floats) -> Floats:
        """(W,) -2 ln prior density; infinite outside of it."""
        middle, spread = np.array([self.kind.slope, LN_REACH, LN_RETURN]).T
        inside = ((z[:, [0, 4]] >= 0) & (z[:, [0, 4]] <= 1)).all(axis=1)
        normal = (((z[:, 1:4] - middle) / spread) ** 2).sum(axis=1)
        return np.where(inside, normal, np.inf)

    def members(self, z: Floats) -> Floats:
        """(4, W): top, half, slope and carry-over."""
        low, high = self.kind.carryover
        carryover = low + (high - low) * np.clip(z[:, 0], 0.0, 1.0)
        slope, reach = np.exp(z[:, 1]), np.exp(z[:, 2])
        returns = np.exp(z[:, 3]) * np.where(z[:, 4] < self.kind.weak, WEAK, 1.0)
        top = returns * self.usual * (1 + reach**slope)
        return np.stack([top, reach * self.usual / (1 - carryover), slope, carryover])

    def response(self, z: Floats) -> Floats:
        """(W, P) response of the history's periods."""
        top, half, slope, carryover = self.members(z)[:, :, None]
        s = np.repeat(self.spend[None, :], len(z), axis=0)
        s[:, :1] += carryover / (1 - carryover) * self.before
        lag, power = 1, carryover
        # Twice as many periods back with every pass.
        while lag < s.shape[1] and float(power.max()) > 1e-5:
            s[:, lag:] += power * s[:, :-lag].copy()
            lag, power = 2 * lag, power**2
        with np.errstate(divide="ignore"):
            return np.asarray(top * expit(slope * (np.log(s) - np.log(half))))


def posterior(world: World) -> Posterior:
    """Sample the channels of a world from its totals."""
    history, kind = world.history, KINDS[world.kind]
    random = np.random.default_rng([world.seed, list(KINDS).index(world.kind)])
    warm_up = history.period.per_quarter
    channels = [_Channel(kind, column, warm_up) for column in history.spend.T]
    likelihood, alone = _Likelihood.of(world)
    walkers = 2 * WALKERS
    z = np.stack([channel.draw(random, walkers) for channel in channels])
    response = np.stack([channel.response(z[c]) for c, channel in enumerate(channels)])
    errors = alone - response.sum(axis=0)
    misfit = likelihood.of_errors(errors)
    states = np.empty((SWEEPS, *z.shape))
    for sweep in range(SWEEPS):
        before = min(sweep, SWEEPS // 2)
        past = states[before // 2 : before] if sweep else z[None]
        for c in random.permutation(len(channels)).tolist():
            channel = channels[c]
            fresh = random.random(walkers) < FRESH
            moved = z[c] + _difference(random, past[:, c])
            proposed = np.where(fresh[:, None], channel.draw(random, walkers), moved)
            changed = channel.response(proposed)
            others = errors + response[c] - changed
            after = likelihood.of_errors(others)
            # What is drawn from the prior has the prior's density in its proposal already.
            likelier = channel.penalty(proposed) - channel.penalty(z[c])
            rise = after - misfit + np.where(fresh, 0.0, likelier)
            taken = np.log(random.random(walkers)) < -0.5 * rise
            z[c, taken], response[c, taken] = proposed[taken], changed[taken]
            errors[taken], misfit[taken] = others[taken], after[taken]
        states[sweep] = z
    draws = states[SWEEPS // 2 :]
    return Posterior(_members(channels, draws), _apart(draws[..., 3]))


def _difference(random: np.random.Generator, past: Floats) -> Floats:
    """(W, K) differences of two states (S, W, K) that the same population has been in."""
    sweeps, walkers, numbers = past.shape
    first = np.arange(walkers) // WALKERS * WALKERS
    pick = random.integers(0, sweeps, (2, walkers))
    whose = first + random.integers(0, WALKERS, (2, walkers))
    length = 2.38 / np.sqrt(2 * numbers) * random.uniform(0.3, 1.2, (walkers, 1))
    length = np.where(random.random((walkers, 1)) < 0.1, 1.0, length)
    one, other = past[pick, whose]
    return np.asarray(length * (one - other) + random.normal(0, 1e-3, one.shape))


def _members(channels: list[_Channel], draws: Floats) -> tuple[tuple[Member, ...], ...]:
    """Evenly spread over draws (S, C, W, K)."""
    sweeps, _, walkers, _ = draws.shape
    chosen = np.linspace(0, sweeps * walkers - 1, KEPT).astype(int)
    found = []
    for c, channel in enumerate(channels):
        flat = draws[:, c].reshape(sweeps * walkers, -1)[chosen]
        found.append(tuple(Member(*row) for row in channel.members(flat).T.tolist()))
    return tuple(found)


def _apart(draws: Floats) -> Floats:
    """(C,) difference of the two populations' means of (S, C, W), in deviations."""
    one, other = draws[..., :WALKERS], draws[..., WALKERS:]
    gap = one.mean(axis=(0, 2)) - other.mean(axis=(0, 2))
    return np.asarray(np.abs(gap) / draws.std(axis=(0, 2)))

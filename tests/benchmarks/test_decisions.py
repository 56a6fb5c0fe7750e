"""How models are judged: the truth earns all there is to earn, and what is unknown stays put."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.captured import ALL, Answer, summaries
from benchmarks.ceiling import posterior
from benchmarks.judge import MULTIPLES, Case, possible_curves, through
from models.curve import Member
from models.simulate import world


@pytest.fixture(scope="module")
def case():
    return Case(world("plain", 10))


def test_the_true_curves_earn_all_that_is_possible_and_unknown_ones_nothing(case):
    assert case.possible > 0.005
    assert case.gain(tuple(replace(t, known=False) for t in case.world.truths)) == 0.0


def test_a_curve_through_what_was_read_off_leads_to_the_plan_of_the_curve_itself(case):
    curves = tuple(
        replace(t, members=2 * (Member(t.top, t.half, t.slope, t.carryover),))
        for t in case.world.truths
    )
    read_off = case.averaged(possible_curves(case.world.history, curves))
    assert case.gain(read_off) == pytest.approx(case.possible, rel=0.02)


def test_a_curve_follows_the_points_that_it_is_laid_through():
    curve = through("A", 5.0 + np.sqrt(100.0 * MULTIPLES), 100.0)
    rise = curve.at(130.0) - curve.at(70.0)
    assert rise == pytest.approx(np.sqrt(130.0) - np.sqrt(70.0), rel=1e-3)


def test_possible_curves_are_read_channel_by_channel(case):
    curves = tuple(
        replace(t, members=tuple(Member(t.top * k, t.half, t.slope, t.carryover) for k in (1, 2)))
        for t in case.world.truths
    )
    brought, marginal = case.reads(possible_curves(case.world.history, curves))
    assert brought[:, 1] == pytest.approx(2 * brought[:, 0])
    assert marginal[:, 1] == pytest.approx(2 * marginal[:, 0])


def test_the_ceiling_finds_what_totals_without_noise_tell():
    drawn = world("bursts", 5)
    quiet = replace(drawn, noise=0.1 * drawn.noise)
    total = quiet.history.outcome - 0.9 * (quiet.history.outcome - _expected(drawn))
    sure = Case(replace(quiet, history=replace(quiet.history, outcome=total)))
    found = posterior(sure.world)
    curves = tuple(
        replace(t, members=m) for t, m in zip(sure.world.truths, found.members, strict=True)
    )
    plan = sure.averaged(possible_curves(sure.world.history, curves))
    assert sure.gain(plan) > 0.9 * sure.possible


def test_the_sum_of_gains_counts_worlds_by_what_there_is_to_gain():
    big = Answer("totals", "plain", 1, "reallot", possible=0.10, gain=0.09)
    small = Answer("totals", "steep", 1, "reallot", possible=0.01, gain=-0.01)
    overall = next(row for row in summaries([big, small]) if row.kind == ALL)
    assert overall.captured == pytest.approx(0.08 / 0.11)
    assert overall.mean == pytest.approx((0.9 - 1.0) / 2)
    assert overall.harm == 0.5


def _expected(drawn):
    """(P,) the outcome without its noise."""
    total = drawn.baseline.copy()
    for c, truth in enumerate(drawn.truths):
        state = drawn.before[c]
        for p, money in enumerate(drawn.history.spend[:, c]):
            state = money + truth.carryover * state
            total[p] += float(truth.at(state))
    return total

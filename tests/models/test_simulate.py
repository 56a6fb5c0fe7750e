"""Drawn worlds: what their histories show, and that the truth behind them is the truth."""

import numpy as np
import pytest

from models.simulate import KINDS, World, world


def kept_up(w: World, c: int, spend: float) -> float:
    truth = w.truths[c]
    return float(truth.at(spend / (1 - truth.carryover)))


def responses(w: World) -> np.ndarray:
    """(P, C) true responses, written out period by period."""
    out = np.empty(w.history.spend.shape)
    for c, truth in enumerate(w.truths):
        state = w.before[c]
        for p, money in enumerate(w.history.spend[:, c]):
            state = money + truth.carryover * state
            share = state**truth.slope / (state**truth.slope + truth.half**truth.slope)
            out[p, c] = truth.top * share
    return out


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"gaps"}))
def test_the_outcome_is_baseline_and_channels_within_its_noise(kind):
    for seed in range(3):
        w = world(kind, seed)
        errors = (w.history.outcome - w.baseline - responses(w).sum(axis=1)) / w.noise
        assert np.abs(errors).max() < 5
        assert 0.3 < errors.std() < 1.7


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"gaps", "biased", "outliers"}))
def test_attributed_revenue_is_the_true_response_within_a_few_per_cent(kind):
    w = world(kind, 3, "attributed")
    true = responses(w).sum(axis=0)
    assert w.history.revenue.sum(axis=0) == pytest.approx(true, rel=0.15)


def test_biased_attribution_misjudges_channels_by_a_lasting_factor():
    w = world("biased", 1, "attributed")
    ratio = w.history.revenue.sum(axis=0) / responses(w).sum(axis=0)
    assert 0.2 < np.log(ratio).std() < 0.7
    halves = np.log(w.history.revenue / responses(w)).reshape(2, -1, w.history.spend.shape[1])
    assert np.allclose(*halves.mean(axis=1), atol=0.1)


def test_a_world_is_the_same_whichever_results_are_shown():
    totals, attributed, both = (world("plain", 7, r) for r in ("totals", "attributed", "both"))
    assert totals.truths == attributed.truths == both.truths
    assert np.array_equal(totals.history.spend, both.history.spend)
    assert np.array_equal(totals.history.outcome, both.history.outcome)
    assert np.array_equal(attributed.history.revenue, both.history.revenue)
    assert attributed.history.outcome is None
    assert totals.history.revenue is None


def test_seeds_and_kinds_give_other_worlds():
    drawn = [world(kind, seed).truths[0].top for kind in KINDS for seed in range(3)]
    assert len(set(drawn)) == len(drawn)


def test_the_truth_ends_at_the_adstock_that_the_history_ends_with():
    w = world("lasting", 2)
    state = w.before[0]
    for money in w.history.spend[:, 0]:
        state = money + w.truths[0].carryover * state
    assert w.truths[0].last_adstock == pytest.approx(state)
    assert w.truths[0].last_period == w.history.starts[-1]


def test_a_lift_test_tells_what_the_change_of_spend_brought():
    errors = []
    for seed in range(8):
        w = world("plain", seed, tests=4)
        assert len(w.history.tests) == 4
        for test in w.history.tests:
            c = w.history.channels.index(test.channel)
            during = [test.first <= day <= test.last for day in w.history.starts]
            assert sum(during) == 6
            spend = w.history.spend[during, c].mean()
            change = test.spend_change / 6
            # A change kept up for long brings about what six weeks of it and their fading bring.
            expected = 6 * (kept_up(w, c, spend) - kept_up(w, c, spend - change))
            errors.append(test.lift / expected - 1)
            assert 0.05 < test.stderr / abs(test.lift) < 0.4
    assert abs(np.median(errors)) < 0.1
    assert np.median(np.abs(errors)) < 0.3


def test_tests_change_the_spend_of_their_weeks_only():
    without, tested = world("plain", 4), world("plain", 4, tests=1)
    test = tested.history.tests[0]
    change = tested.history.spend - without.history.spend
    changed = [
        day for day, moved in zip(tested.history.starts, change.any(axis=1), strict=True) if moved
    ]
    assert (changed[0], changed[-1]) == (test.first, changed[5])
    assert change.sum() == pytest.approx(test.spend_change)


def test_files_with_gaps_show_nothing_in_the_missing_weeks():
    w = world("gaps", 0, "both")
    missing = ~w.history.observed.all(axis=1)
    assert missing.mean() == pytest.approx(0.15, abs=0.01)
    assert np.isnan(w.history.outcome[missing]).all()
    assert np.isnan(w.history.revenue[missing]).all()
    assert np.isfinite(w.history.outcome[~missing]).all()


def test_few_data_are_eight_quarters():
    w = world("few", 0, "both", tests=2)
    assert len(w.history.starts) == 8
    assert w.history.starts[-1].isoformat() == "2024-10-01"
    assert len(w.history.tests) == 2


def test_channels_that_move_together_do_and_others_do_not():
    def correlation(kind: str) -> float:
        logs = np.log(world(kind, 5).history.spend)
        among = np.corrcoef(logs, rowvar=False)
        return float(np.median(among[np.triu_indices_from(among, 1)]))

    assert correlation("together") > 0.7
    assert abs(correlation("plain")) < 0.2


def test_a_kind_that_is_not_there_is_a_key_error():
    with pytest.raises(KeyError):
        world("nowhere", 0)

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.channel import Channel
from optimizer.decision import decision_of
from optimizer.problem import Allocation, AllocationProblem
from optimizer.program import Program
from optimizer.reallocate import violations
from optimizer.rounding import round_to_minor_units
from optimizer.rules import Band, Elasticity, Part, Reserve, Share, StrategicReserve
from tests.optimizer.worlds import channel, problem


def rounded_from(base: AllocationProblem, amounts: np.ndarray) -> Allocation:
    """The channels' amounts, then the pool's, rounded in a problem of one quarter."""
    program, quarters = Program(base), len(base.quarters)
    spend = amounts[:-quarters].reshape(-1, quarters)
    exact = Allocation.of(base, spend, amounts[-quarters:])
    return round_to_minor_units(program, decision_of(program, exact))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0.0, 1.0), min_size=3, max_size=12), st.sampled_from([0.01, 1.0, 100.0]))
def test_rounded_amounts_are_whole_units_and_tie_out(parts: list[float], unit: float) -> None:
    budget = 1234.0 * unit * len(parts)
    weights = np.array([*parts, 0.1]) / (sum(parts) + 0.1)
    channels = tuple(channel(f"c{i}") for i in range(len(parts)))
    base = problem(channels, np.full((len(parts), 1), budget / len(parts)), minor_unit=unit)
    exact = budget * weights
    rounded = rounded_from(base, np.array(exact))
    units = np.append(rounded.spend, rounded.pool) / unit
    assert np.allclose(units, np.rint(units), atol=1e-6)
    assert np.rint(units).sum() == 1234 * len(parts)


def test_equal_remainders_in_a_bounded_part_are_shared_out_fairly() -> None:
    """Ten channels at .4 of a cent: the four cents over must not all land in one share."""
    channels = tuple(channel(f"c{i}", tags=("core",) if i < 4 else ()) for i in range(10))
    current = np.full((10, 1), 1.0)
    core = Share("core", Part(tags=frozenset({"core"})), (0.0, 4.016 / 10.04))
    base = problem(channels, current, (core,), budget=10.04)
    exact = np.append(np.full(10, 1.004), 0.0)
    rounded = rounded_from(base, exact)
    assert round(float(rounded.spend.sum()), 2) == 10.04
    assert rounded.spend[:4].sum() <= 4.016 + 1e-9


def test_cents_that_bounds_take_from_the_pools_come_back_from_where_there_is_room() -> None:
    """In the first quarter every channel is rounded up to its least; only the second has room."""
    channels = (*(channel(f"c{i}") for i in range(12)), Channel("fund"))
    budget, least = 12 * 10.01, 10.01 * (1 - 0.333)
    current = np.vstack([np.full((12, 2), 10.01), np.zeros((1, 2))])
    exact = np.vstack([np.full((12, 2), least), [[20.0, 14.0]]])
    exact[11, 1] = 12.0
    pool = budget - exact.sum(axis=0)
    rules = (
        Elasticity(default=Band(0.333, 1.0)),
        Reserve((pool.sum() / (2 * budget), 1.0)),
        StrategicReserve("fund", (34.0 / (2 * budget), 1.0), "cfo office"),
    )
    base = problem(channels, current, rules)
    assert not violations(rounded_from(base, np.append(exact, pool)))


def test_single_bounds_hold_exactly_after_rounding() -> None:
    base = problem(
        (channel("a"), channel("b")),
        [[333.33], [666.67]],
        (Elasticity(default=Band(0.15, 0.15)),),
    )
    exact = np.array([333.33 * 1.15, 666.67 - 333.33 * 0.15, 0.0])
    rounded = rounded_from(base, exact)
    assert rounded.spend[0, 0] == 383.32  # 383.3295 would be past the bound at 383.33
    assert rounded.spend.sum() == 1000.0


def test_without_a_minor_unit_nothing_is_rounded() -> None:
    base = problem((channel("a"), channel("b")), [[1.0], [2.0]], minor_unit=0.0)
    exact = np.array([1.23456789, 1.76543211, 0.0])
    assert rounded_from(base, exact).spend.ravel().tolist() == exact[:2].tolist()

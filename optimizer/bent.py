"""What bent: the rules that gave way in a plan, how far, and what going further would bring."""

from __future__ import annotations

from models.saturation import Floats
from optimizer.form import Row
from optimizer.plan import Bent
from optimizer.problem import AllocationProblem
from optimizer.program import Program
from optimizer.standing import Standing


def bent_rules(program: Program, at: Standing, prices: Floats) -> tuple[Bent, ...]:
    """The rules that gave way, in the order of the rules; ``prices`` (rows,) with it kept so."""
    return tuple(
        _bent(program, index, float(at.used[index]), float(prices[index]))
        for index in that_gave_way(program, at)
    )


def that_gave_way(program: Program, at: Standing) -> tuple[int, ...]:
    """The rows that go beyond their limits, by more than rounding does."""
    return tuple(index for index in program.bends if at.excess[index] > at.leeway[index])


def how_it_gave_way(row: Row, used: float) -> str:
    """Which rule gave way, to where."""
    when = "" if row.quarter is None else f" in {row.quarter}"
    end = "at most" if row.side == "max" else "at least"
    limit = _amount(row, row.limit)
    return f"{row.rule} ({row.key}) gave way{when}: {_amount(row, used)} instead of {end} {limit}"


# One unit of a limit, in words; for the others it is one of what they are called.
_STEPS = {"%": "one percentage point", "x": "one whole multiple"}


def one_step(row: Row) -> str:
    """One unit of a row's limit."""
    return _STEPS.get(row.unit, f"one {row.unit.removesuffix('s')}")


def would(problem: AllocationProblem) -> str:
    """What a looser rule does to the objective."""
    return "would save" if problem.objective == "spend" else "would bring"


def _bent(program: Program, index: int, used: float, price: float) -> Bent:
    row, problem = program.rows[index], program.problem
    further = f"{one_step(row)} further {would(problem)} {price:,.2f}"
    return Bent(
        rule=row.rule,
        key=row.key,
        quarter=row.quarter,
        side=row.side,
        limit=row.limit,
        used=used,
        excess=used - row.limit if row.side == "max" else row.limit - used,
        unit=row.unit,
        level=program.bends.level(index),
        price=price,
        text=(
            f"{how_it_gave_way(row, used)}, as little as the rules that hold allow; "
            f"{further if price > 0 else 'giving way further would bring nothing'}"
        ),
    )


def _amount(row: Row, value: float) -> str:
    if row.unit == "%":
        return f"{value:,.6g} %"
    return f"{value:,.2f}".removesuffix(".00") + f" {row.unit}"

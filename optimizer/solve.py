"""The HiGHS model that PuLP built: grown by columns and rows, and solved again.

Everything HiGHS-specific is here. A linear program restarts from its last basis; integer columns
are relaxed on request. One thread, so that the same input gives the same output.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import highspy
import numpy as np
import pulp
from numpy.typing import NDArray

from models.saturation import Floats

Indices = NDArray[np.int64]


# Pricing of the simplex method: Devex is the faster here for linear programs restarted warm, what
# HiGHS chooses by itself for mixed-integer ones.
_DEVEX, _HIGHS_CHOICE = 1, -1


class Verdict(Enum):
    """How a solve ended."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    TIME_LIMIT = "time limit"


@dataclass(frozen=True)
class Outcome:
    """One solve: values of all columns (None where there are none), objective and its bound.

    ``row_duals`` and ``column_duals`` are the objective's gain per unit of right-hand side or
    bound; for mixed-integer solves they are zero.
    """

    verdict: Verdict
    values: Floats | None
    objective: float
    bound: float
    row_duals: Floats
    column_duals: Floats


@dataclass(frozen=True)
class Rows:
    """Sparse rows in compressed form: lower <= A x <= upper."""

    lower: Floats
    upper: Floats
    starts: Indices
    columns: Indices
    values: Floats

    @classmethod
    def from_entries(
        cls, lower: Floats, upper: Floats, row: Indices, column: Indices, value: Floats
    ) -> Rows:
        """Rows from (row, column, value) entries; entries of value 0 are dropped."""
        keep = np.flatnonzero(value)
        order = keep[np.argsort(row[keep], kind="stable")]
        starts = np.searchsorted(row[order], np.arange(len(lower)))
        return cls(lower, upper, starts, column[order], value[order])


class Model:
    """A maximisation on HiGHS."""

    def __init__(self, start: highspy.HighsLp) -> None:
        self._start: highspy.Highs = _new_highs()
        self._highs: highspy.Highs = _new_highs()
        for highs in (self._start, self._highs):
            highs.setOptionValue("output_flag", False)
            highs.passModel(start)
        self._highs.setOptionValue("threads", 1)
        self._highs.setOptionValue("random_seed", 1)
        # Amounts are scaled to about 1 and tied out to the cent: the default 1e-7 is not enough.
        self._highs.setOptionValue("primal_feasibility_tolerance", 1e-9)
        self._highs.setOptionValue("dual_feasibility_tolerance", 1e-9)
        # PuLP hands maximisations over as minimisations in one version and as they are in another.
        self._highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
        self._costs = np.zeros(self.columns)
        self.set_costs(np.arange(self.columns), self._costs)
        kinds = self._highs.getLp().integrality_
        self._integers = [i for i, k in enumerate(kinds) if k == highspy.HighsVarType.kInteger]

    @classmethod
    def of(cls, problem: pulp.LpProblem) -> Model:
        """The model that PuLP builds of a problem; what it maximises is set later."""
        solver = pulp.HiGHS(msg=False, threads=1)
        solver.createAndConfigureSolver(problem)
        solver.buildSolverModel(problem)
        return cls(problem.solverModel.getLp())

    def afresh(self) -> Model:
        """The model as PuLP built it, without what was added or changed since."""
        return Model(self._start.getLp())

    @property
    def mixed(self) -> bool:
        """Whether any column must be a whole number."""
        return bool(self._integers)

    @property
    def columns(self) -> int:
        """Number of columns."""
        return int(self._highs.getNumCol())

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self._highs.getNumRow())

    def set_costs(self, columns: Indices, costs: Floats) -> None:
        """Objective coefficients of some columns."""
        self._highs.changeColsCost(len(columns), columns.astype(np.int32), costs)

    def set_bounds(self, columns: Indices, lower: Floats, upper: Floats) -> None:
        """Bounds of some columns."""
        self._highs.changeColsBounds(len(columns), columns.astype(np.int32), lower, upper)

    def set_row_bounds(self, row: int, lower: float, upper: float) -> None:
        """Bounds of one row."""
        self._highs.changeRowBounds(row, lower, upper)

    def add_columns(self, costs: Floats, lower: Floats, upper: Floats) -> Indices:
        """New columns without entries; returns their positions."""
        before, count = self.columns, len(costs)
        none = np.zeros(0, dtype=np.int32)
        starts = np.zeros(count, dtype=np.int32)
        self._highs.addCols(count, costs, lower, upper, 0, starts, none, np.zeros(0))
        return np.arange(before, before + count)

    def add_binaries(self, count: int) -> Indices:
        """New columns that are 0 or 1."""
        added = self.add_columns(np.zeros(count), np.zeros(count), np.ones(count))
        kind = np.full(count, int(highspy.HighsVarType.kInteger), dtype=np.uint8)
        self._highs.changeColsIntegrality(count, added.astype(np.int32), kind)
        self._integers.extend(added.tolist())
        return added

    def add_rows(self, rows: Rows) -> Indices:
        """New rows; returns their positions."""
        before, count = self.rows, len(rows.lower)
        if not count:
            return np.arange(0)
        self._highs.addRows(
            count,
            rows.lower,
            rows.upper,
            len(rows.columns),
            rows.starts.astype(np.int32),
            rows.columns.astype(np.int32),
            rows.values,
        )
        return np.arange(before, before + count)

    def set_entry(self, row: int, column: int, value: float) -> None:
        """One coefficient."""
        self._highs.changeCoeff(row, column, value)

    def relax_integers(self) -> None:
        """Make every column continuous for good."""
        count = len(self._integers)
        kind = np.full(count, int(highspy.HighsVarType.kContinuous), dtype=np.uint8)
        columns = np.array(self._integers, dtype=np.int32)
        self._highs.changeColsIntegrality(count, columns, kind)
        self._integers.clear()

    def start_from(self, values: Floats) -> None:
        """Hand an incumbent over to the next mixed-integer solve."""
        solution = highspy.HighsSolution()
        solution.col_value = values.tolist()
        self._highs.setSolution(solution)

    def relax(self, seconds: float) -> Outcome:
        """Maximise with integer columns taken as continuous, warm from the last basis."""
        self._highs.setOptionValue("solve_relaxation", True)
        self._highs.setOptionValue("simplex_dual_edge_weight_strategy", _DEVEX)
        return self._run(seconds)

    def solve(self, seconds: float, gap: float) -> Outcome:
        """Maximise with integers to an absolute gap."""
        self._highs.setOptionValue("solve_relaxation", False)
        self._highs.setOptionValue("simplex_dual_edge_weight_strategy", _HIGHS_CHOICE)
        self._highs.setOptionValue("mip_rel_gap", 0.0)
        self._highs.setOptionValue("mip_abs_gap", gap)
        return self._run(seconds)

    def _run(self, seconds: float) -> Outcome:
        highs = self._highs
        highs.setOptionValue("time_limit", highs.getRunTime() + max(seconds, 0.01))
        highs.run()
        kinds = highspy.HighsModelStatus
        answers = (kinds.kOptimal, kinds.kInfeasible, kinds.kUnboundedOrInfeasible)
        if highs.getModelStatus() not in (*answers, kinds.kTimeLimit):
            # Restarting warm can lose its way numerically; from scratch it finds it again.
            highs.clearSolver()
            highs.run()
        status, info = highs.getModelStatus(), highs.getInfo()
        relaxed = highs.getOptionValue("solve_relaxation")[1]
        mixed = bool(self._integers) and not relaxed
        objective = float(info.objective_function_value)
        if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
            return Outcome(Verdict.INFEASIBLE, None, -np.inf, -np.inf, np.zeros(0), np.zeros(0))
        stopped = status != kinds.kOptimal
        verdict = Verdict.TIME_LIMIT if stopped else Verdict.OPTIMAL
        feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        if stopped and not (mixed and feasible):
            bound = float(info.mip_dual_bound) if mixed else np.inf
            return Outcome(verdict, None, -np.inf, bound, np.zeros(0), np.zeros(0))
        solution = highs.getSolution()
        return Outcome(
            verdict,
            np.array(solution.col_value),
            objective,
            float(info.mip_dual_bound) if mixed else objective,
            np.array(solution.row_dual),
            np.array(solution.col_dual),
        )


def _new_highs() -> highspy.Highs:
    make: Callable[[], highspy.Highs] = highspy.Highs
    return make()

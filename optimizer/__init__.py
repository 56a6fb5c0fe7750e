"""What we decide: curves and rules become a certified plan.

Start reading at `optimizer.reallocate`.
"""

from optimizer.channel import Channel
from optimizer.errors import Conflict, NoPlanInTime, PlanningError, RulesCollide
from optimizer.plan import Plan, PlanRow, RuleEntry
from optimizer.problem import Allocation, AllocationProblem

__all__ = [
    "Allocation",
    "AllocationProblem",
    "Channel",
    "Conflict",
    "NoPlanInTime",
    "Plan",
    "PlanRow",
    "PlanningError",
    "RuleEntry",
    "RulesCollide",
]

"""The business rules, one file each; this is their table of contents."""

from optimizer.rules.budget import Budget
from optimizer.rules.cap import Cap
from optimizer.rules.committed import Committed
from optimizer.rules.elasticity import Band, Elasticity
from optimizer.rules.floor import Floor
from optimizer.rules.held import Held
from optimizer.rules.part import Part
from optimizer.rules.reserve import Reserve
from optimizer.rules.rule import Rule, Violation
from optimizer.rules.share import Share
from optimizer.rules.tiers import Tier, Tiers, grade

__all__ = [
    "Band",
    "Budget",
    "Cap",
    "Committed",
    "Elasticity",
    "Floor",
    "Held",
    "Part",
    "Reserve",
    "Rule",
    "Share",
    "Tier",
    "Tiers",
    "Violation",
    "grade",
]

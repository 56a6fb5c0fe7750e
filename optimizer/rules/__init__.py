"""The business rules, one file each; this is their table of contents."""

from optimizer.rules.budget import Budget
from optimizer.rules.cac_ceiling import CacCeiling, Ceiling
from optimizer.rules.cap import Cap
from optimizer.rules.committed import Committed
from optimizer.rules.elasticity import Band, Elasticity
from optimizer.rules.fixed_cost import FixedCost
from optimizer.rules.floor import Floor
from optimizer.rules.fund import Fund, funds
from optimizer.rules.held import Held
from optimizer.rules.launch import Launch
from optimizer.rules.layers import Layers
from optimizer.rules.lifecycle import Lifecycle
from optimizer.rules.moves import Moves
from optimizer.rules.named_reserve import NamedReserve
from optimizer.rules.operating import Operating
from optimizer.rules.part import Part
from optimizer.rules.reserve import Reserve
from optimizer.rules.roi_floor import RoiFloor
from optimizer.rules.rule import Rule, Violation
from optimizer.rules.share import Share
from optimizer.rules.strategic_reserve import StrategicReserve
from optimizer.rules.target import RoiTarget, Target
from optimizer.rules.tiers import Tier, Tiers, grade

__all__ = [
    "Band",
    "Budget",
    "CacCeiling",
    "Cap",
    "Ceiling",
    "Committed",
    "Elasticity",
    "FixedCost",
    "Floor",
    "Fund",
    "Held",
    "Launch",
    "Layers",
    "Lifecycle",
    "Moves",
    "NamedReserve",
    "Operating",
    "Part",
    "Reserve",
    "RoiFloor",
    "RoiTarget",
    "Rule",
    "Share",
    "StrategicReserve",
    "Target",
    "Tier",
    "Tiers",
    "Violation",
    "funds",
    "grade",
]

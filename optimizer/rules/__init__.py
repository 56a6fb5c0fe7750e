"""The business rules, one file each; this is their table of contents."""

from optimizer.rules.budget import Budget
from optimizer.rules.cac_ceiling import CacCeiling, Ceiling
from optimizer.rules.cap import Cap
from optimizer.rules.capacity import Capacity
from optimizer.rules.change import Change
from optimizer.rules.committed import Committed
from optimizer.rules.contracted import Contracted
from optimizer.rules.cost_of_result import CostOfResult
from optimizer.rules.earmark import Earmark
from optimizer.rules.elasticity import Band, Elasticity
from optimizer.rules.exploration import Exploration
from optimizer.rules.fixed_cost import FixedCost
from optimizer.rules.floor import Floor
from optimizer.rules.freeze import Freeze
from optimizer.rules.fund import Fund, funds
from optimizer.rules.held import Held
from optimizer.rules.launch import Launch
from optimizer.rules.layers import Layers
from optimizer.rules.lifecycle import Lifecycle
from optimizer.rules.moves import Moves
from optimizer.rules.named_reserve import NamedReserve
from optimizer.rules.operating import Operating
from optimizer.rules.package import Package, Protection
from optimizer.rules.packages import Packages
from optimizer.rules.part import Part
from optimizer.rules.pilots import Pilots
from optimizer.rules.ratio import Ratio
from optimizer.rules.reserve import Reserve
from optimizer.rules.resource import Resource
from optimizer.rules.roi_floor import RoiFloor
from optimizer.rules.rule import Rule, Violation
from optimizer.rules.share import Share
from optimizer.rules.stop import Stop
from optimizer.rules.strategic_reserve import StrategicReserve
from optimizer.rules.target import GrowthTarget, RoiTarget, Target
from optimizer.rules.tiers import Tier, Tiers, grade

__all__ = [
    "Band",
    "Budget",
    "CacCeiling",
    "Cap",
    "Capacity",
    "Ceiling",
    "Change",
    "Committed",
    "Contracted",
    "CostOfResult",
    "Earmark",
    "Elasticity",
    "Exploration",
    "FixedCost",
    "Floor",
    "Freeze",
    "Fund",
    "GrowthTarget",
    "Held",
    "Launch",
    "Layers",
    "Lifecycle",
    "Moves",
    "NamedReserve",
    "Operating",
    "Package",
    "Packages",
    "Part",
    "Pilots",
    "Protection",
    "Ratio",
    "Reserve",
    "Resource",
    "RoiFloor",
    "RoiTarget",
    "Rule",
    "Share",
    "Stop",
    "StrategicReserve",
    "Target",
    "Tier",
    "Tiers",
    "Violation",
    "funds",
    "grade",
]

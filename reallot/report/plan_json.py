"""plan.json: the whole plan for programs."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from optimizer.plan import Plan
from reallot.report.booking import booked
from reallot.report.ranking import ranking
from reallot.report.reach import warnings_of

VERSION = 1


def plan_json(plan: Plan, inputs: Mapping[str, str]) -> bytes:
    """All fields of the plan; ``inputs`` are the hashes of the files it rests on."""
    problem = plan.problem
    ranks = ranking(plan)
    return json_bytes(
        {
            "version": VERSION,
            "scenario": problem.scenario,
            "currency": problem.currency,
            "status": plan.status,
            "sense": plan.sense,
            "objective": plan.objective,
            "bound": plan.bound,
            "upper_bound": plan.upper_bound,
            "gap": plan.gap,
            "current_objective": plan.current_objective,
            "comparable_objective": plan.comparable_objective,
            "rows": [{"scenario": problem.scenario} | asdict(row) for row in booked(plan)],
            "rules": [asdict(entry) for entry in plan.rules],
            "bent_rules": [asdict(bent) for bent in plan.bent],
            "warnings": warnings_of(plan),
            "inputs": dict(inputs),
        }
        | ({"packages": [rank.entries() for rank in ranks]} if ranks else {})
        | ({} if plan.doubt is None else {"doubt": asdict(plan.doubt)})
    )


def json_bytes(document: dict[str, Any]) -> bytes:
    """A document as JSON in UTF-8.

    Raises ValueError where a number is not finite: it would not be JSON.
    """
    text = json.dumps(_plain(document), ensure_ascii=False, allow_nan=False, indent=1)
    return f"{text}\n".encode()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, float) and value == 0:
        return math.fabs(value)  # solvers like to say -0.0
    return value

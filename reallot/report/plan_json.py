"""plan.json: the whole plan for programs, and read back as the plan it was."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, fields
from decimal import Decimal
from typing import Any

import numpy as np

from optimizer.doubt import ChannelDoubt, Doubt, Interval
from optimizer.plan import RESERVE, UNSPENT, Bent, Plan, PlanRow, RuleEntry
from optimizer.problem import Allocation, AllocationProblem
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


def plan_in(document: dict[str, Any], problem: AllocationProblem) -> Plan:
    """The plan that a plan.json of this problem holds.

    KeyError, TypeError or ValueError where it is none of this version.
    """
    if document["version"] != VERSION:
        raise ValueError(f"plan.json is of version {document['version']}, not {VERSION}")
    rows = tuple(PlanRow(**_fields_of(PlanRow, row)) for row in document["rows"])
    amounts = {(row.quarter, row.channel): row.recommended for row in rows}

    def placed(name: str) -> list[float]:
        return [amounts.get((quarter, name), 0.0) for quarter in problem.quarters]

    spend, pool, unspent = np.array([*map(placed, problem.names)]), placed(RESERVE), placed(UNSPENT)
    ranks = document.get("packages", ())
    funded = frozenset(rank["package"] for rank in ranks if rank["funded"])
    return Plan(
        problem=problem,
        allocation=Allocation(problem, spend, np.array(pool), np.array(unspent), funded),
        status=document["status"],
        objective=document["objective"],
        bound=document["bound"],
        gap=document["gap"],
        current_objective=document["current_objective"],
        comparable_objective=document["comparable_objective"],
        rows=rows,
        rules=tuple(RuleEntry(**_fields_of(RuleEntry, rule)) for rule in document["rules"]),
        bent=tuple(Bent(**_fields_of(Bent, bent)) for bent in document["bent_rules"]),
        warnings=tuple(document["warnings"]),
        sense=document["sense"],
        doubt=_doubt_in(document.get("doubt")),
    )


def _doubt_in(document: dict[str, Any] | None) -> Doubt | None:
    if document is None:
        return None

    def channel(of: dict[str, Any]) -> ChannelDoubt:
        roi = None if of["roi"] is None else Interval(**of["roi"])
        return ChannelDoubt(of["channel"], Interval(**of["response"]), roi)

    return Doubt(
        gain=Interval(**document["gain"]),
        probability_of_gain=document["probability_of_gain"],
        members=document["members"],
        targets_met=document["targets_met"],
        channels=tuple(map(channel, document["channels"])),
    )


def _fields_of(kind: type[Any], document: dict[str, Any]) -> dict[str, Any]:
    return {field.name: document[field.name] for field in fields(kind)}


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

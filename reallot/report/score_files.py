"""score.json and score.csv: a planner's own plan beside the recommended one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from optimizer.plan import PlanRow
from optimizer.score import Deviation, Score
from reallot.report.booking import BookedRow, amount_in_full, booked
from reallot.report.plan_csv import Cell, csv_bytes
from reallot.report.plan_json import VERSION, json_bytes
from reallot.report.score_story import score_story

_COLUMNS = (
    "quarter",
    "channel",
    "amount",
    "recommended",
    "difference",
    "expected_response",
    "marginal_return",
)


def score_files(
    score: Score, file: str, digest: str, inputs: Mapping[str, str], warnings: Sequence[str]
) -> dict[str, bytes]:
    """The files of one score by name.

    ``file`` and ``digest`` are the scored file's name and SHA-256, ``inputs`` the hashes of the
    project's files. The same score gives the same bytes.
    """
    rows = _booked(score)
    return {
        "score.csv": _csv(rows),
        "score.json": _json(score, rows, {"name": file, "sha256": digest}, inputs, warnings),
    }


def _booked(score: Score) -> tuple[BookedRow, ...]:
    """The score's rows to the last digit: recommended amounts in the place of approved ones."""
    rows = tuple(
        PlanRow(
            row.quarter,
            row.channel,
            row.recommended,
            row.amount,
            row.difference,
            None,
            row.expected_response,
            row.marginal_return,
            "",
        )
        for row in score.rows
    )
    return booked(replace(score.plan, rows=rows, objective=score.objective))


def _csv(rows: Sequence[BookedRow]) -> bytes:
    return csv_bytes(_COLUMNS, (_row(row).values() for row in rows))


def _row(row: BookedRow) -> dict[str, Cell]:
    values = (
        row.quarter,
        row.channel,
        row.recommended,
        row.current,
        row.change,
        row.expected_response,
        row.marginal_return,
    )
    return dict(zip(_COLUMNS, values, strict=True))


def _json(
    score: Score,
    rows: Sequence[BookedRow],
    file: Mapping[str, str],
    inputs: Mapping[str, str],
    warnings: Sequence[str],
) -> bytes:
    plan = score.plan
    problem = plan.problem
    return json_bytes(
        {
            "version": VERSION,
            "scenario": problem.scenario,
            "currency": problem.currency,
            "sense": plan.sense,
            "file": dict(file),
            "objective": score.objective,
            "plan": {
                "status": plan.status,
                "objective": plan.objective,
                "bound": plan.bound,
                "upper_bound": plan.upper_bound,
                "gap": plan.gap,
            },
            "shortfall": score.shortfall,
            "most_shortfall": score.most_shortfall,
            "broken_rules": [asdict(violation) for violation in score.violations],
            "deviations": [_deviation(score, deviation) for deviation in score.deviations],
            "rows": [_row(row) for row in rows],
            "summary": list(score_story(score, file["name"])),
            "warnings": list(warnings),
            "inputs": dict(inputs),
        }
    )


def _deviation(score: Score, deviation: Deviation) -> dict[str, Cell]:
    amounts = asdict(deviation) | {"difference": deviation.difference}
    channel = amounts.pop("channel")
    in_full = {name: amount_in_full(score.plan, amount) for name, amount in amounts.items()}
    return {"channel": channel, **in_full}

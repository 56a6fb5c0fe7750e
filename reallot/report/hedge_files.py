"""hedge.json, hedge.html, hedge_inputs.json: what to do now, and the playbook of each scenario."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from optimizer.plan import Plan
from reallot.project.tables import digest_of
from reallot.report.booking import amount_in_full
from reallot.report.charts import reserve_chart
from reallot.report.figures import counted, share_of, span, table_decimals
from reallot.report.hedge_story import (
    distance_in_words,
    gain_in_words,
    headline,
    in_each_scenario,
    notes,
    reached,
    short_probability,
    sought_of,
    worth_of_it,
)
from reallot.report.measure import MEASURES
from reallot.report.page import render
from reallot.report.plan_json import VERSION, json_bytes
from reallot.report.playbook import do_now, playbook
from reallot.report.releases import released_by
from reallot.report.reserve_story import counts_what_is_kept, reserve_rows, reserve_words
from scenarios.hedge import Hedge

HEDGE, HEDGE_INPUTS = "hedge.json", "hedge_inputs.json"


def hedge_files(
    hedge: Hedge,
    signals: Mapping[str, str | None],
    inputs: Mapping[str, str],
    left_out: Mapping[str, str],
) -> dict[str, bytes]:
    """The files of a hedge by name. The same hedge gives the same bytes.

    ``signals`` say what shows that a scenario has arrived, ``left_out`` why some have no plan;
    ``inputs`` are the hashes of what the hedge depends on.
    """
    document = hedge_json(hedge)
    return {
        HEDGE: document,
        HEDGE_INPUTS: hedge_inputs_json(hedge, inputs, document),
        "hedge.html": hedge_html(hedge, signals, left_out),
    }


def hedge_inputs_json(hedge: Hedge, inputs: Mapping[str, str], document: bytes) -> bytes:
    """What a hedge was made from, and the decision packages that each scenario's plan funds.

    The hash of its ``document``, which is hedge.json, shows whether that is as it was written.
    """
    funded = {plan.problem.scenario: sorted(plan.allocation.funded) for plan in hedge.plans}
    made_from = {"version": VERSION, "inputs": inputs, "hedge": digest_of(document)}
    return json_bytes(made_from | {"funded": funded})


def hedge_json(hedge: Hedge) -> bytes:
    """The whole hedge for programs.

    ``reserve`` among the channels is what is set aside; what a quarter's amounts add up to beyond
    its budget is released.
    """
    return json_bytes(
        {
            "objective": hedge.objective,
            "bound": hedge.bound,
            "gap": hedge.gap,
            "now": [
                {"channel": name, "amount": amount}
                for _, name, amount in _amounts(hedge.plans[0], hedge.now)
            ],
            "playbook": {
                plan.problem.scenario: [
                    {"quarter": quarter, "channel": name, "amount": amount}
                    for q in range(hedge.now + 1, len(plan.problem.quarters))
                    for quarter, name, amount in _amounts(plan, q)
                ]
                for plan in hedge.plans
            },
            "wait_and_see": hedge.wait_and_see,
            "expected_value_plan": hedge.expected_value_plan,
            "evpi": hedge.evpi,
            "vss": hedge.vss,
            "reserve": [{"share": own.share, "value": own.value} for own in hedge.reserve],
        }
    )


def hedge_html(
    hedge: Hedge, signals: Mapping[str, str | None], left_out: Mapping[str, str]
) -> bytes:
    """The same for people, in one page."""
    first = hedge.plans[0]
    problem = first.problem
    approved = first.approved[:, hedge.now].tolist()
    now = [
        (name, current, float(amount), share_of(float(amount), current))
        for (_, name, amount), current in zip(_amounts(first, hedge.now), approved, strict=True)
    ]
    quarters = problem.quarters
    page = {
        "hedge": hedge,
        "currency": problem.currency,
        "span": span(quarters),
        "over": counted(len(hedge.plans), "scenario"),
        "quarter": quarters[hedge.now],
        "later": quarters[hedge.now + 1 :],
        "headline": headline(hedge),
        "gain": gain_in_words(hedge),
        "scenarios": in_each_scenario(hedge),
        "known": distance_in_words(hedge, hedge.evpi),
        "average": None if hedge.vss is None else distance_in_words(hedge, hedge.vss),
        "measure": MEASURES[problem.objective],
        "sought": sought_of(hedge),
        "reached": reached(hedge),
        "sentences": worth_of_it(hedge),
        "now": now,
        "do_now": do_now(hedge),
        "in_all": (sum(approved), float(first.recommended[:, hedge.now].sum())),
        "released": float(released_by(first)[hedge.now]),
        "decimals": table_decimals(max(float(plan.problem.budget.max()) for plan in hedge.plans)),
        "chapters": playbook(hedge, signals),
        "probability": short_probability,
        "kept_counts": counts_what_is_kept(hedge),
        "reserve": reserve_words(hedge),
        "reserve_rows": reserve_rows(hedge),
        "chart": reserve_chart(hedge),
        "gave_way": any(plan.bent for plan in hedge.plans),
        "left_out": left_out,
        "notes": notes(hedge),
    }
    return render("hedge.html.j2", page)


def _amounts(plan: Plan, q: int) -> list[tuple[str, str, Decimal]]:
    """Quarter, name and amount of every line of one quarter."""
    amounts = plan.recommended[:, q].tolist()
    quarter = plan.problem.quarters[q]
    return [
        (quarter, name, amount_in_full(plan, amount))
        for name, amount in zip(plan.lines, amounts, strict=True)
    ]

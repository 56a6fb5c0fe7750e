"""A score in sentences: what a planner's own plan brings, beside the recommended one."""

from __future__ import annotations

from optimizer.rules.rule import Violation
from optimizer.score import Score
from reallot.report.figures import money, percent

# Differences below this share of the plan's objective are none.
_NONE = 1e-6


def score_story(score: Score, file: str) -> tuple[str, ...]:
    """The headline, then what the proof says of it, then what the table of costs means."""
    plan = score.plan
    currency, spends = plan.problem.currency, plan.sense == "min"
    count = len(score.violations)
    places = f"breaks rules in {count} place{'' if count == 1 else 's'}"
    rules = places if count else "keeps every rule"
    verb, worse, better = ("needs", "more", "less") if spends else ("brings", "less", "more")
    small = _NONE * abs(plan.objective)

    def against(shortfall: float) -> str:
        share = f" ({percent(abs(shortfall / plan.objective))})" if plan.objective else ""
        word = worse if shortfall > 0 else better
        return f"{money(abs(shortfall), currency)}{share} {word} than"

    than = "as much as" if abs(score.shortfall) <= small else against(score.shortfall)
    brings = f"{verb} {money(score.objective, currency)}"
    headline = f"{file} {rules} and {brings}, {than} the recommended plan."
    limit = f"can {'do with less' if spends else 'bring more'} than {money(plan.bound, currency)}"
    if score.most_shortfall >= -small:
        most = money(max(score.most_shortfall, 0.0), currency)
        proof = f"No plan within the rules {limit}: at most {most} {better} than this one."
    else:
        proof = f"No plan within the rules {limit}: only by breaking them is this one better."
    if not score.deviations:
        return headline, proof
    costs = (
        "Costs: what the plan's amounts for a channel bring more than these, less what the money "
        "for them is worth elsewhere. Below 0 these amounts are worth more than the plan's, but "
        "rules may be in the way."
    )
    return headline, proof, costs


def broken_rules(score: Score) -> tuple[str, ...]:
    """One sentence per rule and key that is broken; the quarters after the first by name."""
    kinds: dict[tuple[str, str], list[Violation]] = {}
    for violation in score.violations:
        kinds.setdefault((violation.rule, violation.key), []).append(violation)
    sentences = []
    for (rule, _), (first, *others) in kinds.items():
        quarters = [other.quarter for other in others if other.quarter is not None]
        also = f"; likewise in {', '.join(quarters)}" if quarters else ""
        sentences.append(f"{rule.replace('_', ' ')}: {first.text}{also}")
    return tuple(sentences)

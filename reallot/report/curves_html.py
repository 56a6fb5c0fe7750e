"""curves.html: every curve with its doubt, for people to read before they trust a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from models.curve import Curves
from models.history import History
from optimizer.doubt import LEVEL
from reallot.report.charts import known_chart
from reallot.report.known import Known, known_of, remarks, returns_in_words, source_in_words
from reallot.report.page import render

# A drawing takes some 50 ms; beyond these the table says it better.
MOST_DRAWN = 24


@dataclass(frozen=True)
class Drawing:
    """One curve with its words."""

    known: Known
    words: tuple[str, ...]
    svg: Markup


def curves_html(curves: Curves, history: History | None, name: str, currency: str) -> bytes:
    """The page of all curves of the project ``name``."""
    found = known_of(curves, history)
    drawn = _most_spent([known for known in found if known.curve.top > 0])
    page = {
        "name": name,
        "currency": currency,
        "headline": _headline(found),
        "level": LEVEL,
        "warnings": curves.warnings,
        "drawn": [_drawing(known, currency) for known in drawn],
        "left_out": len(found) - len(drawn),
        "rows": [(known, remarks(known)) for known in found],
        "results": {
            metric.replace("_", " "): known_of(Curves(of), history)
            for metric, of in curves.results.items()
        },
    }
    return render("curves.html.j2", page)


def _drawing(known: Known, currency: str) -> Drawing:
    words = (returns_in_words(known, currency), *remarks(known), source_in_words(known))
    return Drawing(known, tuple(word for word in words if word), known_chart(known))


def _headline(found: Sequence[Known]) -> str:
    many = f"{len(found)} channel{'s' * (len(found) != 1)}"
    unsure = sum(known.unsure for known in found)
    if not unsure:
        return f"What money brings in {many}"
    return f"What money brings in {many}, {unsure} of them unsure"


def _most_spent(found: Sequence[Known]) -> list[Known]:
    """The curves to draw: those with most usual spend, in the order of the curves."""
    order = sorted(found, key=lambda known: -(known.usual or 0.0))
    chosen = {known.curve.channel for known in order[:MOST_DRAWN]}
    return [known for known in found if known.curve.channel in chosen]

"""What an import says: every channel, how close its curve is, and what could not be taken."""

from __future__ import annotations

from typing import Any

from reallot.imports.imported import Imported


def lines(model: Imported) -> list[str]:
    """For people."""
    said = [f"{model.source}: {len(model.curves)} curves."]
    for curve in model.curves:
        notes = "; ".join(curve.diagnostics.notes)
        said.append(f"  {curve.channel}: {curve.form}, carry-over {curve.carryover:.2f}; {notes}")
    if model.left_out:
        said.append("Not taken:")
        said.extend(f"  {channel}: {reason}" for channel, reason in model.left_out.items())
    return said


def document(model: Imported) -> dict[str, Any]:
    """The same for programs."""
    return {
        "source": model.source,
        "curves": [
            {
                "channel": curve.channel,
                "form": curve.form,
                "top": curve.top,
                "half": curve.half,
                "slope": curve.slope,
                "carryover": curve.carryover,
                "period": curve.period,
                "notes": curve.diagnostics.notes,
            }
            for curve in model.curves
        ],
        "left_out": [{"channel": c, "reason": why} for c, why in model.left_out.items()],
        "notes": model.notes,
    }

"""From a history to response curves, or to the words why there is none."""

from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from models.curve import Curves, ResponseCurve
from models.from_results import from_results
from models.from_totals import from_totals
from models.history import History
from models.residuals import channel_notes, totals_notes
from models.returns import attributed_to
from models.saturation import Floats


def fit(history: History) -> Curves:
    """One curve per channel of the history, in its order; raises nothing that data can cause.

    A channel with attributed revenue is fitted on that alone. The others are fitted on the total
    outcome, all channels in one regression. A channel whose effect cannot be measured gets
    ``known=False`` and a curve of no response; ``diagnostics.notes`` say why, and so do the
    warnings. Same history, same curves, whatever the number of threads.
    """
    channels = range(len(history.channels))
    warnings: tuple[str, ...] = ()
    with threadpool_limits(limits=1):
        results = {c: attributed_to(history, c) for c in channels}
        found = {c: from_results(history, c, y) for c, y in results.items() if y is not None}
        if found and history.revenue is not None and history.outcome is not None:
            warnings += _plausibility(history.revenue, history.outcome)
        if wanted := [c for c in channels if c not in found]:
            rest, about = from_totals(history, wanted)
            found, warnings = rest | found, warnings + about
    curves = tuple(_with_notes(history, found[c]) for c in channels)
    warnings += totals_notes(history, Curves(curves))
    notes = tuple(f"{k.channel}: {note}" for k in curves for note in k.diagnostics.notes)
    return Curves(curves, notes + warnings)


def _with_notes(history: History, curve: ResponseCurve) -> ResponseCurve:
    """The curve with what its errors still tell."""
    notes = (*curve.diagnostics.notes, *channel_notes(history, curve))
    return replace(curve, diagnostics=replace(curve.diagnostics, notes=notes))


def _plausibility(revenue: Floats, outcome: Floats) -> tuple[str, ...]:
    """What totals (P,) say about the results attributed to channels (P, C)."""
    used = np.isfinite(outcome)
    total = float(outcome[used].sum())
    if total <= 0:
        return ()
    share = 100 * float(np.nansum(revenue[used])) / total
    if share > 100:
        return (
            f"The channels claim {share:.0f} % of all revenue between them: attribution counts "
            "some of it more than once, and their curves are too high.",
        )
    return (
        f"The curves rest on the revenue attributed to channels, {share:.0f} % of all revenue; "
        "the totals are used for channels without attributed revenue only.",
    )

"""From a history to response curves, or to the words why there is none."""

from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from models.by_channel import by_channel
from models.correction import by_tests, corrected, course, scaled, told_by
from models.curve import Curves, ResponseCurve
from models.experiment import experiments
from models.from_totals import from_totals
from models.history import History
from models.residuals import channel_notes, totals_notes

# What is counted beside revenue and has curves of its own.
_COUNTED = ("conversions", "new_customers", "exposures")


def fit(history: History, jobs: int | None = None) -> Curves:
    """One curve per channel of the history, in its order; raises nothing that data can cause.

    The shape of a channel's curve comes from the revenue attributed to it, where there is any, and
    its height is corrected by what lift tests and the total outcome say. The others are fitted on
    the total outcome, all channels in one regression. A channel whose
    effect cannot be measured gets ``known=False`` and a curve of no response; ``diagnostics.notes``
    say why, and so do the warnings.

    ``jobs`` are joblib's workers, None what `joblib.parallel_config` says. Same history, same
    curves, whatever the number of workers and threads.
    """
    channels = range(len(history.channels))
    own = by_channel(history, "revenue", {}, jobs)
    tests = {
        c: experiments(history, history.channels[c]) for c, curve in own.items() if curve.known
    }
    with threadpool_limits(limits=1):
        totals = from_totals(
            history,
            [c for c in channels if c not in own],
            {c: course(history, own[c], of) for c, of in tests.items()},
        )
    for c, of in tests.items():
        if c in totals.factors:
            own[c] = corrected(own[c], totals.factors[c], told_by(len(of), totals=True))
        elif of:
            own[c] = by_tests(own[c], of)
    found = totals.curves | own
    curves = tuple(_with_notes(history, found[c]) for c in channels)
    notes = tuple(f"{k.channel}: {note}" for k in curves for note in k.diagnostics.notes)
    warnings = notes + totals.warnings + _claimed(history) + totals_notes(history, Curves(curves))
    return Curves(curves, warnings, _counted_besides(history, curves, jobs))


def _with_notes(history: History, curve: ResponseCurve) -> ResponseCurve:
    """The curve with what its errors still tell."""
    notes = (*curve.diagnostics.notes, *channel_notes(history, curve))
    return replace(curve, diagnostics=replace(curve.diagnostics, notes=notes))


def _claimed(history: History) -> tuple[str, ...]:
    """What to know where the channels claim more than all revenue between them."""
    if history.revenue is None or history.outcome is None:
        return ()
    used = np.isfinite(history.outcome)
    total, claimed = float(history.outcome[used].sum()), float(np.nansum(history.revenue[used]))
    if not claimed > total > 0:
        return ()
    return (
        f"The channels claim {100 * claimed / total:.0f} % of all revenue between them: "
        "attribution counts some of it more than once.",
    )


def _counted_besides(
    history: History, curves: tuple[ResponseCurve, ...], jobs: int | None
) -> dict[str, tuple[ResponseCurve, ...]]:
    """Curves of other metrics, of the channels where they can be measured.

    What is left of earlier spend is one and the same, so carry-over is that of the revenue curve;
    and what was credited wrongly in revenue was credited wrongly in customers too.
    """
    known = {c: curve for c, curve in enumerate(curves) if curve.known}
    carryovers = {c: curve.carryover for c, curve in known.items()}
    found = {}
    for metric in _COUNTED:
        of = by_channel(history, metric, carryovers, jobs)
        measured = tuple(
            scaled(curve, curves[c].diagnostics.correction)
            for c, curve in of.items()
            if curve.known
        )
        if measured:
            found[metric] = measured
    return found

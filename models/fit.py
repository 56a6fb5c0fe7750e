"""From a history to response curves, or to the words why there is none."""

from threadpoolctl import threadpool_limits

from models.by_channel import by_channel
from models.correction import by_tests, scaled
from models.curve import Curves, ResponseCurve
from models.experiment import experiments
from models.from_totals import from_totals
from models.history import History

# What is counted beside revenue and has curves of its own.
_COUNTED = ("conversions", "new_customers", "exposures")


def fit(history: History, jobs: int | None = None) -> Curves:
    """One curve per channel of the history, in its order; raises nothing that data can cause.

    A channel with attributed revenue is fitted on that alone, and lift tests correct its height.
    The others are fitted on the total outcome, all channels in one regression. A channel whose
    effect cannot be measured gets ``known=False`` and a curve of no response; ``diagnostics.notes``
    say why, and so do the warnings.

    ``jobs`` are joblib's workers, None what `joblib.parallel_config` says. Same history, same
    curves, whatever the number of workers and threads.
    """
    channels = range(len(history.channels))
    warnings: tuple[str, ...] = ()
    found = by_channel(history, "revenue", {}, jobs)
    found = {c: _tested(history, curve) for c, curve in found.items()}
    if wanted := [c for c in channels if c not in found]:
        with threadpool_limits(limits=1):
            rest, warnings = from_totals(history, wanted)
        found = rest | found
    curves = tuple(found[c] for c in channels)
    notes = tuple(f"{k.channel}: {note}" for k in curves for note in k.diagnostics.notes)
    return Curves(curves, notes + warnings, _counted_besides(history, curves, jobs))


def _tested(history: History, curve: ResponseCurve) -> ResponseCurve:
    tests = experiments(history, curve.channel)
    return by_tests(curve, tests) if curve.known and tests else curve


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

"""All channels' curves from the results attributed to them, many at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

from models.curve import ResponseCurve
from models.from_results import from_results
from models.history import History
from models.pooling import Pool, pool_of

# So many channels go to a worker at once: sending them costs little beside fitting them then.
_BATCH = 16


def by_channel(
    history: History, metric: str, carryovers: Mapping[int, float], jobs: int | None
) -> dict[int, ResponseCurve]:
    """The curves of a metric, by position, of all channels to which any of it is attributed.

    ``carryovers`` are known beforehand. ``jobs`` are joblib's workers, None what
    `joblib.parallel_config` says. The curves are the same however many there are.
    """
    if metric not in history.attributed:
        return {}
    shown = np.isfinite(history.attributed[metric]).any(axis=0)
    wanted = np.flatnonzero(shown).tolist()
    with Parallel(n_jobs=jobs) as parallel:
        groups = [
            [c for c in wanted if history.groups and history.groups[c] == group]
            for group in dict.fromkeys(history.groups)
        ]
        divided = [cells for cells in groups if len(cells) > 1]
        pooled = parallel(delayed(_pooled)(_part(history, metric, cells)) for cells in divided)
        pools = {c: pool for cells, pool in zip(divided, pooled, strict=True) for c in cells}
        batches = [wanted[i : i + _BATCH] for i in range(0, len(wanted), _BATCH)]
        fitted = parallel(
            delayed(_fitted)(
                _part(history, metric, batch),
                [pools.get(c) for c in batch],
                [carryovers.get(c) for c in batch],
            )
            for batch in batches
        )
    curves = [curve for batch in fitted for curve in batch]
    return dict(zip(wanted, curves, strict=True))


def _part(history: History, metric: str, channels: Sequence[int]) -> History:
    """What the history says of some channels' spend and metric, and no more: it is sent around."""
    return replace(
        history,
        channels=tuple(history.channels[c] for c in channels),
        spend=history.spend[:, channels],
        observed=history.observed[:, channels],
        attributed={metric: history.attributed[metric][:, channels]},
        outcome=None,
        controls={},
        tests=(),
        groups=tuple(history.groups[c] for c in channels) if history.groups else (),
    )


def _pooled(part: History) -> Pool | None:
    (result,) = part.attributed.values()
    with threadpool_limits(limits=1):
        return pool_of(part, result)


def _fitted(
    part: History, pools: Sequence[Pool | None], carryovers: Sequence[float | None]
) -> list[ResponseCurve]:
    (result,) = part.attributed.values()
    with threadpool_limits(limits=1):
        return [
            from_results(part, c, result[:, c], pools[c], carryovers[c])
            for c in range(len(part.channels))
        ]

"""The fit in a table: how every curve came about, what it returns and how far it may be trusted."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from models.curve import Curves
from models.forecast import Forecast
from models.history import History
from models.validation import BackTest
from optimizer.doubt import LEVEL
from reallot.report.figures import full, percent, percent_signed, rate
from reallot.report.forecast import anyway_sentence
from reallot.report.known import Known, known_of
from reallot.report.terminal import in_two_lines

_WIDTH = 80
# Of a channel, alone and beside a column of corrections.
_NAME, _NAME_BESIDE = 15, 13
NO_SIGNAL = "no signal"


@dataclass(frozen=True)
class FitRow:
    """One channel of the fit.

    ``returns`` is what a unit of money brings at the usual spend, with probability `LEVEL` between
    ``low`` and ``high``; ``error`` is that of forecasts of what was kept back: of the last quarter,
    or of the quarters of a back-test; ``correction`` is as in `FitDiagnostics`. None: not known.
    """

    channel: str
    source: str
    returns: float | None
    low: float | None
    high: float | None
    elasticity: float | None
    error: float | None
    correction: float | None
    flags: tuple[str, ...]


def fit_rows(
    curves: Curves, history: History | None, tried: BackTest | None = None
) -> tuple[FitRow, ...]:
    """A row per channel, in the order of the curves."""
    return tuple(_row(known, tried) for known in known_of(curves, history))


def fit_table(rows: tuple[FitRow, ...]) -> str:
    """The rows as text of 80 columns."""
    corrected = any(row.correction is not None for row in rows)
    name = _NAME_BESIDE if corrected else _NAME
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), collapse_padding=True)
    table.add_column("Channel", overflow="fold", max_width=name)
    table.add_column("From", no_wrap=True)
    headings = ["Returns", f"{percent(LEVEL, 0)} sure", "Elast.", "Error"]
    for heading in [*headings, *(["Corr."] if corrected else [])]:
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("Unsure", overflow="fold", min_width=len(NO_SIGNAL))
    for row in rows:
        table.add_row(in_two_lines(row.channel, name), *_cells(row, corrected))
    text = io.StringIO()
    Console(file=text, width=_WIDTH, highlight=False).print(table)
    return text.getvalue().rstrip()


def fit_document(
    rows: tuple[FitRow, ...], anyway: Forecast, tried: BackTest | None
) -> dict[str, Any]:
    """The same for programs; a back-test only where there is one."""
    document: dict[str, Any] = {
        "channels": [asdict(row) for row in rows],
        "forecast": asdict(anyway) if anyway else None,
    }
    if tried is not None:
        days = [day.isoformat() for day in tried.origins]
        document["back_test"] = asdict(tried) | {"origins": days}
    return document


def fit_sentences(anyway: Forecast, tried: BackTest | None, currency: str) -> tuple[str, ...]:
    """What comes anyway, and whether past quarters would have been foretold."""
    sentences = (anyway_sentence(anyway, currency),) if anyway else ()
    return sentences if tried is None else (*sentences, _tried_in_words(tried))


def _tried_in_words(tried: BackTest) -> str:
    if tried.total is None:
        return "Back-test: the history is too short, or shows too little, to be tried on its past."
    words = (
        f"Back-test: from what was known on {len(tried.origins)} earlier days (the first "
        f"{min(tried.origins)}), a quarter's revenue was forecast to {percent(tried.total)}"
    )
    if tried.naive is None:
        return f"{words}."
    return f"{words}; the same quarter of the year before was {percent(tried.naive)} off."


def _row(known: Known, tried: BackTest | None) -> FitRow:
    curve, fit = known.curve, known.curve.diagnostics
    between = None if known.returns is None else known.returns.between
    return FitRow(
        channel=curve.channel,
        source=fit.source,
        returns=None if known.returns is None else known.returns.value,
        low=None if between is None else between[0],
        high=None if between is None else between[1],
        elasticity=fit.elasticity,
        error=fit.holdout_error if tried is None else _tried(known, tried),
        correction=fit.correction,
        flags=fit.flags if curve.known else (NO_SIGNAL, *fit.flags),
    )


def _tried(known: Known, tried: BackTest) -> float | None:
    """A back-test's error: of the channel's own results, or of all revenue where it has none."""
    by_total = known.curve.known and known.curve.diagnostics.source == "totals"
    of_total = tried.total if by_total else None
    return tried.channels.get(known.curve.channel, of_total)


def _cells(row: FitRow, corrected: bool) -> list[str]:
    between = "" if row.low is None or row.high is None else f"{rate(row.low)}–{rate(row.high)}"
    cells = [
        row.source,
        "" if row.returns is None else rate(row.returns),
        between,
        "" if row.elasticity is None else full(row.elasticity, 2),
        "" if row.error is None else percent(row.error),
    ]
    if corrected:
        cells.append("" if row.correction is None else percent_signed(row.correction - 1, 0))
    return [*cells, ", ".join(row.flags)]

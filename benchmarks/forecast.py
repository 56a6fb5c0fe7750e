"""How far off forecasts of a quarter's revenue are, beside the same quarter of the year before.

Every history is fitted anew to what was known one to eight quarters before its end (two years at
least), and up to four quarters are forecast from there, at the spend that was then made.

Run ``python benchmarks/forecast.py``: the sample project and simulated worlds (seeds 500 and 501,
which are tuning seeds). ``--data FOLDER`` adds the example histories that other tools publish,
under the names in `PUBLISHED`.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from models.fit import fit
from models.history import History
from models.period import Period
from models.simulate import KINDS, world
from models.validation import BackTest, back_test
from reallot.project import read_project

ORIGINS = 8
TWO_YEARS = 8
SEEDS = range(500, 502)
SAMPLE = Path(__file__).parents[1] / "reallot" / "sample"
# File, first week, how spend and revenue are read, and how the controls' names begin.
PUBLISHED = (
    ("pymc_mmm_example.csv", date(2018, 4, 2), ("x1", "x2"), "y", ("event_",)),
    (
        "robyn_dt_simulated_weekly.csv",
        date(2015, 11, 23),
        ("tv_S", "ooh_S", "print_S", "search_S", "facebook_S"),
        "revenue",
        ("competitor_sales_B", "newsletter"),
    ),
    (
        "meridian_national_media.csv",
        date(2021, 1, 25),
        tuple(f"Channel{number}_spend" for number in range(4)),
        "conversions * revenue_per_conversion",
        ("competitor_activity", "sentiment"),
    ),
    (
        "retail_case_study.csv",
        date(2014, 8, 3),
        ("mdsp_dm", "mdsp_inst", "mdsp_nsp", "mdsp_auddig", "mdsp_audtr", "mdsp_vidtr",
         "mdsp_viddig", "mdsp_so", "mdsp_on", "mdsp_sem"),
        "sales",
        ("me_", "st_ct", "mrkdn", "hldy_"),
    ),
)  # fmt: skip


def published(folder: Path) -> Iterator[tuple[str, History]]:
    """The histories in a folder; files that are not there are left out."""
    for file, first, channels, outcome, controls in PUBLISHED:
        if not (folder / file).is_file():
            continue
        table = pd.read_csv(folder / file)
        names = [name for name in table if name.startswith(controls)]
        yield (
            file,
            History(
                period=Period.WEEK,
                starts=tuple(first + timedelta(weeks=week) for week in range(len(table))),
                channels=channels,
                spend=table[list(channels)].to_numpy(float),
                observed=np.ones((len(table), len(channels)), dtype=bool),
                attributed={},
                outcome=table.eval(outcome).to_numpy(float),
                controls={name: table[name].to_numpy(float) for name in names},
            ),
        )


def knowing_controls(history: History) -> History:
    """The same, its controls known ahead at all times."""
    return replace(history, ahead={name: np.empty(0) for name in history.controls})


def tried(history: History) -> BackTest:
    """Forecasts of the past from two years on."""
    quarters = len(history.starts) // history.period.per_quarter
    return back_test(history, fit, min(ORIGINS, quarters - TWO_YEARS))


def measured() -> Iterator[tuple[str, list[BackTest]]]:
    """What comes with the project."""
    sample = read_project(SAMPLE).history
    if sample is not None:
        yield "sample project, attributed revenue", [tried(sample)]
    for kind in (kind for kind in KINDS if kind != "few"):  # it has two years in all
        histories = (world(kind, seed, results="totals").history for seed in SEEDS)
        yield f"worlds: {kind}", [tried(history) for history in histories]


def main() -> None:
    """Print a row per history or kind of world."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="a folder with published histories")
    parser.add_argument("--no-worlds", action="store_true", help="leave out what comes with us")
    options = parser.parse_args()
    table = Table("history", "off by", "year before", "ratio")
    for name, tests in () if options.no_worlds else measured():
        table.add_row(name, *row(tests))
    for name, history in () if options.data is None else published(options.data):
        table.add_row(name, *row([tried(history)]))
        known = tried(knowing_controls(history))
        table.add_row(f"{name}, controls known ahead", *row([known]))
    Console().print(table)


def row(tests: list[BackTest]) -> tuple[str, str, str]:
    """Mean errors in per cent, and the one as a multiple of the other."""
    own = np.mean([test.total for test in tests if test.total is not None])
    naive = np.mean([test.naive for test in tests if test.naive is not None])
    return f"{100 * own:.1f} %", f"{100 * naive:.1f} %", f"{own / naive:.2f}"


if __name__ == "__main__":
    main()

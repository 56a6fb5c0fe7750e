"""The curves that are taken, written as curves.csv."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from models.curve import ResponseCurve
from reallot.errors import Finding, InputError
from reallot.output import write_whole
from reallot.project.curves import FIELDS
from reallot.project.tables import find, name_out

FILE = "curves.csv"


def write_curves(curves: Iterable[ResponseCurve], folder: Path, *, anew: bool) -> Path:
    """Write curves.csv; InputError where the project has curves and they are not to go."""
    there = find(folder, "curves")
    if there is not None and not anew:
        expected = "Keep it, or say --replace to write it anew."
        raise InputError([Finding(there.name, None, None, "the file is there already", expected)])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(FIELDS)
    writer.writerows(map(_row, curves))
    gone = () if there is None or there.name == FILE else (there.name,)
    write_whole(folder, {FILE: text.getvalue().encode()}, gone)
    return folder / FILE


def _row(curve: ResponseCurve) -> list[str]:
    numbers = (curve.top, curve.half, curve.slope, curve.carryover)
    return [name_out(curve.channel), curve.form, *(f"{n:.10g}" for n in numbers), curve.period]

"""The files that other tools made (tests/data/imports), and changes to them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import h5netcdf
import numpy as np
from scipy.signal import lfilter

from models.curve import ResponseCurve
from models.saturation import Floats

DATA = Path(__file__).parents[2] / "data" / "imports"


def said(name: str) -> dict[str, Any]:
    """What a tool itself says of its model."""
    numbers: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text())
    return numbers


def with_attrs(folder: Path, name: str, **attrs: str) -> Path:
    """A netCDF file with these attributes in place of its own."""
    path = folder / f"{name}.nc"
    shutil.copy(DATA / path.name, path)
    with h5netcdf.File(path, "a") as file:
        for key, value in attrs.items():
            file.attrs[key] = value
    return path


def weekly(curve: ResponseCurve, spend: Floats) -> Floats:
    """What a curve brings in each week, nothing having been spent before the first."""
    return curve.at(lfilter([1.0], [1.0, -curve.carryover], spend))


def spends(name: str) -> dict[str, Floats]:
    """The weekly spends of a model of PyMC-Marketing, by channel."""
    with h5netcdf.File(DATA / f"{name}.nc", "r") as file:
        channels = [c.decode() for c in file["constant_data/channel"][...]]
        table = np.asarray(file["constant_data/channel_data"][...])
    return dict(zip(channels, table.T, strict=True))

"""Meridian's response curves become ours; what it says between their points is the oracle."""

from __future__ import annotations

import shutil
from pathlib import Path

import h5netcdf
import numpy as np
import pytest

from reallot.errors import InputError
from reallot.imports.model_file import read_model
from tests.reallot.imports.models_of_others import DATA, said

WEEKS = 104


def without(folder: Path, *variables: str) -> Path:
    """The file without these variables."""
    path = folder / "meridian.nc"
    with h5netcdf.File(DATA / "meridian.nc", "r") as whole, h5netcdf.File(path, "w") as part:
        for name, variable in whole.variables.items():
            if name not in variables:
                missing = {d: whole.dimensions[d].size for d in variable.dimensions}
                part.dimensions.update(
                    {d: n for d, n in missing.items() if d not in part.dimensions}
                )
                part.create_variable(name, variable.dimensions, variable.dtype, variable[...])
    return path


def test_spends_between_its_points_bring_what_it_says() -> None:
    model = read_model(DATA / "meridian.nc")
    assert [curve.channel for curve in model.curves] == ["Search", "TV", "Radio"]
    for curve in model.curves:
        numbers = said("meridian")[curve.channel]
        spend, outcome = (np.asarray(numbers[key]) / WEEKS for key in ("spend", "outcome"))
        ours = curve.at(spend / (1.0 - curve.carryover))
        assert np.abs(ours - outcome).max() <= 0.002 * outcome.max()


def test_the_carry_over_is_the_mean_of_its_draws() -> None:
    with h5netcdf.File(DATA / "meridian.nc", "r") as file:
        alpha = np.asarray(file["alpha_m"][...]).mean(axis=(0, 1))
    carryovers = [curve.carryover for curve in read_model(DATA / "meridian.nc").curves]
    assert carryovers == pytest.approx(alpha.tolist())


def test_without_a_carry_over_all_counts_at_once_and_this_is_said(tmp_path: Path) -> None:
    model = read_model(without(tmp_path, "alpha_m"))
    assert [curve.carryover for curve in model.curves] == [0.0, 0.0, 0.0]
    assert any("No carry-over is known for Search, TV, Radio" in note for note in model.notes)


def test_curves_of_an_unknown_span_are_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="assign_coords") as refused:
        read_model(without(tmp_path, "time"))
    assert refused.value.findings[0].file == "meridian.nc"


def test_a_daily_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "meridian.nc"
    shutil.copy(DATA / path.name, path)
    with h5netcdf.File(path, "a") as file:
        days = np.arange("2024-01-01", "2024-04-14", dtype="datetime64[D]")
        file["time"][...] = np.asarray(days.astype(str), dtype=object)
    with pytest.raises(InputError, match="by the day"):
        read_model(path)

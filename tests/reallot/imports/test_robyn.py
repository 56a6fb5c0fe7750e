"""A model that Robyn exports becomes curves, exactly; its port to Python is the oracle."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reallot.errors import InputError
from reallot.imports.model_file import read_model
from tests.reallot.imports.models_of_others import DATA, said

Change = Callable[[dict[str, Any]], None]


def changed(folder: Path, change: Change) -> Path:
    """The exported model with a change."""
    exported = json.loads((DATA / "robyn.json").read_text())
    change(exported)
    path = folder / "RobynModel-1_20_3.json"
    path.write_text(json.dumps(exported))
    return path


def test_its_curves_are_taken_exactly() -> None:
    model = read_model(DATA / "robyn.json")
    assert [curve.channel for curve in model.curves] == ["Search", "TV", "Radio"]
    for curve in model.curves:
        numbers = said("robyn_said")[curve.channel]
        np.testing.assert_allclose(
            curve.at(np.asarray(numbers["adstocked"])), numbers["response"], rtol=1e-9
        )


def test_the_carry_over_is_theta() -> None:
    carryovers = [curve.carryover for curve in read_model(DATA / "robyn.json").curves]
    assert carryovers == [0.21, 0.48, 0.02]


def test_a_carry_over_by_weibull_is_refused(tmp_path: Path) -> None:
    def weibull(exported: dict[str, Any]) -> None:
        exported["InputCollect"]["adstock"] = ["weibull_pdf"]

    with pytest.raises(InputError, match=r"weibull_pdf.*geometric"):
        read_model(changed(tmp_path, weibull))


def test_a_channel_modelled_on_exposures_is_left_out(tmp_path: Path) -> None:
    def exposures(exported: dict[str, Any]) -> None:
        hyper = exported["ExportedModel"]["hyper_values"]
        for name in ("alphas", "gammas", "thetas"):
            hyper[f"Radio_I_{name}"] = hyper.pop(f"Radio_{name}")

    model = read_model(changed(tmp_path, exposures))
    assert [curve.channel for curve in model.curves] == ["Search", "TV"]
    assert "exposures" in model.left_out["Radio"]


def test_a_channel_whose_data_are_not_the_models_is_left_out(tmp_path: Path) -> None:
    def other_data(exported: dict[str, Any]) -> None:
        for row in exported["Extras"]["raw_data"]:
            row["TV"] += 5_000

    model = read_model(changed(tmp_path, other_data))
    assert "decompAgg" in model.left_out["TV"]


def test_a_channel_with_gaps_in_its_data_is_left_out(tmp_path: Path) -> None:
    def gap(exported: dict[str, Any]) -> None:
        exported["Extras"]["raw_data"][9]["TV"] = "NA"

    assert "raw_data" in read_model(changed(tmp_path, gap)).left_out["TV"]


def test_a_channel_without_effect_is_left_out(tmp_path: Path) -> None:
    def nothing(exported: dict[str, Any]) -> None:
        exported["ExportedModel"]["summary"][1]["coef"] = 0

    assert read_model(changed(tmp_path, nothing)).left_out == {
        "Search": "the model says that it brings nothing"
    }


def test_conversions_are_not_taken_for_money(tmp_path: Path) -> None:
    def conversions(exported: dict[str, Any]) -> None:
        exported["InputCollect"]["dep_var_type"] = ["conversion"]

    assert read_model(changed(tmp_path, conversions)).notes == (
        "What the model explains is no revenue (conversion).",
    )


def test_everything_that_is_missing_is_said_at_once(tmp_path: Path) -> None:
    def older(exported: dict[str, Any]) -> None:
        del exported["Extras"]
        exported["InputCollect"].pop("intervalType")

    with pytest.raises(InputError, match=r"3\.11") as refused:
        read_model(changed(tmp_path, older))
    assert {f.column for f in refused.value.findings} == {"Extras", "InputCollect.intervalType"}


def test_a_window_beyond_the_data_is_refused(tmp_path: Path) -> None:
    def beyond(exported: dict[str, Any]) -> None:
        exported["InputCollect"]["rollingWindowEndWhich"] = [105]

    with pytest.raises(InputError, match="rows 5 to 105 of 104"):
        read_model(changed(tmp_path, beyond))


def test_numbers_that_no_curve_can_have_leave_a_channel_out(tmp_path: Path) -> None:
    def forever(exported: dict[str, Any]) -> None:
        exported["ExportedModel"]["hyper_values"]["TV_thetas"] = [1.0]

    assert "theta 1" in read_model(changed(tmp_path, forever)).left_out["TV"]


def test_a_broken_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "RobynModel.json"
    path.write_text("{")
    with pytest.raises(InputError, match=r"RobynModel\.json"):
        read_model(path)

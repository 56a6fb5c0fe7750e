"""A model saved by PyMC-Marketing becomes curves; its own numbers are the oracle."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from reallot.errors import InputError
from reallot.imports.model_file import read_model
from reallot.imports.pymc_marketing import SATURATIONS
from reallot.imports.shape import LIMIT
from tests.reallot.imports.models_of_others import DATA, said, spends, weekly, with_attrs


def adstock(kind: str, mode: str = "After") -> str:
    """How a file describes a carry-over."""
    said = {"prefix": "adstock", "l_max": 8, "normalize": True, "mode": mode}
    return json.dumps({"__type__": f"pymc_marketing.mmm.components.adstock.{kind}", **said})


MODELS = ("pymc_logistic", "pymc_hill")


def test_an_even_spend_up_to_twice_the_usual_brings_what_the_model_says() -> None:
    model = read_model(DATA / "pymc_logistic.nc")
    assert [curve.channel for curve in model.curves] == ["Search", "TV", "Radio"]
    for curve in model.curves:
        numbers = said("pymc_logistic")[curve.channel]
        spend, brought = (np.asarray(numbers[key]) for key in ("adstocked", "response"))
        usual = spend <= 2.0 * spends("pymc_logistic")[curve.channel].mean()
        assert usual.sum() >= 2
        ours = curve.at(spend[usual] / (1.0 - curve.carryover))
        assert np.abs(ours - brought[usual]).max() <= LIMIT * max(brought)


@pytest.mark.parametrize("name", MODELS)
def test_every_week_brings_about_what_the_model_says(name: str) -> None:
    for curve in read_model(DATA / f"{name}.nc").curves:
        theirs = np.asarray(said(name)[curve.channel]["weekly"])
        ours = weekly(curve, spends(name)[curve.channel])
        assert ours.sum() == pytest.approx(theirs.sum(), rel=0.015)
        assert np.abs(ours - theirs).max() <= 0.05 * theirs.max()


@pytest.mark.parametrize("name", MODELS)
def test_what_is_said_of_the_whole_history_is_so(name: str) -> None:
    for curve in read_model(DATA / f"{name}.nc").curves:
        theirs = sum(said(name)[curve.channel]["weekly"])
        ours = weekly(curve, spends(name)[curve.channel]).sum()
        assert f"{ours / theirs - 1.0:+.1%} over its 104 weeks" in curve.diagnostics.notes


def test_every_saturation_is_the_tools_own() -> None:
    forms = said("pymc_forms")
    assert set(forms) == set(SATURATIONS)
    for name, form in forms.items():
        given = [form["parameters"][parameter] for parameter in SATURATIONS[name].parameters]
        brought = SATURATIONS[name].function(np.asarray(form["x"]), *given)
        np.testing.assert_allclose(brought, form["y"], rtol=1e-9)


def test_a_bend_that_the_model_does_not_have_is_said() -> None:
    notes = read_model(DATA / "pymc_logistic.nc").curves[0].diagnostics.notes
    assert any("S-shaped, the model's is not" in note for note in notes)


def test_without_carry_over_nothing_carries_over(tmp_path: Path) -> None:
    model = read_model(with_attrs(tmp_path, "pymc_logistic", adstock=adstock("NoAdstock")))
    assert [curve.carryover for curve in model.curves] == [0.0, 0.0, 0.0]


def test_everything_without_a_counterpart_is_refused_at_once(tmp_path: Path) -> None:
    weibull = adstock("WeibullPDFAdstock")
    own = json.dumps({"__type__": "my.own.SharpSaturation", "prefix": "saturation"})
    path = with_attrs(
        tmp_path, "pymc_hill", adstock=weibull, saturation=own, dims='["geo"]', link="log",
        adstock_first="false", time_varying_media="true", cost_per_unit='{"data": []}',
    )  # fmt: skip
    with pytest.raises(InputError) as refused:
        read_model(path)
    found = " ".join(finding.found for finding in refused.value.findings)
    assert len(refused.value.findings) == 7
    for word in ("WeibullPDFAdstock", "SharpSaturation", "dimensions", "link", "saturates before"):
        assert word in found


def test_a_carry_over_before_the_spend_is_refused(tmp_path: Path) -> None:
    before = adstock("GeometricAdstock", mode="Before")
    with pytest.raises(InputError, match="mode Before"):
        read_model(with_attrs(tmp_path, "pymc_hill", adstock=before))


def test_a_layout_that_is_not_known_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="saturation is described in a way that is not known"):
        read_model(with_attrs(tmp_path, "pymc_hill", saturation="hill"))

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from models import Period, ResponseCurve
from models.curve import Curves, FitDiagnostics, Member
from models.history import History
from models.saturation import Form
from reallot.report.known import Known, known_of, remarks, returns_in_words, source_in_words


def history(spends: list[float], period: Period = Period.WEEK) -> History:
    """One channel, TV, with these spends."""
    spend = np.array(spends)[:, None]
    starts = tuple(date(2024, 1, 1) + timedelta(weeks=p) for p in range(len(spends)))
    seen = np.full(spend.shape, True)
    return History(period, starts, ("TV",), spend, seen, {}, None, {})


def curve(**fields: Any) -> ResponseCurve:
    ordinary: dict[str, Any] = {
        "channel": "TV",
        "form": Form.HILL,
        "top": 1000.0,
        "half": 200.0,
        "slope": 1.0,
        "carryover": 0.5,
        "period": Period.WEEK,
    }
    return ResponseCurve(**(ordinary | fields))


def known(of: ResponseCurve, past: History | None) -> Known:
    (found,) = known_of(Curves((of,)), past)
    return found


def test_a_return_is_that_of_the_usual_spend_once_carry_over_has_built_up() -> None:
    found = known(curve(), history([100.0] * 60))
    adstock = 0.0
    for _ in range(200):
        adstock = 100.0 + 0.5 * adstock
    assert found.returns is not None
    assert found.returns.value == pytest.approx(float(curve().at(adstock)) / 100)
    step = float(curve().at(2 * 100.01) - curve().at(2 * 100.0)) / 0.01
    assert found.next_brings is not None
    assert found.next_brings.value == pytest.approx(step, rel=1e-4)


def test_the_usual_spend_is_the_mean_of_the_last_year_with_its_pauses() -> None:
    found = known(curve(), history([900.0] * 60 + [100.0, 0.0] * 26))
    assert found.usual == pytest.approx(50.0)
    assert len(found.spends) == 60 + 26


def test_a_return_has_the_range_of_its_members() -> None:
    members = tuple(Member(top, 200.0, 1.0, 0.5) for top in np.linspace(500, 1500, 101))
    found = known(curve(members=members), history([100.0] * 60))
    assert found.returns is not None
    assert found.returns.between == pytest.approx((3.0, 7.0))
    assert str(found.returns) == "5.00 (3.00 to 7.00)"
    band = found.band(np.array([0.0, 100.0]))
    assert band is not None
    assert band[0] == pytest.approx([0.0, 300.0])
    assert band[1] == pytest.approx([0.0, 700.0])


def test_a_curve_that_was_given_is_certain() -> None:
    found = known(curve(), history([100.0] * 60))
    assert found.band(np.array([100.0])) is None
    assert str(found.returns) == "5.00"


def test_without_spend_there_is_no_return() -> None:
    for past in (None, history([0.0] * 60), history([100.0] * 8, Period.MONTH)):
        found = known(curve(), past)
        assert found.usual is None
        assert found.returns is None
        assert returns_in_words(found, "CNY") == ""


@pytest.mark.parametrize(
    ("correction", "said"),
    [
        (1.12, "Under-credited by 12\N{NO-BREAK SPACE}%."),
        (0.85, "Over-credited by 15\N{NO-BREAK SPACE}%."),
        (1.001, "Credited with what it brings."),
    ],
)
def test_a_correction_says_how_far_attribution_was_wrong(correction: float, said: str) -> None:
    fit = FitDiagnostics("combined", correction=correction)
    assert remarks(known(curve(diagnostics=fit), None)) == (said,)


def test_cautions_name_flags_with_their_meaning_and_every_note() -> None:
    fit = FitDiagnostics("totals", flags=("collinear",), notes=("its spend hardly varied.",))
    flag, note = remarks(known(curve(diagnostics=fit), None))
    assert flag.startswith("Collinear: its spend moved together with others'")
    assert note == "Its spend hardly varied."


def test_the_source_comes_with_how_well_it_forecasts() -> None:
    fit = FitDiagnostics("attributed", 104, holdout_error=0.084)
    said = source_in_words(known(curve(diagnostics=fit), None))
    assert said == (
        "From the results attributed to it, 104 weeks; its forecast of periods held out missed by "
        "8.4\N{NO-BREAK SPACE}%."
    )

import pytest

from models.period import Period
from models.saturation import Form
from tests.reallot.projects import CURVES, findings, read, the_finding


def test_given_curves_stand_in_for_a_history(tmp_path):
    project = read(tmp_path, history__csv=None, curves__csv=CURVES)
    search = project.given[0]
    assert project.history is None
    assert (search.form, search.period, search.top) == (Form.HILL, Period.QUARTER, 20000)


@pytest.mark.parametrize("form", ["exponential", "logarithm", "linear"])
def test_a_form_without_slope_needs_none(tmp_path, form):
    text = f"channel,form,top,half,slope,carryover,period\nTV,{form},9,5,,0.5,week\n"
    assert read(tmp_path, curves__csv=text).given[0].slope == 1


@pytest.mark.parametrize(
    ("row", "column", "text"),
    [
        ("TV,hil,9,5,1,0,week", "form", "Did you mean 'hill'?"),
        ("TV,hill,9,5,1,0,weekly", "period", "Did you mean 'week'?"),
        ("TV,hill,-9,5,1,0,week", "top", "0 or more"),
        ("TV,hill,9,0,1,0,week", "half", "above 0"),
        ("TV,hill,9,,1,0,week", "half", "empty"),
        ("TV,hill,9,5,,0,week", "slope", "hill needs one"),
        ("TV,power,9,5,0,0,week", "slope", "power needs one"),
        ("TV,linear,9,5,0,0,week", "slope", "Write 1"),
        ("TV,hill,9,5,1,1,week", "carryover", "below 1"),
        ("TV,hill,9,5,1,0.5x,week", "carryover", "Write"),
        (",hill,9,5,1,0,week", "channel", "empty"),
    ],
)
def test_a_wrong_curve_is_named(tmp_path, row, column, text):
    found = findings(tmp_path, curves__csv=f"channel,form,top,half,slope,carryover,period\n{row}\n")
    finding = next(f for f in found if f.column == column)
    assert finding.row == 2
    assert text in f"{finding.found} {finding.expected}"


def test_a_curve_given_twice_is_refused(tmp_path):
    text = CURVES + "TV,hill,1,1,1,0,quarter\n"
    assert "has a curve already" in the_finding(tmp_path, curves__csv=text).found


def test_neither_history_nor_curves_is_refused(tmp_path):
    finding = the_finding(tmp_path, history__csv=None)
    assert (finding.file, finding.found) == ("history.csv", "the file is missing")

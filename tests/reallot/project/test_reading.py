import shutil
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from reallot.errors import InputError
from reallot.project import read_project
from tests.reallot.project.test_scenario_file import RULES
from tests.reallot.project.test_totals import TOTALS
from tests.reallot.projects import (
    BUDGET,
    CURVES,
    HISTORY,
    POLICY,
    findings,
    read,
    write_project,
    write_scenarios,
)

SCENARIO = 'demand = 1.1\n[[channel]]\nname = "TV"\nmedia_price = [1, 1.1]\n'
FILES = {
    "reallot.toml": POLICY + RULES,
    "history.csv": HISTORY,
    "outcome.csv": TOTALS,
    "budget.csv": BUDGET,
    "curves.csv": CURVES,
}
SLIPS = [
    *("", '"', ",", ";", "\n", "\r", "[", "]", "{", "}", "=", "#", "'", ".", "\0", "é", "月", "-"),
    *("nan", "inf", "-1", "0", "1e400", "1e-400", "9999999999", "2027Q1", "TV", "true"),
    *("[[channel]]\n", "name = 3\n", "bends = 3\n", "value = 1\n", "[plan]\n", "1979-05-27"),
]


@given(
    file=st.sampled_from([*FILES, "scenarios/a.toml"]),
    place=st.floats(0, 1),
    length=st.integers(0, 6),
    slip=st.sampled_from(SLIPS),
)
@settings(max_examples=300, deadline=None)
def test_no_slip_of_the_pen_makes_the_reader_fail(tmp_path_factory, file, place, length, slip):
    folder = tmp_path_factory.mktemp("p")
    write_project(folder, **FILES)
    write_scenarios(folder, a=SCENARIO)
    text = (folder / file).read_text(encoding="utf-8")
    at = round(place * len(text))
    (folder / file).write_text(text[:at] + slip + text[at + length :], encoding="utf-8")
    with suppress(InputError):
        read_project(folder)
    shutil.rmtree(folder)


def test_every_file_that_was_read_has_its_hash(tmp_path):
    write_project(tmp_path, **FILES)
    write_scenarios(tmp_path, a=SCENARIO)
    project = read_project(tmp_path)
    assert set(project.digests) == {*FILES, "scenarios/a.toml"}
    assert all(len(digest) == 64 for digest in project.digests.values())


def test_totals_without_a_history_are_refused(tmp_path):
    found = findings(tmp_path, history__csv=None, curves__csv=CURVES, outcome__csv=TOTALS)
    assert [f.file for f in found] == ["outcome.csv"]


def test_a_plan_without_name_has_the_folders(tmp_path):
    policy = POLICY.replace('name = "Test"\n', "")
    assert read(tmp_path / "Spring", reallot__toml=policy).name == "Spring"


def test_a_sound_project_has_no_warnings(tmp_path):
    assert read(tmp_path).warnings == ()


def test_one_wrong_value_hides_no_other_problem(tmp_path):
    policy = (
        POLICY.replace('"CNY"', '"RMB"').replace("0.20", "20")
        + """
[reserv]
share = [0.1, 0.2]

[[channel]]
name = "Serch"
floor = 500
cap = 400
owner = 3
"""
    )
    found = findings(
        tmp_path,
        reallot__toml=policy,
        history__csv=HISTORY.replace("120", "abc"),
        budget__csv=BUDGET.replace("2027Q2,TV", "Q2,TV"),
    )
    assert [(f.file, f.column) for f in found] == [
        ("budget.csv", "quarter"),
        ("history.csv", "spend"),
        ("reallot.toml", "plan.currency"),
        ("reallot.toml", "elasticity.default"),
        ("reallot.toml", "reserv"),
        ("reallot.toml", "channel[1].name"),
        ("reallot.toml", "channel[1].floor"),
        ("reallot.toml", "channel[1].owner"),
    ]


def test_a_table_is_not_blamed_for_a_layout_that_cannot_be_read(tmp_path):
    policy = POLICY + '\n[history]\nlayout = "wide"\nspend = 3\n'
    found = findings(tmp_path, reallot__toml=policy, history__csv="week,tv\n2026-01-05,1\n")
    assert {f.file for f in found} == {"reallot.toml"}

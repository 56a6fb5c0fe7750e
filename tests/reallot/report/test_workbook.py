import io
import zipfile

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from reallot.report.workbook import workbook
from tests.reallot.report.plans import HOSTILE, ORDINARY, bent_plan, plan_of, unsure_plan

INPUTS = {"budget.csv": "ab" * 32}
SHEETS = ["Summary", "Plan", "By quarter", "Rules", "Curves", "Warnings"]


def _opened(names: tuple[str, ...] | None = None) -> Workbook:
    plan = plan_of() if names is None else plan_of(names)
    return openpyxl.load_workbook(io.BytesIO(workbook(plan, INPUTS)))


def test_there_is_a_sheet_for_every_view() -> None:
    assert _opened().sheetnames == SHEETS


def test_tables_keep_their_head_in_sight_and_can_be_filtered() -> None:
    book = _opened()
    for name in SHEETS[1:]:
        assert book[name].freeze_panes is not None
        assert book[name].auto_filter.ref is not None


def test_amounts_are_numbers_and_add_up_to_the_budget() -> None:
    plan = plan_of()
    rows = list(_opened()["Plan"].iter_rows(min_row=2, values_only=True))
    amounts = [row[3] for row in rows]
    assert all(isinstance(amount, int | float) for amount in amounts)
    assert sum(map(float, amounts)) == pytest.approx(float(plan.problem.budget.sum()))


def test_names_come_back_as_they_are_and_no_cell_is_a_formula() -> None:
    book = _opened(HOSTILE)
    names = [cell.value for cell in book["Plan"]["B"][1 : len(HOSTILE) + 1]]
    assert tuple(names) == HOSTILE
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
            assert all(cell.hyperlink is None for cell in row)


def test_no_cell_is_shown_as_an_error() -> None:
    for sheet in _opened(HOSTILE):
        assert all(cell.data_type != "e" for row in sheet.iter_rows() for cell in row)


def test_the_same_plan_gives_the_same_bytes() -> None:
    first, second = workbook(plan_of(), INPUTS), workbook(plan_of(), INPUTS)
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {1980}


def test_every_rule_is_listed_from_each_of_its_sides() -> None:
    assert _opened()["Rules"].max_row == 1 + len(plan_of().rules)


def test_what_gave_way_has_a_sheet_of_its_own() -> None:
    plan = bent_plan()
    book = openpyxl.load_workbook(io.BytesIO(workbook(plan, INPUTS)))
    assert book.sheetnames == [*SHEETS[:4], "Gave way", *SHEETS[4:]]
    rows = list(book["Gave way"].iter_rows(min_row=2, values_only=True))
    assert [row[1:3] for row in rows] == [(bent.key, bent.quarter) for bent in plan.bent]
    assert [row[6] for row in rows] == [pytest.approx(bent.excess) for bent in plan.bent]


def test_how_sure_the_gain_is_stands_in_the_summary_and_per_channel_in_a_sheet() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(unsure_plan(), INPUTS)))
    summary = [row[0].value for row in book["Summary"].iter_rows(max_row=8)]
    assert any("worlds that fit the history" in str(value) for value in summary)
    rows = list(book["Doubt"].iter_rows(min_row=2, values_only=True))
    assert tuple(row[0] for row in rows) == ORDINARY
    for _, mean, low, high, *_ in rows:
        assert low < mean < high
    assert [row[7] for row in rows if row[7]] == ["what it brings hardly shows in the history"]

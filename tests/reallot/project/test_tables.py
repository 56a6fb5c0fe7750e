import io
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from reallot.errors import InputError
from reallot.project.tables import find, name_in, name_out, read

ROWS = ((2, ("2026-01-05", "搜索", "100")), (3, ("2026-01-12", "搜索", "120")))
TEXT = "日期,渠道,花费\n2026-01-05,搜索,100\n2026-01-12,搜索,120\n"


def table(folder: Path, content: bytes, name: str = "history.csv"):
    path = folder / name
    path.write_bytes(content)
    return read(path)


def refusal(folder: Path, content: bytes, name: str = "history.csv"):
    with pytest.raises(InputError) as caught:
        table(folder, content, name)
    (finding,) = caught.value.findings
    return finding


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_text_is_read_in_the_encodings_that_spreadsheets_write(tmp_path, encoding):
    assert table(tmp_path, TEXT.encode(encoding)).rows == ROWS


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_text_is_read_with_the_separators_that_spreadsheets_write(tmp_path, separator):
    assert table(tmp_path, TEXT.replace(",", separator).encode()).rows == ROWS


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_text_is_read_with_every_line_end(tmp_path, end):
    assert table(tmp_path, TEXT.replace("\n", end).encode()).rows == ROWS


def test_quoted_headings_do_not_hide_the_separator(tmp_path):
    content = TEXT.replace("日期,渠道,花费", '"日期","渠道","花费"')
    assert table(tmp_path, content.encode()).rows == ROWS


def test_western_text_in_an_old_encoding_is_refused_rather_than_read_as_chinese(tmp_path):
    finding = refusal(tmp_path, "date,channel,spend\n2026-01-05,Média,1\n".encode("latin-1"))
    assert "neither UTF-8 nor GB18030" in finding.found
    assert "UTF-8" in finding.expected


def test_a_line_break_inside_a_cell_does_not_shift_the_row_numbers(tmp_path):
    content = 'channel,amount\n"Search\nand social",1\nTV,2\n'
    assert table(tmp_path, content.encode()).rows[1] == (3, ("TV", "2"))


def test_empty_lines_count_as_rows_as_in_a_spreadsheet(tmp_path):
    assert table(tmp_path, b"channel,amount\n\n,\nTV,2\n\n").rows == ((4, ("TV", "2")),)


def test_a_row_with_more_cells_than_headings_is_named(tmp_path):
    finding = refusal(tmp_path, b"channel,amount\nTV,1,200\n")
    assert (finding.row, "3 cells under 2 headings" in finding.found) == (2, True)


def test_an_open_quote_is_refused(tmp_path):
    assert "not a table" in refusal(tmp_path, b'channel,amount\n"TV,1\n').found


@pytest.mark.parametrize("content", [b"", b"\n\n", b"   "])
def test_an_empty_file_is_refused(tmp_path, content):
    assert "empty" in refusal(tmp_path, content).found


def test_headings_without_rows_are_refused(tmp_path):
    assert "no rows" in refusal(tmp_path, b"date,channel\n").found


def test_a_heading_that_stands_twice_is_refused(tmp_path):
    finding = refusal(tmp_path, b"date,spend,spend\n2026-01-05,1,2\n")
    assert finding.row == 1
    assert "twice" in finding.found


@pytest.mark.parametrize("name", ["history.xlsx", "history.parquet"])
def test_bytes_that_are_no_spreadsheet_are_refused(tmp_path, name):
    assert "not a readable" in refusal(tmp_path, b"PK\x03\x04 rubbish", name).found


def workbook(**sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_workbook_is_read_as_it_is_shown(tmp_path):
    rows = [["date", "channel", "spend"], [pd.Timestamp("2026-01-05"), "TV", 0.1 + 0.2]]
    content = workbook(Sheet1=rows, Sheet2=[])
    assert table(tmp_path, content, "history.xlsx").rows == ((2, ("2026-01-05", "TV", "0.3")),)


def test_the_sheet_with_the_tables_name_is_read_among_several(tmp_path):
    content = workbook(Notes=[["x"], ["y"]], history=[["date"], ["2026-01-05"]])
    assert table(tmp_path, content, "history.xlsx").headings == ("date",)


def test_several_sheets_of_which_none_has_the_name_are_refused(tmp_path):
    content = workbook(One=[["date"], ["x"]], Two=[["date"], ["y"]])
    assert "'One', 'Two'" in refusal(tmp_path, content, "history.xlsx").found


def test_a_parquet_file_is_read_like_the_text(tmp_path):
    frame = pd.DataFrame(
        {
            "日期": pd.to_datetime(["2026-01-05", "2026-01-12"]),
            "渠道": ["搜索", "搜索"],
            "花费": [100, 120],
        }
    )
    content = io.BytesIO()
    frame.to_parquet(content)
    assert table(tmp_path, content.getvalue(), "history.parquet").rows == ROWS


def test_two_files_of_one_table_are_refused(tmp_path):
    (tmp_path / "budget.csv").write_bytes(b"a\n1\n")
    (tmp_path / "budget.xlsx").write_bytes(b"a\n1\n")
    with pytest.raises(InputError, match=r"budget\.csv and budget\.xlsx are both there"):
        find(tmp_path, "budget")


@pytest.mark.parametrize("name", ["=1+1", "+x", "-x", "@x", "\tx", "\rx", "plain", "'quoted'"])
def test_a_name_that_our_writers_made_safe_is_read_back(name):
    assert name_in(name_out(name)) == name


def test_an_apostrophe_of_the_planners_own_stays():
    assert name_in("'s Lands") == "'s Lands"

"""Sheets of a workbook: formatted tables that print well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from math import ceil
from typing import Any, Literal

import xlsxwriter

# A workbook names the time of its creation; ours has no clock, so that the same plan gives the
# same bytes.
_CREATED = datetime(2000, 1, 1)
_INK, _ACCENT, _LINE, _WASH = "#16212E", "#0B6E69", "#DFE3E1", "#F5F6F4"
_UP, _DOWN, _GREY = "#0B6E69", "#A8491F", "#AEB7BF"
_A4 = 9
_ROW = 16
_SHORT = '[>=1000000]#,##0.0,,"M";[>=1000]#,##0,"k";0'
# A chart with more bars, or with longer names beside them, tells less than the table does.
_MOST_BARS = 30
_LONGEST_LABEL = 60

Kind = Literal[
    "text",
    "money",
    "change",
    "exact",
    "exact change",
    "percent",
    "percent change",
    "rate",
    "number",
]
Value = str | float | Decimal | None


@dataclass(frozen=True)
class Column:
    """A column: its heading, how its values look, and its width in characters.

    ``money`` is rounded for reading, ``exact`` has all its decimals; a change shows its sign.
    """

    heading: str
    kind: Kind
    width: float


class Book:
    """A workbook that is being written; ``cents`` are the decimals of exact amounts."""

    def __init__(self, file: BytesIO, title: str, currency: str, decimals: int, cents: int) -> None:
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = xlsxwriter.Workbook(file, options)
        self._book.set_properties({"title": title, "created": _CREATED})
        self._title = f"{title}, {currency}"
        self._patterns = _patterns(decimals, cents)
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def close(self) -> None:
        """Finish the file."""
        self._book.close()

    def table_sheet(
        self,
        name: str,
        columns: Sequence[Column],
        lines: Sequence[Sequence[Value]],
        total: Sequence[Value] | None = None,
    ) -> None:
        """A sheet that is one table, its head frozen and filtered."""
        sheet = self._sheet(name, columns)
        self._table(sheet, 0, columns, lines, total)
        sheet.freeze_panes(1, 2 if columns[1].kind == "text" and len(columns) > 2 else 1)
        if lines:
            sheet.autofilter(0, 0, len(lines), len(columns) - 1)
        sheet.repeat_rows(0)

    def story_sheet(
        self,
        name: str,
        sentences: Sequence[str],
        steps: Sequence[tuple[str, float]],
        columns: Sequence[Column],
        lines: Sequence[Sequence[Value]],
        total: Sequence[Value],
    ) -> None:
        """A sheet that begins with sentences and steps, then a table with its chart."""
        sheet = self._sheet(name, columns)
        last, width = len(columns) - 1, sum(column.width for column in columns)
        title = self._format(bold=True, font_size=16, font_color=_INK)
        sheet.write_string(0, 0, self._title, title)
        sheet.set_row(0, 28)
        row = 1
        for number, sentence in enumerate(sentences):
            strong = number == 0
            words = self._format(
                text_wrap=True, valign="top", bold=strong, font_size=12 if strong else 11
            )
            sheet.merge_range(row, 0, row, last, "", words)
            sheet.write_string(row, 0, sentence, words)
            rows = ceil(len(sentence) * (1.15 if strong else 1.0) / width)
            sheet.set_row(row, 4 + _ROW * rows)
            row += 1
        row += 1
        self._table(
            sheet,
            row,
            (
                Column("From the approved budget to this plan", "text", 0),
                Column("Response", "money", 0),
            ),
            steps[:-1],
            steps[-1],
        )
        row += len(steps) + 2
        self._table(sheet, row, columns, lines, total)
        longest = max((_columns_of(str(line[0])) for line in lines), default=0)
        if 0 < len(lines) <= _MOST_BARS and longest <= _LONGEST_LABEL:
            self._chart(sheet, name, row, len(lines))

    def _sheet(self, name: str, columns: Sequence[Column]) -> Any:
        sheet = self._book.add_worksheet(name)
        for number, column in enumerate(columns):
            sheet.set_column(number, number, column.width)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        # An ampersand starts a code in headers; two are one.
        sheet.set_footer("&L" + self._title.replace("&", "&&") + "&R&A, page &P of &N")
        return sheet

    def _table(
        self,
        sheet: Any,
        top: int,
        columns: Sequence[Column],
        lines: Sequence[Sequence[Value]],
        total: Sequence[Value] | None,
    ) -> None:
        for number, column in enumerate(columns):
            head = self._format(
                bold=True,
                font_color="#FFFFFF",
                bg_color=_ACCENT,
                text_wrap=True,
                valign="vcenter",
                align="left" if column.kind == "text" else "right",
                indent=int(column.kind == "text" and number > 0),
            )
            sheet.write_string(top, number, column.heading, head)
        sheet.set_row(top, 32)
        for row, line in enumerate(lines, start=top + 1):
            self._line(sheet, row, columns, line, {"bottom": 1, "bottom_color": _LINE})
        end = top + len(lines)
        if total is not None:
            end += 1
            style = {"bold": True, "top": 1, "top_color": _INK, "bg_color": _WASH}
            self._line(sheet, end, columns, total, style)
        for number, column in enumerate(columns):
            if column.kind.endswith("change") and end > top:
                for criteria, color in ((">", _UP), ("<", _DOWN)):
                    rule = {"type": "cell", "criteria": criteria, "value": 0}
                    look = self._format(font_color=color)
                    sheet.conditional_format(top + 1, number, end, number, rule | {"format": look})

    def _line(
        self,
        sheet: Any,
        row: int,
        columns: Sequence[Column],
        line: Sequence[Value],
        style: dict[str, Any],
    ) -> None:
        tallest = 1
        for number, (column, value) in enumerate(zip(columns, line, strict=True)):
            if column.kind == "text":
                look = self._format(**style, valign="top", text_wrap=True, indent=int(number > 0))
            else:
                look = self._format(**style, valign="top", num_format=self._patterns[column.kind])
            if value is None:
                sheet.write_blank(row, number, None, look)
            elif isinstance(value, str):
                sheet.write_string(row, number, value, look)
                if column.width:
                    tallest = max(tallest, ceil(1.1 * _columns_of(value) / column.width))
            else:
                sheet.write_number(row, number, float(value), look)
        sheet.set_row(row, _ROW * min(tallest, 12))

    def _chart(self, sheet: Any, name: str, top: int, lines: int) -> None:
        """Approved against plan, a pair of bars per channel, to the right of the table."""
        chart = self._book.add_chart({"type": "bar"})
        for column, color in ((1, _GREY), (2, _ACCENT)):
            chart.add_series(
                {
                    "name": [name, top, column],
                    "categories": [name, top + 1, 0, top + lines, 0],
                    "values": [name, top + 1, column, top + lines, column],
                    "fill": {"color": color},
                    "gap": 60,
                }
            )
        chart.set_title({"name": "Approved and plan", "name_font": {"size": 12, "color": _INK}})
        chart.set_y_axis({"reverse": True, "line": {"color": _LINE}})
        chart.set_x_axis(
            {"num_format": _SHORT, "major_gridlines": {"visible": True, "line": {"color": _LINE}}}
        )
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 620, "height": max(300, min(900, 70 + 34 * lines))})
        sheet.insert_chart(0, 7, chart, {"x_offset": 10, "y_offset": 10})

    def _format(self, **style: Any) -> Any:
        """The format of this look, made once."""
        key = tuple(sorted(style.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format({"font_name": "Calibri"} | style)
        return self._formats[key]


def _patterns(decimals: int, cents: int) -> dict[Kind, str]:
    def number(places: int) -> str:
        return "#,##0." + "0" * places if places else "#,##0"

    def change(places: int) -> str:
        return f"+{number(places)};-{number(places)};0"

    return {
        "money": number(decimals),
        "change": change(decimals),
        "exact": number(cents),
        "exact change": change(cents),
        "percent": "0.0%",
        "percent change": "+0.0%;-0.0%;0.0%",
        "rate": "#,##0.00",
        "number": "#,##0.00",
    }


def _columns_of(text: str) -> int:
    """How wide a text is in characters, where an ideograph counts for two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)

"""Headings as people write them, in English and Chinese, with units, and what they mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reallot.errors import Finding, quoted
from reallot.project.nearest import did_you_mean
from reallot.project.tables import Table

# What each field may be called. Compared without case, blanks and the unit in brackets.
KNOWN: dict[str, tuple[str, ...]] = {
    "date": ("日期", "时间", "時間", "周", "週", "月份", "day", "week", "month"),
    "channel": ("渠道", "通路", "管道", "频道", "頻道", "媒体", "媒體", "media channel"),
    "spend": ("花费", "花費", "消耗", "投放金额", "投放金額", "费用", "費用", "支出", "cost"),
    "revenue": ("收入", "营收", "營收", "销售额", "銷售額", "成交额", "成交額", "gmv", "sales"),
    "conversions": ("转化", "轉換", "转化数", "轉換數", "转化量"),
    "new_customers": ("新客", "新客数", "新客數", "新增客户", "新增客戶"),
    "exposures": ("曝光", "曝光量", "曝光数", "曝光數", "展示量", "impressions"),
    "product": ("产品", "產品"),
    "region": ("地区", "地區", "区域", "區域"),
    "audience": ("人群", "受众", "受眾"),
    "quarter": ("季度", "季", "季别", "季別"),
    "amount": ("预算", "預算", "金额", "金額", "预算金额", "預算金額", "budget"),
    "form": ("形式",),
    "top": (),
    "half": (),
    "slope": (),
    "carryover": (),
    "period": ("周期", "週期"),
    "package": ("决策包", "決策包", "项目", "項目", "decision package"),
    "class": ("类别", "類別", "分类", "分類"),
    "cost": ("成本", "费用", "費用", "花费", "花費"),
    "return": ("回报", "回報", "收益", "收入", "returns", "expected return"),
    "conversion": ("转化率", "轉化率", "轉換率", "conversion rate"),
    "priority": ("优先级", "優先級", "优先序", "優先序"),
    "must_fund": ("必投", "必须投入", "必須投入"),
    "requires": ("依赖", "依賴", "前置"),
    "excludes": ("互斥", "排斥"),
    "date_from": ("开始日期", "開始日期", "起始日期", "start date"),
    "date_to": ("结束日期", "結束日期", "截止日期", "end date"),
    "spend_change": ("花费变化", "花費變化", "增量花费", "增量花費", "投放增量"),
    "lift": ("增量", "提升", "增量收入", "收入增量"),
    "stderr": ("标准误", "標準誤", "标准误差", "標準誤差", "standard error", "se"),
}
MONEY = frozenset(
    {"spend", "revenue", "amount", "cost", "return", "spend_change", "lift", "stderr"}
)

_UNITS = {
    "元": Decimal(1),
    "千元": Decimal(1_000),
    "万": Decimal(10_000),
    "萬": Decimal(10_000),
    "万元": Decimal(10_000),
    "萬元": Decimal(10_000),
    "百万元": Decimal(1_000_000),
    "百萬元": Decimal(1_000_000),
    "亿元": Decimal(100_000_000),
    "億元": Decimal(100_000_000),
}
# The currencies whose unit is called 元.
_YUAN = frozenset({"CNY", "HKD", "MOP", "TWD"})
_WITH_UNIT = re.compile(r"(.+?)\s*[(\[](.+?)[)\]]")


@dataclass(frozen=True)
class Place:
    """Where a field stands in a table, and what one of its units is worth."""

    position: int
    factor: Decimal = Decimal(1)


@dataclass(frozen=True)
class Columns:
    """A table whose columns are known by what they mean."""

    table: Table
    places: Mapping[str, Place]

    def __contains__(self, field: str) -> bool:
        return field in self.places

    def text(self, field: str) -> list[str]:
        """The cells of one field, blanks around them taken off."""
        return [text.strip() for _, text in self.table.cells(self.places[field].position)]

    @property
    def rows(self) -> list[int]:
        """The row numbers, as a spreadsheet shows them."""
        return [row for row, _ in self.table.rows]


def understand(
    table: Table,
    required: Collection[str],
    optional: Collection[str],
    mapped: Mapping[str, Collection[str]],
    currency: str,
    findings: list[Finding],
) -> tuple[Columns | None, list[int]]:
    """The table by meaning, and the positions of the columns that none of these fields names.

    ``mapped`` is the policy's [columns]: field -> headings. Problems are added to ``findings``;
    None where a required column is missing.
    """
    places: dict[str, Place] = {}
    others: list[int] = []
    sound = True
    for position, heading in enumerate(table.headings):
        if not heading:
            found = f"column {position + 1} has no heading"
            findings.append(table.finding(1, None, found, "Give it one, or delete the column."))
            continue
        field, unit = _field_of(heading, (*required, *optional), mapped)
        if field is None:
            others.append(position)
        elif field in places:
            other = table.headings[places[field].position]
            found = f"{quoted(other)} and {quoted(heading)} are both read as {field}"
            findings.append(table.finding(1, position, found, "Keep one of them."))
            sound = False
        else:
            places[field] = Place(
                position, _factor(table, position, field, unit, currency, findings)
            )
    for field in required:
        if field not in places:
            missing = _missing(table, field, others)
            findings.append(Finding(table.file, 1, field, f"there is no column {field}", missing))
            sound = False
    return (Columns(table, places) if sound else None), others


def place_all(
    table: Table, wanted: Sequence[tuple[str, str]], findings: list[Finding]
) -> dict[str, Place] | None:
    """Where the headings that the policy's [history] names stand: (field, heading) pairs.

    None, with findings, where one is missing.
    """
    places, sound = {}, True
    for field, heading in wanted:
        if heading in table.headings:
            places[field] = Place(table.headings.index(heading))
            continue
        sound = False
        near = did_you_mean(heading, table.headings)
        found = f"there is no column {quoted(heading)}, which [history] in reallot.toml names"
        expected = f"Correct the one or the other.{near}"
        findings.append(Finding(table.file, 1, heading, found, expected))
    return places if sound else None


def _field_of(
    heading: str, fields: Collection[str], mapped: Mapping[str, Collection[str]]
) -> tuple[str | None, str | None]:
    for field in fields:
        if heading in mapped.get(field, ()):
            return field, None
    plain, unit = _plain(heading)
    for field in fields:
        if plain in {_fold(name) for name in (field, *KNOWN[field])}:
            return field, unit
    return None, None


def _plain(heading: str) -> tuple[str, str | None]:
    """A heading without case, blanks and unit; and the unit."""
    text = unicodedata.normalize("NFKC", heading).strip()
    if found := _WITH_UNIT.fullmatch(text):
        return _fold(found[1]), found[2].strip()
    return _fold(text), None


def _fold(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name).casefold()


def _factor(
    table: Table,
    position: int,
    field: str,
    unit: str | None,
    currency: str,
    findings: list[Finding],
) -> Decimal:
    if unit is None or unit.upper() == currency or field not in MONEY:
        return Decimal(1)
    if unit in _UNITS and currency in _YUAN:
        return _UNITS[unit]
    found = f"the heading says {quoted(unit)}, the plan is in {currency}"
    expected = f"Give the amounts in {currency} and write so, or leave the unit out."
    findings.append(table.finding(1, position, found, expected))
    return Decimal(1)


def _missing(table: Table, field: str, others: list[int]) -> str:
    names = [table.headings[position] for position in others]
    near = did_you_mean(field, names)
    return (
        f"Name a column {field}, or say in reallot.toml what it is called: [columns] "
        f'{field} = "…".{near} The headings are {", ".join(map(quoted, table.headings))}.'
    )

"""台账的列: what the columns of an older ledger are called and hold, and how a cell becomes a text or a day.

A refusal names the column and says why; what stood in the cell is never repeated.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from api.sheet_cells import Cell

_DAY = re.compile(
    r"(\d{4})\s*([-/.年])\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]+\d{1,2}:\d{2}(?::\d{2})?)?", re.ASCII
)
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d+", re.ASCII)
_UNUSABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
EXACT = 10**15
"""Whole numbers above this have lost their last digits in a spreadsheet."""


@dataclass(frozen=True, slots=True)
class LedgerColumn:
    """台账的一列 — `digits` are kept as text, for a spreadsheet's number loses leading zeros and last digits.

    A `phone` may be a number as long as it is whole and short enough to have lost none.
    """

    name: str
    note: str
    needed: bool = False
    kind: Literal["text", "digits", "phone", "day"] = "text"
    longest: int = 200
    choices: Mapping[str, str] | None = None
    also: tuple[str, ...] = ()
    lines: bool = False


class Wrong(ValueError):
    """该行有误 — which column, and why."""

    def __init__(self, column: str, why: str) -> None:
        super().__init__(why)
        self.column = column


Fields = dict[str, str | date | None]
"""一行的内容: by the name of the column; None where nothing stands."""


def read(column: LedgerColumn, cell: Cell) -> str | date | None:
    """读取单元格: what the column holds there. Raises Wrong."""
    if column.kind == "day":
        return _day(column, cell)
    text = _text(column, cell)
    if not text:
        if column.needed:
            raise Wrong(column.name, "没有填写")
        return None
    if len(text) > column.longest:
        raise Wrong(column.name, f"超过{column.longest}个字")
    if _UNUSABLE.search(text):
        raise Wrong(column.name, "含有控制字符")
    if column.choices is not None:
        if text not in column.choices:
            raise Wrong(column.name, f"应为：{'、'.join(column.choices)}")
        return column.choices[text]
    return text if column.lines else " ".join(text.split())


def _text(column: LedgerColumn, cell: Cell) -> str:
    if isinstance(cell, str):
        text = cell.strip()
        if column.kind in {"digits", "phone"} and _SCIENTIFIC.fullmatch(text):
            raise Wrong(column.name, "已成科学计数法，末几位已经丢失；请将该列设为文本格式后重新填写")
        return text
    if isinstance(cell, bool | datetime | date | time | timedelta):
        raise Wrong(column.name, "单元格不是文本，请将该列设为文本格式后重新填写")
    if column.kind == "digits" or (column.kind == "phone" and (cell != int(cell) or cell < 0)):
        raise Wrong(
            column.name,
            "单元格是数字格式，首位的0和第15位以后的数字可能已经丢失；请将该列设为文本格式后重新填写",
        )
    if cell != int(cell):
        return str(cell)
    if abs(cell) >= EXACT:
        raise Wrong(column.name, "数字过长，末几位可能已经丢失；请将该列设为文本格式后重新填写")
    return str(int(cell))


def _day(column: LedgerColumn, cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if not isinstance(cell, str):
        raise Wrong(column.name, "单元格不是日期，请设为日期格式，或者按 2020-03-01 填写文本")
    text = cell.strip()
    if not text:
        if column.needed:
            raise Wrong(column.name, "没有填写")
        return None
    found = _DAY.fullmatch(text)
    if found is None:
        raise Wrong(column.name, "无法识别，应形如 2020-03-01、2020/3/1 或者 2020年3月1日")
    year, _, month, day = found.groups()
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Wrong(column.name, "没有这一天") from None


def in_order(fields: Fields, names: tuple[str, ...], earliest: int, today: date) -> None:
    """先后有序: the days of these columns, as far as they are filled in. Raises Wrong."""
    last: tuple[str, date] | None = None
    for name in names:
        day = fields.get(name)
        if not isinstance(day, date):
            continue
        if day.year < earliest:
            raise Wrong(name, f"早于{earliest}年")
        if day > today:
            raise Wrong(name, "是将来的日期")
        if last is not None and day < last[1]:
            raise Wrong(name, f"早于{last[0]}")
        last = name, day

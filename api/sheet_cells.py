"""电子表格读取: the cells of an .xlsx as its user sees them, row by row with the row's number. A broken or oversized
file is refused as a whole; no formula is ever run.

The file is read in a process of its own (`sheet_reading`): what it unpacks to never fills the memory of this one.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from threading import BoundedSemaphore
from typing import Any

from api import apart
from domain.errors import Busy, Invalid

Cell = str | float | bool | date | datetime | time | timedelta
AT_ONCE, PATIENCE = 3, 30.0
"""So many workbooks are read at a time; who has waited so many seconds is asked to come again."""
_DATED: Mapping[str, Any] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda seconds: timedelta(seconds=seconds),
}
_seats = BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Sheet:
    """工作表 — its rows, to be read once, and the rows (from 1) that share a cell with one above, with that row."""

    rows: Iterator[tuple[int, list[Cell]]]
    merged: Mapping[int, int]


def is_workbook(content: bytes) -> bool:
    """是否电子表格: whether the file is packed as an .xlsx is."""
    return content.startswith(b"PK\x03\x04")


def sheets(content: bytes) -> Iterator[Sheet]:
    """各工作表: in their order, hidden ones left out. Raises Invalid, and Busy."""
    if not _seats.acquire(timeout=PATIENCE):
        raise Busy("import.busy", "正在读取的电子表格较多，请稍后再试。")
    try:
        told = _told(content)
        for kind, *rest in told:
            if kind == "sheet":
                rows = _rows(told)
                yield Sheet(rows, {int(row): first for row, first in rest[0].items()})
                for _ in rows:
                    pass
    finally:
        _seats.release()


def _told(content: bytes) -> Iterator[Sequence[Any]]:
    """What the reading process says: each sheet, its rows and its end, and at last that all was read."""
    done = False
    try:
        for line in apart.lines("api.sheet_reading", content):
            kind, *rest = json.loads(line)
            if kind == "refused":
                raise Invalid(*rest)
            done = kind == "done"
            yield kind, *rest
    except (apart.Exceeded, ValueError):
        done = False
    if not done:
        raise Invalid(
            "import.too_heavy",
            "电子表格读取耗时过长或者占用内存过多，请删除多余的行、列和格式，或者拆成几个文件后重新导入。",
        )


def _rows(told: Iterator[Sequence[Any]]) -> Iterator[tuple[int, list[Cell]]]:
    """Up to the sheet's end."""
    for kind, *rest in told:
        if kind == "end":
            return
        number, cells = rest
        yield number, [_cell(one) for one in cells]


def _cell(one: Any) -> Cell:
    if isinstance(one, list):
        kind, value = one
        dated: Cell = _DATED[kind](value)
        return dated
    plain: Cell = one
    return plain

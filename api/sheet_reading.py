"""隔离读取电子表格: run as a module, with the file on standard input; each line of its answer is one row, in JSON.

Before calamine sees it every part of the file is gone through as XML: it holds a sheet as one whole block, from its
first cell to its last, so one cell far out would fill all memory. Whatever gets past that meets the process's limits.
"""

import json
import sys
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any
from xml.parsers import expat

from python_calamine import CalamineError, CalamineSheet, SheetVisibleEnum, load_workbook

from api import apart

SECONDS, MEMORY = 60, 2 * 1024**3
UNPACKED = 512 * 1024 * 1024
"""Bytes that the parts may unpack to."""
MOST_SHEETS = 50
LAST_ROW, LAST_COLUMN, LARGEST = 300_000, 104, 8_000_000
"""The last row and column that may hold anything, and the cells from the first to the last."""
_DIGITS = "0123456789"
_FAULTS = (
    CalamineError,
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
    EOFError,
    zlib.error,
)


class Refused(Exception):
    """不予读取 — the code and the words."""


class Extent:
    """范围 — where the filled cells of a part lie. A part that is no XML has none: no sheet can be read from it."""

    def __init__(self) -> None:
        self.row = self.column = self.last_row = self.last_column = 0
        self.first: tuple[int, int] | None = None
        self._columns: dict[str, int] = {}
        self._parser = expat.ParserCreate()
        self._parser.ordered_attributes = True
        self._parser.StartElementHandler = self._begun
        self._parser.StartDoctypeDeclHandler = self._declared

    def take(self, piece: bytes, last: bool) -> None:
        """接续: the next piece. Raises Refused for what lies too far out, ExpatError for what is no XML."""
        self._parser.Parse(piece, last)

    def _declared(self, *_: Any) -> None:
        raise broken()

    def _begun(self, name: str, attributes: list[str]) -> None:
        kind = name.rpartition(":")[2] if ":" in name else name
        if kind == "c":
            place = _named(attributes)
            letters = place.rstrip(_DIGITS)
            column = self._columns.get(letters) or self._column(letters)
            if column and len(letters) < len(place) < 14:
                self.column, self.row = column, int(place[len(letters) :])
            else:
                self.column += 1
        elif kind in {"v", "is"}:
            if self.row > self.last_row or self.column > self.last_column:
                self._filled()
        elif kind == "row":
            given = _named(attributes)
            self.row = int(given) if given.isdecimal() and len(given) < 10 else self.row + 1
            self.column = 0

    def _column(self, letters: str) -> int:
        number = 0
        if len(letters) < 5 and letters.isascii() and letters.isalpha():
            for letter in letters.upper():
                number = number * 26 + ord(letter) - 64
            self._columns[letters] = number
        return number

    def _filled(self) -> None:
        row, column = self.row, self.column
        self.first = self.first or (row, column)
        self.last_row, self.last_column = max(self.last_row, row), max(self.last_column, column)
        cells = (self.last_row - self.first[0] + 1) * self.last_column
        if self.last_row > LAST_ROW or self.last_column > LAST_COLUMN or cells > LARGEST:
            raise Refused(
                "import.too_wide",
                "工作表在很远的行、列上有内容（第30万行以下、CZ列以右，或者行数乘列数超过800万），"
                "请删除多余的行列后重新导入。",
            )


def broken() -> Refused:
    """不能读取: what is no workbook."""
    return Refused(
        "import.not_a_workbook",
        "文件不是可以读取的 .xlsx 电子表格（可能已损坏、加密，或者是旧版 .xls），请另存为 .xlsx 后重新导入。",
    )


def told(content: bytes) -> Iterator[list[Any]]:
    """逐条说明: each sheet with its merged rows, its rows, its end; then that all is done. Raises Refused."""
    try:
        must_be_modest(content)
        book = load_workbook(BytesIO(content))
        for name in [one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible][
            :MOST_SHEETS
        ]:
            sheet = book.get_sheet_by_name(name)
            yield ["sheet", _merged(sheet)]
            for number, cells in enumerate(sheet.iter_rows(), 1):
                yield ["row", number, [_plain(one) for one in cells]]
            yield ["end"]
    except _FAULTS as error:
        raise broken() from error
    yield ["done"]


def must_be_modest(content: bytes) -> None:
    """须适度: before it is held in memory – not too much of it, and no cell far away from all others. Raises Refused."""
    with zipfile.ZipFile(BytesIO(content)) as packed:
        if sum(one.file_size for one in packed.infolist()) > UNPACKED:
            raise Refused("import.too_large", "电子表格展开后过大，请拆成几个文件分别导入。")
        for one in packed.infolist():
            extent = Extent()
            try:
                with packed.open(one) as unpacked:
                    while piece := unpacked.read(1 << 18):
                        extent.take(piece, False)
                extent.take(b"", True)
            except expat.ExpatError:
                continue


def _named(attributes: list[str]) -> str:
    if attributes and attributes[0] == "r":
        return attributes[1]
    return next((attributes[at + 1] for at in range(0, len(attributes), 2) if attributes[at] == "r"), "")


def _merged(sheet: CalamineSheet) -> dict[int, int]:
    shared: dict[int, int] = {}
    for (first, _), (last, _) in sheet.merged_cell_ranges or ():
        shared |= {row + 1: first + 1 for row in range(first + 1, min(last, first + 1000) + 1)}
    return shared


def _plain(cell: Any) -> Any:
    if isinstance(cell, timedelta):
        return ["timedelta", cell.total_seconds()]
    if isinstance(cell, date | datetime | time):
        return [type(cell).__name__, cell.isoformat()]
    return cell


def _say(one: list[Any]) -> None:
    sys.stdout.write(json.dumps(one) + "\n")


def _main() -> None:
    apart.confine(SECONDS, MEMORY)
    try:
        for one in told(sys.stdin.buffer.read()):
            _say(one)
    except Refused as refused:
        _say(["refused", *refused.args])


if __name__ == "__main__":
    _main()

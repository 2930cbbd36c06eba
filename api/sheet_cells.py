"""电子表格读取: the cells of an .xlsx as its user sees them, row by row with the row's number. A broken or oversized
file is refused as a whole; no formula is ever run.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, load_workbook

from domain.errors import Invalid

Cell = str | float | bool | date | datetime | time | timedelta
UNPACKED = 512 * 1024 * 1024
"""Bytes that the sheets may unpack to."""
MOST_SHEETS = 50
_FAR = re.compile(rb"<c\s[^>]{0,200}?\br\s*=\s*[\"'](?:[A-Z]{3}|[D-Z][A-Z])\d{1,7}[\"'][^>]{0,200}?[^/]>")
_LOW = re.compile(rb"<c\s[^>]{0,200}?\br\s*=\s*[\"'][A-Z]{1,3}(?:[3-9]\d{5}|\d{7,})[\"'][^>]{0,200}?[^/]>")
"""Cells so far out that everything before them would have to be held in memory."""


def is_workbook(content: bytes) -> bool:
    """是否电子表格: whether the file is packed as an .xlsx is."""
    return content.startswith(b"PK\x03\x04")


def sheets(content: bytes) -> Iterator[CalamineSheet]:
    """各工作表: in their order, hidden ones left out. Raises Invalid."""
    _must_be_modest(content)
    book = _opened(content)
    for name in [one.name for one in book.sheets_metadata if "Visible" in str(one.visible)][:MOST_SHEETS]:
        try:
            yield book.get_sheet_by_name(name)
        except CalamineError as error:
            raise _broken() from error


def merged_rows(sheet: CalamineSheet) -> dict[int, int]:
    """合并单元格: rows, counted from 1, that share a cell with the one above, and the row where that cell begins."""
    shared: dict[int, int] = {}
    for (first, _), (last, _) in sheet.merged_cell_ranges or ():
        shared |= {row + 1: first + 1 for row in range(first + 1, min(last, first + 1000) + 1)}
    return shared


def rows(sheet: CalamineSheet) -> Iterator[tuple[int, list[Cell]]]:
    """各行: with the number that the program shows beside it."""
    return enumerate(sheet.iter_rows(), 1)


def _opened(content: bytes) -> CalamineWorkbook:
    try:
        return load_workbook(BytesIO(content))
    except (CalamineError, OSError) as error:
        raise _broken() from error


def _must_be_modest(content: bytes) -> None:
    """Before anything is unpacked into memory: not too much of it, and no cell far away from all others."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            if sum(one.file_size for one in packed.infolist()) > UNPACKED:
                raise Invalid("import.too_large", "电子表格展开后过大，请拆成几个文件分别导入。")
            for one in packed.infolist():
                if one.filename.startswith("xl/worksheets/"):
                    _must_be_close(packed, one)
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        OSError,
        ValueError,
        EOFError,
        zlib.error,
    ) as error:
        raise _broken() from error


def _must_be_close(packed: zipfile.ZipFile, sheet: zipfile.ZipInfo) -> None:
    tail = b""
    with packed.open(sheet) as unpacked:
        while piece := unpacked.read(1 << 20):
            text = tail + piece
            if _FAR.search(text) or _LOW.search(text):
                raise Invalid(
                    "import.too_wide",
                    "工作表在很远的行、列上有内容（第30万行以下或者CZ列以右），请删除多余的行列后重新导入。",
                )
            tail = text[-512:]


def _broken() -> Invalid:
    return Invalid(
        "import.not_a_workbook",
        "文件不是可以读取的 .xlsx 电子表格（可能已损坏、加密，或者是旧版 .xls），请另存为 .xlsx 后重新导入。",
    )

"""表格文件: rows written as .xlsx or .csv in constant memory, and handed out under a Chinese name.

Nothing typed by anybody becomes a formula or a link, in neither format; lights are coloured, and written out too.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import IO, Any, Literal
from urllib.parse import quote

from fastapi import Response
from fastapi.responses import StreamingResponse
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from domain.acts import SHANGHAI

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
LIGHTS = {"green": "正常", "yellow": "临期", "red": "超期", "grey": "无期限"}
"""信号灯用语: a colour never stands alone."""
ENDED = {"closed": "已办结", "closed_late": "逾期办结"}
"""办结用语: in the place of a light where nothing runs any more."""
_COLOURS = {
    "green": ("#1B6E3C", "#E2F3E8"),
    "yellow": ("#7A5200", "#FFF0C7"),
    "red": ("#A40E26", "#FDE4E6"),
    "grey": ("#50575F", "#ECEEF0"),
}
_PATTERNS = {"date": "yyyy-mm-dd", "instant": "yyyy-mm-dd hh:mm", "number": "General", "text": "@"}

LONGEST = 32_767
"""Characters that a cell of a sheet holds."""
CUT = "……（全文见系统）"
MOST_ROWS = 1_048_576
"""Rows that a sheet holds; what is more goes on in a further one."""
HEAD = 2
"""Rows above the first: the title and the names of the columns."""
CHUNK = 1 << 16
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a program that opens a .csv takes for the beginning of a formula."""

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = re.compile("(_x[0-9A-Fa-f]{4}_)")
_FIRST_YEAR = 1901
"""From when on every program that opens a sheet agrees which number a day is."""

Kind = Literal["text", "date", "number", "instant", "light"]


@dataclass(frozen=True, slots=True)
class Column:
    """列 — its name, what its cells hold, and its width in characters."""

    name: str
    kind: Kind = "text"
    width: float = 14


def write(
    target: Path | IO[bytes],
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    made_at: datetime,
    *,
    most_rows: int = MOST_ROWS,
) -> int:
    """写出 Excel: a sheet with title, frozen head and filters; answers how many rows were written.

    The rows are taken one by one and never kept. At `most_rows` a further sheet begins.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    book = Workbook(str(target) if isinstance(target, Path) else target, options)
    book.set_properties({"title": title, "created": made_at.astimezone(SHANGHAI).replace(tzinfo=None)})
    sheets = _Sheets(book, title, columns, made_at, most_rows)
    for row in rows:
        sheets.add(row)
    sheets.close()
    book.close()
    return sheets.total


class _Sheets:
    """The sheets of a book, one after the other."""

    def __init__(
        self, book: Workbook, title: str, columns: Sequence[Column], made_at: datetime, most_rows: int
    ) -> None:
        self.book, self.columns, self.most_rows = book, columns, most_rows
        self.title = f"{title}（{made_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} 导出）"
        self.heading = book.add_format({"bold": True, "font_size": 14})
        self.head = book.add_format({"bold": True, "bg_color": "#F1EDEA", "border": 1, "text_wrap": True})
        self.formats = {
            kind: book.add_format({"num_format": pattern, "valign": "top"})
            for kind, pattern in _PATTERNS.items()
        }
        self.lights = {
            light: book.add_format({"font_color": ink, "bg_color": paper, "bold": True, "valign": "top"})
            for light, (ink, paper) in _COLOURS.items()
        }
        self.writers: dict[str, Callable[[int, int, Any], object]] = {}
        self.total = self.at = 0
        self.sheet = self._begin()

    def _begin(self) -> Worksheet:
        sheet = self.book.add_worksheet(f"第{len(self.book.worksheets()) + 1}页")
        self.at = HEAD
        for place, column in enumerate(self.columns):
            sheet.set_column(place, place, column.width)
        sheet.write_string(0, 0, self.title, self.heading)
        for place, column in enumerate(self.columns):
            sheet.write_string(1, place, column.name, self.head)
        sheet.freeze_panes(HEAD, 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(1)
        return sheet

    def add(self, row: Sequence[Any]) -> None:
        """One row further, in a new sheet if this one is full."""
        if self.at >= self.most_rows:
            self.close()
            self.sheet = self._begin()
        for place, (column, value) in enumerate(zip(self.columns, row, strict=True)):
            if value is not None and value != "":
                self._cell(place, column.kind, value)
        self.at += 1
        self.total += 1

    def _cell(self, place: int, kind: Kind, value: Any) -> None:
        if kind == "light":
            ink = self.lights["grey" if value in ENDED else value]
            self.sheet.write_string(self.at, place, (LIGHTS | ENDED)[value], ink)
        elif kind == "text":
            self.sheet.write_string(self.at, place, _fitting(str(value)), self.formats["text"])
        elif kind == "number":
            self.sheet.write_number(self.at, place, value, self.formats["number"])
        elif (local := _local(value)).year >= _FIRST_YEAR:
            self.sheet.write_datetime(self.at, place, local, self._dated(value))
        else:
            self.sheet.write_string(self.at, place, str(local), self.formats["text"])

    def _dated(self, value: date) -> Format:
        return self.formats["instant" if isinstance(value, datetime) else "date"]

    def close(self) -> None:
        """What a sheet gets when its last row is known."""
        self.sheet.autofilter(HEAD - 1, 0, max(self.at - 1, HEAD - 1), len(self.columns) - 1)


def _fitting(text: str) -> str:
    """As XML may hold it, what looks like one of its escapes left as typed, and no longer than a cell."""
    text = _ESCAPES.sub(r"_x005F\1", _NO_XML.sub("", text))
    return text if len(text) <= LONGEST else text[: LONGEST - len(CUT)] + CUT


def _local(value: date) -> date:
    """An instant as the clock on the wall showed it; a sheet knows no time zones."""
    return value.astimezone(SHANGHAI).replace(tzinfo=None) if isinstance(value, datetime) else value


def csv_lines(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """写出 CSV: line by line, with the mark by which Excel knows UTF-8."""
    yield "\ufeff" + _line([column.name for column in columns])
    for row in rows:
        yield _line([_written(column.kind, value) for column, value in zip(columns, row, strict=True)])


def _line(cells: Iterable[str]) -> str:
    buffer = StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()


def _written(kind: Kind, value: Any) -> str:
    if value is None or value == "":
        return ""
    if kind == "light":
        return (LIGHTS | ENDED)[value]
    if isinstance(value, datetime):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    text = str(value)
    return f"'{text}" if kind == "text" and text.startswith(_FORMULA) else text


def disposition(name: str) -> str:
    """下载名称: plain letters for old programs, and the real name as RFC 5987 writes it."""
    ending = name.rpartition(".")[2]
    plain = f"export.{ending}" if ending.isascii() and ending.isalnum() else "export"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def download(name: str, media: str, content: bytes | IO[bytes]) -> Response:
    """下载: bytes, or an open file that is read from its beginning and closed at the end."""
    headers = {
        "Content-Disposition": disposition(name),
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    if isinstance(content, bytes):
        return Response(content, media_type=media, headers=headers)
    headers["Content-Length"] = str(content.seek(0, 2))
    content.seek(0)
    return StreamingResponse(_read(content), media_type=media, headers=headers)


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk

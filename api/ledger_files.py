"""台账文件: an .xlsx or .csv as rows under known columns, in whatever order they stand. Rows above the head are passed
over, and so are columns called 序号; any other unknown column is refused, lest something be lost unnoticed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from api import csvlines, sheet_cells
from api.csvlines import Refusal
from api.ledger_columns import Fields, LedgerColumn, Wrong, read
from api.sheet_cells import Cell
from domain.errors import Invalid

MOST_ROWS = 200_000
HEAD_WITHIN = 10
"""The head of the table stands in one of the first rows."""
PASSED_OVER = frozenset({"", "序号"})


@dataclass(frozen=True, slots=True)
class Row:
    """一行 — its number, and what stands under each column."""

    line: int
    fields: Fields


@dataclass(frozen=True, slots=True)
class _Head:
    places: dict[int, LedgerColumn]
    width: int


def rows(content: bytes, columns: Sequence[LedgerColumn]) -> Iterator[Row | Refusal]:
    """各行: read under their columns, or refused. Raises Invalid if the file is no such table at all."""
    found = _of_workbook(content, columns) if sheet_cells.is_workbook(content) else _of_text(content, columns)
    for count, one in enumerate(found, 1):
        if count > MOST_ROWS:
            raise Invalid(
                "import.too_many_rows", f"文件超过{MOST_ROWS // 10_000}万条记录，请拆成几个文件分别导入。"
            )
        yield one


def must_be_table(content: bytes, columns: Sequence[LedgerColumn]) -> None:
    """须为台账: that the file can be read and has its head and a line; the lines are read later. Raises Invalid."""
    if next(rows(content, columns), None) is None:
        raise Invalid("import.no_lines", "文件中只有表头，没有可以导入的行。请在表头下面逐件填写后重新导入。")


def _of_workbook(content: bytes, columns: Sequence[LedgerColumn]) -> Iterator[Row | Refusal]:
    closest: Invalid | None = None
    for sheet in sheet_cells.sheets(content):
        upper = list(islice(sheet.rows, HEAD_WITHIN))
        try:
            at, head = _head(upper, columns)
        except Invalid as error:
            closest = closest if closest is not None and closest.code != "import.no_head" else error
            continue
        yield from _below(head, at, chain(upper, sheet.rows), sheet.merged)
        return
    raise closest or Invalid("import.empty", "文件中没有工作表。")


def _below(
    head: _Head, at: int, found: Iterable[tuple[int, list[Cell]]], shared: Mapping[int, int]
) -> Iterator[Row | Refusal]:
    for line, cells in found:
        if line <= at:
            continue
        if line in shared and shared[line] > at:
            reason = f"与第{shared[line]}行有合并单元格，请取消合并，每件一行分别填写"
            yield Refusal(line, reason)
        elif any(cell != "" for cell in cells):
            yield _read(head, line, cells)


def _of_text(content: bytes, columns: Sequence[LedgerColumn]) -> Iterator[Row | Refusal]:
    text = _decoded(content, columns)
    names = csvlines.columns_of(text)
    _, head = _head([(1, list(names))], columns)
    for record in islice(csvlines.records(text, head.width), 1, None):
        yield record if isinstance(record, Refusal) else _read(head, record.line, record.columns)


def _read(head: _Head, line: int, cells: Sequence[Cell]) -> Row | Refusal:
    fields: Fields = {}
    try:
        for place, column in head.places.items():
            fields[column.name] = read(column, cells[place] if place < len(cells) else "")
    except Wrong as wrong:
        return Refusal(line, str(wrong), wrong.column)
    return Row(line, fields)


def _head(upper: Iterable[tuple[int, Sequence[Cell]]], columns: Sequence[LedgerColumn]) -> tuple[int, _Head]:
    """表头: the first row with the columns that are needed. Raises Invalid."""
    known = {name: column for column in columns for name in (column.name, *column.also)}
    needed = [column.name for column in columns if column.needed]
    best: tuple[int, list[str]] = (0, [])
    for line, cells in upper:
        names = [str(cell).replace("\n", "").replace("*", "").strip() for cell in cells]
        found = [name for name in names if name in known]
        if len(found) > best[0]:
            best = len(found), names
        held = [known[name].name for name in found]
        if not set(needed) <= set(held):
            continue
        twice = sorted({name for name in held if held.count(name) > 1})
        if twice:
            raise Invalid("import.column_twice", f"表头中有重复的列：{'、'.join(twice)}。")
        strange = [name for name in names if name not in known and name not in PASSED_OVER]
        if strange:
            raise Invalid(
                "import.unknown_column",
                f"表头中有不认识的列：{'、'.join(strange[:10])}。请改为模板中的列名，或者删去该列：{_list(columns)}。",
            )
        places = {place: known[name] for place, name in enumerate(names) if name in known}
        return line, _Head(places, len(names))
    if best[0] >= 2:
        missing = [
            name for name in needed if name not in {known[one].name for one in best[1] if one in known}
        ]
        raise Invalid(
            "import.bad_header", f"表头缺少必需的列：{'、'.join(missing)}。可用的列：{_list(columns)}。"
        )
    raise Invalid("import.no_head", f"没有找到表头。前{HEAD_WITHIN}行内应有一行列名：{_list(columns)}。")


def _list(columns: Sequence[LedgerColumn]) -> str:
    return "、".join(column.name for column in columns)


def _decoded(content: bytes, columns: Sequence[LedgerColumn]) -> str:
    """UTF-8 or, as spreadsheets of this country save it, GB18030 where that shows known columns."""
    if not content.strip():
        raise Invalid("import.empty", "文件是空的。")
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Invalid(
            "import.old_workbook", "文件是旧版 .xls 或者加了密码，请另存为不加密的 .xlsx 后重新导入。"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    for encoding in ("gb18030", "utf-16"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        names = {name.strip() for name in csvlines.columns_of(text)}
        if names & {column.name for column in columns}:
            return text
    raise Invalid(
        "import.not_utf8", "文件的编码无法识别，请另存为 .xlsx 或者“CSV UTF-8（逗号分隔）”后重新导入。"
    )

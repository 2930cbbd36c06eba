"""逐行读取 CSV: records with the number of the line they start on; a broken one is named and never takes others with it.

Strict RFC 4180. After a broken record reading goes on at the next line that looks like the start of one, so an open
quote costs its own record only.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LONGEST = 500_000
"""Characters of one record; a quote still open by then is a broken one."""

_QUOTED = re.compile(r'"([^"]*(?:""[^"]*)*)"(?=,|\r\n?|\n|\Z)')
_PLAIN = re.compile(r'([^",\r\n]*)(?=,|\r\n?|\n|\Z)')
_END = re.compile(r"\r\n?|\n|\Z")
_START = re.compile(r'"?[0-9A-Za-z][0-9A-Za-z_.-]{0,63}"?,[^,\r\n]*,')
"""What the first line of a record looks like: a number or code, and two commas at least."""


@dataclass(frozen=True, slots=True)
class Record:
    """记录 — its columns and the physical line on which it starts, counted from 1."""

    line: int
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """不予导入 — a line and why, in Chinese; the column it is about, where it is about one."""

    line: int
    reason: str
    column: str | None = None


class _Broken(ValueError):
    """记录损坏 — why a record can't be read; `open` if a quote may have taken further lines with it."""

    def __init__(self, reason: str, open: bool) -> None:
        super().__init__(reason)
        self.open = open


def records(text: str, width: int) -> Iterator[Record | Refusal]:
    """逐条读取: every record of that many columns, and a refusal for each that is broken. Blank lines are passed over."""
    starts = [0, *(m.end() for m in re.finditer(r"\r\n?|\n", text))]
    at, line = 0, 1
    while at < len(text):
        try:
            columns, end = _record(text, at)
            if any(column.strip() for column in columns):
                _must_have(columns, width, spans="\n" in text[at : end - 1])
                yield Record(line, tuple(columns))
        except _Broken as error:
            yield Refusal(line, str(error))
            end = _resume(text, starts, line, error.open)
        at = end
        line = bisect_right(starts, at)


def columns_of(text: str) -> tuple[str, ...]:
    """表头: the columns of the first record; none if it is broken."""
    try:
        return tuple(_record(text, 0)[0]) if text else ()
    except _Broken:
        return ()


def _record(text: str, at: int) -> tuple[list[str], int]:
    """One record from this place, and where the next one starts."""
    columns: list[str] = []
    begin = at
    while True:
        quoted = text.startswith('"', at)
        found = (_QUOTED if quoted else _PLAIN).match(text, at, begin + LONGEST)
        if found is None or (found.end() == begin + LONGEST and found.end() < len(text)):
            if quoted:
                raise _Broken("引号不配对：栏目以引号开头，却没有与之配对的结束引号", True)
            reason = "引号有误：栏目中有引号，应将整栏用引号括起，栏内的引号写两遍"
            raise _Broken(reason, "\n" in text[begin:at])
        columns.append(found[1].replace('""', '"') if quoted else found[1])
        at = found.end()
        if text.startswith(",", at):
            at += 1
            continue
        end = _END.match(text, at)
        return columns, end.end() if end is not None else len(text)


def _must_have(columns: Sequence[str], width: int, *, spans: bool) -> None:
    if len(columns) != width:
        raise _Broken(f"栏数不对：应为{width}栏，实为{len(columns)}栏", spans)


def _resume(text: str, starts: Sequence[int], line: int, open: bool) -> int:
    """恢复读取: the next line, or after an open quote the next that looks like a record; else the end."""
    for later in range(line, len(starts)):
        if not open or _START.match(text, starts[later]):
            return starts[later]
    return len(text)

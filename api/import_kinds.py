"""导入种类: what can be imported, by whom, from which columns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from api import item_lines, ledger_files, letters, petition_lines
from api.landing import Landing, Lines, land
from api.ledger_columns import LedgerColumn
from domain.acts import Act
from domain.casework import Casework
from domain.errors import NotYours
from domain.rules.authority import OFFICE_POSTS

KindName = Literal["letters", "petitions", "supervision-items"]
LETTERS = tuple(
    LedgerColumn(name, "已答复的来信，各列必填，时间如 2019-04-25 09:32:09", True) for name in letters.COLUMNS
)


@dataclass(frozen=True, slots=True)
class ImportKind:
    """导入种类 — how a file of it is read, what its cases are called as a source, and the posts that may send one."""

    label: str
    source: str
    read: Callable[[bytes, date], Lines]
    columns: Sequence[LedgerColumn]
    posts: frozenset[str]
    theirs: str

    def must_be_readable(self, content: bytes, today: date) -> None:
        """收件时核对: what is no such file at all is refused before it is taken in. Raises Invalid."""
        if self.source == letters.KIND:
            self.read(content, today)
        else:
            ledger_files.must_be_table(content, self.columns)

    def land(
        self, casework: Casework, lines: Lines, skipped: int, act: Callable[[], Act]
    ) -> Iterator[Landing]:
        """分批入库: from the line after those skipped."""
        return land(casework, self.source, lines.lines[skipped:], act)


def _letters(content: bytes, today: date) -> Lines:
    reading = letters.read(content, today)
    return Lines(reading.letters, reading.refused, reading.repeated)


KINDS: Mapping[str, ImportKind] = {
    "petitions": ImportKind(
        "信访台账",
        petition_lines.KIND,
        petition_lines.read,
        petition_lines.COLUMNS,
        OFFICE_POSTS,
        "信访台账由信访工作机构导入。",
    ),
    "supervision-items": ImportKind(
        "督查台账",
        item_lines.KIND,
        item_lines.read,
        item_lines.COLUMNS,
        frozenset({"inspector"}),
        "督查台账由督查员导入。",
    ),
    "letters": ImportKind(
        "已答复的来信", letters.KIND, _letters, LETTERS, OFFICE_POSTS, "历史来信由信访工作机构导入。"
    ),
}


def sendable(act: Act) -> dict[str, ImportKind]:
    """可以导入的种类: for the post acted in."""
    return {name: kind for name, kind in KINDS.items() if act.role in kind.posts}


def must_send(kind: ImportKind, act: Act) -> None:
    """导入权限: raises NotYours."""
    if act.role not in kind.posts:
        raise NotYours("import.not_yours", kind.theirs)


def visible(act: Act) -> list[str]:
    """可以查看的种类: what one may send; the auditor sees all. Raises NotYours for who sees none."""
    found = list(KINDS) if act.role == "auditor" else list(sendable(act))
    if not found:
        raise NotYours("import.not_yours", "导入记录由信访工作机构、督查员和审计人员查看。")
    return found

"""日志与封存的出入: rows that aren't what was sealed, told apart – changed, missing, put in, moved – and named."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeVar
from uuid import UUID

from eventstore.log_rows import Entry, Row, hashed

T = TypeVar("T")
MOST = 20_000
"""Differences of a kind that are kept; beyond, they are only counted."""

Code = Literal[
    "changed", "missing", "truncated", "inserted", "moved", "swapped", "version_gap",
    "head_forged", "head_missing", "head_contradicted", "rolled_back", "table_changed",
    "file_unreadable", "heads_file_incomplete", "key_changed", "witnessed_forged", "witnessed_contradicted",
    "attachment_changed", "attachment_missing",
]  # fmt: skip


class Finding(NamedTuple):
    """查出的问题 — what it is, in words, and of which row if it is of one."""

    code: Code
    said: str
    position: int | None = None
    stream: UUID | None = None
    version: int | None = None


class Lacking(NamedTuple):
    """缺失的叶子 — which leaf it was, its entry and its hash."""

    leaf: int
    entry: Entry
    hash: bytes


class Altered(NamedTuple):
    """不符的行 — the leaf, what it should be, and the row that is there instead."""

    leaf: int
    entry: Entry
    hash: bytes
    row: Row


@dataclass
class Differences:
    """出入 — gathered run by run, told at the end, when it is known what moved where."""

    altered: list[Altered] = field(default_factory=list)
    lacking: list[Lacking] = field(default_factory=list)
    extra: list[Row] = field(default_factory=list)
    more: int = 0
    """Those that were only counted."""

    def __bool__(self) -> bool:
        return bool(self.altered or self.lacking or self.extra)

    def compare(
        self, first: int, expected: Sequence[Entry], wanted: Sequence[bytes], rows: Sequence[Row]
    ) -> None:
        """比对一段: by position, both in the order of it."""
        found = list(zip(rows, hashed(rows), strict=True))
        at = 0
        for leaf, (entry, hash_) in enumerate(zip(expected, wanted, strict=True), first):
            while at < len(found) and found[at][0][0] < entry.position:
                self._keep(self.extra, found[at][0])
                at += 1
            if at < len(found) and found[at][0][0] == entry.position:
                if found[at][1] != hash_:
                    self._keep(self.altered, Altered(leaf, entry, hash_, found[at][0]))
                at += 1
            else:
                self._keep(self.lacking, Lacking(leaf, entry, hash_))
        for row, _ in found[at:]:
            self._keep(self.extra, row)

    def findings(self, size: int) -> Iterator[Finding]:
        """逐条说明: `size` is how many leaves were sealed."""
        unmatched: list[Altered | Lacking] = [*self.altered, *self.lacking]
        origins = {(one.entry.stream, one.entry.version): one for one in unmatched}
        came: dict[int, Altered | Lacking] = {}  # position now: the leaf that it was
        for row in (*(one.row for one in self.altered), *self.extra):
            was = origins.get((UUID(bytes=row[1]), row[2]))
            if was is not None and hashed([(was.entry.position, *row[1:])]) == [was.hash]:
                came[row[0]] = was
        yield from self._moved(came)
        left = {one.leaf for one in came.values()}
        for one in self.altered:
            if one.entry.position not in came:
                yield _changed(one)
        for row in self.extra:
            if row[0] not in came:
                yield Finding(
                    "inserted", f"多出（插入）的事实：{_named(row)}", row[0], UUID(bytes=row[1]), row[2]
                )
        yield from _missing([one for one in self.lacking if one.leaf not in left], size)
        if self.more:
            yield Finding("changed", f"另有 {self.more} 处出入，未逐条列出")

    def _moved(self, came: dict[int, Altered | Lacking]) -> Iterator[Finding]:
        told: set[int] = set()
        for now, was in came.items():
            then = was.entry.position
            back = came.get(then)
            if now in told:
                continue
            if back is not None and back.entry.position == now:
                told.add(then)
                said = f"两条事实被调换次序：位置 {min(now, then)} 与位置 {max(now, then)}（{_stream(was.entry)}；{_stream(back.entry)}）"
                yield Finding("swapped", said, min(now, then), was.entry.stream, was.entry.version)
            else:
                said = f"事实被移动：{_stream(was.entry)}，由位置 {then} 移到位置 {now}"
                yield Finding("moved", said, now, was.entry.stream, was.entry.version)

    def _keep(self, kept: list[T], one: T) -> None:
        if len(kept) < MOST:
            kept.append(one)
        else:
            self.more += 1


def _changed(one: Altered) -> Finding:
    position, stream, version = one.row[0], UUID(bytes=one.row[1]), one.row[2]
    entry = one.entry
    if (stream, version) != (entry.stream, entry.version):
        said = f"事实被改动：位置 {position}，现为流 {stream} 第 {version} 版，原为{_stream(entry)}"
    else:
        said = f"事实被改动：位置 {position}，{_stream(entry)}"
    return Finding("changed", said, position, entry.stream, entry.version)


def _missing(lacking: Sequence[Lacking], size: int) -> Iterator[Finding]:
    cut = _cut(lacking, size)
    if cut:
        a, b = cut[0].entry.position, cut[-1].entry.position
        said = f"日志末尾被截断：缺已封存的最后 {len(cut)} 条（位置 {a} 至 {b}）"
        yield Finding("truncated", said, a)
    for one in lacking:
        entry = one.entry
        yield Finding(
            "missing",
            f"事实缺失：位置 {entry.position}，{_stream(entry)}",
            entry.position,
            entry.stream,
            entry.version,
        )


def _cut(lacking: Sequence[Lacking], size: int) -> list[Lacking]:
    """Those at the very end of what was sealed."""
    if not lacking or lacking[-1].leaf != size - 1:
        return []
    begin = len(lacking) - 1
    while begin and lacking[begin - 1].leaf == lacking[begin].leaf - 1:
        begin -= 1
    return list(lacking[begin:])


def _stream(entry: Entry) -> str:
    return f"流 {entry.stream} 第 {entry.version} 版"


def _named(row: Row) -> str:
    return f"位置 {row[0]}，流 {UUID(bytes=row[1])} 第 {row[2]} 版"

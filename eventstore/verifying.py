"""核验: the whole log against everything that was ever signed about it. Reads once, trusts no table, and names what differs.

Two trees grow side by side once a row differs: that of the hashes in the seal tables and that of the rows. Which of them a
valid head speaks for tells whether the rows or the seal tables were tampered with.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, tuple_row

from eventstore import heads, seal_keys
from eventstore.differences import Differences, Finding
from eventstore.frontier import Frontier, Node
from eventstore.heads import Head
from eventstore.log_rows import AFTER, Row, entries_of, hashed_with_entries, raw, split
from eventstore.sealed_run import Run
from eventstore.sealed_tree import HEAD

BATCH = 4000
BEGINNING = -(2**63)
MOST_GAPS = 1000


class Said(NamedTuple):
    """出处 — a head and where it was found."""

    where: str
    head: Head


@dataclass
class Report:
    """核验结果 — what was read, and every finding."""

    rows: int = 0
    sealed: int = 0
    unsealed: int = 0
    streams: int = 0
    heads: int = 0
    outside: int = 0
    findings: list[Finding] = field(default_factory=list)


class Rows:
    """日志读取 — the log in the order of positions, hashed batch by batch, versions checked on the way."""

    def __init__(self, connection: Connection[Any], advance: Callable[[int], None]) -> None:
        self._cursor = raw(connection, "verify_rows")
        self._cursor.execute(AFTER, (BEGINNING,))
        self._advance = advance
        self._ahead = ThreadPoolExecutor(1, thread_name_prefix="verify")
        self._coming = self._ahead.submit(self._cursor.fetchmany, BATCH)
        self._rows: list[Row] = []
        self._hashes: list[bytes] = []
        self._entries: list[bytes] = []
        self._positions: list[int] = []
        self._at = 0
        self.read = 0
        self.versions: dict[bytes, int] = {}
        self.gaps: list[tuple[Row, int]] = []

    def until(self, position: int) -> Iterator[tuple[list[Row], list[bytes], list[bytes]]]:
        """取到某位置: rows, hashes and entries, up to and with that position, in as many pieces as they were read in."""
        while True:
            if self._at == len(self._rows) and not self._more():
                return
            end = bisect_right(self._positions, position, self._at)
            if end > self._at:
                begin, self._at = self._at, end
                yield self._rows[begin:end], self._hashes[begin:end], self._entries[begin:end]
            if end < len(self._rows):
                return

    def close(self) -> None:
        """关闭: waits for what is being read."""
        self._ahead.shutdown()
        self._cursor.close()

    def _more(self) -> bool:
        self._rows = rows = self._coming.result()
        self._at = 0
        if rows:  # the server reads on while these are hashed
            self._coming = self._ahead.submit(self._cursor.fetchmany, BATCH)
        self._hashes, self._entries = hashed_with_entries(rows)
        self._positions = [row[0] for row in rows]
        versions, before = self.versions, self.versions.get
        for row in rows:
            stream, version = row[1], row[2]
            if before(stream, 0) + 1 != version and len(self.gaps) < MOST_GAPS:
                self.gaps.append((row, before(stream, 0) + 1))
            versions[stream] = version
        self.read += len(rows)
        self._advance(len(rows))
        return bool(rows)


class Tree:
    """一棵树 — grows, and keeps its root at each size that a head speaks of."""

    def __init__(self, sizes: Sequence[int], frontier: Frontier | None = None) -> None:
        self.frontier = frontier or Frontier()
        self.roots: dict[int, bytes] = {}
        self._sizes = sizes
        self._next = bisect_right(sizes, self.frontier.size)
        if not self.frontier.size:
            self.roots[0] = self.frontier.root()

    def grow(self, hashes: Sequence[bytes]) -> list[Node]:
        """增长: the nodes that this finished."""
        done: list[Node] = []
        begin, base = 0, self.frontier.size
        while self._next < len(self._sizes) and self._sizes[self._next] <= base + len(hashes):
            size = self._sizes[self._next]
            done += self.frontier.append(hashes[begin : size - base])
            begin = size - base
            self.roots[size] = self.frontier.root()
            self._next += 1
        if begin < len(hashes):
            done += self.frontier.append(hashes[begin:])
        return done


class Verifying:
    """核验 — of one log, within one snapshot of the database. `keys` are the public keys that are trusted, by id."""

    def __init__(
        self,
        connection: Connection[Any],
        keys: Mapping[str, bytes],
        outside: Sequence[Said] = (),
        *,
        advance: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._connection = connection
        self._keys = keys
        self._outside = outside
        self._advance = advance
        self._report = Report(outside=len(outside))
        self._differences = Differences()
        self._rows_tree: Tree | None = None  # from the first difference on
        self._table: list[Finding] = []
        self._wrong_nodes: dict[tuple[int, int], bytes | None] = {}
        self._checked: dict[Head, bool] = {}

    def run(self) -> Report:
        """核验: reads everything once."""
        inside = [Said("库内", one) for one in self._heads()]
        said = [*inside, *self._outside]
        sizes = sorted({one.head.size for one in said})
        report = self._report
        report.heads = len(inside)
        self._tree = Tree(sizes)
        self._nodes = self._stored_nodes()
        with closing(Rows(self._connection, self._advance)) as rows:
            signed = {one.head.size: one.head.position for one in said if self._is_valid(one.head)}
            ends = self._over_runs(rows, sizes, signed)
            self._without_runs(rows, inside)
            for tail, _, _ in rows.until(2**63 - 1):
                report.unsealed += len(tail)
        for (step, number), stored in self._wrong_nodes.items():
            how = "缺失" if stored is None else "被改动"
            self._table.append(_table(f"封存节点 {step} 级 {number} 号{how}"))
        for step, number in self._nodes:
            self._table.append(_table(f"封存节点 {step} 级 {number} 号没有对应的叶子"))
        report.rows, report.streams, report.sealed = rows.read, len(rows.versions), self._tree.frontier.size
        self._judge(said)
        report.findings += self._table
        valid = [one.head for one in inside if self._is_valid(one.head)]
        report.findings += seal_keys.findings(seal_keys.rows(self._connection), valid, self._keys)
        report.findings += _lost(ends, {one.head.size for one in inside})
        report.findings += _gaps(rows.gaps, report.findings)
        return report

    def _heads(self) -> list[Head]:
        with self._connection.cursor("verify_heads", binary=True, row_factory=class_row(Head)) as cursor:
            return list(cursor.execute(f"SELECT {HEAD} FROM seal_heads ORDER BY size".encode()))

    def _stored_nodes(self) -> dict[tuple[int, int], bytes]:
        with self._connection.cursor("verify_nodes", binary=True, row_factory=tuple_row) as cursor:
            found = cursor.execute("SELECT level, number, hash FROM seal_nodes")
            return {(level, number): hash_ for level, number, hash_ in found}

    def _is_valid(self, head: Head) -> bool:
        if head not in self._checked:
            key = self._keys.get(head.key)
            self._checked[head] = key is not None and heads.is_signed_by(head, key)
        return self._checked[head]

    def _over_runs(self, rows: Rows, sizes: Sequence[int], signed: Mapping[int, int]) -> list[int]:
        """Every run of leaves with its rows; where each ends. `signed` are last positions by size."""
        ends: list[int] = []
        with self._connection.cursor("verify_runs", binary=True, row_factory=class_row(Run)) as cursor:
            cursor.itersize = 500
            cursor.execute(
                "SELECT first, count, last_position, hashes, entries FROM seal_leaves ORDER BY first"
            )
            for stored in cursor:
                run = stored.settled(signed.get(stored.end))
                if run != stored:
                    self._table.append(
                        _table(f"第 {run.first + 1} 条起的封存段：所记条数或者末位与其内容不符")
                    )
                if run.first != self._tree.frontier.size:
                    self._table.append(_table(f"第 {self._tree.frontier.size + 1} 条起的封存段缺失或者重叠"))
                    self._unaccounted(rows, run, sizes)
                self._one(run, rows, sizes)
                ends.append(run.first + run.count)
        return ends

    def _one(self, run: Run, rows: Rows, sizes: Sequence[int]) -> None:
        pieces = list(rows.until(run.last_position))
        found = [one for _, hashes, _ in pieces for one in hashes]
        same = b"".join(found) == run.hashes
        if same and self._rows_tree is None:
            self._check(self._tree.grow(found))
            if b"".join([one for _, _, named in pieces for one in named]) != run.entries:
                self._table.append(_table(f"第 {run.first + 1} 条起的封存段：叶目与日志不符"))
            return
        if self._rows_tree is None:
            self._rows_tree = Tree(sizes, self._tree.frontier.copy())
        self._check(self._tree.grow(split(run.hashes)))
        self._excuse(self._rows_tree.grow(found))
        if same:
            return
        if run.sound:
            actual = [row for piece, _, _ in pieces for row in piece]
            self._differences.compare(run.first, entries_of(run.entries), split(run.hashes), actual)
        else:
            self._table.append(_table(f"第 {run.first + 1} 条起的封存段残缺"))

    def _unaccounted(self, rows: Rows, run: Run, sizes: Sequence[int]) -> None:
        """Rows before a run that no run accounts for: they stand in for what is lacking."""
        before = entries_of(run.entries)[:1]
        if not before or run.first < self._tree.frontier.size:
            return
        for _, hashes, _ in rows.until(before[0].position - 1):
            self._check(self._tree.grow(hashes))
            if self._rows_tree is not None:
                self._rows_tree.grow(hashes)

    def _without_runs(self, rows: Rows, inside: Sequence[Said]) -> None:
        """Heads beyond the last run: the rows up to the last one's position stand in for what is lacking."""
        last = inside[-1].head if inside else None
        if last is None or last.size <= self._tree.frontier.size:
            return
        self._table.append(_table(f"第 {self._tree.frontier.size + 1} 条起的封存段缺失"))
        for _, hashes, _ in rows.until(last.position):
            self._check(self._tree.grow(hashes))
            if self._rows_tree is not None:
                self._rows_tree.grow(hashes)

    def _check(self, done: Sequence[Node]) -> None:
        for node in done:
            stored = self._nodes.pop((node.step, node.number), None)
            if stored != node.hash:
                self._wrong_nodes[node.step, node.number] = stored

    def _excuse(self, done: Sequence[Node]) -> None:
        """A node that is right for the rows isn't what was changed."""
        for node in done:
            if self._wrong_nodes.get((node.step, node.number)) == node.hash:
                del self._wrong_nodes[node.step, node.number]

    def _judge(self, said: Sequence[Said]) -> None:
        """Each head against the trees; then the rows, by what the valid heads speak for."""
        tree, other = self._tree, self._rows_tree
        for_rows, for_table = 0, 0
        findings: list[Finding] = []
        beyond: list[str] = []
        for where, head in said:
            named = f"{where}第 {head.size} 条处的封存头（{heads.stamp(head.sealed_at)}）"
            if not self._is_valid(head):
                findings.append(Finding("head_forged", f"伪造的封存头：{named}签名无效或者密钥不受信任"))
                continue
            if tree.roots.get(head.size) == head.root:
                for_table = max(for_table, head.size)
            elif other is not None and other.roots.get(head.size) == head.root:
                for_rows = max(for_rows, head.size)
            elif head.size > tree.frontier.size:
                beyond.append(named)
            else:
                findings.append(Finding("head_contradicted", f"与日志相矛盾：{named}签名有效而树根不符"))
        if for_rows > for_table:
            self._table.append(_table("封存表的叶子被改动；日志与已签名的封存头相符"))
        else:
            self._report.findings += self._differences.findings(tree.frontier.size)
        self._report.findings += findings
        if beyond:
            more = f"（及此外 {len(beyond) - 1} 个）" if len(beyond) > 1 else ""
            said_so = (
                f"数据库被回退或者替换：{beyond[-1]}{more}已签发，库内只封存到第 {tree.frontier.size} 条"
            )
            self._report.findings.append(Finding("rolled_back", said_so))


def _table(said: str) -> Finding:
    return Finding("table_changed", f"封存表被改动：{said}")


def _lost(ends: Sequence[int], known: set[int]) -> Iterator[Finding]:
    for size in ends:
        if size not in known:
            yield Finding("head_missing", f"封存头缺失：库内没有第 {size} 条处的封存头")


def _gaps(gaps: Sequence[tuple[Row, int]], found: Sequence[Finding]) -> Iterator[Finding]:
    """Versions that don't follow on, of streams about which nothing else was found."""
    told = {one.stream for one in found}
    for row, expected in gaps:
        stream = UUID(bytes=row[1])
        if stream not in told:
            said = f"流的版本不连续：位置 {row[0]}，流 {stream} 应为第 {expected} 版，实为第 {row[2]} 版"
            yield Finding("version_gap", said, row[0], stream, row[2])

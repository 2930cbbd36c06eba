"""封存: one round of it – what the log got since the last head goes into the tree, under a new signed head.

Each round begins at what is stored, nothing is kept between two: the last head's signature, the seal tables against
it, the end of the log against them, and the file outside. Where one of them differs nothing is signed, and `Broken` says
what it is. A round is one transaction; the file is written after it, and made up for by the next round if that failed.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg import Connection
from psycopg.errors import UniqueViolation
from psycopg.rows import tuple_row

from eventstore import heads, heads_file, seal_keys, sealed_tree, sealkey
from eventstore.database import Database
from eventstore.frontier import FAN, Frontier, Node
from eventstore.heads import Head
from eventstore.log_rows import AFTER, Row, hashed, hashed_with_entries, raw
from eventstore.sealed_tree import SealedTree
from eventstore.sealkey import SealKey, SealKeyUnusable

BATCH = 4096
"""Facts under one head at most."""
LOCK = "seal"
LAST_POSITION = "SELECT public.last_position()"
STORE = """
SELECT public.append_seal(ROW(%s, %s, %b, %s, %s, %s, %b)::public.seal_heads, %b, %b, ARRAY(
    SELECT ROW(level, number, hash)::public.seal_nodes
    FROM unnest(%s::smallint[], %s::bigint[], %b::bytea[]) AS made (level, number, hash)))
"""
FAULTS = {
    "key_missing": "已有封存头，而封存密钥缺失",
    "key_unusable": "封存密钥文件无法读取",
    "key_changed": "封存密钥与最后一个封存头的密钥不是同一把",
    "key_table_changed": "库内公钥表与封存密钥不符",
    "head_forged": "库内最后一个封存头签名无效",
    "tables_changed": "封存表与最后一个封存头不符",
    "log_changed": "日志末尾与最后一次封存时不同",
    "log_truncated": "日志比最后一次封存时短",
    "position_unknown": "日志末尾有位置未经发放的事实，不是由本系统写入的",
    "rolled_back": "数据库比库外的封存头文件旧，可能是恢复了较早的备份",
    "replaced": "数据库与库外的封存头文件不是同一份日志",
    "file_unreadable": "库外的封存头文件最后一行不是有效的封存头",
    "file_missing": "库外的封存头文件缺失或者为空，而库内已有封存头",
    "file_unwritable": "库外的封存头文件无法读写",
}
"""Why nothing is sealed, by code."""


class Broken(Exception):
    """封存中断 — what is stored is not what was signed, and nothing more is signed until somebody has looked."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


@contextmanager
def one_at_a_time(connection: Connection[Any], *, reading: bool = False) -> Iterator[None]:
    """逐轮: a round is over when its head is in the file too; who compares both, `reading`, waits for that."""
    shared = "_shared" if reading else ""
    connection.execute(f"SELECT pg_advisory_lock{shared}(hashtextextended(%s, 0))".encode(), (LOCK,))
    try:
        yield
    finally:
        connection.execute(f"SELECT pg_advisory_unlock{shared}(hashtextextended(%s, 0))".encode(), (LOCK,))


class Sealing:
    """封存器 — seals the log of one database; `folder` holds the key, `file` the heads outside."""

    def __init__(self, database: Database, folder: Path, file: Path, clock: Callable[[], datetime]) -> None:
        self.database = database
        self.folder = folder
        self.file = file
        self.clock = clock

    def step(self) -> int:
        """一轮: how many facts were sealed; 0 where there was nothing new. Raises Broken, and what the database raises."""
        try:
            return self._round()
        except UniqueViolation:  # leaves or nodes that no head accounts for
            raise Broken("tables_changed") from None

    def _round(self) -> int:
        with self.database.connection() as connection, one_at_a_time(connection):
            return self._alone(connection)

    def _alone(self, connection: Connection[Any]) -> int:
        with connection.transaction():
            last = sealed_tree.last_head(connection)
            key = self._key(connection, last)
            tree = SealedTree(connection)
            self._must_be_ours(last, key)
            if not seal_keys.keep(connection, key, self.clock(), signed=last is not None):
                raise Broken("key_table_changed")
            self._settle_file(connection, tree, last, key)
            head = self._extend(connection, tree, last, key)
        if head is not None:
            self._to_file([head])
        return 0 if head is None else head.size - (last.size if last is not None else 0)

    def catch_up(self) -> int:
        """全部封存: everything that is in the log now."""
        sealed = 0
        while more := self.step():
            sealed += more
        return sealed

    def _key(self, connection: Connection[Any], last: Head | None) -> SealKey:
        try:
            key = sealkey.load(self.folder)
            if key is None:
                if last is not None or seal_keys.rows(connection):
                    raise Broken("key_missing")
                key = sealkey.make(self.folder)
        except (SealKeyUnusable, OSError) as error:
            raise Broken("key_unusable", error=type(error).__name__) from error
        return key

    def _must_be_ours(self, last: Head | None, key: SealKey) -> None:
        if last is None:
            return
        if last.key != key.id or last.origin != key.origin:
            raise Broken("key_changed", size=last.size)
        if not heads.is_signed_by(last, key.public):
            raise Broken("head_forged", size=last.size)

    def _settle_file(
        self, connection: Connection[Any], tree: SealedTree, last: Head | None, key: SealKey
    ) -> None:
        """The file's last head must be one of this log; heads that a crash kept from it are added."""
        try:
            line = heads_file.last(self.file)
        except OSError as error:
            raise Broken("file_unwritable", error=type(error).__name__) from error
        if line is None:
            more = sealed_tree.heads_before(connection, None, 2)
            if len(more) > 1:  # a crash can have kept the first head from the file, and no more
                raise Broken("file_missing", size=more[0].size)
            if more:
                self._to_file(more)
            return
        seen = line.head
        if seen is None or not heads.is_signed_by(seen, key.public):
            raise Broken("file_unreadable" if seen is None or seen.key == key.id else "replaced")
        if last is None or seen.size > last.size:
            raise Broken("rolled_back", size=0 if last is None else last.size, outside=seen.size)
        if seen.size == last.size:
            if (seen.origin, seen.root) != (last.origin, last.root):
                raise Broken("replaced", size=last.size)
            return
        try:
            root = tree.root_at(seen.size)
        except LookupError:
            raise Broken("tables_changed", size=last.size) from None
        if seen.origin != last.origin or root != seen.root:
            raise Broken("replaced", size=seen.size)
        self._to_file(list(sealed_tree.heads_after(connection, seen.size)))

    def _extend(
        self, connection: Connection[Any], tree: SealedTree, last: Head | None, key: SealKey
    ) -> Head | None:
        size = last.size if last is not None else 0
        frontier = self._frontier(tree, last)
        begin = max(0, size - 1) // FAN * FAN
        known = tree.block(0, begin // FAN)[: size - begin] if size else []
        rows = self._rows(connection, tree, begin, size)
        tail = [row for row in rows if last is not None and row[0] <= last.position]
        if len(tail) < len(known):
            raise Broken("log_truncated" if len(rows) == len(tail) else "log_changed", size=size)
        if hashed(tail) != known:
            raise Broken("log_changed", size=size)
        fresh = rows[len(tail) :][:BATCH]
        if not fresh:
            return None
        self._must_be_given_out(connection, fresh[-1][0])
        leaves, named = hashed_with_entries(fresh)
        nodes = frontier.append(leaves)
        head = heads.sign(
            Head(
                origin=key.origin,
                size=frontier.size,
                root=frontier.root(),
                position=fresh[-1][0],
                sealed_at=self.clock(),
                key=key.id,
            ),
            key.private,
        )
        _store(connection, leaves, named, nodes, head)
        return head

    def _must_be_given_out(self, connection: Connection[Any], position: int) -> None:
        """A row beyond the sequence came past the appending function, and would leave no room behind it."""
        with connection.cursor(row_factory=tuple_row) as cursor:
            row = cursor.execute(LAST_POSITION).fetchone()
        if row is None or position > row[0]:
            raise Broken("position_unknown", position=position)

    def _frontier(self, tree: SealedTree, last: Head | None) -> Frontier:
        if last is None:
            return Frontier()
        try:
            frontier = tree.frontier(last.size)
        except LookupError:
            raise Broken("tables_changed", size=last.size) from None
        if frontier.root() != last.root:
            raise Broken("tables_changed", size=last.size)
        return frontier

    def _rows(self, connection: Connection[Any], tree: SealedTree, begin: int, size: int) -> list[Row]:
        """The log from the leaf `begin` on: what is sealed of it, and a batch more."""
        try:
            after = tree.entry_before(begin)
        except LookupError:
            raise Broken("tables_changed", size=size) from None
        with raw(connection) as cursor:
            return list(cursor.execute(f"{AFTER} LIMIT %s", (after, size - begin + BATCH)))

    def _to_file(self, more: list[Head]) -> None:
        try:
            heads_file.append(self.file, more)
        except OSError as error:
            raise Broken("file_unwritable", error=type(error).__name__) from error


def _store(
    connection: Connection[Any],
    leaves: list[bytes],
    named: list[bytes],
    nodes: list[Node],
    head: Head,
) -> None:
    signed = (head.size, head.origin, head.root, head.position, head.sealed_at, head.key, head.signature)
    levels, numbers, hashes = ([one[at] for one in nodes] for at in range(3))
    connection.execute(STORE, (*signed, b"".join(leaves), b"".join(named), levels, numbers, hashes))

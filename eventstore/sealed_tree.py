"""已封存的树: the tree as the seal tables hold it – heads, roots at any size, and proofs."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.rows import class_row, tuple_row

from eventstore import merkle
from eventstore.frontier import FAN, STEP, Frontier
from eventstore.heads import Head
from eventstore.log_rows import ENTRY, Entry, entries_of, split

HEAD = "origin, size, root, position, sealed_at, key, signature"
RUNS = """
SELECT first, count, substring(hashes FROM 32 * (greatest(first, %(a)s) - first)::int + 1
    FOR 32 * (least(first + count, %(b)s) - greatest(first, %(a)s))::int)
FROM seal_leaves WHERE first < %(b)s
    AND first >= coalesce((SELECT max(first) FROM seal_leaves WHERE first <= %(a)s), 0)
ORDER BY first
"""
PLACES = """
SELECT asked.position, run.first, run.entries
FROM unnest(%s::bigint[]) AS asked (position)
CROSS JOIN LATERAL (
    SELECT first, last_position, entries FROM seal_leaves
    WHERE last_position >= asked.position ORDER BY last_position LIMIT 1
) AS run
"""


class Place(NamedTuple):
    """叶位 — where in the tree a fact is, and the fact's entry."""

    leaf: int
    entry: Entry


class SealedTree:
    """已封存的树 — over one connection; what was read is kept, for the tables are only ever added to."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection
        self._blocks: dict[tuple[int, int], list[bytes]] = {}
        self._nodes: dict[tuple[int, int], bytes] = {}

    def hash_of(self, level: int, index: int) -> bytes:
        """完整子树的哈希. Raises LookupError where the tables lack what it is made of."""
        known = self._nodes.get((level, index))
        if known is None:
            step, within = divmod(level, STEP)
            count = 1 << within
            number, first = divmod(index << within, FAN)
            hashes = self.block(step, number)[first : first + count]
            if len(hashes) != count:
                raise LookupError(f"the seal tables have no node {index} of level {level}")
            known = self._nodes[level, index] = merkle.root(hashes)
        return known

    def block(self, step: int, number: int) -> list[bytes]:
        """一组哈希: the up to 256 hashes of a step under one node of the next."""
        if (step, number) not in self._blocks:
            read = self._leaves(number) if step == 0 else self._of_step(step, number)
            self._blocks[step, number] = read
        return self._blocks[step, number]

    def root_at(self, size: int) -> bytes:
        """某规模时的树根. Raises LookupError as above."""
        return merkle.root_of(size, self.hash_of)

    def frontier(self, size: int) -> Frontier:
        """前沿: of the tree of that size. Raises LookupError where hashes are lacking."""
        loose: list[Sequence[bytes]] = []
        count, step = size, 0
        while count:
            number, rest = divmod(count, FAN)
            hashes = self.block(step, number)[:rest] if rest else []
            if len(hashes) != rest:
                raise LookupError(f"the seal tables lack hashes of step {step}")
            loose.append(hashes)
            count, step = number, step + 1
        return Frontier(size, loose)

    def places(self, positions: Sequence[int]) -> dict[int, Place]:
        """叶位: of facts by their positions; what isn't sealed yet has none."""
        found: dict[int, Place] = {}
        with self._connection.cursor(row_factory=tuple_row, binary=True) as cursor:
            for position, first, written in cursor.execute(PLACES, (list(positions),)):
                at = _find(written, position)
                if at is not None:
                    (entry,) = entries_of(written[at * ENTRY.size : (at + 1) * ENTRY.size])
                    found[position] = Place(first + at, entry)
        return found

    def entry_before(self, leaf: int) -> int:
        """前一叶的位置: of the last fact before this leaf; 0 before the first."""
        with self._connection.cursor(row_factory=tuple_row, binary=True) as cursor:
            row = cursor.execute(
                "SELECT first, entries FROM seal_leaves WHERE first < %s ORDER BY first DESC LIMIT 1", (leaf,)
            ).fetchone()
        if row is None:
            return 0
        first, written = row
        entry: Entry = entries_of(written)[leaf - 1 - first]
        return entry.position

    def _leaves(self, number: int) -> list[bytes]:
        first = number * FAN
        asked = {"a": first, "b": first + FAN}
        hashes: list[bytes] = []
        with self._connection.cursor(row_factory=tuple_row, binary=True) as cursor:
            for begins, count, written in cursor.execute(RUNS, asked):
                if begins + count <= first:
                    continue
                if max(begins, first) != first + len(hashes):
                    break  # a run is lacking
                hashes += split(written)
        return hashes

    def _of_step(self, step: int, number: int) -> list[bytes]:
        first = number * FAN
        hashes: list[bytes] = []
        with self._connection.cursor(row_factory=tuple_row, binary=True) as cursor:
            rows = cursor.execute(
                "SELECT number, hash FROM seal_nodes WHERE level = %s AND number BETWEEN %s AND %s ORDER BY number",
                (step, first, first + FAN - 1),
            )
            for at, one in rows:
                if at != first + len(hashes):
                    break  # a node is lacking
                hashes.append(one)
        return hashes


def _find(written: bytes, position: int) -> int | None:
    """Bisection over the entries, which are in the order of their positions."""
    low, high = 0, len(written) // ENTRY.size
    while low < high:
        middle = (low + high) // 2
        if ENTRY.unpack_from(written, middle * ENTRY.size)[0] < position:
            low = middle + 1
        else:
            high = middle
    whole = low < len(written) // ENTRY.size
    return low if whole and ENTRY.unpack_from(written, low * ENTRY.size)[0] == position else None


def last_head(connection: Connection[Any]) -> Head | None:
    """最后的封存头."""
    return next(iter(_heads(connection, "ORDER BY size DESC LIMIT 1", ())), None)


def head_at(connection: Connection[Any], size: int) -> Head | None:
    """某规模的封存头."""
    return next(iter(_heads(connection, "WHERE size = %s", (size,))), None)


def heads_before(connection: Connection[Any], size: int | None, limit: int) -> list[Head]:
    """封存头: newest first, those below a size."""
    if size is None:
        return list(_heads(connection, "ORDER BY size DESC LIMIT %s", (limit,)))
    return list(_heads(connection, "WHERE size < %s ORDER BY size DESC LIMIT %s", (size, limit)))


def all_heads(connection: Connection[Any]) -> list[Head]:
    """全部封存头: oldest first."""
    return list(_heads(connection, "ORDER BY size", ()))


def heads_after(connection: Connection[Any], size: int) -> Iterator[Head]:
    """封存头: oldest first, those above a size."""
    return _heads(connection, "WHERE size > %s ORDER BY size", (size,))


def _heads(connection: Connection[Any], rest: str, parameters: Sequence[Any]) -> Iterator[Head]:
    with connection.cursor(row_factory=class_row(Head), binary=True) as cursor:
        yield from cursor.execute(f"SELECT {HEAD} FROM seal_heads {rest}".encode(), parameters)

"""代存封存头: heads of other offices, kept so that none of them can tell two stories. Nothing kept is ever changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.rows import tuple_row

from eventstore import merkle
from eventstore.heads import Head

COLUMNS = "id, origin, size, root, position, sealed_at, key, signature, public_key, extends, received_at, received_from"
INSERT = """
INSERT INTO seal_witnessed (origin, size, root, position, sealed_at, key, signature, public_key, extends,
    received_at, received_from)
VALUES (%s, %s, %b, %s, %s, %s, %b, %b, %s, %s, %s)
"""


class Witness(NamedTuple):
    """代存 — a head of another office, its key, the size that it was proven to extend, when it came and by whom."""

    id: int
    head: Head
    public_key: bytes
    extends: int | None
    received_at: datetime
    received_from: str


class Verdict(NamedTuple):
    """送存结果 — the kept size that this head is proven to extend, and whether it goes against one that is kept."""

    extends: int | None
    contradicts: bool


def latest(connection: Connection[Any], before: int | None, limit: int) -> list[Witness]:
    """代存的封存头: latest first."""
    return _read(connection, "id < %s ORDER BY id DESC LIMIT %s", (before or 2**63 - 1, limit))


def of_origin(connection: Connection[Any], origin: str, size: int) -> list[Witness]:
    """同一日志同一规模的: one, unless that office tells two stories."""
    return _read(connection, "origin = %s AND size = %s ORDER BY id", (origin, size))


def keep(
    connection: Connection[Any],
    head: Head,
    public_key: bytes,
    previous: int | None,
    path: Sequence[bytes],
    *,
    at: datetime,
    by: str,
) -> Verdict:
    """保存: once; a head that contradicts another is kept beside it, for that is what it is kept for."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"witness {head.origin}",))
    same = of_origin(connection, head.origin, head.size)
    other_key = _read(
        connection, "origin = %s AND public_key <> %b ORDER BY id LIMIT 1", (head.origin, public_key)
    )
    contradicts = bool(other_key) or any(one.head.root != head.root for one in same)
    extends: int | None = None
    if previous is not None:
        for one in of_origin(connection, head.origin, previous):
            if merkle.consistent(previous, head.size, one.head.root, head.root, path):
                extends = previous
            else:
                contradicts = True
    if not any(one.head.root == head.root and one.head.key == head.key for one in same):
        connection.execute(
            INSERT,
            (
                head.origin, head.size, head.root, head.position, head.sealed_at, head.key, head.signature,
                public_key, extends, at, by,
            ),
        )  # fmt: skip
    return Verdict(extends, contradicts)


def _read(connection: Connection[Any], condition: str, parameters: Sequence[Any]) -> list[Witness]:
    with connection.cursor(row_factory=tuple_row, binary=True) as cursor:
        rows = cursor.execute(f"SELECT {COLUMNS} FROM seal_witnessed WHERE {condition}".encode(), parameters)
        return [
            Witness(
                id,
                Head(
                    origin=origin, size=size, root=bytes(root), position=position, sealed_at=sealed_at, key=key,
                    signature=bytes(signature),
                ),
                bytes(public_key), extends, received_at, received_from,
            )
            for id, origin, size, root, position, sealed_at, key, signature, public_key, extends, received_at, received_from
            in rows
        ]  # fmt: skip

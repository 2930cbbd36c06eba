"""日志的原行: the log's rows as the database sends them, byte by byte, and their hashes – many at a time.

No column is turned into more than its bytes: whoever checks a million rows has no use for a million objects.
"""

import struct
from collections.abc import Sequence
from hashlib import sha256
from struct import Struct
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection, Cursor, ServerCursor
from psycopg.rows import tuple_row
from psycopg.types.string import ByteaBinaryLoader

from eventstore import leaves
from eventstore.leaves import LENGTH, TAG
from eventstore.merkle import WIDTH, leaf_hash

COLUMNS = "notification_id, originator_id, originator_version, stored_at, topic, state"
AFTER = f"SELECT {COLUMNS} FROM public.casework_events WHERE notification_id > %s ORDER BY notification_id"
"""The whole log after a position."""

Row = tuple[int, bytes, int, bytes, Any, Any]
"""原行: position, stream, version, instant, topic and state; stream, instant and the last two, which may be lacking, as
the server sends them in binary."""

SINCE_1970 = 946_684_800_000_000
"""Microseconds from 1970 to 2000, from which PostgreSQL counts."""
LATEST = 2**63 - 1
REST = Struct(">qI")
"""Of the written form, what follows after position, stream and version: the instant, the topic's length."""
PREFIX = b"\x00" + TAG

ENTRY = Struct(">q16sq")
"""One leaf's entry beside its hash: position, stream, version."""


class Entry(NamedTuple):
    """叶目 — which row a leaf is of."""

    position: int
    stream: UUID
    version: int


def raw(connection: Connection[Any], name: str | None = None) -> Cursor[Row] | ServerCursor[Row]:
    """读取游标: a cursor that hands rows over as they are; with a name it stays on the server."""
    cursor: Cursor[Row] | ServerCursor[Row]
    if name is None:
        cursor = connection.cursor(binary=True, row_factory=tuple_row)
    else:
        cursor = connection.cursor(name, binary=True, row_factory=tuple_row)
    for known in ("uuid", "timestamptz", "text"):
        cursor.adapters.register_loader(known, ByteaBinaryLoader)
    return cursor


def hashed(rows: Sequence[Row]) -> list[bytes]:
    """叶子哈希: of many rows."""
    return hashed_with_entries(rows)[0]


def hashed_with_entries(rows: Sequence[Row]) -> tuple[list[bytes], list[bytes]]:
    """叶子哈希和叶目: of many rows; what both begin with is made once."""
    named, rest, length, number, take = ENTRY.pack, REST.pack, LENGTH.pack, int.from_bytes, sha256
    found = [named(position, stream, version) for position, stream, version, _, _, _ in rows]
    try:
        hashes = [
            take(
                b"".join(
                    (
                        PREFIX, entry, rest(number(at, "big", signed=True) + SINCE_1970, len(topic)), topic,
                        length(len(state)), state,
                    )
                )
            ).digest()
            for entry, (_, _, _, at, topic, state) in zip(found, rows, strict=True)
        ]  # fmt: skip
    except (TypeError, struct.error):
        hashes = [leaf_hash(data(row)) for row in rows]
    return hashes, found


def data(row: Row) -> bytes:
    """规范字节: of one row, whatever is in it."""
    position, stream, version, at, topic, state = row
    instant = min(int.from_bytes(at, "big", signed=True) + SINCE_1970, LATEST)
    return leaves.data(position, stream, version, instant, topic, state)


def entries_of(written: bytes) -> list[Entry]:
    """叶目: read back."""
    whole = len(written) // ENTRY.size * ENTRY.size
    return [
        Entry(position, UUID(bytes=stream), version)
        for position, stream, version in ENTRY.iter_unpack(written[:whole])
    ]


def split(hashes: bytes) -> list[bytes]:
    """逐个哈希: of hashes that lie one after the other."""
    return [hashes[at : at + WIDTH] for at in range(0, len(hashes), WIDTH)]

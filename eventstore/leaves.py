"""叶子: the bytes of one stored row, as they are hashed. Whatever a row holds has exactly one form here.

tag · position i64 · stream 16 bytes · version i64 · stored at i64 (µs since 1970, UTC) · topic · state, the last two
each with its length as u32 before it and 0xFFFFFFFF for none; all numbers big-endian.
"""

from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import NamedTuple
from uuid import UUID

from eventstore.merkle import leaf_hash

TAG = b"shixian.event.1\x00"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NONE = 0xFFFFFFFF

HEADER = Struct(f">{len(TAG)}sq16sqqI")
LENGTH = Struct(">I")


class Leaf(NamedTuple):
    """叶子 — one stored row: what the database keeps of a fact, byte by byte."""

    position: int
    originator_id: UUID
    version: int
    stored_at: int
    """入库时刻: microseconds since 1970-01-01T00:00:00Z."""
    topic: str | None
    state: bytes | None

    def data(self) -> bytes:
        """规范字节: what the leaf's hash is taken of."""
        topic = None if self.topic is None else self.topic.encode()
        return data(self.position, self.originator_id.bytes, self.version, self.stored_at, topic, self.state)

    def hash(self) -> bytes:
        """叶子哈希."""
        return leaf_hash(self.data())


def data(
    position: int,
    originator_id: bytes,
    version: int,
    stored_at: int,
    topic: bytes | None,
    state: bytes | None,
) -> bytes:
    """规范字节: the same from the row's own bytes, for whoever reads many."""
    topic_length = NONE if topic is None else len(topic)
    state_length = NONE if state is None else len(state)
    header = HEADER.pack(TAG, position, originator_id, version, stored_at, topic_length)
    return b"".join((header, topic or b"", LENGTH.pack(state_length), state or b""))


def micros(at: datetime) -> int:
    """微秒: an instant as the leaf holds it, without rounding."""
    return (at - EPOCH) // timedelta(microseconds=1)

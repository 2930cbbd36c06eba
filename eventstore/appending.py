"""一批一句: a batch of submissions is one statement and one transaction; what a lost connection leaves open is settled.

The database's own function looks at every submission under its lock (migration 0022). A batch whose confirmation was
lost is sent again, saying so: what is stored already, to the last byte, is answered as stored. That is no guess, since
the receipt of every command is its own and nobody else stores under it.
"""

from collections.abc import Iterable, Iterator, Sequence
from struct import pack
from threading import Event
from typing import Any, ClassVar
from uuid import UUID

import msgspec
import psycopg
from eventsourcing.persistence import DatabaseError, DataError, IntegrityError, OperationalError
from eventsourcing.postgres import PostgresDatastore
from psycopg import Connection
from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format, TransactionStatus
from psycopg.rows import tuple_row
from psycopg.types.json import Jsonb

from domain.store import Outcome, Submission

ATTEMPTS = 3
PAUSE = 0.2
"""Seconds before a further attempt; waiting for a connection comes on top."""
APPEND = "SELECT * FROM public.append_events(%b, %b, %b, %b, %b, %s, %s, %s)"
DEMOTED = psycopg.errors.ReadOnlySqlTransaction
"""The server was a primary and is one no more."""


class ReceiptExists(IntegrityError):
    """回执已存在: this actor has used this key before, and nothing was written now."""


class Array(bytes):
    """数组 — a parameter as the database's binary protocol has it; made here, for a list's own way costs more than the rest."""

    ELEMENT: ClassVar[int]

    @classmethod
    def of(cls, values: Sequence[bytes]) -> "Array":
        """由各元素: each with its length before it."""
        head = (
            pack(">iiiii", 1, 0, cls.ELEMENT, len(values), 1) if values else pack(">iii", 0, 0, cls.ELEMENT)
        )
        return cls(head + b"".join([part for value in values for part in (pack(">i", len(value)), value)]))


class Integers(Array):
    """整数数组."""

    ELEMENT, OID = 23, 1007


class Bigints(Array):
    """长整数数组."""

    ELEMENT, OID = 20, 1016


class Uuids(Array):
    """标识数组."""

    ELEMENT, OID = 2950, 2951


class Texts(Array):
    """文本数组."""

    ELEMENT, OID = 25, 1009


class Contents(Array):
    """内容数组."""

    ELEMENT, OID = 17, 1001


class AsItIs(Dumper):
    """原样 — sends the bytes as they are."""

    format = Format.BINARY

    def dump(self, obj: Any) -> Buffer:
        return bytes(obj)


DUMPERS = [
    (kind, type(f"{kind.__name__}AsTheyAre", (AsItIs,), {"oid": kind.OID}))
    for kind in (Integers, Bigints, Uuids, Texts, Contents)
]


class Appender:
    """追加者 — holds one connection for storing batches, and finds another when it is lost. For one thread at a time."""

    def __init__(self, datastore: PostgresDatastore) -> None:
        self._datastore = datastore
        self._connection: Connection[Any] | None = None
        self._closing = Event()

    def __call__(self, batch: Sequence[Submission]) -> Sequence[Outcome]:
        """存储一批. Raises OperationalError if the database can't be reached, or doesn't confirm, in several attempts."""
        again, failure = False, psycopg.Error("no attempt was made")
        for attempt in range(ATTEMPTS):
            if attempt:
                self._closing.wait(PAUSE)
            try:
                connection = self._connected()
            except psycopg.Error as away:
                failure = away
                continue
            try:
                return self._append(connection, batch, again)
            except (psycopg.OperationalError, psycopg.InterfaceError, DEMOTED) as lost:
                failure = lost
                again = again or connection.info.transaction_status != TransactionStatus.IDLE
                self._let_go()
                if isinstance(lost, DEMOTED):
                    self._datastore.pool.drain()
            except psycopg.Error as wrong:
                if len(batch) > 1:
                    return [self._alone(one) for one in batch]
                return [_refusal(wrong)]
            except BaseException:
                self._let_go()
                raise
        raise OperationalError(str(failure)) from failure

    def close(self) -> None:
        """关闭: the connection goes back."""
        self._closing.set()
        if self._connection is not None:
            self._datastore.pool.putconn(self._connection)
            self._connection = None

    def _alone(self, submission: Submission) -> Outcome:
        """单件: where one of a batch is unfit, each is stored by itself; that one is refused and no other."""
        try:
            return self([submission])[0]
        except OperationalError as away:
            return away

    def _connected(self) -> Connection[Any]:
        if self._connection is None:
            pool = self._datastore.pool
            pool.open()
            connection = pool.getconn()
            for kind, dumper in DUMPERS:
                connection.adapters.register_dumper(kind, dumper)
            self._connection = connection
        return self._connection

    def _let_go(self) -> None:
        """放弃连接: closed rather than given back, whatever state it is in."""
        if self._connection is not None:
            self._connection.close()
            self._datastore.pool.putconn(self._connection)
            self._connection = None

    def _append(self, connection: Connection[Any], batch: Sequence[Submission], again: bool) -> list[Outcome]:
        with connection.cursor(binary=True, row_factory=tuple_row) as cursor:
            row = cursor.execute(APPEND, (*_parameters(batch), again)).fetchone()
        if row is None:
            raise DatabaseError("appending was not answered")
        positions, conflicting, used = row
        return list(
            _outcomes(batch, iter(positions or ()), frozenset(conflicting or ()), frozenset(used or ()))
        )


def _parameters(batch: Sequence[Submission]) -> tuple[object, ...]:
    numbered = [(number, event) for number, (events, _, _) in enumerate(batch) for event in events]
    return (
        Integers.of([pack(">i", number) for number, _ in numbered]),
        Uuids.of([_id(event.originator_id) for _, event in numbered]),
        Bigints.of([pack(">q", event.originator_version) for _, event in numbered]),
        Texts.of([event.topic.encode() for _, event in numbered]),
        Contents.of([event.state for _, event in numbered]),
        _rows((number, row) for number, (_, receipts, _) in enumerate(batch) for row in receipts),
        _rows((number, row) for number, (_, _, outbox) in enumerate(batch) for row in outbox),
    )


def _id(stream: UUID | str) -> bytes:
    return stream.bytes if isinstance(stream, UUID) else UUID(stream).bytes


def _rows(rows: Iterable[tuple[int, Any]]) -> Jsonb:
    return Jsonb([{"submission": number} | row._asdict() for number, row in rows], msgspec.json.encode)


def _outcomes(
    batch: Sequence[Submission], positions: Iterator[int], conflicting: frozenset[int], used: frozenset[int]
) -> Iterator[Outcome]:
    for number, (events, receipts, _) in enumerate(batch):
        if number in used:
            yield ReceiptExists(
                ", ".join(f"{one.actor} has used the key {one.key!r} before" for one in receipts)
            )
        elif number in conflicting:
            first = events[0]
            yield IntegrityError(
                f"{first.originator_id} has not come to version {first.originator_version - 1}, or past it"
            )
        else:
            yield [next(positions) for _ in events]


def _refusal(wrong: psycopg.Error) -> DatabaseError:
    if isinstance(wrong, psycopg.IntegrityError):
        return IntegrityError(str(wrong))
    return (DataError if isinstance(wrong, psycopg.DataError) else DatabaseError)(str(wrong))

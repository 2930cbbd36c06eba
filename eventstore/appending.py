"""一批一句: a batch of submissions is one statement and one transaction; what a lost connection leaves open is settled.

The database's own function looks at every submission under its lock (migration 0022). A batch whose confirmation was
lost is sent again, saying so: what is stored already, to the last byte, is answered as stored. That is no guess, since
the receipt of every command is its own and nobody else stores under it.
"""

from collections.abc import Iterable, Iterator, Sequence
from threading import Event
from typing import Any

import msgspec
import psycopg
from eventsourcing.persistence import DatabaseError, DataError, IntegrityError, OperationalError
from eventsourcing.postgres import PostgresDatastore
from psycopg import Connection
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from domain.store import Outcome, Submission

ATTEMPTS = 3
PAUSE = 0.2
"""Seconds before a further attempt; waiting for a connection comes on top."""
APPEND = "SELECT * FROM public.append_events(%b::integer[], %b::uuid[], %b::bigint[], %b::text[], %b::bytea[], %s::jsonb, %s::jsonb, %s)"
DEMOTED = psycopg.errors.ReadOnlySqlTransaction
"""The server was a primary and is one no more."""


class ReceiptExists(IntegrityError):
    """回执已存在: this actor has used this key before, and nothing was written now."""


class Appender:
    """追加者 — holds one connection for storing batches, and finds another when it is lost. For one thread at a time."""

    def __init__(self, datastore: PostgresDatastore) -> None:
        self._datastore = datastore
        self._connection: Connection[Any] | None = None
        self._closing = Event()

    def __call__(self, batch: Sequence[Submission], again: bool = False) -> Sequence[Outcome]:
        """存储一批. Raises OperationalError if the database can't be reached, or doesn't confirm, in several attempts."""
        try:
            parameters = _parameters(batch)
        except (TypeError, ValueError) as unfit:
            return self._each_alone(batch, again, DataError(str(unfit)))
        failure = psycopg.Error("no attempt was made")
        for attempt in range(ATTEMPTS):
            if attempt:
                self._closing.wait(PAUSE)
            try:
                connection = self._connected()
            except psycopg.Error as away:
                failure = away
                continue
            try:
                return list(_outcomes(batch, *_appended(connection, (*parameters, again))))
            except (psycopg.OperationalError, psycopg.InterfaceError, DEMOTED) as lost:
                failure = lost
                again = again or connection.info.transaction_status != TransactionStatus.IDLE
                self._let_go()
                if isinstance(lost, DEMOTED):
                    self._datastore.pool.drain()
            except psycopg.Error as wrong:
                return self._each_alone(batch, again, _translated(wrong))
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

    def _each_alone(
        self, batch: Sequence[Submission], again: bool, wrong: DatabaseError
    ) -> Sequence[Outcome]:
        """逐件: where one of a batch is unfit, each is stored by itself; that one is refused and no other."""
        return [wrong] if len(batch) == 1 else [self._alone(one, again) for one in batch]

    def _alone(self, submission: Submission, again: bool) -> Outcome:
        try:
            return self([submission], again)[0]
        except OperationalError as away:
            return away

    def _connected(self) -> Connection[Any]:
        if self._connection is None:
            self._datastore.pool.open()
            self._connection = self._datastore.pool.getconn()
        return self._connection

    def _let_go(self) -> None:
        """放弃连接: closed rather than given back, whatever state it is in."""
        if self._connection is not None:
            self._connection.close()
            self._datastore.pool.putconn(self._connection)
            self._connection = None


def _appended(
    connection: Connection[Any], parameters: tuple[object, ...]
) -> tuple[Iterator[int], frozenset[int], frozenset[int]]:
    """Positions in order; the numbers of submissions that met a conflict; of those whose key was used."""
    with connection.cursor(binary=True, row_factory=tuple_row) as cursor:
        row = cursor.execute(APPEND, parameters).fetchone()
    if row is None:
        raise psycopg.InternalError("appending was not answered")
    positions, conflicting, used = (one or () for one in row)
    return iter(positions), frozenset(conflicting), frozenset(used)


def _parameters(batch: Sequence[Submission]) -> tuple[object, ...]:
    numbered = [(number, event) for number, (events, _, _) in enumerate(batch) for event in events]
    return (
        [number for number, _ in numbered],
        [event.originator_id for _, event in numbered],
        [event.originator_version for _, event in numbered],
        [event.topic for _, event in numbered],
        [event.state for _, event in numbered],
        _rows((number, row) for number, (_, receipts, _) in enumerate(batch) for row in receipts),
        _rows((number, row) for number, (_, _, outbox) in enumerate(batch) for row in outbox),
    )


def _rows(rows: Iterable[tuple[int, Any]]) -> str:
    return msgspec.json.encode([{"submission": number} | row._asdict() for number, row in rows]).decode()


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


def _translated(wrong: psycopg.Error) -> DatabaseError:
    if isinstance(wrong, psycopg.IntegrityError):
        return IntegrityError(str(wrong))
    return (DataError if isinstance(wrong, psycopg.DataError) else DatabaseError)(str(wrong))

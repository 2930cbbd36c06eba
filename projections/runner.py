"""视图运行器: feeds the log to the views – in batches, one active runner a view, never skipping an event.

A view's rows and its position change in one transaction. When a batch fails it is halved until the failing event
stands alone; that position is recorded and retried, and no other view waits for it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Protocol

import psycopg
import structlog
from eventsourcing.persistence import InterfaceError, OperationalError

from domain.casework import Casework, Recorded
from domain.secrets import destroyed_by
from domain.store import Stored
from eventstore.database import Database
from projections import tracking
from projections.catalogue import VIEWS
from projections.deadlines import settled as as_settled
from projections.view import OF_RULES, Connection, View

CHANNEL = "casework_events"
"""On which the event store announces new events: a hint only."""
BATCH = 4000
POLL = 1.0
"""Seconds between two looks at the log when no announcement comes."""
BACK_OFF = (1.0, 60.0)
"""Seconds before a failed view is tried again: the first wait, doubled up to the last."""
PASSING = frozenset({"08", "40", "53", "55", "57", "58"})
"""Classes of SQLSTATE that pass without the event being different."""
KEEPALIVE = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
"""So that the server lets go of a leader whose machine vanished."""

log = structlog.get_logger("projections")


class Stalled(Exception):
    """停滞 — one event cannot be applied: its position and the class of the error."""

    def __init__(self, name: str, position: int, error: Exception) -> None:
        super().__init__(f"{name} at {position}: {type(error).__name__}")
        self.position = position
        self.error = type(error).__name__
        self.where = _where(error)


class Store(Protocol):
    """库 — what a runner needs of a database; a rebuild hands it the shadow tables."""

    @property
    def dsn(self) -> str:
        """连接串: for the connection that holds the view's lock."""
        ...

    def transaction(self) -> AbstractContextManager[Connection]:
        """事务: a connection in a transaction that commits when the block ends well."""
        ...


class Runner:
    """运行器 — keeps one view up with the log.

    `settled` is set when a view is built anew: up to that position the rule facts need no answer, because every
    row is computed with the rules of today anyhow.
    """

    def __init__(
        self,
        database: Store,
        casework: Casework,
        view: View,
        *,
        batch: int = BATCH,
        poll: float = POLL,
        back_off: tuple[float, float] = BACK_OFF,
        settled: int = 0,
    ) -> None:
        self.database = database
        self.casework = casework
        self.view = as_settled(view, settled)
        self.batch = batch
        self.poll = poll
        self.back_off = back_off
        self.settled = settled
        self.position = 0
        self._suspect = 0  # so many of the next events hold one that fails

    def step(self) -> int:
        """一批: apply the next batch; the number of events applied, 0 at the head. Raises `Stalled`."""
        while True:
            positions: list[int] = []
            try:
                with self.database.transaction() as connection:
                    after = tracking.claim(connection, self.view.name)
                    stored = self.casework.store.select_log(after, self._limit())
                    positions = [one.position for one in stored]
                    if not positions:
                        return 0
                    self.view.apply(connection, self._readable(stored), self.casework)
                    tracking.move(connection, self.view.name, positions[-1])
            except Exception as error:
                if not positions or _of_the_database(error):
                    raise
                if len(positions) == 1:
                    self._suspect = 1
                    raise Stalled(self.view.name, positions[0], error) from error
                self._suspect = len(positions)
            else:
                self._suspect = max(0, self._suspect - len(positions))
                self.position = positions[-1]
                return len(positions)

    def catch_up(self) -> int:
        """追赶: apply batches up to the head; the number of events applied. Raises `Stalled`."""
        applied = 0
        while taken := self.step():
            applied += taken
        return applied

    def run(self, stop: Event) -> None:
        """运行: lead the view until told to stop; whatever fails is logged and tried again."""
        wait, last_wait = self.back_off
        while not stop.is_set():
            try:
                with self._leading() as leader:
                    if leader is not None:
                        wait = self.back_off[0]
                        self._follow(leader, stop)
                pause = self.poll
            except Exception as error:
                self._say(log.error, "projection.interrupted", error=type(error).__name__, at=_where(error))
                pause, wait = wait, min(wait * 2, last_wait)
            stop.wait(pause)

    def _limit(self) -> int:
        return max(1, self._suspect // 2) if self._suspect else self.batch

    def _readable(self, stored: Sequence[Stored]) -> list[Recorded]:
        """The batch, read without the keys whose destruction it records: on a machine whose file still has them, too."""
        batch = self._recorded(stored)
        gone = [pair for one in batch for pair in destroyed_by(one.fact)]
        if not gone:
            return batch
        self.casework.keys.destroy(gone)
        return self._recorded(stored)

    def _recorded(self, stored: Sequence[Stored]) -> list[Recorded]:
        batch = [Recorded(one.position, self.casework.fact(one)) for one in stored]
        return [one for one in batch if one.position > self.settled or not isinstance(one.fact, OF_RULES)]

    @contextmanager
    def _leading(self) -> Iterator[psycopg.Connection[tuple[object, ...]] | None]:
        """A connection that holds the view's advisory lock and hears of new events; None while another holds it."""
        with psycopg.connect(self.database.dsn, autocommit=True, options=KEEPALIVE) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            row = connection.execute(
                "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (f"projection {self.view.name}",)
            ).fetchone()
            yield connection if row is not None and row[0] else None

    def _follow(self, leader: psycopg.Connection[tuple[object, ...]], stop: Event) -> None:
        wait, last_wait = self.back_off
        stalled = False
        while not stop.is_set():
            leader.execute("SELECT 1")  # raises once the lock's connection is gone
            try:
                taken = self.step()
            except Stalled as error:
                stalled = True
                self._record(error)
                stop.wait(wait)
                wait = min(wait * 2, last_wait)
                continue
            if taken and stalled:
                stalled, wait = False, self.back_off[0]
                self._say(log.info, "projection.recovered")
            if not taken:
                for _ in leader.notifies(timeout=self.poll, stop_after=1):
                    pass

    def _record(self, error: Stalled) -> None:
        with self.database.transaction() as connection:
            tracking.stall(connection, self.view.name, error.position, error.error)
        self._say(log.error, "projection.stalled", position=error.position, error=error.error, at=error.where)

    def _say(self, log_at: Callable[..., object], event: str, **more: object) -> None:
        """Logs; a log that can't be written to – its reader gone, its disk full – neither hides a stall nor ends the view."""
        with suppress(OSError, ValueError):
            log_at(event, view=self.view.name, **more)


def run_all(database: Database, casework: Casework, stop: Event, views: Sequence[View] = VIEWS) -> None:
    """全部运行: every view in a thread of its own until told to stop; a stalled one never holds up the others."""
    threads = [
        Thread(target=Runner(database, casework, view).run, args=(stop,), name=f"view-{view.name}")
        for view in views
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def catch_up(database: Database, casework: Casework, views: Sequence[View] = VIEWS) -> None:
    """全部追赶: bring every view up to the head here and now. Raises `Stalled`."""
    for view in views:
        Runner(database, casework, view).catch_up()


def lags(database: Database, views: Sequence[View] = VIEWS) -> list[tracking.Lag]:
    """积压: how far each view is behind the log, and where it stalled."""
    with database.connection() as connection:
        return tracking.lags(connection, tuple(view.name for view in views))


def _of_the_database(error: Exception) -> bool:
    """Whether the database failed rather than the event: a lost connection, a deadlock, no space, a shutdown."""
    if isinstance(error, (InterfaceError, OperationalError, psycopg.InterfaceError)):
        return True
    return isinstance(error, psycopg.OperationalError) and (error.sqlstate or "08")[:2] in PASSING


def _where(error: BaseException) -> str:
    """The file and line that raised, so that a log line needs no message: messages may quote personal data."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace is not None else ""

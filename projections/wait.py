"""等待进度: read your own write – wait until the views have seen a position. All who wait on a database share one listener."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread
from time import monotonic
from weakref import WeakKeyDictionary

import psycopg
from psycopg.rows import dict_row

from eventstore.database import HELD, Database
from projections.tracking import CHANNEL, positions, reached
from projections.view import Connection

POLL = 0.05
"""Seconds between two looks at the tracking rows where nothing is heard: on a standby, or while the listener is away."""
LOOK = 0.25
"""Seconds between two looks where the listener hears; an announcement may be lost, a look never is."""
LEISURE = 1.0
"""Seconds between two looks of the listener whether anybody needs it, and before it is tried again."""

DEAF = 30.0
"""Seconds before a standby is tried again; it may have been promoted."""
NAME = "shixian watcher"
"""Of its connection, as the server shows it."""


class Watcher:
    """守候者 — one thread and one connection a process and database, from the first wait until the database is closed.

    Each announcement costs one look for all who wait. It only makes them prompt: each also looks for itself, now and then.
    """

    def __init__(self, database: Database) -> None:
        self.hears = False
        """听得到: whether announcements come."""
        self._pool = database.pool
        self._dsn = database.dsn
        self._lock = Lock()
        self._waiting: dict[Event, tuple[frozenset[str], int]] = {}
        Thread(target=self._run, name="watcher", daemon=True).start()

    @contextmanager
    def told(self, names: frozenset[str], position: int) -> Iterator[Event]:
        """获知: an event that is set once the views have seen the position."""
        mine = Event()
        with self._lock:
            self._waiting[mine] = names, position
        try:
            yield mine
        finally:
            with self._lock:
                self._waiting.pop(mine, None)

    def _run(self) -> None:
        """A standby hears nothing, and a connection may be cut: whoever waits looks more often for that."""
        quiet = Event()
        while not self._pool.closed:
            try:
                with self._connected() as listener:
                    listener.execute(f"LISTEN {CHANNEL}")
                    self._listen(listener)
            except psycopg.errors.ReadOnlySqlTransaction:
                quiet.wait(DEAF)
            except psycopg.Error:
                self.hears = False
                quiet.wait(LEISURE)

    def _connected(self) -> Connection:
        return psycopg.connect(
            self._dsn, autocommit=True, row_factory=dict_row, options=HELD, application_name=NAME
        )

    def _listen(self, listener: Connection) -> None:
        self.hears = True
        while not self._pool.closed:
            self._tell(listener)
            for _ in listener.notifies(timeout=LEISURE, stop_after=1):
                pass

    def _tell(self, listener: Connection) -> None:
        with self._lock:
            waiting = list(self._waiting.items())
        if not waiting:
            return
        at = positions(listener)
        for mine, (names, position) in waiting:
            if all(at.get(name, 0) >= position for name in names):
                mine.set()


_watchers: WeakKeyDictionary[Database, Watcher] = WeakKeyDictionary()
_starting = Lock()


def watcher(database: Database) -> Watcher:
    """守候者: the one of this process for the database."""
    with _starting:
        if database not in _watchers:
            _watchers[database] = Watcher(database)
        return _watchers[database]


def wait_for(database: Database, names: Iterable[str], position: int, timeout: float = 5.0) -> bool:
    """等待: whether all the named views have seen the position, waiting up to `timeout` seconds for it."""
    wanted = frozenset(names)
    deadline = monotonic() + timeout
    ear = watcher(database)
    with ear.told(wanted, position) as told:
        while True:
            with database.connection() as connection:
                if reached(connection, wanted) >= position:
                    return True
            remaining = deadline - monotonic()
            if remaining <= 0:
                return False
            if told.wait(min(LOOK if ear.hears else POLL, remaining)):
                return True

"""数据库连接: one pool with dict rows, and the event library's settings made from the same DSN."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import TracebackType
from typing import Any, Self

import psycopg
from eventsourcing.postgres import ConnectionPool
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import DictRow, dict_row

from eventstore.liveness import must_be_there
from eventstore.roles import become_writer

CHECKOUT_LIMIT = 10.0
"""Seconds a caller waits for a connection; while the server restarts, this is how long a request hangs on."""

PATIENCE = {
    "connect_timeout": "5",
    "tcp_user_timeout": "20000",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
}
"""How long a machine that vanished without a word is waited for: seconds, not the system's quarter of an hour.
Of several hosts in an address each is tried for as long as `connect_timeout`."""

LETTING_GO = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
"""The same for the server, which otherwise keeps the locks of a machine that vanished: for a quarter of an hour if it was
just telling it something, for two hours if not."""
HELD = " ".join(f"-c {one}={limit}" for one, limit in LETTING_GO.items())
"""The same as options of a connection that holds a lock for as long as it lasts."""
LET_GO = "SELECT " + ", ".join(f"set_config('{one}', '{limit}', false)" for one, limit in LETTING_GO.items())

DOUBT = 5.0
"""Seconds in which all of a pool is doubted only once: what was made since is good."""


PERSISTENCE = 2.0
"""Seconds after which a pool begins its tries to connect anew. Its own pauses between them double: without an end to that a
server that was away for half a minute would be found again half a minute after it is back."""


class Pool(ConnectionPool[Connection[DictRow]]):
    """连接池 — connections that are looked at before use; when one is found broken, none that lies ready is trusted.

    After a takeover all of them are broken at once. Tried one after the other, with the pool's growing pauses between, they
    would hold a caller up for longer than it waits.
    """

    def __init__(self, dsn: str, **options: Any) -> None:
        self._doubted_at = -DOUBT
        super().__init__(
            dsn,
            connection_class=Connection[DictRow],
            check=self._checked,
            reconnect_timeout=PERSISTENCE,
            reconnect_failed=ConnectionPool.check,  # tries again, for whoever waits and for who comes
            **options,
        )

    def _checked(self, connection: Connection[DictRow]) -> None:
        try:
            must_be_there(connection)
        except psycopg.Error:
            if monotonic() - self._doubted_at > DOUBT:
                self._doubted_at = monotonic()
                self.drain()
            raise


class Database:
    """数据库 — connections that are checked before use, so that a restarted server is simply found again."""

    def __init__(
        self,
        dsn: str,
        *,
        min_size: int = 1,
        max_size: int = 10,
        name: str = "shixian",
        checkout: float = CHECKOUT_LIMIT,
    ) -> None:
        self.dsn = dsn = patient(dsn)
        self.pool = Pool(
            dsn,
            kwargs={"row_factory": dict_row, "autocommit": True, "application_name": name},
            min_size=min_size,
            max_size=max_size,
            timeout=checkout,
            configure=prepare,
            name=name,
            open=True,
        )

    @contextmanager
    def connection(self) -> Iterator[Connection[DictRow]]:
        """A connection in autocommit: every statement stands for itself."""
        with self.pool.connection() as connection:
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[Connection[DictRow]]:
        """A connection in a transaction: committed at the end, rolled back on any exception."""
        with self.pool.connection() as connection, connection.transaction():
            yield connection

    def close(self) -> None:
        self.pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def patient(dsn: str, **sooner: str) -> str:
    """不久等: the address with limits of waiting where it names none."""
    given = conninfo_to_dict(dsn)
    return make_conninfo(
        dsn, **{name: value for name, value in {**PATIENCE, **sooner}.items() if name not in given}
    )


def prepare(connection: Connection[Any]) -> None:
    """Instants come back in UTC whatever the server's or the operator's time zone is; no schema but ours is searched;
    and whatever the login may do, the connection does as the writer."""
    connection.execute(
        "SELECT set_config('TimeZone', 'UTC', false), set_config('search_path', 'public', false)"
    )
    connection.execute(LET_GO.encode())
    become_writer(connection)


def library_env(dsn: str, application: str = "casework") -> dict[str, str]:
    """The event library's settings: our factory, mapper and recorder; no DDL, database functions or cache."""
    settings = {
        "PERSISTENCE_MODULE": "eventstore.factory:Factory",
        "POSTGRES_DSN": patient(dsn),
        "POSTGRES_POOL_SIZE": "2",
        "POSTGRES_MAX_OVERFLOW": "13",
        "POSTGRES_CONNECT_TIMEOUT": "3",
        "POSTGRES_ENABLE_DB_FUNCTIONS": "n",
        "CREATE_TABLE": "n",
        "ORIGINATOR_ID_TYPE": "uuid",
        "IS_SNAPSHOTTING_ENABLED": "n",
        "MAPPER_TOPIC": "eventstore.mapper:FactMapper",
        "APPLICATION_RECORDER_TOPIC": "eventstore.recorder:CaseRecorder",
    }
    return {f"{application.upper()}_{key}": value for key, value in settings.items()}

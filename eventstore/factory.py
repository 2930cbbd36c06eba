"""The event library's factory over a DSN: its own settings know no sslmode, service file or several hosts."""

from collections.abc import Callable
from typing import Any

from eventsourcing.persistence import ApplicationRecorder, BaseInfrastructureFactory
from eventsourcing.postgres import PostgresDatastore, PostgresFactory
from eventsourcing.utils import Environment, EnvType
from psycopg import Connection
from psycopg.rows import dict_row

from eventstore.database import LET_GO, Pool
from eventstore.recorder import CaseRecorder
from eventstore.roles import become_writer


class Datastore(PostgresDatastore):
    """The library's datastore with a pool that takes any connection string and checks before use."""

    def __init__(
        self, dsn: str, *, pool_size: int, max_overflow: int, connect_timeout: float, **options: Any
    ):
        super().__init__("", "", "", "", "", **options)
        self.pool = Pool(
            dsn,
            kwargs={"row_factory": dict_row, "application_name": "shixian events"},
            min_size=pool_size,
            max_size=pool_size + max_overflow,
            timeout=connect_timeout,
            configure=_configured(self.after_connect_func()),
            open=False,
        )


def _configured(after_connect: Callable[[Connection[Any]], None]) -> Callable[[Connection[Any]], None]:
    def configure(connection: Connection[Any]) -> None:
        after_connect(connection)
        connection.execute(LET_GO.encode())
        become_writer(connection)

    return configure


class Factory(PostgresFactory):
    """Reads POSTGRES_DSN in place of the library's host, port, user and password."""

    def __init__(self, env: Environment | EnvType | None):
        BaseInfrastructureFactory.__init__(self, env)
        self._recorders: list[CaseRecorder] = []
        self.datastore = Datastore(
            self._setting("POSTGRES_DSN"),
            pool_size=int(self._setting(self.POSTGRES_POOL_SIZE)),
            max_overflow=int(self._setting(self.POSTGRES_MAX_OVERFLOW)),
            connect_timeout=float(self._setting(self.POSTGRES_CONNECT_TIMEOUT)),
            idle_in_transaction_session_timeout=30,
        )

    def application_recorder(self) -> ApplicationRecorder:
        recorder = super().application_recorder()
        if isinstance(recorder, CaseRecorder):
            self._recorders.append(recorder)
        return recorder

    def close(self) -> None:
        """First what is being stored, then the connections."""
        for recorder in self._recorders:
            recorder.close()
        super().close()

    def _setting(self, key: str) -> str:
        value = self.env.get(key)
        if value is None:
            raise OSError(f"the event library lacks the setting {key}")
        return value

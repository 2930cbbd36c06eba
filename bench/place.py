"""场地: a server of the run's own, durable as in service, with a fresh database for each side."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg

from domain.casework import Casework
from eventstore import migrate
from eventstore.database import Database, library_env
from eventstore.embedded import DATABASE, PORT, USER, Server
from eventstore.keys import Keys


class Place:
    """场地 — hands out databases on one server; each is dropped when its block ends."""

    def __init__(self, server: Server, *, quick: bool = False, told: Sequence[int] = ()) -> None:
        self.server = server
        self.quick = quick
        self.told = tuple(told)

    def sizes(self, full: Sequence[int], *, quick: Sequence[int]) -> tuple[int, ...]:
        """规模: at which sizes to measure, the smallest first: those told by `--sizes`, the quick ones, or all."""
        return tuple(sorted(self.told or (quick if self.quick else full)))

    @contextmanager
    def ours(self) -> Iterator[tuple[Database, Casework]]:
        """本项目: the product over a database of its own, set up as in service."""
        with self._fresh() as name:
            dsn = self.server.address(name)
            migrate.upgrade(dsn)
            keys = Keys.open(self.server.home / "keys")
            with (
                Database(dsn, name="bench") as database,
                Casework(library_env(dsn), keys=keys) as casework,
            ):
                yield database, casework

    @contextmanager
    def stock(self) -> Iterator[dict[str, str]]:
        """对照: the library's own settings, none changed, over a database of their own."""
        with self._fresh() as name:
            yield {
                "PERSISTENCE_MODULE": "eventsourcing.postgres",
                "POSTGRES_DBNAME": name,
                "POSTGRES_HOST": str(self.server.socket),
                "POSTGRES_PORT": str(PORT),
                "POSTGRES_USER": USER,
                "POSTGRES_PASSWORD": self.server.password,
            }

    @contextmanager
    def empty(self) -> Iterator[str]:
        """空库: the address of a database with nothing in it."""
        with self._fresh() as name:
            yield self.server.address(name)

    def describe(self) -> dict[str, str | int]:
        """环境: what the figures were taken on."""
        with psycopg.connect(self.server.dsn) as connection:
            settings = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers")
            shown = {name: connection.execute(f"SHOW {name}").fetchone() for name in settings}
        return {"cores": os.cpu_count() or 0} | {name: row[0] for name, row in shown.items() if row}

    @contextmanager
    def _fresh(self) -> Iterator[str]:
        name = f"bench_{uuid4().hex[:8]}"
        with psycopg.connect(self.server.dsn, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        try:
            yield name
        finally:
            with psycopg.connect(self.server.address(DATABASE), autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def place(*, quick: bool = False, told: Sequence[int] = ()) -> Iterator[Place]:
    """开场与收场: a temporary home with a server; both are gone afterwards, however the run ends."""
    home = Path(tempfile.gettempdir()) / f"shixian-bench-{uuid4().hex[:12]}"
    try:
        yield Place(Server.ensure(home), quick=quick, told=told)
    finally:
        if home.exists():
            Server(home, {}).stop()  # by its home: it may be running even if `ensure` was interrupted
        shutil.rmtree(home, ignore_errors=True)

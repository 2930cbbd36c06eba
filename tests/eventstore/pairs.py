"""主备: two servers on loopback, one streaming from the other; addressed by TCP, as on two machines."""

import os
import random
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from uuid import uuid4

import psycopg
from psycopg.conninfo import make_conninfo

from eventstore import access, backup, migrate, roles
from eventstore.binaries import find_programs
from eventstore.copies import Folder
from eventstore.embedded import DATABASE, USER, Server
from tests.conftest import discard
from tests.keys import RUN

STREAMING = (
    "SELECT count(*) FROM pg_stat_replication WHERE application_name = 'standby' AND state = 'streaming'"
)
CAUGHT_UP = """
SELECT pg_current_wal_lsn() <= replay_lsn FROM pg_stat_replication WHERE application_name = 'standby'
"""
OVER_TCP = "host all all 127.0.0.0/8 scram-sha-256\nhost replication all 127.0.0.0/8 scram-sha-256\n"
LOST = "fsync = off\nautovacuum = off\nwal_retrieve_retry_interval = 200ms\n"
"""What is killed are processes, not machines: what they wrote is there, on the disk or not."""


@dataclass
class Pair:
    """主备 — a primary and its standby."""

    primary: Server
    standby: Server
    hosts: tuple[str, str]

    def address(self, host: str = "", database: str = DATABASE, **more: str) -> str:
        """Of one host, or of whichever of the two takes writes."""
        given = (
            {"host": host} if host else {"host": ",".join(self.hosts), "target_session_attrs": "read-write"}
        )
        return make_conninfo(
            **given, port="5432", dbname=database, user=USER, password=self.primary.password, **more
        )

    def fresh(self, name: str) -> None:
        """Another migrated database, on both."""
        with psycopg.connect(self.address(self.hosts[0]), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {DATABASE}")
            connection.execute(f"GRANT CREATE ON DATABASE {name} TO {roles.WRITER}")

    def kill_primary(self) -> None:
        """The machine is gone: the server and every process of it, in one moment."""
        postmaster = self.primary.postmaster()
        assert postmaster is not None
        os.killpg(postmaster, signal.SIGKILL)

    def promote(self) -> None:
        """The standby takes over."""
        with psycopg.connect(self.address(self.hosts[1]), autocommit=True) as connection:
            assert connection.execute("SELECT pg_promote()").fetchone() == (True,)

    def synchronous(self) -> None:
        """From now on a commit is confirmed when the standby has it."""
        with psycopg.connect(self.address(self.hosts[0]), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (standby)'")
            connection.execute("SELECT pg_reload_conf()")
            until(connection, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'", (1,))

    def level(self) -> None:
        """Waits until the standby shows what the primary has."""
        with psycopg.connect(self.address(self.hosts[0]), autocommit=True) as connection:
            until(connection, CAUGHT_UP, (True,))


def until(connection: psycopg.Connection, query: str, wanted: tuple[object, ...]) -> None:
    """Asks until the answer is the wanted one."""
    for _ in range(2000):
        if connection.execute(query).fetchone() == wanted:
            return
        Event().wait(0.01)
    raise AssertionError(query)


@contextmanager
def pair() -> Iterator[Pair]:
    """A migrated primary and a standby made from a base copy of it."""
    folder = Path(os.environ[RUN], uuid4().hex[:12])
    hosts = tuple(f"127.{random.randint(1, 254)}.{random.randint(1, 254)}.{n}" for n in (2, 3))
    settings = {
        name: {"listen_addresses": host} for name, host in zip(("primary", "standby"), hosts, strict=True)
    }
    try:
        primary = Server.ensure(folder / "primary", settings["primary"])
        with (primary.data / "postgresql.conf").open("a") as conf:
            conf.write(LOST)
        let_in(primary)
        migrate.upgrade(primary.dsn)
        one = Pair(primary, primary, (hosts[0], hosts[1]))
        programs = find_programs(primary.home, primary.account, None)
        base = backup.take(one.address(hosts[0]), copies := Folder(folder / "copies"), programs)
        one.standby = follower(folder / "standby", copies.data(base), one, settings["standby"])
        yield one
    finally:
        discard(folder)


def follower(home: Path, copy: Path, of: Pair, settings: dict[str, str]) -> Server:
    """A server that follows the primary from a copy of it on."""
    home.mkdir(mode=0o711)
    shutil.copy2(of.primary.secret, home / "postgres.password")
    copy.rename(home / "postgres")
    data = home / "postgres"
    (data / "standby.signal").touch()
    (data / "pg_hba.conf").write_text(access.rules(of.primary.password))
    for path in (data, *data.rglob("*")):
        of.primary.account.own(path)
    standby = Server.ensure(
        home, {**settings, "cluster_name": "standby", "primary_conninfo": of.address(of.hosts[0])}
    )
    let_in(standby)
    with psycopg.connect(of.address(of.hosts[0]), autocommit=True) as connection:
        until(connection, STREAMING, (1,))
    return standby


def let_in(server: Server) -> None:
    """Over TCP as well, with the password."""
    with (server.data / "pg_hba.conf").open("a") as rules:
        rules.write(OVER_TCP)
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute("SELECT pg_reload_conf()")

"""The pool: dict rows in UTC, whole transactions, and a server that went away and came back."""

import os
import shutil
import signal
from contextlib import closing
from datetime import UTC, datetime
from multiprocessing.pool import ThreadPool
from pathlib import Path
from select import select
from uuid import uuid4

import pytest
from eventsourcing.utils import Environment
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from eventstore import migrate
from eventstore.database import PERSISTENCE, Database, library_env
from eventstore.embedded import PORT, Server
from eventstore.factory import Factory
from tests.chaos.proxy import Proxy


def test_instants_come_back_in_utc(database: Database):
    with database.connection() as connection:
        row = connection.execute("SELECT timestamptz '2026-03-02 10:00+08' AS at").fetchone()
    assert row == {"at": datetime(2026, 3, 2, 2, 0, tzinfo=UTC)}
    assert str(row["at"].tzinfo) == "UTC"


def test_a_transaction_is_kept_whole_or_not_at_all(database: Database):
    with database.transaction() as connection:
        connection.execute("INSERT INTO heartbeats VALUES ('kept', now())")

    def break_off() -> None:
        with database.transaction() as connection:
            connection.execute("INSERT INTO heartbeats VALUES ('lost', now())")
            raise RuntimeError("something went wrong")

    with pytest.raises(RuntimeError):
        break_off()
    with database.connection() as connection:
        assert connection.execute("SELECT name FROM heartbeats").fetchall() == [{"name": "kept"}]


def test_pool_and_log_find_a_server_again_that_was_killed(home: Path):
    server = Server.ensure(home)
    migrate.upgrade(server.dsn)
    factory = Factory(Environment("casework", library_env(server.dsn)))
    with Database(server.dsn) as database, factory:
        recorder = factory.application_recorder()
        with database.transaction() as connection:
            connection.execute("INSERT INTO heartbeats VALUES ('before', now())")
        assert recorder.max_notification_id() is None
        killed = server.postmaster()
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        server.restart()
        with database.connection() as connection:
            assert connection.execute("SELECT name FROM heartbeats").fetchall() == [{"name": "before"}]
        assert recorder.max_notification_id() is None
    server.stop()


def test_c1_a_server_that_was_away_for_long_is_found_again_at_once(
    home: Path, server: Server, database_dsn: str
):
    """However long it was: a pool's pauses between two tries don't grow with it."""
    there = server.socket / f".s.PGSQL.{PORT}"
    proxy = Proxy(home, there)
    with Database(
        make_conninfo(database_dsn, host=str(proxy.folder)), min_size=1, max_size=1, checkout=20
    ) as database:
        with database.connection() as connection:
            connection.execute("SELECT 1")
        proxy.close()
        assert select([connection], [], [], PERSISTENCE)[0], "its end is seen by whoever takes it next"
        shutil.rmtree(proxy.folder)
        with closing(ThreadPool(1)) as waiting:
            answer = waiting.apply_async(one_of, [database])
            answer.wait(3.3)  # tries 0, 1 and 3 seconds after; the next would come after 7
            assert not answer.ready()
            proxy = Proxy(home, there)
            assert answer.get(PERSISTENCE) == 1
        proxy.close()


def one_of(database: Database) -> int:
    with database.connection() as connection:
        row = connection.execute("SELECT 1 AS n").fetchone()
    assert row is not None
    return int(row["n"])


@pytest.mark.parametrize("form", ["url", "words"])
def test_the_log_takes_the_same_address_as_the_pool(database: Database, form: str):
    words = conninfo_to_dict(database.dsn)
    dsn = database.dsn if form == "url" else make_conninfo(**{**words, "sslmode": "prefer"})
    factory = Factory(Environment("casework", library_env(dsn)))
    with factory, Database(dsn) as pool, pool.connection() as connection:
        recorder = factory.application_recorder()
        assert recorder.select_events(uuid4()) == []
        assert connection.execute("SELECT current_database() AS name").fetchone() == {"name": words["dbname"]}


def test_a_missing_setting_is_named():
    with pytest.raises(OSError, match="POSTGRES_DSN"):
        Factory(Environment("casework", {}))

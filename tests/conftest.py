"""Fixtures: one PostgreSQL for the whole run, a fresh migrated database for each test, an obedient clock.

The run's folder lies under /tmp and not under pytest's own folder, which is closed to the account that the
server steps down to when the tests run as root. The server is started by the first test that needs it; the
process that started the run stops it, and sweeps up what a killed earlier run left behind.
"""

import fcntl
import gc
import itertools
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO
from uuid import uuid4

import psycopg
import pytest
import structlog

from eventstore import migrate, roles
from eventstore.database import Database
from eventstore.embedded import Server
from eventstore.places import make_home
from tests.keys import RUN

RUNS = f"shixian-tests-{os.geteuid()}-"
LOCK = pytest.StashKey[TextIO]()
TEMPLATE = "template_shixian"
QUICK = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "64MB",
}


def pytest_configure(config: pytest.Config) -> None:
    if is_worker(config):
        return
    for run in Path("/tmp").glob(RUNS + "*"):
        if is_abandoned(run):
            discard(run)
    run = Path(f"/tmp/{RUNS}{uuid4().hex[:12]}")
    make_home(run)
    config.stash[LOCK] = lock = (run / "fresh.lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    (run / "fresh.lock").rename(run / "run.lock")
    os.environ[RUN] = str(run)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not is_worker(config):
        discard(Path(os.environ[RUN]))
        config.stash[LOCK].close()


def pytest_collection_finish() -> None:
    """What is there from now on stays: the collector needn't look through it again and again."""
    gc.collect()
    gc.freeze()


def is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def is_abandoned(run: Path) -> bool:
    """The process that started the run holds its lock while it lives."""
    try:
        with (run / "run.lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (FileNotFoundError, BlockingIOError):
        return False
    return True


def discard(folder: Path) -> None:
    """Stop whatever server still has its home under the folder, and remove it all."""
    for left in folder.rglob("postmaster.pid"):
        Server(left.parents[1], QUICK).stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def log_of_its_own() -> Iterator[None]:
    """What a test set up for the log is taken back: the stream it wrote to closes with the test."""
    handlers = logging.getLogger().handlers[:]
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = handlers


@pytest.fixture
def home() -> Iterator[Path]:
    """A home of its own, for a test that starts or kills a server; stopped and removed afterwards."""
    own = Path(os.environ[RUN], uuid4().hex[:12])
    yield own
    discard(own)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The run's server, shared by all workers."""
    running = Server.ensure(Path(os.environ[RUN], "server"), QUICK)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def server_dsn(server: Server) -> str:
    """The run's server with a migrated template database; connect to it to make databases, not to use it."""
    with (server.home / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with psycopg.connect(server.dsn, autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (TEMPLATE,)).fetchone()
            if known is None:
                connection.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}_new")
                connection.execute(f"CREATE DATABASE {TEMPLATE}_new")
                migrate.upgrade(server.address(f"{TEMPLATE}_new"))
                connection.execute(f"ALTER DATABASE {TEMPLATE}_new RENAME TO {TEMPLATE}")
    return server.dsn


numbers = itertools.count()


@contextmanager
def fresh(server: Server, template: str) -> Iterator[str]:
    """A database of its own, dropped afterwards even when something is still connected."""
    name = f"test_{os.getpid()}_{next(numbers)}"
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        if template != "template0":  # what a database allows is not copied with it
            connection.execute(f"GRANT CREATE ON DATABASE {name} TO {roles.WRITER}")
    yield server.address(name)
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_dsn(server: Server) -> Iterator[str]:
    """A database without any table."""
    with fresh(server, "template0") as dsn:
        yield dsn


@pytest.fixture
def database_dsn(server: Server, server_dsn: str) -> Iterator[str]:
    """A fresh migrated database."""
    with fresh(server, TEMPLATE) as dsn:
        yield dsn


@pytest.fixture
def database(database_dsn: str) -> Iterator[Database]:
    """The pool of a fresh database."""
    with Database(database_dsn, name="test") as pool:
        yield pool


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def set(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError("a clock is set to an instant with a time zone")
        self.now = now.astimezone(UTC)


@pytest.fixture
def clock() -> Clock:
    """Monday, 2 March 2026, 10:00 in Shanghai, until a test sets it."""
    return Clock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))

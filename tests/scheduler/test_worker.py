"""值班进程: one is active, another takes over; a failing job stops nothing; SIGTERM ends it cleanly."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from eventstore.database import Database
from scheduler.jobs import JOBS, Context, Job
from scheduler.leadership import Leadership
from scheduler.worker import Worker
from tests.owner import as_owner
from tests.scheduler.working import NoCases

AT = datetime(2026, 10, 9, 1, 0, tzinfo=UTC)


@pytest.fixture
def worker(database: Database) -> Iterator[Worker]:
    one = Worker(database, NoCases(), lambda: AT, name="one")
    yield one
    one.stop()


def heartbeats(database: Database) -> dict[str, datetime]:
    """The heartbeats noted."""
    with database.transaction() as connection:
        return {row["name"]: row["at"] for row in connection.execute("SELECT name, at FROM heartbeats")}


def test_each_job_leaves_its_trace(database: Database, worker: Worker) -> None:
    with database.transaction() as connection:
        connection.cursor().executemany(
            "INSERT INTO sessions (token_digest, officer, created_at, expires_at) VALUES (%s, 'li', %s, %s)",
            [(b"old", AT, AT - timedelta(seconds=1)), (b"new", AT, AT + timedelta(seconds=1))],
        )
    worker.run_once()
    assert heartbeats(database) == dict.fromkeys(("scheduler", "sweep", "dispatch"), AT)
    with database.transaction() as connection:
        assert [row["token_digest"] for row in connection.execute("SELECT token_digest FROM sessions")] == [
            b"new"
        ]


def test_the_job_table_is_short_and_named_once() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS) <= 10


def test_only_one_of_two_workers_is_active_until_it_stops(database: Database, worker: Worker) -> None:
    ran: list[str] = []
    job = Job("note", 3600, 1, lambda context: ran.append(context.name))
    other = Worker(database, NoCases(), lambda: AT, name="other", jobs=[job])
    worker.run_once()
    other.run(job)
    assert ran == []
    worker.stop()
    other.run(job)
    other.stop()
    assert ran == ["other"]


def test_a_worker_whose_connection_breaks_knows_that_it_lost_the_lead(database: Database) -> None:
    one, two = Leadership(database.dsn, "one"), Leadership(database.dsn, "two")
    assert one.held()
    assert not two.held()
    with as_owner(database) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    assert two.held()
    assert not one.held()
    assert not one.held()
    two.release()
    assert one.held()
    one.release()


def test_a_failing_job_is_tried_again_and_holds_up_no_other(database: Database) -> None:
    tried = []

    def fail(context: Context) -> None:
        tried.append(context.name)
        raise ValueError

    jobs = [Job("fail", 3600, 1, fail), Job("note", 3600, 1, lambda context: tried.append("noted"))]
    worker = Worker(database, NoCases(), lambda: AT, name="w", jobs=jobs)
    worker.run_once()
    worker.run_once()
    worker.stop()
    assert tried == ["w", "noted"] * 2


def test_a_job_never_runs_twice_at_a_time(database: Database) -> None:
    begun, end, runs = threading.Event(), threading.Event(), []

    def long(context: Context) -> None:
        runs.append(1)
        begun.set()
        end.wait(10)

    job = Job("long", 3600, 1, long)
    worker = Worker(database, NoCases(), lambda: AT, name="w", jobs=[job])
    worker.start()
    assert begun.wait(10), "runs at once on start"
    worker.run(job)
    end.set()
    worker.stop()
    assert runs == [1]


def test_sigterm_ends_a_worker_cleanly(database: Database) -> None:
    command = [sys.executable, "-m", "tests.scheduler.working", database.dsn, AT.isoformat()]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        assert process.stderr.readline() == "started\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert process.stderr.read() == ""
    finally:
        process.kill()
        process.wait()
    successor = Leadership(database.dsn, "successor")
    assert successor.held()
    successor.release()

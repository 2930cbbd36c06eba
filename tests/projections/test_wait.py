"""Waiting for a position: one listener for all who wait, and none is lost with it (C1, issue 6)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Semaphore, Thread

import psycopg
import pytest

from domain.casework import Casework
from eventstore.database import Database
from projections import leading, tracking, wait
from projections.leading import gathering
from projections.runner import catch_up
from projections.view import Connection
from projections.wait import NAME, wait_for, watcher
from tests.eventstore.pairs import until
from tests.projections.office import Office

LISTENERS = f"SELECT count(*)::int FROM pg_stat_activity WHERE application_name = '{NAME}' AND datname = current_database()"
WAITING = 6


@contextmanager
def waiting(
    database: Database, monkeypatch: pytest.MonkeyPatch, position: int, *, by_themselves: bool = False
) -> Iterator[list[bool]]:
    """So many wait for the ledger; each has looked once, in vain, when the block begins – and looks again only if it is
    told nothing. Their answers, after it."""
    looked, answers = Semaphore(0), list[bool]()

    def looking(connection: Connection, names: frozenset[str]) -> int:
        at = tracking.reached(connection, names)
        looked.release()
        return at

    monkeypatch.setattr(wait, "reached", looking)
    with ThreadPoolExecutor(WAITING) as pool:
        held = [pool.submit(wait_for, database, ["ledger"], position, 20) for _ in range(WAITING)]
        for _ in held:
            assert looked.acquire(timeout=10)
        yield answers
        answers += [one.result() for one in held]
    if not by_themselves:
        assert not looked.acquire(blocking=False)


def listening(database: Database, count: int) -> None:
    """So many connections listen, soon."""
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        until(connection, LISTENERS, (count,))


def test_c1_all_who_wait_share_one_listener_and_are_told_by_it(
    database: Database, casework: Casework, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a look of their own, which comes too late here."""
    assert not wait_for(database, ["ledger"], 10**9, timeout=0)
    listening(database, 1)
    monkeypatch.setattr(wait, "LOOK", 600)
    monkeypatch.setattr(wait, "POLL", 600)
    position = casework.history(office.register("2026-03-02"))[-1].position
    with waiting(database, monkeypatch, position) as answers:
        listening(database, 1)
        catch_up(database, casework)
    assert answers == [True] * WAITING


def test_c1_who_waits_finds_out_without_the_listener(
    database: Database, casework: Casework, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is cut, and hasn't come back when the views move; it does come back."""
    assert not wait_for(database, ["ledger"], 10**9, timeout=0)
    listening(database, 1)
    position = casework.history(office.register("2026-03-02"))[-1].position
    with monkeypatch.context() as away, waiting(database, away, position, by_themselves=True) as answers:
        away.setattr(wait.Watcher, "_tell", lambda *_: None)
        with psycopg.connect(database.dsn, autocommit=True) as connection:
            connection.execute(LISTENERS.replace("count(*)::int", "pg_terminate_backend(pid)"))
        catch_up(database, casework)
    assert answers == [True] * WAITING
    listening(database, 1)


def test_c1_the_listener_goes_with_the_database(database_dsn: str, database: Database) -> None:
    """C1: nothing is left open once the part has ended."""
    with Database(database_dsn) as other:
        assert not wait_for(other, ["ledger"], 1, timeout=0)
        listening(database, 1)
        assert watcher(other) is watcher(other)
    listening(database, 0)


@pytest.mark.parametrize(
    ("taken", "since", "seconds"),
    [
        (1, 60.0, 0.0),
        (3, 0.2, 0.0),
        (1, 0.05, leading.WANTED),
        (2, 0.05, leading.GATHER),
        (40, 1.0, leading.GATHER),
        (1000, 60.0, 0.0),
    ],
)
def test_c1_an_event_alone_is_not_held_up(taken: int, since: float, seconds: float) -> None:
    assert gathering(taken, since) == seconds


def test_c1_few_events_are_each_taken_at_once(
    database: Database, casework: Casework, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By whoever leads, without a look at the log in between and with nobody who asks for it."""
    monkeypatch.setattr(leading, "MANY", 10**9)
    monkeypatch.setattr(leading, "GATHER", 600)
    stop = Event()
    leader = Thread(target=leading.Leader(database, casework, poll=600).run, args=(stop,))
    leader.start()
    try:
        case = office.register("2026-03-02")
        for _ in range(3):
            assert wait_for(database, ["ledger", "timeline"], office.do_urge(case))
    finally:
        stop.set()
        with database.connection() as connection:
            tracking.hurry(connection, 10**9)
        leader.join(10)
    assert not leader.is_alive()

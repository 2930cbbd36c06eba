"""期限调整中断: kill -9 in the middle of the recount and between two portions of the record: none lost, none doubled."""

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from time import monotonic

import psycopg
import pytest

from domain.casework import Casework
from domain.rulebase.events import LimitsMoved
from domain.rulebase.moving import stream_of
from eventstore.database import Database
from projections.deadlines import Deadlines
from projections.rebuild import rebuild
from projections.runner import catch_up
from scheduler.limits import record_limits
from tests.projections.office import Office, a_casework, at

NOW = at("2026-03-03")
OFF = ["2026-03-16", "2026-03-17", "2026-03-18"]
CASES = 90


@pytest.fixture
def casework(database: Database) -> Iterator[Casework]:
    with a_casework(database.dsn) as casework:
        yield casework


def started(what: str, database: Database) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.scheduler.limiting", what, database.dsn, NOW.isoformat()]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )


def killed(process: subprocess.Popen[str]) -> None:
    process.kill()
    assert process.wait(10) == -signal.SIGKILL
    for stream in (process.stdin, process.stderr):
        assert stream is not None
        stream.close()


def test_a_decree_survives_kill_9(database: Database, casework: Casework) -> None:
    """C2, issue 5: killed before the recount is committed, then twice while it is recorded."""
    office = Office(casework)
    cases = {office.register("2026-03-02", f"第{n}封来信") for n in range(CASES)}
    catch_up(database, casework, [Deadlines()])
    office.decree(2026, "2026-03-03", OFF)
    with psycopg.connect(database.dsn) as other:
        other.execute("LOCK TABLE rule_changes IN ACCESS EXCLUSIVE MODE")
        recounting = started("recount", database)
        waits(database)
        killed(recounting)
    assert put_down(database) == []

    catch_up(database, casework, [Deadlines()])
    [(change, total)] = put_down(database)
    assert total == CASES
    for portions in (1, 2):
        recording = started("record", database)
        assert recording.stdin is not None
        assert recording.stderr is not None
        for portion in range(portions):
            assert recording.stderr.readline() == "recorded\n"
            if portion < portions - 1:
                recording.stdin.write("go on\n")
                recording.stdin.flush()
        killed(recording)
    assert 0 < (casework.moves_recorded(change) or 0) < total

    record_limits(database, casework, lambda: NOW)
    facts = [casework.fact(row) for row in casework.store.select_stream(stream_of(change))]
    moved = Counter(move.case for fact in facts if isinstance(fact, LimitsMoved) for move in fact.moves)
    assert set(moved) == cases, "lost"
    assert set(moved.values()) == {1}, "doubled"
    assert record_limits(database, casework, lambda: NOW) == 0
    for result in rebuild(database, casework, [Deadlines()], switch=False):
        assert result.agrees, result


def put_down(database: Database) -> list[tuple[int, int]]:
    with database.connection() as connection:
        rows = connection.execute("SELECT change, total FROM rule_changes").fetchall()
    return [(row["change"], row["total"]) for row in rows]


def waits(database: Database) -> None:
    """Until the recount has changed every row and waits for the lock; not for ever."""
    until = monotonic() + 30
    query = (
        "SELECT FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
        " WHERE NOT l.granted AND c.relname = 'rule_changes'"
    )
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        while connection.execute(query).rowcount == 0:
            assert monotonic() < until

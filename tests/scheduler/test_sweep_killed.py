"""巡查中断: a sweep killed between recording alerts and marking them loses none and repeats none."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date

import pytest

from eventstore.database import Database
from scheduler.sweep import sweep
from tests.scheduler.bureau import Bureau, morning

MONDAY, LONG_AFTER = date(2026, 3, 2), date(2026, 12, 1)


@pytest.fixture
def bureau(database: Database) -> Iterator[Bureau]:
    one = Bureau(database, MONDAY)
    yield one
    one.close()


def test_a_sweep_survives_kill_9(bureau: Bureau) -> None:
    bureau.petitions(MONDAY, 60)
    command = [
        sys.executable, "-m", "tests.scheduler.sweeping", bureau.database.dsn, morning(LONG_AFTER).isoformat(),
    ]  # fmt: skip
    for batches in (1, 2, 3):
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        assert process.stdin is not None
        assert process.stderr is not None
        try:
            for batch in range(batches):
                assert process.stderr.readline() == "raised\n"
                if batch < batches - 1:
                    process.stdin.write("go on\n")
                    process.stdin.flush()
        finally:
            process.kill()
        assert process.wait(10) == -signal.SIGKILL
        process.stdin.close()
        process.stderr.close()
    assert len(bureau.alerts()) > 0
    assert bureau.unraised(LONG_AFTER) > 0

    sweep(bureau.database, bureau.casework, lambda: morning(LONG_AFTER))
    assert bureau.unraised(LONG_AFTER) == 0
    raised = bureau.raised()
    assert set(raised) == bureau.due_by(LONG_AFTER), "lost"
    assert set(raised.values()) == {1}, "raised twice"

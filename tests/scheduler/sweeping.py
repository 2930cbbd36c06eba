"""巡查进程: a sweep in a process of its own, to be killed by a test right after it recorded some alerts."""

import sys
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.casework import Casework
from eventstore.database import Database, library_env
from scheduler.sweep import sweep
from tests.keys import run_keys


class Slow:
    """The real door; after each batch it says so and waits for a word, the batch not yet marked as raised."""

    def __init__(self, casework: Casework) -> None:
        self.casework = casework

    def raise_alerts(self, case_ids: Sequence[UUID], at: datetime) -> int:
        """As the real one."""
        raised = self.casework.raise_alerts(case_ids, at)
        sys.stderr.write("raised\n")
        sys.stderr.flush()
        sys.stdin.readline()
        return raised


def main(dsn: str, at: str) -> None:
    """Sweeps in small batches, at a time that stands still."""
    now = datetime.fromisoformat(at)
    with Database(dsn) as database:
        sweep(database, Slow(Casework(library_env(dsn), keys=run_keys())), lambda: now, batch=25)


if __name__ == "__main__":
    main(*sys.argv[1:])

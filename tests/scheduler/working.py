"""值班进程: a worker in a process of its own, to be stopped by a test. Says "started" once its jobs run."""

import sys
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from eventstore.database import Database
from scheduler.jobs import JOBS, Context, Job
from scheduler.worker import Worker


class NoCases:
    """Nothing is ever due."""

    def raise_alerts(self, case_ids: Sequence[UUID], at: datetime) -> int:
        """Nothing to raise."""
        return 0


def say_started(context: Context) -> None:
    """Tells the test that the worker is at work."""
    sys.stderr.write("started\n")
    sys.stderr.flush()


def main(dsn: str, at: str) -> None:
    """Works until told to stop, at a time that stands still."""
    now = datetime.fromisoformat(at)
    with Database(dsn) as database:
        jobs = (*JOBS, Job("say_started", 3600, 1, say_started))
        Worker(database, NoCases(), lambda: now, name="to be stopped", jobs=jobs).run_until_stopped()


if __name__ == "__main__":
    main(*sys.argv[1:])

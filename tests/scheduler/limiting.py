"""期限调整进程: recounts and records in a process of its own, to be killed by a test in the middle of either."""

import sys
from collections.abc import Sequence
from datetime import datetime

from domain.casework import Casework
from domain.rulebase.events import LimitMoved
from eventstore.database import Database, library_env
from projections.deadlines import Deadlines
from projections.runner import catch_up
from scheduler.limits import record_limits
from tests.keys import run_keys


class Slow:
    """The real door; after each portion it says so and waits for a word."""

    def __init__(self, casework: Casework) -> None:
        self.casework = casework

    def moves_recorded(self, change: int) -> int | None:
        """As the real one."""
        return self.casework.moves_recorded(change)

    def record_moves(
        self, change: int, moves: Sequence[LimitMoved], through: int | None, total: int, at: datetime
    ) -> None:
        """As the real one."""
        self.casework.record_moves(change, moves, through, total, at)
        sys.stderr.write("recorded\n")
        sys.stderr.flush()
        sys.stdin.readline()


def main(what: str, dsn: str, at: str) -> None:
    """Recounts, or records in small portions, at a time that stands still."""
    now = datetime.fromisoformat(at)
    with Database(dsn) as database:
        casework = Casework(library_env(dsn), keys=run_keys())
        if what == "recount":
            catch_up(database, casework, [Deadlines()])
        else:
            record_limits(database, Slow(casework), lambda: now, portion=25)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""发送进程: a dispatcher in a process of its own, to be killed by a test."""

import sys
from datetime import datetime

from eventstore.database import Database
from scheduler.outbox import dispatch


def main(dsn: str, at: str) -> None:
    """Sends what is due, at a time that stands still."""
    now = datetime.fromisoformat(at)
    database = Database(dsn)
    try:
        dispatch(database, lambda: now, limit=10_000, worker="to be killed")
    finally:
        database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

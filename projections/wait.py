"""等待进度: read your own write – wait until the views have seen a position."""

from collections.abc import Iterable
from contextlib import suppress
from time import monotonic

import psycopg
from psycopg.rows import dict_row

from eventstore.database import Database
from projections.tracking import CHANNEL, reached

POLL = 0.05
"""Seconds between two looks at the tracking rows when no announcement comes; one may be lost, a look never is."""


def wait_for(database: Database, names: Iterable[str], position: int, timeout: float = 5.0) -> bool:
    """等待: whether all the named views have seen the position, waiting up to `timeout` seconds for it."""
    wanted = frozenset(names)
    with database.connection() as connection:
        if reached(connection, wanted) >= position:
            return True
    deadline = monotonic() + timeout
    with psycopg.connect(database.dsn, autocommit=True, row_factory=dict_row) as listener:
        with suppress(
            psycopg.errors.ReadOnlySqlTransaction
        ):  # a standby hears nothing; it is looked at, again and again
            listener.execute(f"LISTEN {CHANNEL}")
        while reached(listener, wanted) < position:
            remaining = deadline - monotonic()
            if remaining <= 0:
                return False
            for _ in listener.notifies(timeout=min(POLL, remaining), stop_after=1):
                pass
    return True

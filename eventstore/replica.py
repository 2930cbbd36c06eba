"""副本库: a standby that lists are read from, as long as it is no further behind than a few seconds.

How far it is, is told by two marks: where the primary's write-ahead log ended some seconds ago, and how far the standby has
replayed it. A standby that has lost its primary therefore doesn't pass for one that keeps up, nor an idle one for a late one.
"""

from collections import deque
from threading import Lock
from time import monotonic

import psycopg
import structlog

from eventstore.database import Database, patient

log = structlog.get_logger(__name__)

LATE = 5.0
"""Seconds that it may be behind."""
LOOK = 1.0
"""Seconds between two looks."""
SOON = 0.5
"""Seconds that a look waits for a connection."""
WRITTEN = "SELECT (pg_current_wal_lsn() - '0/0')::bigint AS at"
REPLAYED = "SELECT pg_is_in_recovery() AS follows, (pg_last_wal_replay_lsn() - '0/0')::bigint AS at"


class Replica:
    """副本库 — `database` is to be read from while `usable()` says so."""

    def __init__(
        self, dsn: str, primary: Database, *, max_size: int = 10, late: float = LATE, look: float = LOOK
    ) -> None:
        soon = patient(dsn, connect_timeout="2", tcp_user_timeout="5000")
        self.database = Database(soon, min_size=0, max_size=max_size, name="shixian replica", checkout=1.0)
        self._primary = primary
        self._late = late
        self._look = look
        self._marks: deque[tuple[float, int]] = deque()
        self._usable = False
        self._next_look = 0.0
        self._looking = Lock()

    def usable(self) -> bool:
        """是否可用: as last looked; whoever comes when it is time looks, and nobody waits for that."""
        if monotonic() >= self._next_look and self._looking.acquire(blocking=False):
            try:
                self._judge(self._keeps_up())
            finally:
                self._looking.release()
        return self._usable

    def rest(self) -> None:
        """暂停使用: it failed just now; until the next look it isn't asked."""
        self._judge(False)

    def close(self) -> None:
        """关闭."""
        self.database.close()

    def _judge(self, usable: bool) -> None:
        if self._usable and not usable:
            log.warning("replica.away")
        elif usable and not self._usable:
            log.info("replica.used")
        self._usable = usable
        self._next_look = monotonic() + self._look

    def _keeps_up(self) -> bool:
        try:
            with self._primary.pool.connection(timeout=SOON) as connection:
                written = connection.execute(WRITTEN).fetchone()
            with self.database.pool.connection(timeout=SOON) as connection:
                replayed = connection.execute(REPLAYED).fetchone()
        except psycopg.Error:
            return False
        if written is None or replayed is None or not replayed["follows"] or replayed["at"] is None:
            return False
        now = monotonic()
        self._marks.append((now, int(written["at"])))
        while self._marks[0][0] < now - 2 * self._late or self._second_will_do(now):
            self._marks.popleft()
        return int(replayed["at"]) >= self._marks[0][1]

    def _second_will_do(self, now: float) -> bool:
        return len(self._marks) > 1 and self._marks[1][0] <= now - self._late

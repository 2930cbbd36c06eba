"""副本库: a standby that lists are read from, as long as it is no further behind than a few seconds.

How far it is, is told by two marks: where the primary's write-ahead log ended some seconds ago, and how far the standby has
replayed it. A standby that has lost its primary therefore doesn't pass for one that keeps up, nor an idle one for a late one.
Marks of another server's log say nothing: it must be a copy of the same database, follow somebody, and hold the fact that was
the newest one at the mark, which one that took another way since doesn't.
"""

from collections import deque
from threading import Lock
from time import monotonic
from typing import Any, NamedTuple

import psycopg
import structlog

from eventstore.database import Database, patient

log = structlog.get_logger(__name__)

LATE = 2.5
"""Seconds that it may be behind where lists are asked for all the time; where seldom, twice as many, for nobody looks meanwhile."""
LOOK = 1.0
"""Seconds between two looks."""
SOON = 0.5
"""Seconds that a look waits for a connection."""
WHOSE = """
(SELECT system_identifier FROM pg_control_system()) AS system,
(SELECT oid::bigint FROM pg_database WHERE datname = current_database()) AS database
"""
WRITTEN = f"""
SELECT {WHOSE}, (pg_current_wal_lsn() - '0/0')::bigint AS at, newest.* FROM (VALUES (1)) AS one
LEFT JOIN LATERAL (SELECT notification_id, originator_id, originator_version, stored_at FROM public.casework_events
    ORDER BY notification_id DESC LIMIT 1) AS newest ON true
"""
REPLAYED = f"""
SELECT {WHOSE}, (pg_last_wal_replay_lsn() - '0/0')::bigint AS at,
    pg_is_in_recovery() AND EXISTS (SELECT FROM pg_stat_wal_receiver WHERE pid IS NOT NULL) AS follows,
    %(notification_id)s::bigint IS NULL OR EXISTS (SELECT FROM public.casework_events
        WHERE notification_id = %(notification_id)s AND originator_id = %(originator_id)s
            AND originator_version = %(originator_version)s AND stored_at = %(stored_at)s) AS same
"""


class Mark(NamedTuple):
    """标记 — where the primary's log ended at a moment, and its newest fact then."""

    moment: float
    at: int
    row: dict[str, Any]


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
        self._marks: deque[Mark] = deque()
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
            if written is None:
                return False
            mark = self._marked(written)
            with self.database.pool.connection(timeout=SOON) as connection:
                replayed = connection.execute(REPLAYED, mark.row).fetchone()
        except psycopg.Error:
            return False
        if replayed is None or not replayed["follows"] or replayed["at"] is None:
            return False
        if any(replayed[one] != written[one] for one in ("system", "database")):
            return False
        return int(replayed["at"]) >= mark.at and bool(replayed["same"])

    def _marked(self, written: dict[str, Any]) -> Mark:
        """The mark it must have come to."""
        now = monotonic()
        self._marks.append(Mark(now, int(written["at"]), written))
        while self._marks[0].moment < now - 2 * self._late or self._second_will_do(now):
            self._marks.popleft()
        return self._marks[0]

    def _second_will_do(self, now: float) -> bool:
        return len(self._marks) > 1 and self._marks[1].moment <= now - self._late

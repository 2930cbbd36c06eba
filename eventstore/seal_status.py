"""封存状态: how far the log is sealed, how long the rest has waited, and whether sealing was refused and why."""

from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.rows import tuple_row
from psycopg.types.json import Jsonb

from eventstore.sealing import FAULTS, Broken

NAME = "sealer"
MOST = 10_000
"""Unsealed facts are counted up to here."""
PATIENCE = 60.0
"""Seconds a fact may wait before sealing counts as behind; it takes less than one."""

STATUS = """
SELECT head.size, head.position, head.sealed_at, waiting.count, waiting.seconds, state.at, state.fault, state.details
FROM (SELECT) AS always
LEFT JOIN (SELECT size, position, sealed_at FROM seal_heads ORDER BY size DESC LIMIT 1) AS head ON true
CROSS JOIN LATERAL (
    SELECT count(*) AS count, extract(epoch FROM clock_timestamp() - min(stored_at))::float8 AS seconds
    FROM (SELECT stored_at FROM casework_events WHERE notification_id > coalesce(head.position, 0)
        ORDER BY notification_id LIMIT %s) AS unsealed
) AS waiting
LEFT JOIN sealing AS state ON state.name = %s
"""
NOTE = """
INSERT INTO sealing (name, at, fault, details) VALUES (%s, %s, %s, %s)
ON CONFLICT (name) DO UPDATE SET at = EXCLUDED.at, fault = EXCLUDED.fault, details = EXCLUDED.details
"""


class Status(NamedTuple):
    """封存状态 — the last head, what waits and for how many seconds, and the fault if sealing is refused."""

    size: int
    position: int
    sealed_at: datetime | None
    waiting: int
    seconds: float
    at: datetime | None
    fault: str | None
    details: dict[str, Any]

    @property
    def behind(self) -> bool:
        """是否落后."""
        return self.waiting > 0 and self.seconds > PATIENCE

    @property
    def said(self) -> str:
        """一句话: for people."""
        if self.fault is not None:
            numbers = self.details.get("size"), self.details.get("outside")
            told = (
                f"（库内封存到第 {numbers[0]} 条，库外到第 {numbers[1]} 条）"
                if numbers[1] is not None
                else ""
            )
            return f"已停止封存：{FAULTS.get(self.fault, self.fault)}{told}"
        if self.waiting == 0:
            return f"已全部封存，共 {self.size} 条"
        waiting = f"{MOST} 条以上" if self.waiting >= MOST else f"{self.waiting} 条"
        return f"已封存 {self.size} 条，尚未封存 {waiting}，最早的已等 {max(0, int(self.seconds))} 秒"


def status(connection: Connection[Any]) -> Status:
    """封存状态: as of now."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(STATUS, (MOST, NAME)).fetchone()
    if row is None:
        raise LookupError("one row was asked for")
    size, position, sealed_at, waiting, seconds, at, fault, details = row
    return Status(size or 0, position or 0, sealed_at, waiting, seconds or 0.0, at, fault, details or {})


def note(connection: Connection[Any], at: datetime, broken: Broken | None) -> None:
    """记状态: of the sealer that runs now."""
    fault = broken.code if broken is not None else None
    details = broken.details if broken is not None else {}
    connection.execute(NOTE, (NAME, at, fault, Jsonb(details)))

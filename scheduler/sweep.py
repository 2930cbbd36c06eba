"""巡查: finds the alert steps that have come due and has the cases record them.

The sweep only narrows. Whether an alert is due is decided by the case itself, from its facts, and it refuses
a second one; so a crash, a late start or a second scheduler costs nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

import psycopg
import structlog
from eventsourcing.persistence import InterfaceError, OperationalError

from domain.acts import legal_date
from eventstore.database import Database

log = structlog.get_logger(__name__)

ANY_DUE = "SELECT FROM deadline_steps WHERE NOT raised AND fire_on <= %s ORDER BY fire_on LIMIT 1"
DUE = """
SELECT case_id, ctid::text AS place FROM deadline_steps
WHERE NOT raised AND fire_on <= %(today)s AND case_id <> ALL(%(except)s)
ORDER BY fire_on LIMIT %(batch)s FOR UPDATE SKIP LOCKED
"""
RAISED = """
UPDATE deadline_steps SET raised = true WHERE ctid = ANY(%s::tid[])
"""
"""By their places, which can't change: the rows are locked since they were claimed."""
NOT_THE_CASE = (psycopg.OperationalError, psycopg.InterfaceError, OperationalError, InterfaceError)
"""Failures of the database, not of a case: the sweep ends and the next one tries again."""


class RaisesAlerts(Protocol):
    """预警登记 — the one door's side of the sweep: appends what is due for these cases, nothing twice."""

    def raise_alerts(self, case_ids: Sequence[UUID], at: datetime) -> int:
        """The number of alerts recorded."""
        ...


@dataclass(slots=True)
class SweepCount:
    """巡查统计 — steps looked at, alerts recorded, and the cases that failed."""

    steps: int = 0
    alerts: int = 0
    failed: list[UUID] = field(default_factory=list)


def sweep(
    database: Database,
    casework: RaisesAlerts,
    clock: Callable[[], datetime],
    *,
    batch: int = 200,
    go_on: Callable[[], bool] = lambda: True,
) -> SweepCount:
    """巡查期限: batch by batch until nothing due is left. A failing case blocks no other."""
    count = SweepCount()
    at = clock()
    if not anything_due(database, legal_date(at)):
        return count
    while go_on():
        claimed = sweep_batch(database, casework, at, legal_date(at), batch, count)
        count.steps += claimed
        if claimed == 0:
            break
    if count.alerts:
        log.info("alert.raised", alerts=count.alerts, steps=count.steps)
    return count


def anything_due(database: Database, today: date) -> bool:
    """是否有到期: mostly there is nothing; one question in one trip, without a transaction or a lock, tells."""
    with database.connection() as connection:
        return connection.execute(ANY_DUE, (today,)).fetchone() is not None


def sweep_batch(
    database: Database, casework: RaisesAlerts, at: datetime, today: date, batch: int, count: SweepCount
) -> int:
    """巡查一批: in one transaction, so that a crash leaves every step of it to the next sweep."""
    with database.transaction() as connection:
        rows = connection.execute(DUE, {"today": today, "except": count.failed, "batch": batch}).fetchall()
        if not rows:
            return 0
        failed = raise_for(casework, list(dict.fromkeys(row["case_id"] for row in rows)), at, count)
        connection.execute(RAISED, ([row["place"] for row in rows if row["case_id"] not in failed],))
    return len(rows)


def raise_for(casework: RaisesAlerts, cases: Sequence[UUID], at: datetime, count: SweepCount) -> set[UUID]:
    """逐批、逐件登记: all cases together; if that fails, one by one. The cases that failed."""
    try:
        count.alerts += casework.raise_alerts(cases, at)
    except NOT_THE_CASE:
        raise
    except Exception as error:
        if len(cases) == 1:
            log.error("alert.case_failed", case=str(cases[0]), error=type(error).__name__)
            count.failed.append(cases[0])
            return {cases[0]}
        return {case for one in cases for case in raise_for(casework, [one], at, count)}
    return set()


def waiting(database: Database, today: date) -> dict[str, Any]:
    """未巡查: how many steps are due and unraised, and since which day; for the health page."""
    with database.transaction() as connection:
        row: dict[str, Any] | None = connection.execute(
            "SELECT count(*) AS steps, min(fire_on) AS since FROM deadline_steps "
            "WHERE NOT raised AND NOT withdraw AND fire_on <= %s",
            (today,),
        ).fetchone()
    return row or {"steps": 0, "since": None}

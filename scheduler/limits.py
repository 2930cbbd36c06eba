"""期限调整登记: what a change of the rules has moved becomes facts, a few at a time, each limit exactly once.

The view that counted the dates anew has put down what moved, in order, in the transaction in which it moved. How far the
facts have come says the last of them, so a crash between two portions costs nothing and doubles nothing.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

import structlog

from domain.rulebase.events import LimitMoved
from eventstore.database import Database

log = structlog.get_logger(__name__)

PORTION = 2000
"""Limits appended in one transaction, so that nobody who writes waits for long."""

WAITING = "SELECT change, total FROM rule_changes WHERE NOT done ORDER BY change"
NEXT = """
SELECT case_id, clock, start_version, part, from_on, to_on, was_provisional, provisional, withdrawn, rearmed
FROM limits_due WHERE change = %s AND serial > %s ORDER BY serial LIMIT %s
"""
REACHED = "UPDATE rule_changes SET recorded = %s, done = %s WHERE change = %s"
FORGET = "DELETE FROM limits_due WHERE change = %s"


class RecordsMoves(Protocol):
    """期限调整登记 — the one door's side: how far the facts of a change have come, and the next of them."""

    def moves_recorded(self, change: int) -> int | None:
        """How many limits are recorded; None if there is no fact of this change yet."""
        ...

    def record_moves(
        self, change: int, moves: Sequence[LimitMoved], through: int | None, total: int, at: datetime
    ) -> None:
        """The next limits, after those `through` which the facts have come; nothing if they have come further meanwhile."""
        ...


def record_limits(
    database: Database,
    casework: RecordsMoves,
    clock: Callable[[], datetime],
    *,
    portion: int = PORTION,
    go_on: Callable[[], bool] = lambda: True,
) -> int:
    """登记期限调整: of every change that is waiting, until all is recorded; the number of limits."""
    recorded = 0
    with database.connection() as connection:
        waiting = connection.execute(WAITING).fetchall()
    for change in waiting:
        recorded += _of_change(database, casework, clock, change, portion, go_on)
    return recorded


def _of_change(
    database: Database,
    casework: RecordsMoves,
    clock: Callable[[], datetime],
    change: dict[str, Any],
    portion: int,
    go_on: Callable[[], bool],
) -> int:
    number, total = change["change"], change["total"]
    recorded = 0
    while go_on():
        through = casework.moves_recorded(number)
        if through is not None and through >= total:
            with database.transaction() as connection:
                connection.execute(REACHED, (through, True, number))
                connection.execute(FORGET, (number,))
            log.info("limits.recorded", change=number, limits=total)
            break
        with database.transaction() as connection:
            connection.execute(REACHED, (through or 0, False, number))
            rows = connection.execute(NEXT, (number, through or 0, portion)).fetchall()
        if not rows and total:
            log.error("limits.missing", change=number, recorded=through or 0, limits=total)
            break
        casework.record_moves(number, [_moved(row) for row in rows], through, total, clock())
        recorded += len(rows)
    return recorded


def _moved(row: dict[str, Any]) -> LimitMoved:
    given = {name: value for name, value in row.items() if name not in {"case_id", "withdrawn", "rearmed"}}
    return LimitMoved(
        case=row["case_id"], withdrawn=tuple(row["withdrawn"]), rearmed=tuple(row["rearmed"]), **given
    )

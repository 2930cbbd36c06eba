"""月清单查询: the lists of negative decisions in the ledger, newest first, with each one's light on the day one asks."""

from typing import LiteralString

from domain.kinds import MONTH
from projections.ledger_list import DUE, NEEDS, NEWEST_FIRST, SOURCE
from projections.lights import Lights
from projections.paging import Condition, Page, Query, fetch
from projections.view import Connection, Row
from projections.visibility import Visibility

__all__ = ["NEEDS", "month_lists", "query"]

COLUMNS: LiteralString = "l.case_id, l.number, l.office, l.subject, l.registered_at, l.stage, l.state, l.closed_on, l.version, l.position, "


def month_lists(
    connection: Connection,
    visibility: Visibility,
    lights: Lights,
    *,
    month: str | None = None,
    state: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> Page:
    """月清单列表: of one month or of all; `state` is open or closed."""
    asked = query(visibility, lights, month=month, state=state)
    return fetch(connection, asked, limit=limit, cursor=cursor)


def query(
    visibility: Visibility, lights: Lights, *, month: str | None = None, state: str | None = None
) -> Query:
    """月清单查询."""
    conditions = [Condition("l.kind = %(kind)s", {"kind": MONTH.name}), visibility.condition()]
    if month is not None:
        conditions.append(Condition("right(l.number, 7) = %(month)s", {"month": month}))
    if state is not None:
        conditions.append(Condition("l.state = %(state)s", {"state": state}))
    return Query(COLUMNS + DUE, SOURCE, conditions, NEWEST_FIRST, lambda row: _shown(row, lights))


def _shown(row: Row, lights: Lights) -> Row:
    signal = lights.of_case(row)
    kept = {name: value for name, value in row.items() if name != "has_running_clock"}
    return kept | {
        "light": signal.light,
        "overdue": signal.status == "overdue",
        "days_left": signal.days_left,
    }

"""月清单查询: the lists of negative decisions in the ledger, newest first, with each one's light on the day one asks."""

from domain.kinds import MONTH
from projections.ledger_list import NEEDS, NEWEST_FIRST
from projections.lights import NEXT_DUE, Lights
from projections.paging import Condition, Page, page
from projections.view import Connection, Row
from projections.visibility import Visibility

__all__ = ["NEEDS", "month_lists"]

COLUMNS = "l.case_id, l.number, l.office, l.subject, l.stage, l.state, l.closed_on, l.version, l.position, "


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
    conditions = [Condition("l.kind = %(kind)s", {"kind": MONTH.name}), visibility.condition()]
    if month is not None:
        conditions.append(Condition("right(l.number, 7) = %(month)s", {"month": month}))
    if state is not None:
        conditions.append(Condition("l.state = %(state)s", {"state": state}))
    found = page(
        connection, COLUMNS + NEXT_DUE, "ledger l", conditions, NEWEST_FIRST, limit=limit, cursor=cursor
    )
    return found._replace(items=[_shown(row, lights) for row in found.items])


def _shown(row: Row, lights: Lights) -> Row:
    signal = lights.of_case(row)
    kept = {name: value for name, value in row.items() if name != "has_running_clock"}
    return kept | {
        "light": signal.light,
        "overdue": signal.status == "overdue",
        "days_left": signal.days_left,
    }

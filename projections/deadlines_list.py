"""期限查询: clocks across all cases, by due date, with status and light as of the day one asks."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from projections.lights import Lights
from projections.paging import COUNTED, Order, Page, Query, fetch
from projections.paging import wanted as given
from projections.view import Connection, Row
from projections.visibility import Visibility

NEEDS = ("deadlines", "ledger")
"""The views which a reader who asks for a position must wait for."""

_PLACE = "(coalesce(d.due_on, 'infinity'), d.case_id, d.clock, d.start_version, d.part)"
_CURSOR = (
    "(coalesce(%(cursor_due_on)s::date, 'infinity'), %(cursor_case_id)s, %(cursor_clock)s,"
    " %(cursor_start_version)s, %(cursor_part)s)"
)
SOONEST_FIRST = Order(
    "coalesce(d.due_on, 'infinity'), d.case_id, d.clock, d.start_version, d.part",
    ("due_on", "case_id", "clock", "start_version", "part"),
    tuple[date | None, UUID, str, int, str],
    f"{_PLACE} > {_CURSOR}",
    "coalesce(d.due_on, 'infinity') DESC, d.case_id DESC, d.clock DESC, d.start_version DESC, d.part DESC",
    f"{_PLACE} < {_CURSOR}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """筛选条件 — of the list of clocks; what is None doesn't matter."""

    light: str | None = None
    status: str | None = None
    unit: str | None = None
    clock: str | None = None
    due_from: date | None = None
    due_to: date | None = None
    rulebook: str | None = None
    provisional: bool | None = None
    active: bool | None = None


def deadlines(
    connection: Connection,
    visibility: Visibility,
    lights: Lights,
    wanted: Wanted,
    *,
    limit: int | None = None,
    cursor: str | None = None,
) -> Page:
    """期限列表: soonest first; each row with its case's number and subject, its status and light."""
    return fetch(connection, query(visibility, lights, wanted), limit=limit, cursor=cursor, count_to=COUNTED)


def query(visibility: Visibility, lights: Lights, wanted: Wanted) -> Query:
    """期限查询."""
    conditions = [
        visibility.condition(),
        *given(
            (wanted.unit, "d.unit = %(unit)s", "unit"),
            (wanted.clock, "d.clock = %(clock)s", "clock"),
            (wanted.due_from, "d.due_on >= %(due_from)s", "due_from"),
            (wanted.due_to, "d.due_on <= %(due_to)s", "due_to"),
            (wanted.rulebook, "d.rulebook = %(rulebook)s", "rulebook"),
            (wanted.provisional, "d.provisional = %(provisional)s", "provisional"),
            (wanted.active, "%(active)s = (d.state = 'running' AND NOT d.is_window)", "active"),
        ),
    ]
    if wanted.light is not None:
        conditions.append(lights.clock_light(wanted.light))
    if wanted.status is not None:
        conditions.append(lights.clock_status(wanted.status))
    return Query(
        "d.*, l.kind AS case_kind, l.number, l.subject, l.stage, l.handler, l.received_on",
        "deadlines d JOIN ledger l USING (case_id)",
        conditions,
        SOONEST_FIRST,
        lambda row: _shown(row, lights),
    )


def _shown(row: Row, lights: Lights) -> Row:
    signal = lights.of_row(row)
    return row | {
        "unit_responsible": row["unit"],
        "status": signal.status,
        "light": signal.light,
        "days_left": signal.days_left,
        "working_days_left": signal.working_days_left,
    }

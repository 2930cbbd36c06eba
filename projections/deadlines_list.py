"""期限查询: clocks across all cases, by due date, with status and light as of the day one asks."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from projections.lights import Lights
from projections.paging import Condition, Order, Page, page
from projections.view import Connection, Row
from projections.visibility import Visibility

NEEDS = ("deadlines", "ledger")
"""The views which a reader who asks for a position must wait for."""

SOONEST_FIRST = Order(
    "d.due_on NULLS LAST, d.case_id, d.clock, d.start_version, d.part",
    ("due_on", "case_id", "clock", "start_version", "part"),
    tuple[date | None, UUID, str, int, str],
    "(d.due_on > %(cursor_due_on)s OR (d.due_on IS NULL AND %(cursor_due_on)s::date IS NOT NULL)"
    " OR (d.due_on IS NOT DISTINCT FROM %(cursor_due_on)s AND (d.case_id, d.clock, d.start_version, d.part)"
    " > (%(cursor_case_id)s, %(cursor_clock)s, %(cursor_start_version)s, %(cursor_part)s)))",
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
    conditions = [visibility.condition(), *_plain(wanted)]
    if wanted.light is not None:
        conditions.append(lights.clock_light(wanted.light))
    if wanted.status is not None:
        conditions.append(lights.clock_status(wanted.status))
    found = page(
        connection,
        "d.*, l.kind AS case_kind, l.number, l.subject, l.stage",
        "deadlines d JOIN ledger l USING (case_id)",
        conditions,
        SOONEST_FIRST,
        limit=limit,
        cursor=cursor,
    )
    return found._replace(items=[_shown(row, lights) for row in found.items])


def _plain(wanted: Wanted) -> list[Condition]:
    known = (
        (wanted.unit, Condition("d.unit = %(unit)s", {"unit": wanted.unit})),
        (wanted.clock, Condition("d.clock = %(clock)s", {"clock": wanted.clock})),
        (wanted.due_from, Condition("d.due_on >= %(due_from)s", {"due_from": wanted.due_from})),
        (wanted.due_to, Condition("d.due_on <= %(due_to)s", {"due_to": wanted.due_to})),
        (wanted.rulebook, Condition("d.rulebook = %(rulebook)s", {"rulebook": wanted.rulebook})),
        (
            wanted.provisional,
            Condition("d.provisional = %(provisional)s", {"provisional": wanted.provisional}),
        ),
    )
    return [condition for value, condition in known if value is not None]


def _shown(row: Row, lights: Lights) -> Row:
    signal = lights.of_row(row)
    return row | {
        "unit_responsible": row["unit"],
        "status": signal.status,
        "light": signal.light,
        "days_left": signal.days_left,
        "working_days_left": signal.working_days_left,
    }

"""台账查询: the list of petitions – its filters, the search, and each case's light on the day one asks."""

from dataclasses import dataclass
from datetime import date

from domain.kinds import PETITION
from projections.lights import NEXT_DUE, Lights
from projections.paging import Condition, Order, Page, page
from projections.searching import search
from projections.view import Connection, Row
from projections.visibility import Visibility

NEEDS = ("ledger", "deadlines")
"""The views which a reader who asks for a position must wait for."""

NEWEST_FIRST = Order("l.position DESC", ("position",), tuple[int], "l.position < %(cursor_position)s")

PETITIONS = Condition("l.kind = %(kind)s", {"kind": PETITION.name})

COLUMNS = (
    "l.case_id, l.number, l.office, l.year, l.channel, l.category, l.purpose, l.subject, l.received_on,"
    " l.registered_at, l.stage, l.state, l.unit, l.repeat, l.urgent, l.headcount, l.rulebook, l.closed_on,"
    " l.version, l.position, "
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """筛选条件 — of the list of petitions; what is None doesn't matter."""

    q: str | None = None
    state: str | None = None
    stage: str | None = None
    unit: str | None = None
    light: str | None = None
    channel: str | None = None
    category: str | None = None
    received_from: date | None = None
    received_to: date | None = None
    overdue: bool | None = None
    repeat: bool | None = None


def petitions(
    connection: Connection,
    visibility: Visibility,
    lights: Lights,
    wanted: Wanted,
    *,
    limit: int | None = None,
    cursor: str | None = None,
) -> Page:
    """信访事项列表: newest registration first; each row with its light and its next due date."""
    conditions = [PETITIONS, visibility.condition(), *_plain(wanted)]
    if wanted.q is not None:
        conditions.append(search(wanted.q))
    if wanted.light is not None:
        conditions.append(lights.case_light(wanted.light))
    if wanted.overdue is not None:
        conditions.append(lights.case_overdue(wanted.overdue))
    found = page(
        connection, COLUMNS + NEXT_DUE, "ledger l", conditions, NEWEST_FIRST, limit=limit, cursor=cursor
    )
    return found._replace(items=[with_light(row, lights) for row in found.items])


def _plain(wanted: Wanted) -> list[Condition]:
    known = (
        (wanted.state, Condition("l.state = %(state)s", {"state": wanted.state})),
        (wanted.stage, Condition("l.stage = %(stage)s", {"stage": wanted.stage})),
        (wanted.unit, Condition("l.unit = %(unit)s", {"unit": wanted.unit})),
        (wanted.channel, Condition("l.channel = %(channel)s", {"channel": wanted.channel})),
        (wanted.category, Condition("l.category = %(category)s", {"category": wanted.category})),
        (wanted.received_from, Condition("l.received_on >= %(since)s", {"since": wanted.received_from})),
        (wanted.received_to, Condition("l.received_on <= %(until)s", {"until": wanted.received_to})),
        (wanted.repeat, Condition("l.repeat = %(repeat)s", {"repeat": wanted.repeat})),
    )
    return [condition for value, condition in known if value is not None]


def with_light(row: Row, lights: Lights) -> Row:
    """附信号灯: the row with its light, and without what the light was found by."""
    signal = lights.of_case(row)
    kept = {name: value for name, value in row.items() if name != "has_running_clock"}
    return kept | {
        "light": signal.light,
        "overdue": signal.status == "overdue",
        "days_left": signal.days_left,
        "working_days_left": signal.working_days_left,
    }

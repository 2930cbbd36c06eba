"""台账查询: the list of petitions – its filters, the search, and each case's light on the day one asks."""

from dataclasses import dataclass
from datetime import date
from typing import LiteralString, Protocol

from domain.kinds import PETITION
from projections.lights import Lights
from projections.paging import COUNTED, Condition, Order, Page, Query, fetch
from projections.paging import wanted as given
from projections.searching import search
from projections.view import Connection, Row
from projections.visibility import Visibility

NEEDS = ("ledger", "deadlines")
"""The views which a reader who asks for a position must wait for."""

SOURCE: LiteralString = "ledger l LEFT JOIN case_dues n USING (case_id)"

NEWEST_FIRST = Order(
    "l.position DESC",
    ("position",),
    tuple[int],
    "l.position < %(cursor_position)s",
    "l.position",
    "l.position > %(cursor_position)s",
)
SOONEST_FIRST = Order(
    "n.next_due_on, l.position DESC",
    ("next_due_on", "position"),
    tuple[date | None, int],
    "n.next_due_on >= %(cursor_next_due_on)s::date"
    " AND (n.next_due_on > %(cursor_next_due_on)s::date OR l.position < %(cursor_position)s)",
    "n.next_due_on DESC, l.position",
    "(%(cursor_next_due_on)s::date IS NULL OR n.next_due_on <= %(cursor_next_due_on)s::date"
    " AND (n.next_due_on < %(cursor_next_due_on)s::date OR l.position > %(cursor_position)s))",
    where="n.next_due_on IS NOT NULL",
    rest=Order(
        "l.position DESC",
        ("next_due_on", "position"),
        tuple[date | None, int],
        "(%(cursor_next_due_on)s::date IS NOT NULL OR l.position < %(cursor_position)s)",
        "l.position",
        "%(cursor_next_due_on)s::date IS NULL AND l.position > %(cursor_position)s",
        where="n.next_due_on IS NULL",
    ),
)
"""By the next day that falls due; what has no running clock comes last."""
ORDERS = {"newest": NEWEST_FIRST, "due": SOONEST_FIRST}

PETITIONS = Condition("l.kind = %(kind)s", {"kind": PETITION.name})

COLUMNS: LiteralString = (
    "l.case_id, l.number, l.office, l.year, l.channel, l.category, l.purpose, l.topic, l.subject, l.petitioners AS petitioner_names,"
    " l.against AS against_names, l.received_on, l.registered_at, l.accepted_on, l.replied_on, l.stage, l.state, l.unit, l.handler,"
    " l.first_contact, l.repeat, l.urgent, l.headcount, l.rulebook, l.closed_on, l.version, l.position, "
)
DUE: LiteralString = "n.next_due_on, n.finish_due_on, coalesce(n.running, false) AS has_running_clock"


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
    due_from: date | None = None
    due_to: date | None = None
    overdue: bool | None = None
    repeat: bool | None = None
    urgent: bool | None = None


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
    return fetch(connection, query(visibility, lights, wanted), limit=limit, cursor=cursor, count_to=COUNTED)


def query(visibility: Visibility, lights: Lights, wanted: Wanted, order: Order = NEWEST_FIRST) -> Query:
    """信访事项查询."""
    conditions = [PETITIONS, visibility.condition(), *_plain(wanted), *alike(wanted, lights)]
    if wanted.light == "grey" and order.rest is not None:
        order = order.rest  # where nothing runs, nothing falls due
    return Query(COLUMNS + DUE, SOURCE, conditions, order, lambda row: with_light(row, lights))


class Alike(Protocol):
    """共同条件 — what the lists of every kind of case are filtered by."""

    @property
    def q(self) -> str | None: ...
    @property
    def light(self) -> str | None: ...
    @property
    def overdue(self) -> bool | None: ...


def alike(wanted: Alike, lights: Lights) -> list[Condition]:
    """共同条件: the words looked for, the light, and whether overdue."""
    conditions = [] if wanted.q is None else [search(wanted.q)]
    if wanted.light is not None:
        conditions.append(lights.case_light(wanted.light))
    if wanted.overdue is not None:
        conditions.append(lights.case_overdue(wanted.overdue))
    return conditions


def _plain(wanted: Wanted) -> list[Condition]:
    return given(
        (wanted.state, "l.state = %(state)s", "state"),
        (wanted.stage, "l.stage = %(stage)s", "stage"),
        (wanted.unit, "l.unit = %(unit)s", "unit"),
        (wanted.channel, "l.channel = %(channel)s", "channel"),
        (wanted.category, "l.category = %(category)s", "category"),
        (wanted.received_from, "l.received_on >= %(since)s", "since"),
        (wanted.received_to, "l.received_on <= %(until)s", "until"),
        (wanted.due_from, "n.next_due_on >= %(due_from)s", "due_from"),
        (wanted.due_to, "n.next_due_on <= %(due_to)s", "due_to"),
        (wanted.repeat, "l.repeat = %(repeat)s", "repeat"),
        (wanted.urgent, "l.urgent = %(urgent)s", "urgent"),
    )


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

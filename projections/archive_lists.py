"""档案列表: what is to be appraised because its retention has run out, what is lent, and the register of destructions.

Whose case it is decides who sees a row, as in every list; the register shows numbers, never what was in a file.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, LiteralString

from projections.paging import Condition, Order, Page, Query, fetch, wanted
from projections.view import Connection
from projections.visibility import Visibility

NEEDS = ("archives", "ledger")
State = Literal["due", "kept", "lent", "asked", "all"]

SOURCE: LiteralString = "archives a JOIN ledger l USING (case_id)"
COLUMNS: LiteralString = (
    "a.case_id, l.kind, l.number, l.office, l.subject, l.category, l.confidential, a.class, a.archived_on, a.closed_on,"
    " a.runs_out_on, a.asked_on, a.approved_on, a.witnesses, a.lent_on, a.borrower, a.purpose, a.due_back, a.erased_on,"
    " a.is_gone, l.position"
)
BY_END = Order(
    "a.runs_out_on NULLS LAST, l.position",
    ("runs_out_on", "position"),
    tuple[date | None, int],
    "(coalesce(a.runs_out_on, '9999-12-31'), l.position) >"
    " (coalesce(%(cursor_runs_out_on)s::date, '9999-12-31'), %(cursor_position)s)",
)
STATES: dict[str, LiteralString] = {
    "due": "a.runs_out_on < %(today)s AND a.archived_on IS NOT NULL AND NOT a.is_gone",
    "kept": "a.archived_on IS NOT NULL AND NOT a.is_gone",
    "lent": "a.lent_on IS NOT NULL",
    "asked": "a.asked_on IS NOT NULL",
    "all": "true",
}

REGISTER: LiteralString = "erasures e JOIN ledger l USING (case_id)"
REGISTER_COLUMNS: LiteralString = (
    "e.case_id, e.version, e.position, e.number, l.kind, l.number AS case_number, l.office, e.class, e.ground, e.reason,"
    " e.requested_by, e.approved_by, e.witnessed_by, e.erased_on, e.erased_at, e.people, e.texts, e.attachments,"
    " e.linked, e.along_with, e.along_with_number"
)
NEWEST_FIRST = Order("e.position DESC", ("position",), tuple[int], "e.position < %(cursor_position)s")
EVERYTHING_OPEN = Condition("NOT l.confidential", {})
"""What those see of the register who have no cases of their own: that something was destroyed, of no confidential case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """筛选条件 — what is None doesn't matter."""

    state: State = "due"
    kind: str | None = None
    office: str | None = None
    retention: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """清册筛选条件 — by the day of the destruction, the ground and the kind of case."""

    kind: str | None = None
    office: str | None = None
    ground: str | None = None
    erased_from: date | None = None
    erased_to: date | None = None


def query(visibility: Visibility, today: date, asked: Wanted) -> Query:
    """案卷查询: those whose retention ran out first come first."""
    conditions = [
        visibility.condition(),
        Condition(STATES[asked.state], {"today": today}),
        *wanted(
            (asked.kind, "l.kind = %(kind)s", "kind"),
            (asked.office, "l.office = %(office)s", "office"),
            (asked.retention, "a.class = %(retention)s", "retention"),
        ),
    ]
    return Query(COLUMNS, SOURCE, conditions, BY_END)


def files(
    connection: Connection,
    visibility: Visibility,
    today: date,
    asked: Wanted,
    *,
    limit: int | None = None,
    cursor: str | None = None,
) -> Page:
    """案卷列表."""
    return fetch(connection, query(visibility, today, asked), limit=limit, cursor=cursor)


def register_query(seen: Condition, sought: Sought) -> Query:
    """销毁清册查询: newest first. `seen` is whose cases count."""
    conditions = [
        seen,
        *wanted(
            (sought.kind, "l.kind = %(kind)s", "kind"),
            (sought.office, "l.office = %(office)s", "office"),
            (sought.ground, "e.ground = %(ground)s", "ground"),
            (sought.erased_from, "e.erased_on >= %(erased_from)s", "erased_from"),
            (sought.erased_to, "e.erased_on <= %(erased_to)s", "erased_to"),
        ),
    ]
    return Query(REGISTER_COLUMNS, REGISTER, conditions, NEWEST_FIRST)


def register(
    connection: Connection,
    seen: Condition,
    sought: Sought,
    *,
    limit: int | None = None,
    cursor: str | None = None,
) -> Page:
    """销毁清册."""
    return fetch(connection, register_query(seen, sought), limit=limit, cursor=cursor)


def erased_since(connection: Connection, instant: datetime) -> bool:
    """其间有销毁: whether anything was destroyed since the instant."""
    row = connection.execute(
        "SELECT EXISTS (SELECT FROM erasures WHERE erased_at >= %s) AS found", (instant,)
    ).fetchone()
    return row is not None and bool(row["found"])

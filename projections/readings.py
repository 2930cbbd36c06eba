"""查阅留痕的查询: who opened whose data and when. The rows are no read model: they are written once and kept."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import LiteralString
from uuid import UUID

from domain.acts import Act
from projections.paging import Condition, Order, Page, page
from projections.view import Connection
from projections.visibility import Visibility

NEWEST_FIRST = Order("r.id DESC", ("id",), tuple[int], "r.id < %(cursor_id)s")
COLUMNS: LiteralString = "r.id, r.case_id, r.officer, r.for_whom, r.what, r.at, l.kind, l.number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """筛选条件 — by case, by officer, by day (Asia/Shanghai); what is None doesn't matter."""

    case: UUID | None = None
    officer: str | None = None
    read_from: date | None = None
    read_to: date | None = None


def record(connection: Connection, case_id: UUID, act: Act, what: str) -> None:
    """记录: one reading of a case's data."""
    connection.execute(
        "INSERT INTO readings (case_id, officer, for_whom, what, at) VALUES (%s, %s, %s, %s, %s)",
        (case_id, act.by, act.for_whom, what, act.at),
    )


def record_once(connection: Connection, case_id: UUID, act: Act, what: str, within: timedelta) -> None:
    """记录一次: unless the same officer did the same within this time."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"{case_id}{act.by}{what}",))
    same = connection.execute(
        "SELECT FROM readings WHERE case_id = %s AND officer = %s AND for_whom IS NOT DISTINCT FROM %s"
        " AND what = %s AND at > %s",
        (case_id, act.by, act.for_whom, what, act.at - within),
    ).fetchone()
    if same is None:
        record(connection, case_id, act, what)


def readings(
    connection: Connection, visibility: Visibility, wanted: Wanted, *, limit: int | None, cursor: str | None
) -> Page:
    """查阅留痕: newest first, of the cases that the reader may know of."""
    known = (
        (wanted.case, Condition("r.case_id = %(case)s", {"case": wanted.case})),
        (wanted.officer, Condition("r.officer = %(reader)s", {"reader": wanted.officer})),
        (
            wanted.read_from,
            Condition("(r.at AT TIME ZONE 'Asia/Shanghai')::date >= %(since)s", {"since": wanted.read_from}),
        ),
        (
            wanted.read_to,
            Condition("(r.at AT TIME ZONE 'Asia/Shanghai')::date <= %(until)s", {"until": wanted.read_to}),
        ),
    )
    conditions = [visibility.condition(), *(condition for value, condition in known if value is not None)]
    source: LiteralString = "readings r JOIN ledger l USING (case_id)"
    return page(connection, COLUMNS, source, conditions, NEWEST_FIRST, limit=limit, cursor=cursor)

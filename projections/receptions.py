"""接访值班记录查询: the receptions in the ledger, newest first, with each one's light on the day one asks."""

from dataclasses import dataclass
from datetime import date
from typing import LiteralString
from uuid import UUID

from psycopg import sql

from domain.kinds import RECEPTION
from projections.ledger_list import DUE, NEEDS, NEWEST_FIRST, ORDERS, SOURCE, alike, with_light
from projections.lights import Lights
from projections.paging import COUNTED, Condition, Order, Page, Query, fetch
from projections.view import Connection
from projections.visibility import Visibility, person_key

__all__ = ["NEEDS", "ORDERS", "Wanted", "query", "receptions"]

OFFERED: LiteralString = (
    "SELECT d.case_id FROM deadlines d JOIN ledger l USING (case_id) WHERE d.clock = 'hand-over'"
    " AND d.state = 'running' AND d.part = %(named)s AND {} ORDER BY d.started_on, d.case_id LIMIT 50"
)
"""A hand-over's clock runs for the officer who is named; what is petitioned and what was received alike."""

COLUMNS: LiteralString = (
    "l.case_id, l.number, l.office, l.form, l.subject, l.petitioners AS visitor_names, l.received_on, l.registered_at, l.stage, l.state,"
    " l.topic AS result, l.unit, l.first_contact, l.handler, l.headcount, l.due_on AS promised_on, l.closed_on,"
    " l.version, l.position, "
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """筛选条件 — of the reception ledger; what is None doesn't matter. `officer` received it or had it pass through."""

    q: str | None = None
    form: str | None = None
    result: str | None = None
    state: str | None = None
    stage: str | None = None
    light: str | None = None
    unit: str | None = None
    officer: str | None = None
    responsible: str | None = None
    received_from: date | None = None
    received_to: date | None = None
    overdue: bool | None = None


def receptions(
    connection: Connection,
    visibility: Visibility,
    lights: Lights,
    wanted: Wanted,
    *,
    order: Order = NEWEST_FIRST,
    limit: int | None = None,
    cursor: str | None = None,
) -> Page:
    """接访值班记录列表."""
    return fetch(
        connection, query(visibility, lights, wanted, order), limit=limit, cursor=cursor, count_to=COUNTED
    )


def query(visibility: Visibility, lights: Lights, wanted: Wanted, order: Order = NEWEST_FIRST) -> Query:
    """接访值班记录查询."""
    conditions = [
        Condition("l.kind = %(kind)s", {"kind": RECEPTION.name}),
        visibility.condition(),
        *_plain(wanted),
        *alike(wanted, lights),
    ]
    return Query(COLUMNS + DUE, SOURCE, conditions, order, lambda row: with_light(row, lights))


def offered(connection: Connection, visibility: Visibility, officer: str) -> list[UUID]:
    """等待接收: the cases of any kind that were handed over to the officer, who hasn't answered; the oldest first."""
    condition = visibility.condition()
    query = sql.SQL(OFFERED).format(sql.SQL(condition.text))
    rows = connection.execute(query, {**condition.values, "named": officer}, prepare=False).fetchall()
    return [row["case_id"] for row in rows]


def _plain(wanted: Wanted) -> list[Condition]:
    officer = person_key(wanted.officer) if wanted.officer is not None else None
    known = (
        (wanted.form, Condition("l.form = %(form)s", {"form": wanted.form})),
        (wanted.result, Condition("l.topic = %(result)s", {"result": wanted.result})),
        (wanted.state, Condition("l.state = %(state)s", {"state": wanted.state})),
        (wanted.stage, Condition("l.stage = %(stage)s", {"stage": wanted.stage})),
        (wanted.unit, Condition("l.unit = %(unit)s", {"unit": wanted.unit})),
        (officer, Condition("l.units @> ARRAY[%(officer)s]", {"officer": officer})),
        (wanted.responsible, Condition("l.handler = %(responsible)s", {"responsible": wanted.responsible})),
        (wanted.received_from, Condition("l.received_on >= %(since)s", {"since": wanted.received_from})),
        (wanted.received_to, Condition("l.received_on <= %(until)s", {"until": wanted.received_to})),
    )
    return [condition for value, condition in known if value is not None]

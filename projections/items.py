"""督查事项查询: the list of supervision items, and how every unit stands with what it was given to do."""

from dataclasses import dataclass
from datetime import date
from typing import LiteralString

from domain.kinds import ITEM
from domain.supervision.situation import LIMITS
from projections.ledger_list import DUE, NEWEST_FIRST, SOURCE, alike, with_light
from projections.lights import Lights
from projections.paging import COUNTED, Condition, Order, Page, Query, fetch
from projections.paging import wanted as given
from projections.view import Connection, Row
from projections.visibility import Visibility

NEEDS = ("ledger", "deadlines", "item_shares")
"""The views which a reader who asks for a position must wait for."""

OF_UNIT: LiteralString = (
    "(l.unit = %(unit)s OR EXISTS (SELECT FROM item_shares s WHERE s.case_id = l.case_id"
    " AND s.unit = %(unit)s AND s.released_on IS NULL))"
)
ITEMS = Condition("l.kind = %(kind)s", {"kind": ITEM.name})

COLUMNS: LiteralString = (
    "l.case_id, l.number, l.office AS opened_by_unit, l.year, l.form, l.source, l.category, l.subject,"
    " l.received_on AS opened_on, l.registered_at AS opened_at, l.due_on, l.stage, l.state, l.unit, l.public,"
    " l.confidential, l.handler, l.accepted_on AS issued_on, l.closed_on, l.version, l.position,"
    " (SELECT coalesce(array_agg(s.unit ORDER BY s.lead DESC, s.unit), '{}') FROM item_shares s"
    " WHERE s.case_id = l.case_id AND s.released_on IS NULL) AS handling_units, "
)

COMPLETION: LiteralString = """
    WITH limits AS (
        SELECT case_id, part AS unit,
            bool_or(state = 'stopped' AND stopped_on > due_on) AS missed,
            bool_or(state = 'running' AND due_on < %(today)s) AS overdue
        FROM deadlines WHERE clock = ANY(%(limits)s) GROUP BY case_id, part
    ), shares AS (
        SELECT s.unit, s.sent_back, s.extended, coalesce(m.missed, false) AS missed,
            coalesce(m.overdue, false) AS overdue, s.result_on IS NOT NULL AS done,
            s.released_on IS NULL AND NOT s.waived AND l.state = 'open' AS held
        FROM item_shares s JOIN ledger l USING (case_id)
        LEFT JOIN limits m ON m.case_id = s.case_id AND m.unit = s.unit
        WHERE NOT l.confidential AND (%(since)s::date IS NULL OR s.allocated_on >= %(since)s)
            AND (%(until)s::date IS NULL OR s.allocated_on <= %(until)s)
    )
    SELECT unit, count(*) AS allocated,
        count(*) FILTER (WHERE done AND NOT missed) AS done_in_time,
        count(*) FILTER (WHERE missed AND (done OR NOT held)) AS done_late,
        count(*) FILTER (WHERE held AND NOT done AND NOT overdue) AS open_in_time,
        count(*) FILTER (WHERE held AND NOT done AND overdue) AS open_late,
        count(*) FILTER (WHERE NOT held AND NOT done AND NOT missed) AS let_off,
        sum(sent_back) AS sent_back, sum(extended) AS extended
    FROM shares GROUP BY unit ORDER BY unit
"""
"""Every share is counted in one of five ways. Late is whoever missed a limit, of the first round or of a later one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """筛选条件 — of the list of items; what is None doesn't matter."""

    q: str | None = None
    state: str | None = None
    stage: str | None = None
    unit: str | None = None
    light: str | None = None
    source: str | None = None
    category: str | None = None
    form: str | None = None
    public: bool | None = None
    opened_from: date | None = None
    opened_to: date | None = None
    due_from: date | None = None
    due_to: date | None = None
    overdue: bool | None = None
    mine: bool | None = None


def items(
    connection: Connection,
    visibility: Visibility,
    lights: Lights,
    wanted: Wanted,
    *,
    limit: int | None = None,
    cursor: str | None = None,
) -> Page:
    """督查事项列表: newest first; each row with its light, its next due date and the units that handle it."""
    return fetch(connection, query(visibility, lights, wanted), limit=limit, cursor=cursor, count_to=COUNTED)


def query(visibility: Visibility, lights: Lights, wanted: Wanted, order: Order = NEWEST_FIRST) -> Query:
    """督查事项查询."""
    conditions = [ITEMS, visibility.condition(), *_plain(wanted), *alike(wanted, lights)]
    if wanted.mine is not None:
        conditions.append(
            Condition(
                "%(mine)s = (l.units && %(my_keys)s::text[])",
                {"mine": wanted.mine, "my_keys": list(visibility.keys)},
            )
        )
    return Query(COLUMNS + DUE, SOURCE, conditions, order, lambda row: with_light(row, lights))


def completion(connection: Connection, today: date, since: date | None, until: date | None) -> list[Row]:
    """各单位完成情况: of what each unit was given between two days; open to everybody, so confidential items don't count."""
    values = {"today": today, "limits": list(LIMITS), "since": since, "until": until}
    return connection.execute(COMPLETION, values, prepare=False).fetchall()


def _plain(wanted: Wanted) -> list[Condition]:
    return given(
        (wanted.state, "l.state = %(state)s", "state"),
        (wanted.stage, "l.stage = %(stage)s", "stage"),
        (
            wanted.unit,
            OF_UNIT,
            "unit",
        ),
        (wanted.source, "l.source = %(source)s", "source"),
        (wanted.category, "l.category = %(category)s", "category"),
        (wanted.form, "l.form = %(form)s", "form"),
        (wanted.public, "l.public = %(public)s", "public"),
        (wanted.opened_from, "l.received_on >= %(since)s", "since"),
        (wanted.opened_to, "l.received_on <= %(until)s", "until"),
        (wanted.due_from, "l.due_on >= %(due_from)s", "due_from"),
        (wanted.due_to, "l.due_on <= %(due_to)s", "due_to"),
    )

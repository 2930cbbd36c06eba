"""查阅留痕: who was shown whose data, when, on what ground and why – a row a fact, and what auditors ask of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import LiteralString
from uuid import UUID

from domain.casework import Recorded
from domain.trace import PersonalDataRead
from projections.casebook import Casebook
from projections.paging import Condition, Order, Page, Query, page, wanted
from projections.view import Connection, Row, Table, as_json
from projections.visibility import Visibility

NEWEST_FIRST = Order(
    "r.position DESC",
    ("position",),
    tuple[int],
    "r.position < %(cursor_position)s",
    "r.position",
    "r.position > %(cursor_position)s",
)
COLUMNS: LiteralString = (
    "r.position, r.stream, r.version, r.case_id, r.officer, r.unit, r.role, r.for_whom, r.what, r.ground, r.reason,"
    " r.at, l.kind, l.number"
)
SOURCE: LiteralString = "readings r JOIN ledger l USING (case_id)"
NEEDS = ("readings", "ledger")

INSERT = """
    INSERT INTO readings (position, stream, version, case_id, officer, unit, role, for_whom, what, ground, reason, at)
    SELECT position, stream, version, case_id, officer, unit, role, for_whom, what, ground, reason, at
    FROM json_populate_recordset(NULL::readings, %s::json)
    ON CONFLICT (position) DO NOTHING
"""

DAY: LiteralString = "(r.at AT TIME ZONE 'Asia/Shanghai')::date"


class Readings:
    """查阅留痕 — the view."""

    name = "readings"
    tables: Mapping[str, Table] = {"readings": Table(key=("position",))}

    def apply(self, connection: Connection, batch: Sequence[Recorded], casebook: Casebook) -> None:
        """应用: a row for each reading; one seen before changes nothing."""
        rows = [_row(one.position, one.fact) for one in batch if isinstance(one.fact, PersonalDataRead)]
        if rows:
            connection.execute(INSERT, (as_json(rows),))


def _row(position: int, fact: PersonalDataRead) -> Row:
    return {
        "position": position,
        "stream": fact.originator_id,
        "version": fact.originator_version,
        "case_id": fact.case,
        "officer": fact.by,
        "unit": fact.unit,
        "role": fact.role,
        "for_whom": fact.for_whom,
        "what": fact.what,
        "ground": fact.ground,
        "reason": fact.reason,
        "at": fact.recorded_at,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """筛选条件 — by case or its number, officer, unit, what, ground, day (Asia/Shanghai); what is None doesn't matter."""

    case: UUID | None = None
    number: str | None = None
    officer: str | None = None
    unit: str | None = None
    what: str | None = None
    ground: str | None = None
    read_from: date | None = None
    read_to: date | None = None
    position: int | None = None

    def conditions(self) -> list[Condition]:
        """条件: of those that are given."""
        return wanted(
            (self.case, "r.case_id = %(case)s", "case"),
            (self.position, "r.position = %(position)s", "position"),
            (self.number, "l.number = %(number)s", "number"),
            (self.officer, "r.officer = %(reader)s", "reader"),
            (self.unit, "r.unit = %(of_unit)s", "of_unit"),
            (self.what, "r.what = %(what)s", "what"),
            (self.ground, "r.ground = %(ground)s", "ground"),
            (self.read_from, DAY + " >= %(since)s", "since"),
            (self.read_to, DAY + " <= %(until)s", "until"),
        )


def query(visibility: Visibility, asked: Wanted) -> Query:
    """查询: newest first, of the cases that the reader may know of."""
    return Query(COLUMNS, SOURCE, [visibility.condition(), *asked.conditions()], NEWEST_FIRST)


def readings(
    connection: Connection, visibility: Visibility, asked: Wanted, *, limit: int | None, cursor: str | None
) -> Page:
    """查阅留痕: a page of them."""
    found = query(visibility, asked)
    return page(
        connection, found.select, found.source, found.conditions, found.order, limit=limit, cursor=cursor
    )


BY_OFFICER = """
    SELECT r.officer, r.unit, count(*) AS readings, count(DISTINCT r.case_id) AS cases,
        count(*) FILTER (WHERE r.reason IS NOT NULL) AS reasoned, max(r.at) AS last_at
    FROM readings r JOIN ledger l USING (case_id)
    WHERE {where} AND r.what <> 'reason' AND r.role NOT IN ('petitioner', 'system')
    GROUP BY r.officer, r.unit ORDER BY r.unit, readings DESC, r.officer
"""


def by_officer(connection: Connection, visibility: Visibility, asked: Wanted) -> list[Row]:
    """按人员计数: how often the officers of each unit read, the most first; statements of reasons aren't readings."""
    conditions = [
        one if one.settled is None else one.settled(connection)
        for one in (visibility.condition(), *asked.conditions())
    ]
    where = " AND ".join(f"({one.text})" for one in conditions)
    values = {name: value for one in conditions for name, value in one.values.items()}
    return connection.execute(BY_OFFICER.replace("{where}", where).encode(), values, prepare=False).fetchall()

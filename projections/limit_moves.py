"""期限变动清单: one row a limit that a change of the rules moved, as recorded – from which due date to which."""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString
from uuid import UUID

from psycopg import sql

from domain.casework import Recorded
from domain.facts import TOPICS, Fact
from domain.rulebase.events import LimitsMoved
from projections.casebook import Casebook
from projections.paging import Condition, Order, Page, page
from projections.view import Connection, Row, Table, as_json

IGNORES: tuple[type[Fact], ...] = tuple(fact for fact in TOPICS.values() if fact is not LimitsMoved)
"""Every fact that records no moved limit."""

NEEDS = ("limit_moves", "ledger", "deadlines")
"""The views which a reader who asks for a position must wait for."""

INSERT: LiteralString = """
    INSERT INTO limit_moves SELECT * FROM json_populate_recordset(NULL::limit_moves, %s::json)
    ON CONFLICT (change, serial) DO NOTHING
"""
IN_ORDER = Order(
    "m.serial",
    ("serial",),
    tuple[int],
    "m.serial > %(cursor_serial)s",
    "m.serial DESC",
    "m.serial < %(cursor_serial)s",
)
COLUMNS: LiteralString = "m.*, l.kind AS case_kind, l.number, l.subject, d.label, d.unit AS unit_responsible, d.state AS clock_state, d.is_window"
SOURCE: LiteralString = (
    "limit_moves m JOIN ledger l USING (case_id) LEFT JOIN deadlines d ON d.case_id = m.case_id"
    " AND d.clock = m.clock AND d.start_version = m.start_version AND d.part = m.part"
)
TOTALS: LiteralString = """
    SELECT count(*) AS limits, count(DISTINCT m.case_id) AS cases,
        count(*) FILTER (WHERE m.was_provisional AND NOT m.provisional) AS firm,
        coalesce(sum(m.withdrawn), 0) AS withdrawn, coalesce(sum(m.rearmed), 0) AS rearmed
    FROM limit_moves m JOIN ledger l USING (case_id) WHERE m.change = %(change)s AND {}
"""
CHANGES: LiteralString = "SELECT * FROM rule_changes WHERE change = %s"


class LimitMoves:
    """期限变动清单 — the view."""

    name = "limit_moves"
    tables: Mapping[str, Table] = {"limit_moves": Table(key=("change", "serial"))}

    def apply(self, connection: Connection, batch: Sequence[Recorded], casebook: Casebook) -> None:
        """应用: a row for each limit of each fact; a fact seen before changes nothing."""
        for one in batch:
            if isinstance(one.fact, LimitsMoved) and one.fact.moves:
                connection.execute(INSERT, (as_json(_rows(one.position, one.fact)),))


def _rows(position: int, fact: LimitsMoved) -> list[dict[str, Any]]:
    first = fact.through - len(fact.moves) + 1
    return [
        {
            "change": fact.change,
            "serial": serial,
            "case_id": move.case,
            "clock": move.clock,
            "start_version": move.start_version,
            "part": move.part,
            "from_on": move.from_on,
            "to_on": move.to_on,
            "was_provisional": move.was_provisional,
            "provisional": move.provisional,
            "withdrawn": len(move.withdrawn),
            "rearmed": len(move.rearmed),
            "recorded_at": fact.recorded_at,
            "position": position,
        }
        for serial, move in enumerate(fact.moves, start=first)
    ]


def of_case(connection: Connection, case_id: UUID) -> list[Row]:
    """一件的期限变动: of one case, in the order of their record."""
    return connection.execute(
        "SELECT m.*, d.label FROM limit_moves m LEFT JOIN deadlines d ON d.case_id = m.case_id AND d.clock = m.clock"
        " AND d.start_version = m.start_version AND d.part = m.part WHERE m.case_id = %s ORDER BY m.change, m.serial",
        (case_id,),
    ).fetchall()


def of_change(
    connection: Connection,
    visible: Condition,
    change: int,
    *,
    limit: int | None = None,
    cursor: str | None = None,
) -> Page:
    """一次变动的期限: those of the cases that the officer may see, in the order in which they were recorded."""
    of_it = Condition("m.change = %(change)s", {"change": change})
    return page(connection, COLUMNS, SOURCE, [visible, of_it], IN_ORDER, limit=limit, cursor=cursor)


def totals(connection: Connection, visible: Condition, change: int) -> Row:
    """一次变动的合计: limits, cases, dates that became firm, alerts withdrawn and raised anew, as far as the officer may see."""
    query = sql.SQL(TOTALS).format(sql.SQL(visible.text))
    row = connection.execute(query, {**visible.values, "change": change}, prepare=False).fetchone()
    return row if row is not None else {}


def progress(connection: Connection, change: int) -> Row | None:
    """进度: how many limits the change moves and how many are recorded; None while it isn't applied yet."""
    return connection.execute(CHANGES, (change,)).fetchone()

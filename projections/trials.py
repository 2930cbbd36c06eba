"""试算: which limits would move under other rules, and how many would have been late; nothing is kept.

Clocks that fall due alike are counted once, as when a change is applied, and by the same function; the moves lie in a temporary
table until the transaction ends, and are counted and listed from there as far as the officer may see the cases.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, LiteralString

from psycopg import sql

from projections.paging import Condition, Order, Page, page
from projections.recounting import DIFFERS, KEY, SAME_GROUP, Recounted
from projections.view import Connection, Row, as_json

NEEDS = ("deadlines", "ledger")
"""The views which a trial is made on."""

TABLES: LiteralString = """
CREATE TEMPORARY TABLE trial_groups (
    rulebook text, rulebook_version text, clock text, started_on date, days_extended integer, counted text,
    due_on date, provisional boolean, cancelled boolean, open_only boolean, arming text[]
) ON COMMIT DROP;
CREATE TEMPORARY TABLE trial_moves (
    case_id uuid, clock text, start_version bigint, part text, label text, unit text, is_window boolean,
    from_on date, to_on date, was_provisional boolean, provisional boolean, from_state text, to_state text, stopped_on date, arming text[]
) ON COMMIT DROP;
"""
"""`arming`: the alert steps that would stand before the clock if it ran."""
MOVES: LiteralString = f"""
INSERT INTO trial_moves
SELECT d.case_id, d.clock, d.start_version, d.part, d.label, d.unit, d.is_window, d.due_on, r.due_on, d.provisional,
    r.provisional, d.state,
    CASE WHEN r.cancelled IS NULL THEN d.state WHEN r.cancelled THEN 'cancelled' ELSE 'stopped' END, d.stopped_on,
    CASE WHEN d.answerable <> 'petitioner' THEN r.arming END
FROM deadlines d JOIN trial_groups r ON {SAME_GROUP}
WHERE {DIFFERS}
"""
FOLDED: LiteralString = """
INSERT INTO trial_moves SELECT * FROM json_populate_recordset(NULL::trial_moves, %s::json)
"""
FORGET: LiteralString = "DELETE FROM trial_moves WHERE case_id = ANY(%s)"

SOURCE: LiteralString = "trial_moves m JOIN ledger l USING (case_id)"
OPEN: LiteralString = (
    "(m.from_state IN ('running', 'suspended') OR m.to_state IN ('running', 'suspended'))"
    " AND NOT (m.is_window AND greatest(m.from_on, m.to_on) < %(today)s)"
)
"""Clocks that run in either case; a window that is past in both doesn't matter to anybody."""
MOVED: LiteralString = OPEN + " AND m.from_on IS DISTINCT FROM m.to_on"
RECORDED: LiteralString = (
    "(m.from_on, coalesce(m.was_provisional, false)) IS DISTINCT FROM (m.to_on, coalesce(m.provisional, false))"
    " AND (coalesce(m.from_state, 'cancelled') <> 'cancelled' OR coalesce(m.to_state, 'cancelled') <> 'cancelled')"
)
"""What the pass puts down to be recorded: of stopped clocks and past windows as well, and where only 暂定 is lifted."""
DIGEST: LiteralString = (
    "mod(coalesce(sum(hashtextextended(concat_ws('|', m.case_id, m.clock, m.start_version, m.part, m.from_on, m.to_on), 0))"
    f" FILTER (WHERE {OPEN}), 0), 4294967296)::bigint"
)
"""Of some open moves, in whatever order."""
TOTALS: LiteralString = f"""
SELECT count(*) FILTER (WHERE {MOVED}) AS total,
    count(DISTINCT m.case_id) FILTER (WHERE {MOVED}) AS cases,
    count(*) FILTER (WHERE {RECORDED}) AS recorded_limits,
    count(DISTINCT m.case_id) FILTER (WHERE {RECORDED}) AS recorded_cases,
    count(*) FILTER (WHERE {RECORDED} AND m.was_provisional AND NOT m.provisional) AS firm,
    {DIGEST} AS digest
FROM trial_moves m JOIN ledger l USING (case_id) WHERE {{}}
"""
BY: LiteralString = f"""
SELECT m.clock, min(m.label) AS label, m.unit, count(*) AS limits, {DIGEST} AS digest
FROM trial_moves m JOIN ledger l USING (case_id) WHERE {{}} GROUP BY m.clock, m.unit
"""
ALERTS: LiteralString = """
SELECT count(*) FILTER (WHERE NOT a.acknowledged) AS withdrawn,
    count(*) FILTER (WHERE m.to_state = 'running' AND a.step = ANY(m.arming) AND NOT EXISTS (
        SELECT FROM raised_alerts s WHERE s.case_id = m.case_id AND s.clock = m.clock
            AND s.start_version = m.start_version AND s.part = m.part AND s.step = a.step AND s.due_on = m.to_on)) AS rearmed
FROM trial_moves m JOIN ledger l USING (case_id) JOIN raised_alerts a ON a.case_id = m.case_id AND a.clock = m.clock
    AND a.start_version = m.start_version AND a.part = m.part AND a.due_on = m.from_on
WHERE m.from_on IS DISTINCT FROM m.to_on AND {}
"""
"""Of every clock that moves, as the pass counts them: an alert of a window that is past in both cases is withdrawn too."""
COMPARED: LiteralString = """
SELECT count(*) AS compared FROM ledger l WHERE EXISTS (SELECT FROM deadlines d
    WHERE d.case_id = l.case_id AND d.state IN ('running', 'suspended')) AND {}
"""
LATE: LiteralString = """
WITH judged AS (
    SELECT coalesce(d.clock, m.clock) AS clock, coalesce(d.label, m.label) AS label, coalesce(d.unit, m.unit) AS unit,
        case_id, d.state = 'stopped' AND d.stopped_on > d.due_on OR d.state = 'running' AND d.due_on < %(today)s AS was,
        CASE WHEN m.case_id IS NULL
            THEN d.state = 'stopped' AND d.stopped_on > d.due_on OR d.state = 'running' AND d.due_on < %(today)s
            ELSE m.to_on IS NOT NULL AND (m.to_state = 'stopped' AND m.stopped_on > m.to_on
                OR m.to_state = 'running' AND m.to_on < %(today)s) END AS would
    FROM deadlines d FULL JOIN trial_moves m USING (case_id, clock, start_version, part)
    WHERE NOT coalesce(m.is_window, d.is_window)
)
SELECT j.clock, min(j.label) AS label, j.unit, count(*) AS limits, count(*) FILTER (WHERE j.was) AS late,
    count(*) FILTER (WHERE j.would) AS would_be_late,
    count(*) FILTER (WHERE j.would AND j.was IS NOT TRUE) AS newly_late,
    count(*) FILTER (WHERE j.was AND j.would IS NOT TRUE) AS no_longer_late
FROM judged j JOIN ledger l USING (case_id)
WHERE (%(since)s::date IS NULL OR l.received_on >= %(since)s) AND (%(until)s::date IS NULL OR l.received_on <= %(until)s)
    AND {} GROUP BY j.clock, j.unit
"""
BY_NUMBER = Order(
    "l.number, m.clock, m.start_version, m.part",
    ("number", "clock", "start_version", "part"),
    tuple[str, str, int, str],
    "(l.number, m.clock, m.start_version, m.part)"
    " > (%(cursor_number)s, %(cursor_clock)s, %(cursor_start_version)s, %(cursor_part)s)",
)


def put(connection: Connection, found: Sequence[Recounted]) -> None:
    """试算变动: of these groups' clocks, for the rest of the transaction."""
    connection.execute(TABLES)
    with connection.cursor().copy(
        f"COPY trial_groups ({KEY}, due_on, provisional, cancelled, open_only, arming) FROM STDIN"
    ) as rows:
        for one in found:
            judged = one.after.judged
            cancelled = judged.cancelled if one.group.inputs.cancelled_on is not None else None
            armed = [step for step, _, late in one.after.steps if not (one.spec.window and late)]
            rows.write_row((*one.group, judged.due_on, judged.provisional, cancelled, one.open_only, armed))
    connection.execute("ANALYZE trial_groups")
    connection.execute(MOVES)


def put_folded(connection: Connection, ids: Sequence[object], rows: Sequence[Mapping[str, Any]]) -> None:
    """逐件试算的变动: of these cases, in the place of what was put down for them before."""
    connection.execute(FORGET, (list(ids),))
    if rows:
        connection.execute(FOLDED, (as_json(rows),))


def totals(connection: Connection, visible: Condition, today: date) -> Row:
    """合计: open limits and their cases that would move, with a digest of them in whatever order; and of all that would be
    recorded the limits, the cases, the dates that would become firm and the alerts that would change."""
    connection.execute("ANALYZE trial_moves")
    values = {**visible.values, "today": today}
    found = _one(connection, TOTALS, visible, values) | _one(connection, ALERTS, visible, values)
    return found | _one(connection, COMPARED, visible, values)


def by(connection: Connection, visible: Condition, today: date) -> list[Row]:
    """分组合计: by clock and unit."""
    return _all(connection, BY, visible, MOVED, {**visible.values, "today": today})


def moves(
    connection: Connection, visible: Condition, today: date, *, limit: int | None, cursor: str | None
) -> Page:
    """会变动的期限: by the number of their cases."""
    moved = Condition(MOVED, {"today": today})
    columns: LiteralString = "m.*, l.kind AS case_kind, l.number"
    return page(connection, columns, SOURCE, [visible, moved], BY_NUMBER, limit=limit, cursor=cursor)


def lateness(
    connection: Connection, visible: Condition, today: date, since: date | None, until: date | None
) -> list[Row]:
    """逾期试算: by clock and unit, how many are or were late and how many would be, over open and past cases."""
    values = {**visible.values, "today": today, "since": since, "until": until}
    return _all(connection, LATE, visible, "", values)


def _one(connection: Connection, query: LiteralString, visible: Condition, values: Mapping[str, Any]) -> Row:
    return _all(connection, query, visible, "", values)[0]


def _all(
    connection: Connection,
    query: LiteralString,
    visible: Condition,
    more: LiteralString,
    values: Mapping[str, Any],
) -> list[Row]:
    where = sql.SQL(f"({visible.text}) AND {more}" if more else f"({visible.text})")
    return connection.execute(sql.SQL(query).format(where), values, prepare=False).fetchall()

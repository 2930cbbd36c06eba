"""待办查询: the cases that wait for an officer, the most urgent first; how many for what; how the clocks stand; who is late.

Only candidates: whether an act is open to this officer today is asked of the case itself by whoever shows it.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, LiteralString
from uuid import UUID

from psycopg import sql

from projections.lights import Lights
from projections.view import Connection, Row
from projections.visibility import Visibility

NEEDS = ("awaited", "ledger", "deadlines")
"""The views which a reader who asks for a position must wait for."""

_WAITS: LiteralString = (
    "l.case_id IN (SELECT a.case_id FROM awaited a"
    " WHERE a.who = ANY(%(who)s) AND (%(acts)s::text[] IS NULL OR a.acts && %(acts)s::text[]))"
)
_SOONEST: LiteralString = (
    "(SELECT l.case_id FROM ledger l JOIN case_dues n USING (case_id) WHERE n.next_due_on IS NOT NULL"
    f" AND {_WAITS} AND {{0}} ORDER BY n.next_due_on, l.position LIMIT %(most)s)"
    " UNION ALL (SELECT l.case_id FROM ledger l LEFT JOIN case_dues n USING (case_id) WHERE n.next_due_on IS NULL"
    f" AND {_WAITS} AND {{0}} ORDER BY l.position LIMIT %(most)s) LIMIT %(limit)s OFFSET %(offset)s"
)
"""Those with a day that falls due, by the index on it, and then those without: where many wait, only the first are read."""
_COUNTS: LiteralString = (
    "SELECT act, count(*) AS n FROM (SELECT DISTINCT a.case_id, act FROM awaited a JOIN ledger l USING (case_id),"
    " unnest(a.acts) AS act WHERE a.who = ANY(%(who)s) AND {}) AS each GROUP BY act"
)
_LIGHTS: LiteralString = (
    "SELECT count(*) FILTER (WHERE due_on < %(today)s) AS red, count(*) FILTER (WHERE due_on >= %(today)s AND"
    " due_on < %(first_green)s) AS yellow, count(*) FILTER (WHERE due_on IS NULL OR due_on >= %(first_green)s) AS green"
    " FROM ({}) AS cases"
)
_DUES: LiteralString = (
    "SELECT n.next_due_on AS due_on FROM case_dues n JOIN ledger l USING (case_id) WHERE n.running AND {}"
)
_DUES_OF_UNITS: LiteralString = (
    "SELECT min(d.due_on) AS due_on FROM deadlines d JOIN ledger l USING (case_id) WHERE d.state = 'running'"
    " AND NOT d.is_window AND d.unit = ANY(%(units)s::text[]) AND {} GROUP BY d.case_id"
)
_LATE: LiteralString = (
    "SELECT unit, count(*) AS n, min(oldest) AS oldest FROM (SELECT d.unit, min(d.due_on) AS oldest FROM deadlines d"
    " JOIN ledger l USING (case_id) WHERE d.state = 'running' AND NOT d.is_window AND d.due_on < %(today)s AND {}"
    " GROUP BY d.unit, d.case_id) AS late GROUP BY unit ORDER BY n DESC, unit LIMIT %(limit)s"
)


def soonest(
    connection: Connection,
    visibility: Visibility,
    who: Sequence[str],
    acts: Sequence[str] | None,
    *,
    limit: int,
    offset: int = 0,
) -> list[UUID]:
    """待办事项: by the limit that falls due first; those for one of the acts, if any are named."""
    values = {
        "who": list(who),
        "acts": None if acts is None else list(acts),
        "limit": limit,
        "offset": offset,
        "most": limit + offset,
    }
    return [row["case_id"] for row in _rows(connection, visibility, _SOONEST, values)]


def counts(connection: Connection, visibility: Visibility, who: Sequence[str]) -> dict[str, int]:
    """待办件数: by act."""
    return {row["act"]: row["n"] for row in _rows(connection, visibility, _COUNTS, {"who": list(who)})}


def by_light(
    connection: Connection, visibility: Visibility, lights: Lights, units: Sequence[str] | None
) -> dict[str, int]:
    """各灯件数: of cases with a running clock of these units, or of anybody; each by the clock that ends first."""
    values = {
        "today": lights.today,
        "first_green": lights.first_green,
        "units": None if units is None else list(units),
    }
    cases = _DUES if units is None else _DUES_OF_UNITS
    [row] = _rows(connection, visibility, _LIGHTS.replace("{}", cases), values)
    return {name: row[name] for name in ("red", "yellow", "green")}


def late_units(connection: Connection, visibility: Visibility, today: date, limit: int = 10) -> list[Row]:
    """超期单位: with how many cases each is late, and since when."""
    return _rows(connection, visibility, _LATE, {"today": today, "limit": limit})


def _rows(
    connection: Connection, visibility: Visibility, text: LiteralString, values: dict[str, Any]
) -> list[Row]:
    seen = visibility.condition()
    query = sql.SQL(text).format(sql.SQL(seen.text))
    return connection.execute(query, {**seen.values, **values}, prepare=False).fetchall()

"""预警清单: one row an alert – which step of which clock, whom it was raised to, who acknowledged it."""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString
from uuid import UUID

from psycopg import sql

from domain.alerts.events import AlertAcknowledged, Alerted, AlertWithdrawn
from domain.cases import State
from domain.casework import Recorded
from domain.errors import Invalid
from domain.facts import TOPICS, Fact
from projections.casebook import Casebook
from projections.lights import Lights
from projections.paging import Condition, Order, Page, Query, fetch, page
from projections.view import Connection, Row, Table, as_json, cleaned
from projections.visibility import Visibility

HANDLES = (Alerted, AlertAcknowledged, AlertWithdrawn)
IGNORES: tuple[type[Fact], ...] = tuple(fact for fact in TOPICS.values() if fact not in HANDLES)
"""Every fact that is about no alert."""

NEEDS = ("alerts", "ledger", "deadlines")
"""The views which a reader who asks for a position must wait for."""

RAISED = """
    INSERT INTO alerts (alert_id, case_id, number, clock, start_version, part, step, due_on, unit, recipients,
        raised_at, position)
    SELECT alert_id, case_id, number, clock, start_version, part, step, due_on, unit, recipients, raised_at, position
    FROM json_populate_recordset(NULL::alerts, %s::json)
    ON CONFLICT (alert_id) DO NOTHING
"""
ACKNOWLEDGED = """
    UPDATE alerts SET acknowledged_by = %s, acknowledged_at = %s, remark = %s WHERE alert_id = %s
"""

WITHDRAWN = """
    UPDATE alerts SET withdrawn_at = %s, now_due_on = %s WHERE alert_id = %s
"""

_OF_THE_CLOCK = frozenset({"is_window", "clock_state", "clock_due_on", "stopped_on"})

NEWEST_FIRST = Order("a.position DESC", ("position",), tuple[int], "a.position < %(cursor_position)s")

_STATUSES: Mapping[str, LiteralString] = {
    "waiting": "a.acknowledged_at IS NULL AND a.withdrawn_at IS NULL",
    "open": "a.acknowledged_at IS NULL AND a.withdrawn_at IS NULL AND NOT starts_with(a.step, 'escalated')",
    "acknowledged": "a.acknowledged_at IS NOT NULL",
    "escalated": "a.acknowledged_at IS NULL AND a.withdrawn_at IS NULL AND starts_with(a.step, 'escalated')",
    "withdrawn": "a.withdrawn_at IS NOT NULL",
}
COLUMNS: LiteralString = (
    "a.*, l.kind AS case_kind, d.label AS clock_label, d.is_window, d.state AS clock_state, d.due_on AS clock_due_on, d.stopped_on,"
    " (SELECT coalesce(json_agg(json_build_object('channel', o.channel, 'state', o.state, 'attempts', o.attempts,"
    " 'at', o.delivered_at) ORDER BY o.channel), '[]') FROM outbox o WHERE o.alert_id = a.alert_id) AS deliveries"
)
SOURCE: LiteralString = (
    "alerts a JOIN ledger l USING (case_id) LEFT JOIN deadlines d"
    " ON d.case_id = a.case_id AND d.clock = a.clock AND d.start_version = a.start_version AND d.part = a.part"
)


class Alerts:
    """预警清单 — the view."""

    name = "alerts"
    tables: Mapping[str, Table] = {"alerts": Table(key=("alert_id",))}

    def apply(self, connection: Connection, batch: Sequence[Recorded], casebook: Casebook) -> None:
        """应用: alerts first, then what was acknowledged or withdrawn; all harmless when seen again."""
        raised = [(one.position, one.fact) for one in batch if isinstance(one.fact, Alerted)]
        if raised:
            cases = casebook.cases(list(dict.fromkeys(fact.originator_id for _, fact in raised)))
            rows = [_row(position, fact, cases[fact.originator_id].state) for position, fact in raised]
            connection.execute(RAISED, (as_json(rows),))
        answers = [one.fact for one in batch if isinstance(one.fact, AlertAcknowledged)]
        if answers:
            connection.cursor().executemany(
                ACKNOWLEDGED,
                [(fact.by, fact.recorded_at, cleaned(fact.remark), fact.alert_id) for fact in answers],
            )
        recalled = [one.fact for one in batch if isinstance(one.fact, AlertWithdrawn)]
        if recalled:
            connection.cursor().executemany(
                WITHDRAWN, [(fact.recorded_at, fact.now_due_on, fact.alert_id) for fact in recalled]
            )


def _row(position: int, fact: Alerted, case: State) -> dict[str, Any]:
    return {
        "alert_id": fact.alert_id,
        "case_id": fact.originator_id,
        "number": case.number,
        "clock": fact.clock,
        "start_version": fact.start_version,
        "part": fact.part,
        "step": fact.step,
        "due_on": fact.due_on,
        "unit": fact.responsible,
        "recipients": fact.recipients,
        "raised_at": fact.recorded_at,
        "position": position,
    }


def alerts(
    connection: Connection,
    visibility: Visibility,
    lights: Lights,
    *,
    to: str = "all",
    status: str | None = None,
    light: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> Page:
    """预警列表: newest first, each with its deliveries; `to` is me, unit or all that the officer may see."""
    asked = query(visibility, lights, to=to, status=status, light=light)
    return fetch(connection, asked, limit=limit, cursor=cursor)


def query(
    visibility: Visibility,
    lights: Lights,
    *,
    to: str = "all",
    status: str | None = None,
    light: str | None = None,
) -> Query:
    """预警查询."""
    conditions = [visibility.condition(), *_to(to, visibility)]
    if status is not None:
        conditions.append(Condition(_known(_STATUSES, status, "status")))
    if light is not None:
        conditions.append(lights.clock_light(light))
    return Query(COLUMNS, SOURCE, conditions, NEWEST_FIRST, lambda row: _shown(row, lights))


def alert(connection: Connection, visibility: Visibility, lights: Lights, alert_id: UUID) -> Row | None:
    """一项预警: by its id, if the officer may see its case."""
    conditions = [visibility.condition(), Condition("a.alert_id = %(alert_id)s", {"alert_id": alert_id})]
    found = page(connection, COLUMNS, SOURCE, conditions, NEWEST_FIRST, limit=1, cursor=None)
    return _shown(found.items[0], lights) if found.items else None


def open_to_me(connection: Connection, visibility: Visibility) -> int:
    """待签收: how many alerts were raised to this officer and are acknowledged by nobody yet."""
    seen = visibility.condition()
    query = sql.SQL(
        "SELECT count(*) AS n FROM alerts a JOIN ledger l USING (case_id) WHERE a.acknowledged_at IS NULL"
        " AND a.withdrawn_at IS NULL AND a.recipients @> ARRAY[%(me)s::text] AND {}"
    ).format(sql.SQL(seen.text))
    row = connection.execute(query, {"me": visibility.officer, **seen.values}, prepare=False).fetchone()
    return int(row["n"]) if row is not None else 0


def _shown(row: Row, lights: Lights) -> Row:
    """The row with its clock's light today: an alert about a clock that has stopped since is grey."""
    shown = {name: value for name, value in row.items() if name not in _OF_THE_CLOCK}
    if row["clock_state"] is None:
        return shown | {"light": "grey", "now": "cancelled", "now_days": None}
    signal = lights.of_clock(row["clock_state"], row["clock_due_on"], row["stopped_on"], row["is_window"])
    return shown | {"light": signal.light, "now": signal.status, "now_days": signal.days_left}


def _to(to: str, visibility: Visibility) -> list[Condition]:
    if to == "me":
        return [Condition("a.recipients @> ARRAY[%(me)s::text]", {"me": visibility.officer})]
    if to == "unit":
        return [Condition("a.unit = %(my_unit)s", {"my_unit": visibility.unit})]
    if to == "all":
        return []
    raise Invalid("list.bad_filter", "筛选条件有误：to 可为 me、unit、all。")


def _known(conditions: Mapping[str, LiteralString], wanted: str, name: str) -> LiteralString:
    if wanted not in conditions:
        raise Invalid("list.bad_filter", f"筛选条件有误：{name} 可为 {'、'.join(conditions)}。")
    return conditions[wanted]

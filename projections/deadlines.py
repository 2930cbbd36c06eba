"""期限清单: one row a clock of a case, and the alert steps still to come. Dates come from `domain.rules.deadlines`
alone; none is added here. The rows only; the filters are in `deadlines_list.py`."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from domain.alerts.plan import PlannedAlert, planned
from domain.casework import Casework, Recorded
from domain.facts import Fact
from domain.kinds import KINDS
from domain.rulebase.events import CalendarDecreed
from domain.rules.deadlines import Clock
from projections.view import NOT_OF_A_CASE, OF_RULES, Connection, Table, as_json, touched

CHUNK = 500
"""Cases computed at a time when the rules change."""

IGNORES: tuple[type[Fact], ...] = tuple(fact for fact in NOT_OF_A_CASE if fact not in OF_RULES)
"""Every fact of a case may move its clocks, and every fact of the rule base anybody's."""

ALL_CASES: LiteralString = (
    "SELECT originator_id AS case_id FROM casework_events WHERE originator_version = 1 AND topic = ANY(%(openings)s)"
    " AND notification_id <= %(position)s"
)
"""A new rule-book version may open clocks that a case never had, so every case is asked."""

CASES_AROUND: LiteralString = (
    "SELECT DISTINCT case_id FROM deadlines"
    " WHERE started_on < %(until)s AND (due_on >= %(since)s OR due_on IS NULL OR state = 'suspended')"
)
"""A decree moves what lies in its year, and the alert steps of what falls due near the turn of it."""

EVER = datetime.max.replace(tzinfo=UTC)
"""All that is recorded, whatever the hour: so a rebuild finds what the live view found."""


FINISH = "finish"
"""The clock by which a case has to be done."""


class _Writing(NamedTuple):
    delete: LiteralString
    insert: LiteralString


_CLOCKS = _Writing(
    "DELETE FROM deadlines WHERE case_id = ANY(%s)",
    "INSERT INTO deadlines SELECT * FROM json_populate_recordset(NULL::deadlines, %s::json)",
)
_STEPS = _Writing(
    "DELETE FROM deadline_steps WHERE case_id = ANY(%s)",
    "INSERT INTO deadline_steps SELECT * FROM json_populate_recordset(NULL::deadline_steps, %s::json)",
)
_DUES = _Writing(
    "DELETE FROM case_dues WHERE case_id = ANY(%s)",
    "INSERT INTO case_dues SELECT * FROM json_populate_recordset(NULL::case_dues, %s::json)",
)


class Deadlines:
    """期限清单 — the view: the rows of a touched case are all written anew from its whole history."""

    name = "deadlines"
    tables: Mapping[str, Table] = {
        "deadlines": Table(key=("case_id", "clock", "start_version", "part")),
        "deadline_steps": Table(
            key=("case_id", "clock", "start_version", "part", "step", "due_on"), outside=("raised",)
        ),
        "case_dues": Table(key=("case_id",)),
    }

    def apply(self, connection: Connection, batch: Sequence[Recorded], casework: Casework) -> None:
        """应用: the touched cases, then, if rules changed, every case whose clocks they could move."""
        _write(connection, casework, touched(batch))
        for one in batch:
            if isinstance(one.fact, OF_RULES):
                _recompute(connection, casework, one.fact, batch[-1].position)


def _recompute(connection: Connection, casework: Casework, fact: Fact, position: int) -> None:
    """A rule changed: every case that it could move is computed again, some hundreds at a time."""
    query, values = _affected(fact, position)
    with connection.cursor("affected") as affected:
        affected.execute(query, values)
        while chunk := affected.fetchmany(CHUNK):
            _write(connection, casework, [row["case_id"] for row in chunk])


def _affected(fact: Fact, position: int) -> tuple[LiteralString, dict[str, object]]:
    if isinstance(fact, CalendarDecreed):
        since, until = date(max(1, fact.year - 1), 12, 1), date(min(9999, fact.year + 1), 2, 1)
        return CASES_AROUND, {"since": since, "until": until}
    return ALL_CASES, {"openings": [kind.opening.TOPIC for kind in KINDS], "position": position}


def _write(connection: Connection, casework: Casework, ids: Sequence[UUID]) -> None:
    """The rows of these cases, written anew by the rules as recorded by now."""
    if not ids:
        return
    known = casework.known(EVER)
    clocks: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    dues: list[dict[str, Any]] = []
    for case in casework.cases(ids).values():
        found = case.kind.clocks(case.facts, case.state, known, None)
        clocks.extend(clock_row(case.state.id, clock, case.history) for clock in found)
        dues.extend(_due(case.state.id, found))
        plan = planned(case.state, found, known.books, known.calendar)
        steps.extend(_step(case.state.id, item) for item in plan)
    for table, rows in ((_CLOCKS, clocks), (_STEPS, steps), (_DUES, dues)):
        connection.execute(table.delete, (list(ids),))
        if rows:
            connection.execute(table.insert, (as_json(rows),))


def clock_row(case_id: UUID, clock: Clock, history: Sequence[Recorded]) -> dict[str, Any]:
    """期限行: the columns of one clock."""
    return {
        "case_id": case_id,
        "clock": clock.clock,
        "start_version": clock.start_version,
        "part": clock.part,
        "label": clock.label,
        "rulebook": clock.rulebook,
        "rulebook_version": clock.rulebook_version,
        "basis": clock.basis,
        "answerable": clock.answerable,
        "is_window": clock.window,
        "unit": clock.unit,
        "started_on": clock.started_on,
        "nominal_due_on": clock.nominal_due_on,
        "due_on": clock.due_on,
        "provisional": clock.provisional,
        "state": clock.state,
        "stopped_on": clock.stopped_on,
        "days_extended": clock.days_extended,
        "explanation": clock.explanation,
        "position": history[clock.start_version - 1].position,
    }


def _step(case_id: UUID, item: PlannedAlert) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "clock": item.clock.clock,
        "start_version": item.clock.start_version,
        "part": item.clock.part,
        "step": item.step.id,
        "due_on": item.clock.due_on,
        "fire_on": item.fire_on,
        "raised": False,
    }


def _due(case_id: UUID, found: Sequence[Clock]) -> list[dict[str, Any]]:
    """办结期限: what the clocks of a case come to – the next day that falls due, and the day of the last `finish`."""
    running = [clock.due_on for clock in found if clock.state == "running" and not clock.window]
    finishes = [clock for clock in found if clock.clock == FINISH and clock.state != "cancelled"]
    row = {
        "case_id": case_id,
        "running": bool(running),
        "next_due_on": min((day for day in running if day is not None), default=None),
        "finish_due_on": max(finishes, key=_started).due_on if finishes else None,
    }
    return [row] if found else []


def _started(clock: Clock) -> int:
    return clock.start_version

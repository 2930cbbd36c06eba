"""期限清单: one row a clock of a case, and the alert steps still to come. Dates come from `domain.rules` alone; none is added
here. The rows of one case are written from its history; what a change of the rules moves, `recounting` and `amending` know.
"""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString
from uuid import UUID

from domain.alerts.plan import PlannedAlert, planned
from domain.alerts.withdrawal import Standing, Untrue, standing, untrue
from domain.casework import Recorded
from domain.facts import Fact
from domain.rulebase.events import RulebookPublished
from domain.rulebase.fold import Known
from domain.rules.deadlines import Clock
from projections import amending, recounting
from projections.casebook import Casebook
from projections.view import NOT_OF_A_CASE, OF_RULES, Connection, Table, View, as_json, touched

IGNORES: tuple[type[Fact], ...] = tuple(fact for fact in NOT_OF_A_CASE if fact not in OF_RULES)
"""Every fact of a case may move its clocks, and every fact of the rule base anybody's."""

FINISH = "finish"
"""The clock by which a case has to be done."""

SETTLED: LiteralString = "SELECT coalesce(max(position), 0) AS position FROM rules_settled"
"""Up to where the log's rules are not asked for what they moved: every row was computed by them from the start."""


FORGET: LiteralString = """
    WITH clocks AS (DELETE FROM deadlines WHERE case_id = ANY(%(ids)s)),
        steps AS (DELETE FROM deadline_steps WHERE case_id = ANY(%(ids)s)),
        dues AS (DELETE FROM case_dues WHERE case_id = ANY(%(ids)s))
    DELETE FROM raised_alerts WHERE case_id = ANY(%(ids)s)
"""
WRITE: LiteralString = """
    WITH clocks AS (
            INSERT INTO deadlines SELECT * FROM json_populate_recordset(NULL::deadlines, %(clocks)s::json)
        ), steps AS (
            INSERT INTO deadline_steps SELECT * FROM json_populate_recordset(NULL::deadline_steps, %(steps)s::json)
        ), dues AS (
            INSERT INTO case_dues SELECT * FROM json_populate_recordset(NULL::case_dues, %(dues)s::json)
        )
    INSERT INTO raised_alerts SELECT * FROM json_populate_recordset(NULL::raised_alerts, %(raised)s::json)
"""


class Deadlines:
    """期限清单 — the view: the rows of a touched case are all written anew from its whole history."""

    name = "deadlines"
    tables: Mapping[str, Table] = {
        "deadlines": Table(key=("case_id", "clock", "start_version", "part")),
        "deadline_steps": Table(
            key=("case_id", "clock", "start_version", "part", "step", "due_on"), outside=("raised",)
        ),
        "case_dues": Table(key=("case_id",)),
        "raised_alerts": Table(key=("alert_id",)),
    }

    def __init__(self, settled: int | None = None) -> None:
        self.settled = settled

    def apply(self, connection: Connection, batch: Sequence[Recorded], casebook: Casebook) -> None:
        """应用: the touched cases by the rules as recorded so far; then, where rules changed, what that moved."""
        settled = self._settled(connection)
        waiting: list[Recorded] = []
        for one in batch:
            if isinstance(one.fact, OF_RULES):
                _write_touched(connection, casebook, waiting, settled)
                waiting = []
                if one.position > settled:
                    _change(connection, casebook, one)
            else:
                waiting.append(one)
        _write_touched(connection, casebook, waiting, settled)

    def _settled(self, connection: Connection) -> int:
        if self.settled is not None:
            return self.settled
        row = connection.execute(SETTLED).fetchone()
        return int(row["position"]) if row is not None else 0


def settled(view: View, position: int) -> View:
    """已按现行规则: the view as it is built anew, every row by the rules recorded up to a position."""
    return Deadlines(position) if isinstance(view, Deadlines) and position else view


def _write_touched(
    connection: Connection, casebook: Casebook, batch: Sequence[Recorded], settled: int
) -> None:
    ids = touched(batch)
    if ids:
        write(connection, casebook, ids, casebook.rules_at(max(batch[-1].position, settled)))


def _change(connection: Connection, casebook: Casebook, one: Recorded) -> None:
    """规则变动: every clock that it could move is counted again, and what moved is put down to be recorded."""
    before, after = casebook.rules_at(one.position - 1), casebook.rules_at(one.position)
    change = recounting.Change(one.fact.originator_version, one.position, before, after)
    if not isinstance(one.fact, RulebookPublished):
        recounting.recount(connection, change)
        return

    def again(ids: Sequence[UUID]) -> None:
        write(connection, casebook, ids, after)

    amending.amend(connection, change, one.fact.rulebook, again)


def write(connection: Connection, casebook: Casebook, ids: Sequence[UUID], known: Known) -> None:
    """逐件计算: the rows of these cases, written anew by these rules."""
    clocks: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    dues: list[dict[str, Any]] = []
    raised: list[dict[str, Any]] = []
    for case in casebook.cases(ids).values():
        found = casebook.clocks(case, known)
        clocks.extend(clock_row(case.state.id, clock, case.history) for clock in found)
        dues.extend(_due(case.state.id, found))
        plan = planned(case.state, found, known.books, known.calendar)
        steps.extend(_step(case.state.id, item) for item in plan)
        steps.extend(_withdrawal(case.state.id, one) for one in untrue(case.state, case.facts, found))
        if case.state.alerts:
            raised.extend(_raised(case.state.id, one) for one in standing(case.state, case.facts))
    connection.execute(FORGET, {"ids": list(ids)})
    rows = {"clocks": clocks, "steps": steps, "dues": dues, "raised": raised}
    connection.execute(WRITE, {name: as_json(those) for name, those in rows.items()})


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
        "counted": clock.inputs.text(),
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
        "withdraw": False,
    }


def _withdrawal(case_id: UUID, one: Untrue) -> dict[str, Any]:
    """An alert to be withdrawn: a step that is due at once."""
    return {
        "case_id": case_id,
        "clock": one.alert.clock,
        "start_version": one.alert.start_version,
        "part": one.alert.part,
        "step": one.alert.step,
        "due_on": one.alert.due_on,
        "fire_on": one.alert.on,
        "raised": False,
        "withdraw": True,
    }


def _raised(case_id: UUID, one: Standing) -> dict[str, Any]:
    return {
        "alert_id": one.alert.alert_id,
        "case_id": case_id,
        "clock": one.alert.clock,
        "start_version": one.alert.start_version,
        "part": one.alert.part,
        "step": one.alert.step,
        "due_on": one.alert.due_on,
        "raised_on": one.alert.on,
        "acknowledged": one.acknowledged,
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


def _started(clock: Clock) -> tuple[int, str]:
    return clock.start_version, clock.part

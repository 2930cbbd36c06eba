"""信号灯与预警步骤 — what a due date means today: status, light, days left, and the days on which to alert.

The threshold of the yellow light and the steps stand in `tables/alerts.toml`; a rule book may bring steps of
its own, which replace those of the same id.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from domain.rules.calendar import TABLES, Calendar
from domain.rules.rows import Row

STATUSES = ("running", "suspended", "met", "met_late", "overdue", "cancelled")
LIGHTS = ("green", "yellow", "red", "grey")
RECIPIENTS = ("handler", "unit", "unit_head", "office", "inspector", "leader", "instructing_leader")


@dataclass(frozen=True)
class Signal:
    """信号 — a clock as it stands on a day; days left are negative when overdue, None when not counted."""

    status: str
    light: str
    days_left: int | None
    working_days_left: int | None


@dataclass(frozen=True)
class AlertStep:
    """预警步骤 — on which day before (negative) or after the due date whom to tell."""

    id: str
    step: str
    label: str
    offset: int
    unit: str
    recipients: tuple[str, ...]

    @classmethod
    def parse(cls, about: str, table: Mapping[str, object]) -> "AlertStep":
        """读取预警步骤 — validated like every table."""
        row = Row(f"{about}的预警步骤", table)
        step = cls(
            id=row.text("id"),
            step=row.text("step"),
            label=row.text("label"),
            offset=row.signed("offset"),
            unit=row.choice("unit", ("day", "working_day"), "working_day"),
            recipients=row.texts("recipients", RECIPIENTS),
        )
        row.done()
        if not step.recipients:
            raise row.error("没有接收人 recipients")
        return step

    def fire_on(self, due_on: date, calendar: Calendar) -> date:
        """预警日 — the day on which the step falls."""
        if self.unit == "day":
            return due_on + timedelta(days=self.offset)
        return (
            calendar.subtract(due_on, -self.offset) if self.offset < 0 else calendar.add(due_on, self.offset)
        )


def signal(
    state: str, due_on: date | None, stopped_on: date | None, today: date, calendar: Calendar, window: bool
) -> Signal:
    """信号 — of a clock that is running, suspended, stopped or cancelled, as seen on a day.

    A window that ended unused is over; nobody is late with it, so it counts as cancelled and its light is grey.
    """
    if state == "stopped":
        late = due_on is not None and stopped_on is not None and stopped_on > due_on
        return Signal("met_late" if late else "met", "grey", None, None)
    if state != "running":
        return Signal(state, "grey", None, None)
    if due_on is None:
        return Signal("running", "green", None, None)
    days, working_days = (due_on - today).days, calendar.between(today, due_on)
    if days >= 0:
        return Signal("running", "yellow" if working_days <= _yellow() else "green", days, working_days)
    if window:
        return Signal("cancelled", "grey", None, None)
    return Signal("overdue", "red", days, working_days)


def steps_for(
    due_on: date, calendar: Calendar, own: Sequence[AlertStep] = (), started_on: date | None = None
) -> list[tuple[str, date]]:
    """预警日程 — each step's id and day, in the order in which they fall.

    Given the start, a step that would come on or before it is left out: a one-day clock is never "due in five".
    """
    dated = [(step, step.fire_on(due_on, calendar)) for step in steps(own)]
    kept = [(step.id, on) for step, on in dated if started_on is None or step.offset >= 0 or on > started_on]
    return sorted(kept, key=lambda pair: pair[1])


def steps(own: Sequence[AlertStep] = ()) -> tuple[AlertStep, ...]:
    """预警步骤表 — the common steps, with a rule book's own in the place of those of the same id."""
    merged = {step.id: step for step in _common()} | {step.id: step for step in own}
    return tuple(merged.values())


@cache
def _table() -> Row:
    return Row("预警表 alerts.toml", tomllib.loads((TABLES / "alerts.toml").read_text("utf-8")))


@cache
def _common() -> tuple[AlertStep, ...]:
    row = _table()
    found = tuple(AlertStep.parse(row.about, entry) for entry in row.rows("alerts"))
    row.once("预警步骤", [step.id for step in found])
    return found


@cache
def _yellow() -> int:
    return _table().number("yellow_working_days")

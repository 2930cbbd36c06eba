"""信号灯的查询: the lights and statuses of `domain.rules.signals` as conditions on deadline rows (alias `d`) and on what the
clocks of a case come to (`case_dues`, alias `n`, which a case without clocks lacks), for a given day.

Lights are derived when one asks, never stored: a row that nobody touches turns red all the same.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import LiteralString

from domain.errors import Invalid
from domain.rules.calendar import Calendar
from domain.rules.signals import Signal, signal
from projections.paging import Condition
from projections.view import Row

_LIGHTS: Mapping[str, LiteralString] = {
    "green": "d.state = 'running' AND coalesce(d.due_on, 'infinity') >= %(first_green)s",
    "yellow": "d.state = 'running' AND d.due_on >= %(today)s AND d.due_on < %(first_green)s",
    "red": "d.state = 'running' AND d.due_on < %(today)s AND NOT d.is_window",
    "grey": "(d.state <> 'running' OR (d.due_on < %(today)s AND d.is_window))",
}

_STATUSES: Mapping[str, LiteralString] = {
    "running": "d.state = 'running' AND coalesce(d.due_on, 'infinity') >= %(today)s",
    "overdue": "d.state = 'running' AND d.due_on < %(today)s AND NOT d.is_window",
    "suspended": "d.state = 'suspended'",
    "cancelled": "(d.state = 'cancelled' OR (d.state = 'running' AND d.due_on < %(today)s AND d.is_window))",
    "met": "d.state = 'stopped' AND NOT coalesce(d.stopped_on > d.due_on, false)",
    "met_late": "d.state = 'stopped' AND d.stopped_on > d.due_on",
}

_CASES: Mapping[str, LiteralString] = {
    "red": "n.next_due_on < %(today)s",
    "yellow": "n.next_due_on >= %(today)s AND n.next_due_on < %(first_green)s",
    "green": "n.running AND (n.next_due_on IS NULL OR n.next_due_on >= %(first_green)s)",
    "grey": "n.running IS NOT TRUE",
}
"""A case's light is its worst running clock's; windows don't count: nobody is late with them. Only where a clock runs does
something fall due: `running` isn't asked for beside a day, since the planner would take the two for independent."""


class Lights:
    """信号灯 — of deadline rows and cases on one day."""

    def __init__(self, today: date, calendar: Calendar) -> None:
        self.today = today
        self.calendar = calendar
        self.first_green = today
        while self.of_clock("running", self.first_green, None, False).light == "yellow":
            self.first_green += timedelta(days=1)

    def of_clock(self, state: str, due_on: date | None, stopped_on: date | None, window: bool) -> Signal:
        """一项期限的信号: as the rules give it."""
        return signal(state, due_on, stopped_on, self.today, self.calendar, window)

    def of_row(self, row: Row) -> Signal:
        """期限行的信号: of a row of `deadlines`."""
        return self.of_clock(row["state"], row["due_on"], row["stopped_on"], row["is_window"])

    def of_case(self, row: Row) -> Signal:
        """事项的信号: of a ledger row with `next_due_on` and `has_running_clock`."""
        state = "running" if row["has_running_clock"] else "cancelled"
        return self.of_clock(state, row["next_due_on"], None, False)

    def clock_light(self, light: str) -> Condition:
        """按灯筛选期限."""
        return self._condition(_LIGHTS, light, "light")

    def clock_status(self, status: str) -> Condition:
        """按状态筛选期限."""
        return self._condition(_STATUSES, status, "status")

    def case_light(self, light: str) -> Condition:
        """按灯筛选事项."""
        return self._condition(_CASES, light, "light")

    def case_overdue(self, overdue: bool) -> Condition:
        """按是否逾期筛选事项."""
        late: LiteralString = _CASES["red"]
        return Condition(late if overdue else f"({late}) IS NOT TRUE", {"today": self.today})

    def _condition(self, known: Mapping[str, LiteralString], wanted: str, name: str) -> Condition:
        if wanted not in known:
            raise Invalid("list.bad_filter", f"筛选条件有误：{name} 可为 {'、'.join(known)}。")
        return Condition(known[wanted], {"today": self.today, "first_green": self.first_green})

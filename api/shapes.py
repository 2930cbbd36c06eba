"""接口形状: how a clock is shown, wherever it comes from – a case's page, the calculator, a replay."""

from datetime import date
from typing import Any

from domain.directory.fold import Directory
from domain.rules.calendar import Calendar
from domain.rules.deadlines import Clock
from domain.rules.signals import signal


def deadline_item(clock: Clock, today: date, calendar: Calendar, directory: Directory) -> dict[str, Any]:
    """期限: one clock as of a day: its dates, its status and light, and the way to the date in Chinese.

    `unit_responsible` is the unit's id, None for a clock that belongs to no case; `part` tells apart clocks of one name
    that began together: each unit's, each period's.
    """
    seen = signal(clock.state, clock.due_on, clock.stopped_on, today, calendar, clock.window)
    return {
        "clock": clock.clock,
        "part": clock.part,
        "label": clock.label,
        "rulebook": clock.rulebook,
        "rulebook_version": clock.rulebook_version,
        "basis": clock.basis,
        "answerable": clock.answerable,
        "unit_responsible": clock.unit or None,
        "unit_name": directory.unit_name(clock.unit) if clock.unit else None,
        "started_on": clock.started_on,
        "nominal_due_on": clock.nominal_due_on,
        "due_on": clock.due_on,
        "provisional": clock.provisional,
        "status": seen.status,
        "light": seen.light,
        "stopped_on": clock.stopped_on,
        "days_left": seen.days_left,
        "working_days_left": seen.working_days_left,
        "days_extended": clock.days_extended,
        "explanation": list(clock.explanation),
    }

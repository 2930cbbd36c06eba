"""时点: what happened in a case in the words of the rule books, and which of it concerns one clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from domain.rules.rulebook import ClockSpec

_FOR_ALL = frozenset({"withdrawn", "signed_off", "replied", "declined", "extended"})
"""What ends or extends a matter for every unit that works on it, whichever of them did it."""


@dataclass(frozen=True, slots=True)
class Moment:
    """时点 — something in a case's history that a rule book may start or stop a clock on.

    `on` is the legal date, `known_on` the legal date of its record, `version` the event's place in the history;
    `unit` is the unit that did or suffered it. Of `data` the clocks read:

    - `part`: on a starting moment, tells apart the clocks of one name that start together (a unit, a period); on
      any other, says that it concerns that part of the case alone and not the clocks of the case as a whole;
    - `due_on`: the date set, for clocks without a length and for backwards ones;
    - `count_from`: the date a backwards clock is counted back from;
    - `period`: a cadence period; only a stop of the same period ends its clock;
    - `answered_by`: who answers for a clock that isn't the unit's own (office, inspector, leader, lead unit);
    - `lead_unit`: the unit that leads from here on;
    - `clock`, `due_on` of "rescheduled": which clock moved, and to when; `days` of "extended".
    """

    name: str
    on: date
    version: int
    unit: str
    known_on: date
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def part(self) -> str:
        """部分 — of the case; empty for the case as a whole."""
        return str(self.data.get("part") or "")


@dataclass(frozen=True, slots=True)
class Reclassified:
    """改变分类 — the attributes a case had until the event of this version, on this legal date."""

    version: int
    on: date
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """计时对象 — the attributes of a case that rules ask about: kind, named rule book, category, track and so on."""

    kind: str
    rulebook: str | None
    attributes: Mapping[str, str]
    earlier: tuple[Reclassified, ...] = ()


def concerning(later: Sequence[Moment], start: Moment, spec: ClockSpec) -> list[Moment]:
    """相关时点: what may end or move the clock that starts here.

    With scope "unit" what the clock's own unit did or suffered, and, where several units work side by side, what
    is done for all of them; with scope "case" what isn't of another part; with "round" everything.
    """
    if spec.scope == "case":
        return [m for m in later if m.part in {"", start.part}]
    if spec.scope == "unit":
        for_all = _FOR_ALL if start.part else frozenset()
        if spec.unit == "date":
            for_all -= {"extended"}  # a date that was set moves only when it is set anew
        return [m for m in later if m.unit in {start.unit, ""} or m.name in for_all]
    return list(later)


def stopped(later: Sequence[Moment], start: Moment, stops: Sequence[str]) -> tuple[date | None, int | None]:
    """停止时点: the earliest legal date on which any of the stops is complete, and its place in `later`.

    "a+b" is complete when both have happened, on the later date of the two. The clock of a period is stopped by
    what was done for that period alone.
    """
    best: tuple[date, int] | None = None
    for stop in stops:
        found = [_first(later, name, start.data.get("period")) for name in stop.split("+")]
        complete = [place for place in found if place is not None]
        if len(complete) < len(found):
            continue
        reached = (max(later[i].on for i in complete), max(complete))
        best = reached if best is None else min(best, reached)
    return best if best is not None else (None, None)


def _first(later: Sequence[Moment], name: str, period: object) -> int | None:
    found = [
        (m.on, i)
        for i, m in enumerate(later)
        if m.name == name and (period is None or m.data.get("period") == period)
    ]
    return min(found)[1] if found else None


def date_set(start: Moment, spec: ClockSpec) -> date | None:
    """指定日期: the date set when the clock started; the date of a period follows from the period."""
    if spec.backwards and start.data.get("period") is not None:
        return None
    due_on: date | None = start.data.get("due_on")
    return due_on


def moved_to(within: Sequence[Moment], spec: ClockSpec) -> date | None:
    """改定日期: the last date the clock was moved to, if it is one whose date may be moved."""
    if not spec.movable:
        return None
    moved = [m for m in within if m.name == "rescheduled" and m.data.get("clock") == spec.clock]
    due_on: date | None = moved[-1].data.get("due_on") if moved else None
    return due_on


def days_extended(within: Sequence[Moment], spec: ClockSpec) -> int:
    """延期天数: days granted while the clock ran, if the rule knows an extension."""
    if spec.extension_cap is None and not spec.extension_open:
        return 0
    return sum(int(m.data["days"]) for m in within if m.name == "extended")


def suspended(
    within: Sequence[Moment], spec: ClockSpec, as_of: date | None, stopped_on: date | None
) -> tuple[list[tuple[date, date]], bool]:
    """中止区间: closed intervals on grounds the rule lists, and whether one is still open."""
    intervals: list[tuple[date, date]] = []
    opened: date | None = None
    for ground in spec.suspension:
        for m in within:
            if m.name == f"{ground}_opened":
                opened = m.on
            elif m.name == f"{ground}_closed" and opened is not None:
                intervals.append((opened, m.on))
                opened = None
    if opened is not None:
        intervals.append((opened, max(opened, stopped_on or as_of or opened)))
    return intervals, opened is not None and stopped_on is None

"""期限: the clocks of a case, as one pure function of its history × rule books × calendar.

A history reaches this module as moments (`Moment`): what happened in the words the rule books use. The function
opens one clock per starting moment and matching rule, finds what stopped or cancelled it, and asks `counting.limit`
for the dates. The deadline projection, the case page, the sweep, the preview and the auditor's replay all call it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from domain.rules.calendar import Calendar
from domain.rules.counting import limit
from domain.rules.rulebook import Books, ClockSpec, Rulebook


@dataclass(frozen=True, slots=True)
class Moment:
    """时点 — something in a case's history that a rule book may start or stop a clock on.

    `on` is the legal date, `known_on` the legal date of its record, `version` the event's place in the history.
    """

    name: str
    on: date
    version: int
    unit: str
    known_on: date
    data: Mapping[str, Any] = field(default_factory=dict)


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


@dataclass(frozen=True, slots=True)
class Clock:
    """期限 — one running or ended clock: its rule, unit, dates and the explanation in Chinese, a step a line.

    `window` says that it bounds what somebody may do, not what somebody must. `state` is running, suspended, stopped or cancelled; whether it is overdue depends on the day one asks
    (`signals.signal`). `known_on` is the day on which the present due date first could be known.
    """

    clock: str
    label: str
    rulebook: str
    rulebook_version: str
    basis: str
    answerable: str
    window: bool
    unit: str
    start_version: int
    started_on: date
    nominal_due_on: date
    due_on: date
    provisional: bool
    state: str
    stopped_on: date | None
    days_extended: int
    extension_cap: int | None
    known_on: date
    explanation: tuple[str, ...]


TRACK_BOOK = "petition-summary"
OUTSIDE = {"petitioner": "信访人", "review_organ": "复查机关", "reexamination_organ": "复核机关"}
"""Who answers for a clock without being a unit the case is with, and what to call them."""

_MOVING = frozenset({"rescheduled", "extended", "hearing_opened", "hearing_closed"})


def clocks(
    case: Case,
    moments: Sequence[Moment],
    books: Books,
    calendar: Calendar,
    as_of: date | None = None,
) -> list[Clock]:
    """期限计算: every clock of the case, in the order in which they started.

    `as_of` only bounds a suspension that is still open; without it an open suspension counts its first day.
    """
    found: list[tuple[Clock, int | None]] = []
    for index, moment in enumerate(moments):
        for book, spec in _starting(case, moment, books):
            if _runs_already(found, book, spec, moment):
                continue
            clock = _clock(case, moments, index, book, spec, books, calendar, as_of)
            if clock is not None:
                found.append(clock)
    return [clock for clock, _ in found]


def _runs_already(
    found: Sequence[tuple[Clock, int | None]], book: Rulebook, spec: ClockSpec, moment: Moment
) -> bool:
    """已在计时: a case's clock, or a unit's, doesn't start again while it runs; only each round has its own."""
    return spec.scope != "round" and any(
        (clock.rulebook, clock.clock) == (book.id, spec.clock)
        and (spec.scope == "case" or clock.unit == moment.unit)
        and (ended is None or ended > moment.version)
        for clock, ended in found
    )


def _starting(case: Case, moment: Moment, books: Books) -> list[tuple[Rulebook, ClockSpec]]:
    """适用规则: the rules that start a clock on this moment, each with its book's version.

    The simplified track is no rule book of its own but an addition: its clocks run beside the statutory ones;
    what starts its handling limit is not what starts the ordinary one, so one matter never has two running.
    """
    named = None if case.rulebook in {None, TRACK_BOOK} else case.rulebook
    book = books.version(named, moment.on) if named is not None else None
    book = book or books.statutory(case.kind, moment.on)
    candidates = [(book, spec) for spec in books.clocks(book, moment.on)]
    track = books.version(TRACK_BOOK, moment.on) if case.attributes.get("simplified") == "yes" else None
    if track is not None:
        candidates += [(track, spec) for spec in track.clocks]
    return [
        (b, spec)
        for b, spec in candidates
        if moment.name in spec.starts
        and (spec.applies(case.attributes) or _let_go(case, spec, moment) is not None)
    ]


def _let_go(case: Case, spec: ClockSpec, moment: Moment) -> Reclassified | None:
    """改变分类而终止: what ended a clock that the case's later attributes no longer call for; it stays on record."""
    if spec.applies(case.attributes):
        return None
    applied = [r for r in case.earlier if r.version > moment.version and spec.applies(r.attributes)]
    return applied[-1] if applied else None


def _clock(
    case: Case,
    moments: Sequence[Moment],
    index: int,
    book: Rulebook,
    spec: ClockSpec,
    books: Books,
    calendar: Calendar,
    as_of: date | None,
) -> tuple[Clock, int | None] | None:
    """The clock that starts at this place in the history, and the version of the event that ended it."""
    start = moments[index]
    later = _concerning(moments[index + 1 :], start, spec)
    stopped_on, stop_at = _stopped(later, spec.stops)
    cancel_at = next((i for i, m in enumerate(later) if m.name in spec.cancels), None)
    cancelled = cancel_at is not None and (stop_at is None or cancel_at < stop_at)
    if cancelled:
        stopped_on = later[cancel_at].on if cancel_at is not None else None
    end = cancel_at if cancelled else stop_at
    ended = None if end is None else later[end].version
    within = later if end is None else later[: end + 1]
    let_go = _let_go(case, spec, start)
    if let_go is not None and (ended is None or ended > let_go.version):
        cancelled, stopped_on, ended = True, let_go.on, let_go.version
        within = [m for m in later if m.version < let_go.version]
    moved = books.moved(book, spec, start.on, stopped_on)
    if moved is not None:
        book, spec = moved
    days = _extension(within, spec)
    suspensions, suspended = _suspensions(within, spec, as_of, stopped_on)
    due_set = _due_set(within, start, spec)
    if spec.unit == "date" and due_set is None:
        return None
    dates = limit(
        spec,
        start.on,
        calendar,
        extension_days=days,
        suspensions=suspensions,
        due_set=due_set,
        granted=True,
    )
    # a duty that was already overdue when something else ended it stays overdue on record
    cancelled = cancelled and (spec.window or stopped_on is None or stopped_on <= dates.due_on)
    state = "cancelled" if cancelled else "stopped" if stopped_on else "suspended" if suspended else "running"
    known = [start.known_on, *(m.known_on for m in within if m.name in _MOVING)]
    clock = Clock(
        clock=spec.clock,
        label=spec.label,
        rulebook=book.id,
        rulebook_version=book.version,
        basis=spec.basis,
        answerable=spec.answerable,
        window=spec.window,
        unit=spec.answerable if spec.answerable in OUTSIDE else _answering(spec, start, within),
        start_version=start.version,
        started_on=start.on,
        nominal_due_on=dates.nominal_due_on,
        due_on=dates.due_on,
        provisional=dates.provisional,
        state=state,
        stopped_on=stopped_on,
        days_extended=days,
        extension_cap=spec.extension_cap,
        known_on=max(known),
        explanation=dates.explanation,
    )
    return clock, ended


def _due_set(within: Sequence[Moment], start: Moment, spec: ClockSpec) -> date | None:
    """指定日期: the date set for the single case, or the last one it was moved to."""
    moved = [m for m in within if m.name == "rescheduled" and m.data.get("clock") == spec.clock]
    due_on: date | None = (moved[-1] if moved else start).data.get("due_on")
    return due_on


def _answering(spec: ClockSpec, start: Moment, within: Sequence[Moment]) -> str:
    """责任单位: the unit the clock started at; a case's own clock goes with the case to the unit that got it."""
    if spec.scope != "case" or spec.answerable != "unit":
        return start.unit
    return next((m.unit for m in reversed(within) if m.name == "received"), start.unit)


def _concerning(later: Sequence[Moment], start: Moment, spec: ClockSpec) -> list[Moment]:
    """相关时点: with scope "unit" only what the clock's own unit did or suffered; otherwise everything."""
    if spec.scope != "unit":
        return list(later)
    return [m for m in later if m.unit in {start.unit, ""}]


def _stopped(later: Sequence[Moment], stops: Sequence[str]) -> tuple[date | None, int | None]:
    """停止时点: the earliest legal date on which any of the stops is complete, and its place in `later`.

    "a+b" is complete when both have happened, on the later date of the two.
    """
    best: tuple[date, int] | None = None
    for stop in stops:
        parts = [_first(later, name) for name in stop.split("+")]
        complete = [part for part in parts if part is not None]
        if len(complete) < len(parts):
            continue
        reached = (max(later[i].on for i in complete), max(complete))
        best = reached if best is None else min(best, reached)
    return best if best is not None else (None, None)


def _first(later: Sequence[Moment], name: str) -> int | None:
    found = [(m.on, i) for i, m in enumerate(later) if m.name == name]
    return min(found)[1] if found else None


def _extension(within: Sequence[Moment], spec: ClockSpec) -> int:
    """延期天数: days granted while the clock ran, if the rule knows an extension."""
    if spec.extension_cap is None and not spec.extension_open:
        return 0
    return sum(int(m.data["days"]) for m in within if m.name == "extended")


def _suspensions(
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

"""期限: the clocks of a case, as one pure function of its history × rule books × calendar.

A history reaches this module as moments (`Moment`): what happened in the words the rule books use. The function
opens one clock per starting moment and matching rule, finds what stopped or cancelled it, and asks `judging.judge`
for the dates. The deadline projection, the case page, the sweep, the preview and the auditor's replay all call it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from domain.rules.calendar import Calendar
from domain.rules.judging import Inputs, judge
from domain.rules.moments import (
    Case,
    Moment,
    Reclassified,
    concerning,
    date_set,
    days_extended,
    moved_to,
    stopped,
    suspended,
)
from domain.rules.rulebook import Books, ClockSpec, Rulebook

__all__ = ["OUTSIDE", "TRACK_BOOK", "Case", "Clock", "Moment", "Reclassified", "clocks"]


@dataclass(frozen=True, slots=True)
class Clock:
    """期限 — one running or ended clock: its rule, unit, dates and the explanation in Chinese, a step a line.

    `window` says that it bounds what somebody may do, not what somebody must. `state` is running, suspended, stopped
    or cancelled; whether it is overdue depends on the day one asks (`signals.signal`). `known_on` is the day on which
    the present due date first could be known. `part` tells apart clocks of one name that one event started: each
    unit's, each period's.
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
    part: str = ""
    inputs: Inputs = field(default=Inputs(), compare=False)


TRACK_BOOK = "petition-summary"
OUTSIDE = {"petitioner": "信访人", "review_organ": "复查机关", "reexamination_organ": "复核机关"}
"""Who answers for a clock without being a unit the case is with, and what to call them."""

_SOMEBODY_ELSES = frozenset({"office", "inspector", "leader", "lead_unit"})
"""Those who answer for a clock that isn't the unit's own."""

_MOVING = frozenset({"extended", "hearing_opened", "hearing_closed"})


_Rule = tuple[Rulebook, ClockSpec]


class _Found(NamedTuple):
    """已起算: a clock, the unit it started at, and the version of the event that ended it."""

    clock: Clock
    unit: str
    ended: int | None


def clocks(
    case: Case,
    moments: Sequence[Moment],
    books: Books,
    calendar: Calendar,
    as_of: date | None = None,
) -> list[Clock]:
    """期限计算: every clock of the case, in the order in which they started.

    A clock is known by its name, its starting event and its part; no two share all three. `as_of` only bounds a
    suspension that is still open; without it an open suspension counts its first day.
    """
    found: list[_Found] = []
    for index, moment in enumerate(moments):
        for book, spec in _starting(case, moments, index, books):
            if _runs_already(found, book, spec, moment):
                continue
            clock = _clock(case, moments, index, book, spec, books, calendar, as_of)
            if clock is not None:
                found.append(clock)
    return [one.clock for one in found]


def _runs_already(found: Sequence[_Found], book: Rulebook, spec: ClockSpec, moment: Moment) -> bool:
    """已在计时: a case's clock, or a unit's, doesn't start again while it runs; only each round has its own.

    A clock of another part is another clock.
    """
    for clock, unit, ended in found:
        if (clock.clock, clock.part) != (spec.clock, moment.part):
            continue
        if clock.start_version == moment.version:
            return True
        if spec.scope == "round" or clock.rulebook != book.id:
            continue
        if (spec.scope == "case" or unit == moment.unit) and (ended is None or ended > moment.version):
            return True
    return False


def _starting(case: Case, moments: Sequence[Moment], index: int, books: Books) -> list[_Rule]:
    """适用规则: the rules that start a clock on this moment, each with its book's version.

    Books that lie beside this kind of case add their clocks to the main ones, save those of a name that the same
    event starts by the main book anyway.
    """
    moment = moments[index]
    main, found = _main(case, moment, books)
    beside = [
        (other, spec)
        for other in books.beside(case.kind, moment.on)
        for spec in books.clocks(other, moment.on)
        if other.id != main.id and _starts(case, spec, moment)
    ]
    if not beside:
        return found
    together = [m for m in moments if (m.version, m.part) == (moment.version, moment.part)]
    names = {spec.clock for m in together for _, spec in _main(case, m, books)[1]}
    return found + [(other, spec) for other, spec in beside if spec.clock not in names]


def _main(case: Case, moment: Moment, books: Books) -> tuple[Rulebook, list[_Rule]]:
    """主规则册: the book that judges the case on that date, and its rules that start a clock on this moment.

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
    return book, [(b, spec) for b, spec in candidates if _starts(case, spec, moment)]


def _starts(case: Case, spec: ClockSpec, moment: Moment) -> bool:
    """起算: the moment starts the clock, and the case has or once had the attributes it asks for."""
    return moment.name in spec.starts and (
        spec.applies(case.attributes) or _let_go(case, spec, moment) is not None
    )


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
) -> _Found | None:
    """The clock that starts at this place in the history; none if it waits for a date that nobody set."""
    start = moments[index]
    later = concerning(moments[index + 1 :], start, spec)
    stopped_on, stop_at = stopped(later, start, spec.stops)
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
    days = days_extended(within, spec)
    suspensions, pausing = suspended(within, spec, as_of, stopped_on)
    due_set, due_moved = date_set(start, spec), moved_to(within, spec)
    count_from: date | None = start.data.get("count_from") if spec.backwards else None
    if spec.needs_date and due_set is None and due_moved is None and count_from is None:
        return None
    known = max([start.known_on, *(m.known_on for m in within if _moves(m, spec))])
    entered = None if stop_at is None else later[stop_at].known_on
    late = entered is not None and stopped_on is not None and entered > stopped_on
    inputs = Inputs(
        rules_on=None if moved is None else book.in_force_from,
        known_on=None if known == start.on else known,
        suspensions=tuple(suspensions),
        due_set=due_set,
        moved_to=due_moved,
        count_from=count_from,
        cancelled_on=stopped_on if cancelled and not spec.window else None,
        stopped_on=stopped_on if late else None,
        entered_on=entered if late else None,
    )
    dates = judge(spec, start.on, days, inputs, calendar)
    cancelled = cancelled and (spec.window or dates.cancelled)
    state = "cancelled" if cancelled else "stopped" if stopped_on else "suspended" if pausing else "running"
    clock = Clock(
        clock=spec.clock,
        label=spec.label,
        rulebook=book.id,
        rulebook_version=book.version,
        basis=spec.basis,
        answerable=spec.answerable,
        window=spec.window,
        unit=_answering(spec, start, moments[index:], within),
        start_version=start.version,
        started_on=start.on,
        nominal_due_on=dates.nominal_due_on,
        due_on=dates.due_on,
        provisional=dates.provisional,
        state=state,
        stopped_on=stopped_on,
        days_extended=days,
        extension_cap=spec.extension_cap,
        known_on=known,
        explanation=dates.explanation,
        part=start.part,
        inputs=inputs,
    )
    return _Found(clock, start.unit, ended)


def _moves(moment: Moment, spec: ClockSpec) -> bool:
    """The due date may have changed by it."""
    if moment.name == "rescheduled":
        return moment.data.get("clock") == spec.clock
    return moment.name in _MOVING


def _answering(spec: ClockSpec, start: Moment, since: Sequence[Moment], within: Sequence[Moment]) -> str:
    """责任单位: who answers. The unit the clock started at, or whoever is named for one that isn't the unit's own;
    a case's own clock goes with the case to the unit that got it, the lead's to the unit that leads now."""
    if spec.answerable in OUTSIDE:
        return spec.answerable
    if spec.answerable in _SOMEBODY_ELSES and start.data.get("answered_by"):
        return str(start.data["answered_by"])
    if spec.answerable == "lead_unit":
        return _leading(start, since)
    if spec.scope != "case" or spec.answerable != "unit":
        return start.unit
    return next((m.unit for m in reversed(within) if m.name == "received"), start.unit)


def _leading(start: Moment, since: Sequence[Moment]) -> str:
    """主办单位: the unit last named as the lead, else the first of those the matter was last allocated to."""
    named = [str(m.data["lead_unit"]) for m in since if m.data.get("lead_unit")]
    if named:
        return named[-1]
    allocated = [m for m in since if m.name == "allocated"]
    return next((m.unit for m in allocated if m.version == allocated[-1].version), start.unit)

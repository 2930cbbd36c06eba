"""期限条: the clocks of a case as rows of a table, each with a bar on one common scale of days.

A bar is drawn by plain SVG attributes in per cent of its width, so that it needs no style of its own and never stretches
its text. Everything it shows stands in words beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from api.case_reading import Seen
from api.console.case_words import said
from domain.petition.events import HearingClosed, HearingOpened
from domain.rules.clockspec import ClockSpec
from domain.rules.deadlines import Clock
from domain.rules.signals import Signal, signal

DAY = timedelta(days=1)
MARGIN = 0.02
"""What is left free of the scale on either side."""
MOST_MARKS = 13
"""Months named on the scale; of longer stretches only every third or twelfth."""
_LENGTHS = {"day": "{}日", "working_day": "{}个工作日", "month": "{}个月"}


@dataclass(frozen=True, slots=True)
class Span:
    """一段 — from one place of the scale, how long, in per cent, and what it stands for."""

    kind: str
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Mark:
    """刻度 — a place of the scale and what is written there."""

    x: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """期限条 — its spans from back to front, and the marks of the nominal and the effective due date."""

    spans: tuple[Span, ...]
    nominal: str | None
    due: str
    alternative: str


@dataclass(frozen=True, slots=True)
class ClockRow:
    """期限行 — one clock in words, with its bar."""

    clock: Clock
    seen: Signal
    status: str
    unit: str
    length: str
    rulebook: str
    pauses: tuple[tuple[date, date | None], ...]
    bar: Bar

    @property
    def is_over(self) -> bool:
        """已结束: neither running nor suspended."""
        return self.seen.status not in {"running", "suspended", "overdue"}


@dataclass(frozen=True, slots=True)
class Clocks:
    """期限一览 — the rows that run, those that ended, and the scale they share."""

    running: tuple[ClockRow, ...]
    ended: tuple[ClockRow, ...]
    months: tuple[Mark, ...]
    today: str


@dataclass(frozen=True, slots=True)
class _Scale:
    first: date
    last: date

    def at(self, day: date) -> float:
        whole = max(1, (self.last - self.first).days)
        share = min(max((day - self.first).days / whole, 0.0), 1.0)
        return (MARGIN + share * (1 - 2 * MARGIN)) * 100

    def x(self, day: date) -> str:
        return f"{self.at(day):.2f}%"

    def span(self, kind: str, first: date, last: date) -> Span:
        return Span(kind, self.x(first), f"{max(0.0, self.at(last) - self.at(first)):.2f}%")


def of(seen: Seen) -> Clocks:
    """期限一览: of a case on the day asked about; running clocks by due date, ended ones last ended first."""
    clocks = seen.clocks
    scale = _scale(clocks, seen.today)
    rows = [_row(clock, seen, scale) for clock in clocks]
    running = sorted((row for row in rows if not row.is_over), key=lambda row: row.clock.due_on)
    ended = [row for row in reversed(rows) if row.is_over]
    return Clocks(tuple(running), tuple(ended), tuple(_months(scale)), scale.x(seen.today))


def _scale(clocks: Sequence[Clock], today: date) -> _Scale:
    days = [day for c in clocks for day in (c.started_on, c.due_on, c.nominal_due_on, c.stopped_on) if day]
    return _Scale(min([*days, today]), max([*days, today + DAY]))


def _months(scale: _Scale) -> list[Mark]:
    months = (scale.last.year - scale.first.year) * 12 + scale.last.month - scale.first.month + 1
    step = next((each for each in (1, 3, 12) if months / each <= MOST_MARKS), 12)
    found = []
    for n in range(1, months + 1):
        year, month = divmod(scale.first.year * 12 + scale.first.month - 1 + n, 12)
        day = date(year, month + 1, 1)
        if month % step == 0 and scale.first <= day <= scale.last:
            found.append(Mark(scale.x(day), f"{year}年" if month == 0 else f"{month + 1}月"))
    return found


def _row(clock: Clock, seen: Seen, scale: _Scale) -> ClockRow:
    told = signal(clock.state, clock.due_on, clock.stopped_on, seen.today, seen.known.calendar, clock.window)
    spec = _spec(clock, seen)
    pauses = tuple(_pauses(clock, seen)) if spec is not None and spec.suspension else ()
    book = seen.known.books.exactly(clock.rulebook, clock.rulebook_version)
    status = "已届满" if clock.window and clock.state == "running" and told.status == "cancelled" else ""
    return ClockRow(
        clock=clock,
        seen=told,
        status=status or said("clock_state", told.status),
        unit=seen.unit_name(clock.unit or None) or "",
        length=_length(spec),
        rulebook=f"《{book.title}》（{clock.rulebook_version}版）" if book is not None else "",
        pauses=pauses,
        bar=_bar(clock, seen, told, pauses, scale, spec),
    )


def _spec(clock: Clock, seen: Seen) -> ClockSpec | None:
    book = seen.known.books.exactly(clock.rulebook, clock.rulebook_version)
    return (
        None
        if book is None
        else seen.known.books.clock(book, clock.clock, clock.inputs.rules_on or clock.started_on)
    )


def _length(spec: ClockSpec | None) -> str:
    """The rule's length; nothing where the date is, or may be, set for the single case."""
    return "" if spec is None or spec.settable else _LENGTHS[spec.unit].format(spec.length)


def _pauses(clock: Clock, seen: Seen) -> list[tuple[date, date | None]]:
    """中止期间: the hearings within the clock's time; one that is still open has no end."""
    found: list[tuple[date, date | None]] = []
    for one in seen.history:
        fact = one.fact
        if fact.originator_version < clock.start_version or (clock.stopped_on and fact.on > clock.stopped_on):
            continue
        if isinstance(fact, HearingOpened):
            found.append((fact.on, None))
        elif isinstance(fact, HearingClosed) and found:
            found[-1] = (found[-1][0], fact.on)
    return found


def _extended_from(clock: Clock, seen: Seen, spec: ClockSpec | None) -> date:
    """延长期的开始: the last day of the limit before its extension."""
    if spec is not None and spec.unit == "working_day":
        return seen.known.calendar.subtract(clock.nominal_due_on, clock.days_extended)
    return clock.nominal_due_on - timedelta(days=clock.days_extended)


def _bar(
    clock: Clock,
    seen: Seen,
    told: Signal,
    pauses: Sequence[tuple[date, date | None]],
    scale: _Scale,
    spec: ClockSpec | None,
) -> Bar:
    now = min(clock.stopped_on or seen.today, seen.today)
    start, due = clock.started_on, clock.due_on
    first, last = min(start, due), max(start, due)
    tone = told.light if told.status in {"running", "overdue"} else told.status
    spans = [scale.span(f"whole {tone}", first, last)]
    if clock.days_extended:
        spans.append(scale.span("extension", _extended_from(clock, seen, spec), clock.nominal_due_on))
    spans.append(scale.span(f"gone {tone}", start, max(start, min(now, due))))
    spans += [scale.span("pause", opened, closed or now) for opened, closed in pauses]
    if now > due and told.status in {"overdue", "met_late"}:
        spans.append(scale.span("late", due, now))
    moved = clock.nominal_due_on != due
    if moved:
        spans.append(scale.span("roll", min(clock.nominal_due_on, due), max(clock.nominal_due_on, due)))
    return Bar(
        tuple(spans),
        scale.x(clock.nominal_due_on) if moved else None,
        scale.x(due),
        _alternative(clock, told, moved),
    )


def _alternative(clock: Clock, told: Signal, moved: bool) -> str:
    nominal = f"名义届满日{clock.nominal_due_on}，顺延至{clock.due_on}" if moved else f"{clock.due_on}届满"
    stopped = f"，{clock.stopped_on}停止" if clock.stopped_on else ""
    provisional = "（暂定）" if clock.provisional else ""
    return f"{clock.label}：{clock.started_on}起，{nominal}{provisional}{stopped}，{said('clock_state', told.status)}。"

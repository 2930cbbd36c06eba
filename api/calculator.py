"""期限计算器: one clock from a start to its date, with the rules as known at an instant; no case is needed."""

from dataclasses import dataclass
from datetime import date, datetime

from domain.errors import Invalid, Unknown
from domain.rulebase.decisions import FIRST_YEAR, LAST_YEAR
from domain.rulebase.fold import Known
from domain.rules.counting import CannotCount, limit
from domain.rules.deadlines import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """试算问题 — which clock, from which day, with what extension and suspensions."""

    rulebook: str
    clock: str
    started_on: date
    extension_days: int = 0
    suspensions: tuple[tuple[date, date], ...] = ()
    due_on: date | None = None
    stopped_on: date | None = None
    known_at: datetime | None = None

    def dates(self) -> list[date]:
        """所填日期."""
        given = [
            self.started_on,
            self.due_on,
            self.stopped_on,
            *(d for pair in self.suspensions for d in pair),
        ]
        return [one for one in given if one is not None]


def count(question: Question, known: Known) -> Clock:
    """计算期限: as the clock of a case would be. Raises Unknown for the book or clock, Invalid where it can't be counted."""
    for one in question.dates():
        if not FIRST_YEAR <= one.year <= LAST_YEAR:
            raise Invalid("date.out_of_range", f"日期应在{FIRST_YEAR}年至{LAST_YEAR}年之间。")
    started, stopped = question.started_on, question.stopped_on
    book = known.books.version(question.rulebook, started)
    if book is None:
        raise Unknown("rulebook.unknown", "没有这个规则册，或者当时尚未公布。")
    spec = known.books.clock(book, question.clock, started)
    if spec is None:
        raise Unknown("rulebook.clock_unknown", f"《{book.title}》规则册中没有这个时限。")
    book, spec = known.books.moved(book, spec, started, stopped) or (book, spec)
    if stopped is not None and stopped < started and not spec.backwards:
        raise Invalid("date.before_antecedent", f"办结日期{stopped}早于起始日期{started}，请核对。")
    try:
        dates = limit(
            spec,
            started,
            known.calendar,
            extension_days=question.extension_days,
            suspensions=question.suspensions,
            due_set=question.due_on,
        )
    except CannotCount as error:
        raise Invalid(error.code, f"{error.message}。", error.basis or None) from error
    return Clock(
        clock=spec.clock,
        label=spec.label,
        rulebook=book.id,
        rulebook_version=book.version,
        basis=spec.basis,
        answerable=spec.answerable,
        window=spec.window,
        unit="",
        start_version=0,
        started_on=started,
        nominal_due_on=dates.nominal_due_on,
        due_on=dates.due_on,
        provisional=dates.provisional,
        state="running" if stopped is None else "stopped",
        stopped_on=stopped,
        days_extended=question.extension_days,
        extension_cap=spec.extension_cap,
        known_on=started,
        explanation=dates.explanation,
    )

"""期限判定: what the dates of one clock depend on beside its rule and the calendar, and what follows from them.

The inputs are few and small, so they are kept beside the date: when a calendar changes, clocks with the same rule, start and
inputs are counted once for all of them, by this function and no other.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from domain.acts import legal_date
from domain.rules.calendar import Calendar
from domain.rules.counting import limit
from domain.rules.rulebook import Books, ClockSpec


class Inputs(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """计算要素 — of one clock: what beside its rule, its start and its days of extension its dates are counted from.

    None stands for the start itself: `rules_on` is the day by which the clocks of its book are looked up, `known_on` the
    day on which its present date first could be known. `cancelled_on` is set for a duty that something else ended, unless
    it was overdue by then; `entered_on` when what stopped it on `stopped_on` was recorded only later.
    """

    rules_on: date | None = None
    known_on: date | None = None
    suspensions: tuple[tuple[date, date], ...] = ()
    due_set: date | None = None
    moved_to: date | None = None
    count_from: date | None = None
    cancelled_on: date | None = None
    stopped_on: date | None = None
    entered_on: date | None = None

    def text(self) -> str:
        """文本: the same inputs, the same text; empty where there are none."""
        return "" if self == _NONE else msgspec.json.encode(self).decode()


_NONE = Inputs()


class Judged(NamedTuple):
    """判定结果 — the dates; whether what was cancelled stays cancelled; the explanation."""

    nominal_due_on: date
    due_on: date
    provisional: bool
    cancelled: bool
    explanation: tuple[str, ...]


class Group(NamedTuple):
    """同算期限 — what clocks have in common that fall due on the same day for the same reasons."""

    rulebook: str
    rulebook_version: str
    clock: str
    started_on: date
    days_extended: int
    counted: str

    @property
    def inputs(self) -> Inputs:
        """计算要素."""
        return msgspec.json.decode(self.counted, type=Inputs) if self.counted else _NONE

    def spec(self, books: Books) -> ClockSpec:
        """时限规则: as it stands in the version that judges these clocks."""
        book = books.exactly(self.rulebook, self.rulebook_version)
        found = books.clock(book, self.clock, self.inputs.rules_on or self.started_on) if book else None
        if found is None:
            raise LookupError(f"no clock {self.clock} in {self.rulebook} {self.rulebook_version}")
        return found

    def judged(self, books: Books, calendar: Calendar) -> Judged:
        """判定: by these rule books and this calendar."""
        return judge(self.spec(books), self.started_on, self.days_extended, self.inputs, calendar)

    @property
    def known_on(self) -> date:
        """得知之日: on which the case's own course made the present date known."""
        return self.inputs.known_on or self.started_on

    def moved_on(self, due_on: date, books: Books, calendar: Calendar) -> date | None:
        """规则变动之日: on which a notice or a version was recorded without which the due date would be another.

        Only what came after the case's own course had set the date; None if nothing did. Who asks has the date already.
        """
        late = [one for one in calendar.decrees.values() if legal_date(one.known_at) > self.known_on]
        moved = [
            legal_date(one.known_at)
            for one in late
            if self.judged(books, calendar.without(one)).due_on != due_on
        ]
        if self.inputs.rules_on is not None:
            moved += self._amended_on(due_on, books, calendar)
        return max(moved, default=None)

    def _amended_on(self, due_on: date, books: Books, calendar: Calendar) -> list[date]:
        """随修订调整之日: on which the version was recorded that judges the clocks now, if it moved their date."""
        book = books.exactly(self.rulebook, self.rulebook_version)
        first = books.version(self.rulebook, self.started_on)
        spec = books.clock(first, self.clock, self.started_on) if first is not None else None
        if book is None or spec is None or legal_date(book.known_at) <= self.known_on:
            return []
        was = judge(spec, self.started_on, self.days_extended, self.inputs, calendar)
        return [] if was.due_on == due_on else [legal_date(book.known_at)]


def judge(
    spec: ClockSpec, started_on: date, days_extended: int, inputs: Inputs, calendar: Calendar
) -> Judged:
    """期限判定: the dates as `counting.limit` counts them, and what hangs on them."""
    found = limit(
        spec,
        started_on,
        calendar,
        extension_days=days_extended,
        suspensions=inputs.suspensions,
        due_set=inputs.due_set,
        moved_to=inputs.moved_to,
        count_from=inputs.count_from,
        granted=True,
    )
    # a duty that was already overdue when something else ended it stays overdue on record
    cancelled = inputs.cancelled_on is not None and inputs.cancelled_on <= found.due_on
    said = (*found.explanation, *_entered_late(inputs, found.due_on))
    return Judged(found.nominal_due_on, found.due_on, found.provisional, cancelled, said)


def _entered_late(inputs: Inputs, due_on: date) -> Sequence[str]:
    """补录说明: done in time by its legal date, but recorded only after the limit had passed."""
    stopped_on, entered_on = inputs.stopped_on, inputs.entered_on
    if stopped_on is None or entered_on is None or not stopped_on <= due_on < entered_on:
        return ()
    return (f"补录：{stopped_on}办理，{entered_on}录入，录入时期限已经届满。",)

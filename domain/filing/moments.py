"""月清单的时点: its events in the words that rule books use. Pure."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from domain.acts import legal_date
from domain.facts import Fact
from domain.filing import events
from domain.filing.fold import MonthList, fold
from domain.filing.stages import Stage
from domain.rules.deadlines import Case, Moment

CASE = Case("month", None, {})
"""计时对象: a list has no attributes that rules ask about."""


def tell(facts: Iterable[Fact]) -> list[Moment]:
    """转述: the month's end when the list is put up, and again when something is noted after it was sent."""
    found: list[Moment] = []
    before: MonthList | None = None
    for fact in facts:
        after = fold(before, fact)
        if after is not None:
            found.extend(_translate(before, fact, after))
        before = after
    return found


def _translate(before: MonthList | None, fact: Fact, after: MonthList) -> Iterator[Moment]:
    known_on = legal_date(fact.recorded_at)
    noted_late = before is not None and before.stage is Stage.SENT and after.stage is Stage.AGAIN
    if before is None or noted_late:
        last = after.next_month - timedelta(days=1)
        yield Moment("month_ended", last, fact.originator_version, after.office, known_on)
    if isinstance(fact, events.MonthListSent):
        yield Moment("month_list_sent", fact.on, fact.originator_version, after.office, known_on)

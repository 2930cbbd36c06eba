"""时间回溯: which facts of a case count when one asks about an earlier state of the world or of the office's knowledge.

Two times are kept apart: the legal date on which something happened (`on`) and the instant of its record
(`recorded_at`). Pure; what comes out goes through the same fold and the same clocks as the whole history.
"""

from collections.abc import Sequence
from datetime import datetime

from domain.acts import legal_date
from domain.facts import Fact


def as_of(
    history: Sequence[Fact], at: datetime | None = None, known_at: datetime | None = None
) -> list[Fact]:
    """当时的事实: the facts that had happened by `at`, as far as they were known at `known_at`; None means now.

    Empty when the case didn't exist then: without its first fact nothing else of it can be told.
    """
    known = [fact for fact in history if known_at is None or _was_known(fact, history[0], known_at)]
    happened = [fact for fact in known if at is None or _had_happened(fact, at)]
    return happened if happened and happened[0] is history[0] else []


def _was_known(fact: Fact, first: Fact, known_at: datetime) -> bool:
    """当时已知: recorded by then. A case entered later (back-dated, imported) was on paper: its legal dates count."""
    if first.recorded_at > known_at:
        return fact.on <= legal_date(known_at)
    return fact.recorded_at <= known_at


def _had_happened(fact: Fact, at: datetime) -> bool:
    """当时已发生: on an earlier date; on the same date if recorded by then, or entered only after that day."""
    day = legal_date(at)
    if fact.on != day:
        return fact.on < day
    return fact.recorded_at <= at or legal_date(fact.recorded_at) > day

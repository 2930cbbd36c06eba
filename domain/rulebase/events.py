"""规则库的事件."""

from datetime import date, datetime
from typing import Any, ClassVar

from domain.facts import Fact


class RulebookPublished(Fact, frozen=True, kw_only=True):
    """发布规则版本 — a new version of a rule book, as the table it was entered with."""

    TOPIC: ClassVar[str] = "rulebase.rulebook_published.1"
    rulebook: str
    table: dict[str, Any]


class CalendarDecreed(Fact, frozen=True, kw_only=True):
    """录入放假安排 — a decree of one year's days off and make-up days, with its source."""

    TOPIC: ClassVar[str] = "rulebase.calendar_decreed.1"
    year: int
    source: str
    published_at: datetime
    days_off: tuple[date, ...]
    make_up_days: tuple[date, ...]

"""规则库的事件."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

import msgspec

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


class LimitMoved(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """变动的期限 — one clock of a case: from which due date to which; None where there is no such clock before or after.

    `was_provisional` and `provisional` tell a date that became firm. `withdrawn` are the alerts that nobody had acknowledged
    and that are no longer true; `rearmed` the steps that were raised for the old date and come again for the new one.
    """

    case: UUID
    clock: str
    start_version: int
    part: str = ""
    from_on: date | None = None
    to_on: date | None = None
    was_provisional: bool = False
    provisional: bool = False
    withdrawn: tuple[UUID, ...] = ()
    rearmed: tuple[str, ...] = ()


class LimitsMoved(Fact, frozen=True, kw_only=True):
    """期限调整 — which limits a decree or a rule-book version moved, recorded by the system; `change` is the version of that
    fact in the rule base's stream.

    Many limits a fact, many facts a change, in a stream of the change's own: `through` limits with this one, of `total`.
    """

    TOPIC: ClassVar[str] = "rulebase.limits_moved.1"
    change: int
    moves: tuple[LimitMoved, ...]
    through: int
    total: int

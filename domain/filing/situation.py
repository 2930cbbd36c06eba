"""月清单的处境: what a decision on a month's list is taken on, and why an act is closed to an officer now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from domain.acts import Act
from domain.directory.fold import Directory
from domain.errors import NotNow, NotYours, Refused, Unknown
from domain.facts import Fact
from domain.filing.fold import MonthList
from domain.filing.moments import CASE, tell
from domain.filing.stages import LABELS as STAGES
from domain.filing.stages import OPENINGS
from domain.rulebase.fold import Known
from domain.rules import authority
from domain.rules.deadlines import Clock, clocks

BASIS = "《否定报备制》第二条"
READERS = frozenset({"leader", "auditor", "system"})
"""Who reads the lists of every petition office; the office reads its own."""


def _office(month: MonthList, act: Act) -> bool:
    return act.role in authority.OFFICE_POSTS and act.unit == month.office


POWERS: dict[str, Callable[[MonthList, Act], bool]] = {
    "office": _office,
    "alert_recipient": lambda _, act: act.role not in authority.CASELESS_POSTS | {"auditor"},
}

LABELS: dict[str, str] = {power: authority.LABELS[power] for power in POWERS}


@dataclass(frozen=True)
class Situation:
    """处境 — the list, its history, the act, the directory, and the rules as known now."""

    month: MonthList
    history: Sequence[Fact]
    act: Act
    directory: Directory
    known: Known

    @cached_property
    def clocks(self) -> list[Clock]:
        """期限: every clock of the list, computed from its history."""
        return clocks_of(self.history, self.month, self.known, self.act.today)


def clocks_of(
    history: Sequence[Fact], month: MonthList, known: Known, as_of: date | None = None
) -> list[Clock]:
    """期限: every clock of a month's list from its history, by the rules as known."""
    return clocks(CASE, tell(history), known.books, known.calendar, as_of)


def may_read(month: MonthList, directory: Directory, act: Act) -> bool:
    """可以查阅: the petition office, the leaders and the auditor; whose cases are on it is decided entry by entry."""
    return act.role in READERS or _office(month, act)


def _month_over(s: Situation) -> Refused | None:
    if s.act.today >= s.month.next_month:
        return None
    return NotNow("month.not_over", f"{s.month.month}尚未结束，月清单应当在月末以后报备。", BASIS)


CONDITIONS: dict[str, Callable[[Situation], Refused | None]] = {"month_over": _month_over}


def refusal(situation: Situation, slug: str) -> Refused | None:
    """是否开放: why the act is closed to this officer now, or None. Order: hidden, not yours, not now."""
    opening = OPENINGS[slug]
    month, act = situation.month, situation.act
    if not may_read(month, situation.directory, act):
        return Unknown("month.unknown", "查无此件。")
    if not any(POWERS[power](month, act) for power in opening.powers):
        allowed = "、".join(LABELS[power] for power in opening.powers)
        return NotYours("month.not_yours", f"该操作由{allowed}办理。")
    if month.stage not in opening.stages:
        label = STAGES[month.stage]
        return NotNow("month.wrong_stage", f"当前环节为“{label}”，不能办理该操作。", stage=month.stage.value)
    return next(
        (found for name in opening.conditions if (found := CONDITIONS[name](situation)) is not None), None
    )

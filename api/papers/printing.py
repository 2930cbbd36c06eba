"""待印文书: one paper with all that it prints from – the decision, the case as it was, and what was recorded then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from api.papers.glyphs import TAB
from domain.casework import Case
from domain.directory.fold import Directory
from domain.facts import Fact, name_of
from domain.papers.shapes import PrintedDate
from domain.rulebase.fold import Known
from domain.rules import articles
from domain.rules.deadlines import Clock
from domain.rules.papers import Paper

Fields = dict[str, Any]
"""字段: a text, or for what is printed paragraph by paragraph a list of texts."""

MOST_QUOTED = 600
"""How many characters of what a petitioner wrote a paper repeats at most."""


@dataclass(frozen=True)
class Printing:
    """待印文书 — the paper, the decision it rests on, the case as it was when issued, and what was recorded then.

    `number` is empty for a draft; names are those of the instant `at`; `by` issues it. `judged_by` are the rule books
    that judge what was decided, `remedy_by` those of the day of the decision, by which its remedies run.
    """

    paper: Paper
    decision: Fact
    case: Case
    known: Known
    directory: Directory
    number: str
    organ: str
    addressees: Sequence[str]
    copies: Sequence[str]
    dates: Sequence[PrintedDate]
    on: date
    at: datetime
    by: str
    judged_by: Sequence[str] = ()
    remedy_by: Sequence[str] = ()

    @property
    def draft(self) -> bool:
        """草稿: not issued."""
        return not self.number

    def unit(self, unit: str) -> str:
        """单位名称: of that time."""
        return self.directory.unit_called(unit, self.at)

    def cited(self, name: str) -> str:
        """条款: of the rule books that judge the decision; nothing where they have none."""
        return articles.cited(self.judged_by, name)

    def under(self, name: str) -> str:
        """据此: 根据……的规定, or nothing where the rule books have no such article."""
        found = self.cited(name)
        return f"根据{found}的规定，" if found else ""

    def last(self, name: str) -> Any:
        """最后的事件: of that name before the decision or the decision itself; None if there is none."""
        version = self.decision.originator_version
        found = [f for f in self.case.facts if name_of(f) == name and f.originator_version <= version]
        return found[-1] if found else None

    def limit(self) -> Clock | None:
        """所载期限: the clock of the date called `due_on`, by the rules as they were known then."""
        due = next((one for one in self.dates if one.name == "due_on"), None)
        if due is None or due.clock is None:
            return None
        clocks = self.case.kind.clocks(self.case.facts, self.case.state, self.known, self.on)
        named = (due.clock, due.since, due.part)
        return next((c for c in clocks if (c.clock, c.start_version, c.part) == named), None)


def in_words(day: date) -> str:
    """成文日期: 2026年3月2日."""
    return f"{day.year}年{day.month}月{day.day}日"


def lines(text: str | None) -> list[str]:
    """分段: the lines of a text that say something. What was set apart by a tab stays apart."""
    told = (text or "").replace("\t", TAB)
    return [one.strip() for one in told.splitlines() if one.strip()]


def quoted(text: str | None) -> list[str]:
    """摘录: the first part of what a petitioner wrote; the whole is among the materials of the case."""
    found: list[str] = []
    left = MOST_QUOTED
    for one in lines(text):
        if len(one) > left:
            return [*found, f"{one[:left]}……（其余内容见信访材料）"]
        found.append(one)
        left -= len(one)
    return found

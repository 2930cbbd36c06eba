"""文书所载日期: papers that were issued or served keep the date they printed; where the limit has moved since, both are told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.facts import Fact
from domain.papers import issuing
from domain.petition.events import Served
from domain.rules import papers
from domain.rules.deadlines import Clock


@dataclass(frozen=True, slots=True)
class Printed:
    """所载日期有变动 — a limit on a paper as printed, and as it is now."""

    notice: str
    number: str
    label: str
    printed_on: date
    now_on: date
    served_on: date | None

    @property
    def text(self) -> str:
        """说明: as a page says it."""
        how = f"{self.served_on}送达" if self.served_on is not None else "出具"
        return (
            f"已{how}的{self.notice}（{self.number}）载明{self.label}{self.printed_on}，现应为{self.now_on}。"
        )

    def shown(self) -> dict[str, Any]:
        """所载日期: as the API shows it."""
        return {
            "notice": self.notice,
            "number": self.number,
            "label": self.label,
            "printed_on": self.printed_on,
            "now_on": self.now_on,
            "served_on": self.served_on,
            "text": self.text,
        }


def moved(
    history: Sequence[Fact], kind: str, clocks: Sequence[Clock], *, served_only: bool = False
) -> list[Printed]:
    """所载日期有变动: of the papers of a case, in the order in which they were issued."""
    labels = {paper.code: paper.label for paper in papers.of_case(kind)}
    found: list[Printed] = []
    for paper in issuing.issued(history):
        served = _served(history[paper.originator_version :], paper.notice)
        if served_only and served is None:
            continue
        found.extend(
            Printed(
                notice=labels.get(paper.notice, paper.notice),
                number=paper.number,
                label=papers.date_label(printed.name, printed.clock),
                printed_on=printed.on,
                now_on=now,
                served_on=served,
            )
            for printed in paper.dates
            if (now := issuing.current(printed, clocks)) is not None
        )
    return found


def _served(later: Iterable[Fact], notice: str) -> date | None:
    """When it was served, unless another of the kind was issued first."""
    for fact in later:
        if getattr(fact, "notice", None) == notice:
            return fact.on if isinstance(fact, Served) else None
    return None

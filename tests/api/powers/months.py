"""Month's lists of negative decisions in every stage, as the table of powers needs them."""

from dataclasses import dataclass, field
from datetime import date

from domain.facts import Fact
from domain.filing import events
from domain.filing.stages import Stage
from tests.api.powers.people import posts, with_post
from tests.api.powers.setting import Body, Told
from tests.api.powers.table import Table, read
from tests.builders import CASE, at, case_named

LIST = case_named("a month's list")
OFFICE = "petition-office"


@dataclass(frozen=True)
class Months:
    """Lists of February 2026."""

    table: Table = field(default_factory=lambda: read("month"))
    stages: tuple[str, ...] = tuple(Stage)

    def told(self, stage: str, act: str, when: str) -> Told:
        office = posts(OFFICE, "office_clerk", "office_head")
        words = {"office": office, "leader": with_post("leader"), "auditor": with_post("auditor")}
        facts = [self._opened(), self._noted(2)]
        if stage != Stage.COLLECTING:
            facts.append(
                events.MonthListSent(to_organ="清江区纪委监委", upto=2, **self._made(3, "2026-03-02"))
            )
        if stage == Stage.AGAIN:
            facts.append(self._noted(4))
        return Told(tuple(facts), words, "read")

    def body(self, stage: str, act: str, when: str, by: str) -> Body:
        return {"to_organ": "清江区纪委监委"}

    def _opened(self) -> Fact:
        return events.MonthListOpened(
            office=OFFICE, month="2026-02", number="XF-2026-02", **self._made(1, "2026-02-27")
        )

    def _noted(self, version: int) -> Fact:
        decided = {"case": CASE, "case_number": "XF-2026-000001", "decided_in": OFFICE}
        return events.RefusalNoted(
            decided_on=date(2026, 2, 27), **decided, **self._made(version, "2026-02-27")
        )

    def _made(self, version: int, day: str) -> dict[str, object]:
        return {
            "originator_id": LIST,
            "originator_version": version,
            "on": date.fromisoformat(day),
            "recorded_at": at(day),
            "by": "system",
            "unit": "system",
            "role": "system",
        }

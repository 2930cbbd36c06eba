"""月清单案卷: a month's list of negative decisions as tests tell it, and for each act a list in which it is open."""

from typing import Any
from uuid import UUID

from domain.filing import events
from domain.filing.commands import Send
from domain.filing.kind import KIND
from tests.builders import CASE, Told, clerk, on

LIST = UUID("00000000-0000-4000-8000-0000000000e1")


class Month(Told):
    """A month's list so far."""

    kind = KIND

    def noted(self, day: str, decided_on: str | None = None) -> "Month":
        entry: dict[str, Any] = {"case": CASE, "case_number": "XF-2026-000001", "decided_in": "unit-a"}
        told: Month = self.add(events.RefusalNoted, clerk, day, **entry, decided_on=on(decided_on or day))
        return told

    def sent(self, day: str) -> "Month":
        told: Month = self.add(
            events.MonthListSent, clerk, day, to_organ="街道纪工委", upto=self.state.version
        )
        return told


def march() -> Month:
    """The list of March 2026, put up by a decision of the 4th."""
    opened = Month(LIST).add(
        events.MonthListOpened,
        clerk,
        "2026-03-04",
        office="petition-office",
        month="2026-03",
        number="XF-2026-03",
    )
    noted: Month = opened.noted("2026-03-04")
    return noted


SAMPLES: dict[str, tuple[Month, Any]] = {"send": (march(), Send("街道纪工委", "本月否定事项清单"))}
"""The act's slug → (list, command); open from April on."""

"""满意度评价的时间: when the petitioner may rate the office and the unit, and which ratings belong to the same answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.facts import Fact
from domain.petition import events
from domain.petition.stages import OPENINGS, Stage
from domain.petition.state import Petition
from domain.rules import grounds

_NEW_ANSWER = (events.Replied, events.Reopened)


@dataclass(frozen=True, slots=True)
class Window:
    """评价期间 — the first and the last day on which the petitioner may rate."""

    first: date
    last: date

    def has(self, on: date) -> bool:
        """在期间内."""
        return self.first <= on <= self.last


def window(petition: Petition) -> Window | None:
    """评价期间: from the day the written answer was served; where none came, late enough to say that none did.

    None while an answer is written but not yet served.
    """
    rule = grounds.rating()
    if petition.opinion_served_on is not None:
        served = petition.opinion_served_on
        return Window(served, served + timedelta(days=rule.after_answer))
    if petition.replied_on is not None:
        return None
    received = petition.received_on
    return Window(
        received + timedelta(days=rule.unanswered_from), received + timedelta(days=rule.unanswered_until)
    )


def given(history: Sequence[Fact]) -> dict[str, str]:
    """已作评价: the scores given to the present answer, by whom they are about; a new answer may be rated anew."""
    found: dict[str, str] = {}
    for fact in history:
        if isinstance(fact, _NEW_ANSWER):
            found = {}
        elif isinstance(fact, events.Rated):
            found[fact.about] = fact.score
    return found


def is_open(petition: Petition, today: date) -> bool:
    """可以评价: by the petitioner, today."""
    found = window(petition)
    return Stage(petition.stage) in OPENINGS["rate"].stages and found is not None and found.has(today)

"""月清单的事件: everything that can have happened to a month's list of negative decisions."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from domain.facts import Fact
from domain.secrets import Text


class MonthListOpened(Fact, frozen=True, kw_only=True):
    """建立月清单 — the first negative decision of a month puts up the month's list."""

    TOPIC: ClassVar[str] = "month.list_opened.1"
    office: str
    month: str
    number: str


class RefusalNoted(Fact, frozen=True, kw_only=True):
    """列入月清单 — one negative decision: of which case, decided when and in which unit; nothing of its content."""

    TOPIC: ClassVar[str] = "month.refusal_noted.1"
    case: UUID
    case_number: str
    decided_on: date
    decided_in: str


class MonthListSent(Fact, frozen=True, kw_only=True):
    """月清单报备 — the list went to the discipline office, with every decision noted up to that version of it."""

    TOPIC: ClassVar[str] = "month.list_sent.1"
    to_organ: str
    upto: int
    text: Text | None = None

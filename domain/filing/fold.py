"""月清单的折叠: events → state. Assignments only, no decision, no clock."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from domain.alerts.events import AlertAcknowledged, Alerted, AlertWithdrawn
from domain.facts import Fact
from domain.filing import events
from domain.filing.stages import Stage


class Entry(msgspec.Struct, frozen=True):
    """清单项 — one negative decision, the version at which it was noted, and when it was sent."""

    case: UUID
    case_number: str
    decided_on: date
    decided_in: str
    noted_at: int
    sent_on: date | None = None


class MonthList(msgspec.Struct, frozen=True):
    """月清单 — the state of one month's list of one petition office: the fold of its stored events."""

    id: UUID
    version: int
    number: str
    office: str
    month: str
    stage: Stage
    opened_at: datetime
    opened_on: date
    entries: tuple[Entry, ...] = ()
    sent_on: date | None = None
    to_organ: str | None = None
    closed_on: date | None = None
    alerts: frozenset[UUID] = frozenset()
    acknowledged: frozenset[UUID] = frozenset()
    recalled: frozenset[UUID] = frozenset()

    @property
    def confidential(self) -> bool:
        """保密: the list as such is none; whose cases are on it is decided entry by entry."""
        return False

    @property
    def first_day(self) -> date:
        """月初: the first day of the month."""
        return date.fromisoformat(f"{self.month}-01")

    @property
    def next_month(self) -> date:
        """次月首日: the day after the month's last."""
        first = self.first_day
        return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _opened(fact: events.MonthListOpened) -> MonthList:
    return MonthList(
        id=fact.originator_id,
        version=fact.originator_version,
        number=fact.number,
        office=fact.office,
        month=fact.month,
        stage=Stage.COLLECTING,
        opened_at=fact.recorded_at,
        opened_on=fact.on,
    )


def _noted(month: MonthList, fact: events.RefusalNoted) -> dict[str, Any]:
    entry = Entry(fact.case, fact.case_number, fact.decided_on, fact.decided_in, fact.originator_version)
    again = {"stage": Stage.AGAIN, "closed_on": None} if month.stage is Stage.SENT else {}
    return {"entries": (*month.entries, entry), **again}


def _sent(month: MonthList, fact: events.MonthListSent) -> dict[str, Any]:
    entries = (
        replace(one, sent_on=fact.on) if one.sent_on is None and one.noted_at <= fact.upto else one
        for one in month.entries
    )
    return {
        "entries": tuple(entries),
        "stage": Stage.SENT,
        "sent_on": fact.on,
        "to_organ": fact.to_organ,
        "closed_on": fact.on,
    }


STEPS: dict[type[Fact], Callable[[MonthList, Any], dict[str, Any]]] = {
    events.RefusalNoted: _noted,
    events.MonthListSent: _sent,
    Alerted: lambda m, f: {"alerts": m.alerts | {f.alert_id}},
    AlertAcknowledged: lambda m, f: {"acknowledged": m.acknowledged | {f.alert_id}},
    AlertWithdrawn: lambda m, f: {
        "alerts": m.alerts - {f.alert_id},
        "recalled": m.recalled | {f.alert_id},
    },
}
"""折叠表: what each fact changes."""


def fold(month: MonthList | None, fact: Fact) -> MonthList | None:
    """折叠: the list after the fact. A stream's first fact puts it up."""
    if month is None:
        return _opened(fact) if isinstance(fact, events.MonthListOpened) else None
    step = STEPS.get(type(fact))
    changes = step(month, fact) if step is not None else {}
    return replace(month, version=fact.originator_version, **changes)


def project(month: MonthList | None, facts: Iterable[Fact]) -> MonthList | None:
    """投影函数: folds facts into the list."""
    for fact in facts:
        month = fold(month, fact)
    return month

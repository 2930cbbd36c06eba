"""行为: who acts, in which capacity and when; and the receipt that answers."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""中国标准时间: UTC+8 all year since 1992, and no date before that is counted here."""


def legal_date(instant: datetime) -> date:
    """法定日期: the date in Asia/Shanghai on which the instant falls."""
    return instant.astimezone(SHANGHAI).date()


@dataclass(frozen=True, slots=True)
class Act:
    """行为 — accompanies a command: the acting officer, unit and role, the officer stood in for, and the instant."""

    by: str
    unit: str
    role: str
    at: datetime
    name: str = ""
    for_whom: str | None = None

    @property
    def today(self) -> date:
        """今日: the legal date of the act's instant."""
        return legal_date(self.at)


def system_act(at: datetime) -> Act:
    """系统行为: the act of the service itself, used for alerts and imports."""
    return Act(by="system", unit="system", role="system", at=at.astimezone(UTC))


@dataclass(frozen=True, slots=True)
class Receipt:
    """回执 — answers a command: the case, its version after it, the log position, and the events it made."""

    id: UUID
    version: int
    position: int
    events: tuple[str, ...]
    extra: tuple[tuple[str, str], ...] = ()

"""行为: who acts, in which capacity and when; and the receipt that answers."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""中国标准时间: UTC+8 all year since 1992, and no date before that is counted here."""


def legal_date(instant: datetime) -> date:
    """法定日期: the date in Asia/Shanghai on which the instant falls."""
    return instant.astimezone(SHANGHAI).date()


@dataclass(frozen=True, slots=True)
class Act:
    """行为 — accompanies a command: who acts, in which unit and role, for whom, and the instant.

    `unit` and `role` are those of the post acted in, which is another's while standing in (AB岗); `own_unit` is the
    acting officer's own unit where it differs.
    """

    by: str
    unit: str
    role: str
    at: datetime
    name: str = ""
    for_whom: str | None = None
    own_unit: str = ""

    @property
    def principal(self) -> str:
        """本岗人员: whose post it is: the officer stood in for, or the acting officer."""
        return self.for_whom or self.by

    @property
    def today(self) -> date:
        """今日: the legal date of the act's instant."""
        return legal_date(self.at)


def system_act(at: datetime) -> Act:
    """系统行为: the act of the service itself, used for alerts and imports."""
    return Act(by="system", unit="system", role="system", at=at.astimezone(UTC))


PETITIONER = "petitioner"
"""信访人: who acts on a petition of one's own with its query code, and is no officer."""


def petitioner_act(at: datetime) -> Act:
    """信访人行为: the petitioner's own act – of whoever shows the number and the query code, by name nobody."""
    return Act(by=PETITIONER, unit=PETITIONER, role=PETITIONER, at=at.astimezone(UTC))


@dataclass(frozen=True, slots=True)
class Receipt:
    """回执 — answers a command: the case, its version after it, the log position, and the events it made."""

    id: UUID
    version: int
    position: int
    events: tuple[str, ...]
    extra: tuple[tuple[str, str], ...] = ()


def envelope(
    id: UUID, version: int, act: Act, basis: str | None = None, on: date | None = None
) -> dict[str, Any]:
    """信封: the fields every fact has, from the act that makes it; the legal date is today's unless given."""
    return {
        "originator_id": id,
        "originator_version": version,
        "on": on or act.today,
        "recorded_at": act.at.astimezone(UTC),
        "by": act.by,
        "unit": act.unit,
        "role": act.role,
        "for_whom": act.for_whom,
        "basis": basis,
    }

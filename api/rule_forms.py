"""规则接口的表单: what is filled in for the calculator, for a trial, and for a decree."""

import re
from datetime import UTC, date, datetime, time
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from api.bodies import Day, Form, FreeForm, Short
from domain.acts import SHANGHAI

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _moment(given: Any) -> datetime | None:
    """An instant with its offset; a bare date means its first moment in Shanghai."""
    if given is None:
        return None
    try:
        if isinstance(given, str) and _DAY.fullmatch(given):
            return datetime.combine(date.fromisoformat(given), time(), SHANGHAI)
        if isinstance(given, str) and _INSTANT.fullmatch(given):
            return datetime.fromisoformat(given.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise PydanticCustomError("shixian.instant", "应为带时区的时刻，如 2026-03-02T10:00:00+08:00")


Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]
Days = Annotated[list[Day], Field(max_length=366)]
DaysOrNone = Annotated[list[Day], Field(max_length=366, default_factory=list)]


class Suspension(Form):
    """中止期间 — both ends inclusive."""

    from_: Annotated[Day, Field(alias="from")]
    to: Day


class Preview(Form):
    """期限试算 — one clock of a rule book from a start; any date, whether or not the book was in force then."""

    rulebook: Short
    clock: Short
    started_on: Day
    extension_days: int = 0
    suspensions: Annotated[list[Suspension], Field(max_length=100, default_factory=list)]
    known_at: Annotated[AwareDatetime | None, BeforeValidator(_moment)] = None
    due_on: Annotated[Day | None, Field(description="逐件指定的期限，用于没有固定长度的时限")] = None
    stopped_on: Day | None = None


class TrialDecree(Form):
    """试算的放假安排 — one year's days off and make-up days; source and publication don't matter."""

    days_off: Days
    make_up_days: DaysOrNone
    source: Short = "试算"
    published_at: Annotated[AwareDatetime | None, BeforeValidator(_moment)] = None


class TrialYear(TrialDecree):
    """试算的年度放假安排."""

    year: int


class WhatIf(Form):
    """试算 — a changed rule book or a calendar, one of the two; lateness of what came in between two days, or of everything."""

    rulebook: FreeForm | None = None
    calendar: TrialYear | None = None
    from_: Annotated[Day | None, Field(alias="from", description="收到日期自")] = None
    to: Annotated[Day | None, Field(description="收到日期至")] = None


class DecreeEntered(Form):
    """放假安排 — as the notice published it."""

    source: Short
    published_at: Moment
    days_off: Days
    make_up_days: DaysOrNone

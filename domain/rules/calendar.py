"""工作日历 — which days are worked, by the State Council's notices and as they were known at an instant.

A year that no notice covers yet goes by weekends and statutory holidays alone; `firm` tells the difference.
"""

import tomllib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

TABLES = Path(__file__).parent / "tables"
SATURDAY = 5
DAY = timedelta(days=1)


class CalendarError(ValueError):
    """日历有误 — a decree's table cannot be read; the message is Chinese and names the entry."""


@dataclass(frozen=True)
class Decree:
    """放假安排 — one published notice on one year's days off and make-up working days.

    A later notice about the same year is a further decree of that year and holds the whole year again.
    """

    year: int
    source: str
    published_at: datetime
    days_off: frozenset[date]
    make_up_days: frozenset[date]
    names: Mapping[date, str] = field(default_factory=dict, compare=False)
    sources: Mapping[date, str] = field(default_factory=dict, compare=False)
    entered_at: datetime | None = field(default=None, compare=False)
    """When it was recorded here, if not with the publication."""

    @property
    def known_at(self) -> datetime:
        """得知时间 — from when on anybody here could count by it."""
        return self.entered_at or self.published_at


@dataclass(frozen=True)
class Calendar:
    """工作日历 — one decree a year, and the statutory days of the years that have none."""

    decrees: Mapping[int, Decree]
    statutory: Mapping[int, frozenset[date]] = field(default_factory=dict)
    replaced: tuple[Decree, ...] = field(default=(), compare=False)
    """Earlier decrees of the same years, which no longer rule any day."""
    _worked: dict[int, tuple[date, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def is_rest(self, d: date) -> bool:
        """休息日 — a weekend or holiday on which no make-up work is ordered."""
        decree = self.decrees.get(d.year)
        if decree is None:
            return d.weekday() >= SATURDAY or d in self._statutory(d.year)
        return d in decree.days_off or (d.weekday() >= SATURDAY and d not in decree.make_up_days)

    def without(self, decree: Decree) -> "Calendar":
        """此前的日历 — as if that notice hadn't been recorded: the one before it rules its year, if there was one."""
        earlier = [one for one in self.replaced if one.year == decree.year and one is not decree]
        rest = {year: one for year, one in self.decrees.items() if year != decree.year}
        if earlier:
            rest[decree.year] = earlier[-1]
        return Calendar(rest, self.statutory, tuple(one for one in self.replaced if one not in earlier[-1:]))

    def is_working(self, d: date) -> bool:
        """工作日 — make-up Saturdays and Sundays included."""
        return not self.is_rest(d)

    def next_working(self, d: date) -> date:
        """首个工作日 — the first working day on or after the date."""
        while self.is_rest(d):
            d += DAY
        return d

    def add(self, d: date, n: int, first_day: bool = False) -> date:
        """顺数工作日 — the n-th working day after the date.

        With `first_day` the date itself, or the next working day if it is a day of rest, is day one.
        """
        if first_day and n > 0:
            d, n = self.next_working(d), n - 1
        for _ in range(n):
            d = self.next_working(d + DAY)
        return d

    def subtract(self, d: date, n: int) -> date:
        """倒数工作日 — the n-th working day before the date."""
        for _ in range(n):
            d -= DAY
            while self.is_rest(d):
                d -= DAY
        return d

    def between(self, a: date, b: date) -> int:
        """相隔工作日 — how many working days lie in (a, b]; negative when b comes before a."""
        if b < a:
            return -self.between(b, a)
        return sum(len(self._days(year)) for year in range(a.year, b.year)) + self._until(b) - self._until(a)

    def firm(self, d: date) -> bool:
        """已定 — a published notice covers the year of the date."""
        return d.year in self.decrees

    def occasion(self, d: date) -> str:
        """节日名称 — the festival for which the day is off or worked; empty for an ordinary day."""
        decree = self.decrees.get(d.year)
        if decree is None:
            return statutory_names(d.year).get(d, "节假日") if d in self._statutory(d.year) else ""
        return decree.names.get(d, "节假日") if d in decree.days_off | decree.make_up_days else ""

    def source(self, d: date) -> str:
        """依据 — the notice that rules the day, or its year; empty when there is none."""
        decree = self.decrees.get(d.year)
        return decree.sources.get(d, decree.source) if decree else ""

    def _statutory(self, year: int) -> frozenset[date]:
        return self.statutory[year] if year in self.statutory else frozenset(statutory_names(year))

    def _until(self, d: date) -> int:
        days = self._days(d.year)
        return bisect_left(days, d) + (self.is_working(d))

    def _days(self, year: int) -> tuple[date, ...]:
        days = self._worked.get(year)
        if days is None:
            first = date(year, 1, 1)
            length = date(year, 12, 31).timetuple().tm_yday
            every = (first + timedelta(days=n) for n in range(length))
            days = self._worked[year] = tuple(d for d in every if self.is_working(d))
        return days


def as_known(decrees: Iterable[Decree], at: datetime) -> Calendar:
    """当时所知的日历 — for each year the latest decree published by that instant."""
    known: dict[int, Decree] = {}
    replaced: list[Decree] = []
    for decree in sorted(decrees, key=lambda one: one.published_at):
        if decree.published_at <= at:
            replaced += [known[decree.year]] if decree.year in known else []
            known[decree.year] = decree
    return Calendar(known, replaced=tuple(replaced))


def parse(table: Mapping[str, Any]) -> Decree:
    """读取放假安排 — from a notice's holidays (name, from, to, make_up), two plain lists of days, or both.

    A notice that only changes an earlier one names it in `amends` and marks the holidays it has `changed`.
    """
    unknown = set(table) - {"year", "source", "amends", "published_at", "holiday", "days_off", "make_up_days"}
    if unknown:
        raise CalendarError(f"放假安排含未知字段：{'、'.join(sorted(unknown))}")
    year, source = table.get("year"), table.get("source")
    if not isinstance(year, int) or isinstance(year, bool):
        raise CalendarError("放假安排缺少年份 year")
    if not isinstance(source, str) or not source.strip():
        raise CalendarError(f"{year}年放假安排缺少来源 source")
    days_off, make_up_days = as_dates(table.get("days_off", [])), as_dates(table.get("make_up_days", []))
    off, work = dict.fromkeys(days_off, ""), dict.fromkeys(make_up_days, "")
    sources: dict[date, str] = {}
    for holiday in table.get("holiday", []):
        rest, made_up = _holiday(year, holiday)
        days_off, make_up_days = days_off + rest, make_up_days + made_up
        off |= dict.fromkeys(rest, holiday["name"])
        work |= dict.fromkeys(made_up, holiday["name"])
        if "amends" in table and not holiday.get("changed"):
            sources |= dict.fromkeys([*rest, *made_up], table["amends"])
    _check_days(year, days_off, make_up_days)
    names = {d: name for d, name in (off | work).items() if name}
    published_at = as_instant(table.get("published_at"))
    return Decree(year, source, published_at, frozenset(off), frozenset(work), names, sources)


def _holiday(year: int, holiday: Mapping[str, Any]) -> tuple[list[date], list[date]]:
    """One festival's days off and make-up days."""
    if set(holiday) - {"name", "from", "to", "make_up", "changed"} or not {"name", "from", "to"} <= set(
        holiday
    ):
        raise CalendarError(f"{year}年放假安排的节日须有 name、from、to，可有 make_up、changed")
    first, last = as_date(holiday["from"]), as_date(holiday["to"])
    if last < first or (last - first).days > 60:
        raise CalendarError(f"{year}年{holiday['name']}的起止日期不合理：{first}至{last}")
    rest = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return rest, as_dates(holiday.get("make_up", []))


def _check_days(year: int, off: Sequence[date], work: Sequence[date]) -> None:
    for d in sorted({*off, *work}):
        if d.year != year:
            raise CalendarError(f"{d}不在{year}年内")
    for d in sorted({*off} & {*work}):
        raise CalendarError(f"{d}既列为放假又列为上班")
    for d, times in sorted((Counter(off) + Counter(work)).items()):
        if times > 1:
            raise CalendarError(f"{d}列了{times}次，请核对是否把别的日期误写成这一天")
    for d in sorted({*work}):
        if d.weekday() < SATURDAY:
            raise CalendarError(f"{d}不是星期六、星期日，不能列为调休上班日")


def as_date(value: object) -> date:
    """日期 — from a TOML date or an ISO string."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise CalendarError(f"日期无法识别：{value}") from None


def as_dates(values: object) -> list[date]:
    """日期列表 — in any order."""
    if not isinstance(values, list | tuple | set | frozenset):
        raise CalendarError(f"应为日期列表：{values}")
    return [as_date(value) for value in values]


def as_instant(value: object) -> datetime:
    """时刻 — an instant with its offset, from TOML or an RFC 3339 string."""
    try:
        instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise CalendarError(f"时刻无法识别：{value}") from None
    if instant.utcoffset() is None:
        raise CalendarError(f"时刻须带时区：{value}")
    return instant


@cache
def shipped() -> tuple[Decree, ...]:
    """随附的历年放假安排 — every decree under `tables/calendars`, oldest first."""
    files = sorted((TABLES / "calendars").glob("*.toml"))
    return tuple(parse(table) for file in files for table in tomllib.loads(file.read_text("utf-8"))["decree"])


@cache
def statutory_names(year: int) -> Mapping[date, str]:
    """法定节假日 — of a year without a decree: its own list, or else the days fixed in the solar calendar."""
    table = tomllib.loads((TABLES / "statutory.toml").read_text("utf-8"))
    for entry in table["year"]:
        if entry["year"] == year:
            return {day: holiday["name"] for holiday in entry["holiday"] for day in holiday["days"]}
    return {date(year, *map(int, day.split("-"))): h["name"] for h in table["fixed"] for day in h["days"]}

"""期限说明的措辞 — how days, festivals and sources are put in the Chinese explanation of a due date."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby

from domain.rules.calendar import DAY, SATURDAY, Calendar
from domain.rules.rulebook import ClockSpec

_WEEKDAYS = "一二三四五六日"
_LISTED = 15


def in_words(d: date, calendar: Calendar) -> str:
    """日期 — with its weekday and, where it matters, the festival: 2026年2月14日（星期六，春节调休上班）."""
    return f"{d.year}年{d.month}月{d.day}日（{_kind(d, calendar)}）"


def short(d: date, calendar: Calendar) -> str:
    """月日 — the same without the year."""
    return f"{d.month}月{d.day}日（{_kind(d, calendar)}）"


def stretch(first: date, last: date) -> str:
    """起止 — both ends of a run of days, or its only day."""
    start = f"{first.year}年{first.month}月{first.day}日"
    if first == last:
        return start
    year = "" if first.year == last.year else f"{last.year}年"
    month = "" if (first.year, first.month) == (last.year, last.month) else f"{last.month}月"
    return f"{start}至{year}{month}{last.day}日"


def basis(*sources: str) -> str:
    """依据 — what a step rests on, in brackets; nothing if there is nothing."""
    named = [source for source in sources if source]
    return f"（{'；'.join(named)}）" if named else ""


def of_rest(first: date, last: date, calendar: Calendar) -> str:
    """休息日的由来 — why none of several days is worked; nothing for a single one."""
    return "" if first == last else f"（{_run(list(_days(first, last)), calendar)}）"


def sources_of(days: Iterable[date], calendar: Calendar) -> list[str]:
    """放假调休依据 — the notices by which these days are off or worked, each once."""
    sources = dict.fromkeys(calendar.source(d) for d in days if calendar.occasion(d))
    return [source for source in sources if source]


def of_working_days(spec: ClockSpec, started_on: date, nominal: date, calendar: Calendar) -> Iterator[str]:
    """逐日说明 — the working days counted, the days left out and the notices that say so."""
    if spec.backwards:
        span = list(_days(nominal, started_on - DAY))
    else:
        span = list(_days(started_on if spec.first_day else started_on + DAY, nominal))
    worked = [d for d in span if calendar.is_working(d)]
    if not worked:
        return
    if len(worked) <= _LISTED:
        order = reversed(worked) if spec.backwards else worked
        yield f"计入的工作日：{'、'.join(short(d, calendar) for d in order)}。"
    skipped = [_run(run, calendar) for run in _runs([d for d in span if calendar.is_rest(d)])]
    if skipped:
        yield f"不计入：{'；'.join(skipped)}。"
    sources = sources_of(span, calendar)
    if sources:
        yield f"放假调休依据：{'；'.join(sources)}。"


def _kind(d: date, calendar: Calendar) -> str:
    weekday = f"星期{_WEEKDAYS[d.weekday()]}"
    name = calendar.occasion(d)
    if not name:
        return weekday
    if calendar.is_rest(d):
        return f"{weekday}，{name}放假"
    return f"{weekday}，{name}调休上班"


def _run(run: list[date], calendar: Calendar) -> str:
    names = dict.fromkeys(calendar.occasion(d) for d in run)
    names.pop("", None)
    plain = "周末" if all(d.weekday() >= SATURDAY for d in run) else "休息"
    return f"{stretch(run[0], run[-1])}{'、'.join(names) + '放假' if names else plain}"


def _runs(days: list[date]) -> Iterator[list[date]]:
    for _, run in groupby(enumerate(days), key=lambda pair: pair[1].toordinal() - pair[0]):
        yield [d for _, d in run]


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY

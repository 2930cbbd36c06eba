"""统计报表的各行: figures with their names, targets beside them, and in words what was counted."""

from collections.abc import Callable
from datetime import date
from typing import Any

from api.statistics_reports import BASES, CATEGORIES, CHANNELS, CLOCKS, Words
from domain.directory.fold import Directory
from domain.rules import grounds
from domain.rules.targets import targets as set_targets
from projections.statistics import Counted, Figures, nothing

ROUGHLY = 10
"""How many cases there are that the officer may not read is told in full tens; nearer would tell when one came in."""
MOST_MONTHS = 240
"""Months without a figure are filled in for so long a period."""


def definition(words: Words, clock: str, basis: str) -> list[str]:
    """口径: in words what was counted, and by which date."""
    if not words.clocked:
        return list(words.definition)
    of = {
        "finish": "自受理之日起至书面答复送达",
        "decide": "自收到之日起至决定是否受理并告知（2005年条例、简易办理）",
        "notify": "自承办单位收到之日起至书面告知（2022年条例）",
        "route": "自信访工作机构收到之日起至转送、交办（2022年条例、简易办理）",
    }[clock]
    return [
        f"所计期限：{CLOCKS[clock]}，{of}；期限按各事项适用的规则册和放假安排计算。",
        f"期间按{BASES[basis]}计："
        + (
            "统计期间内收到的信访事项，不论何时办结。"
            if basis == "received"
            else "统计期间内办结的，不论何时收到；在办的不列入。"
        ),
        *words.definition,
    ]


def rows(
    counted: Counted,
    words: Words,
    by: str,
    directory: Directory,
    since: date | None,
    until: date | None,
) -> list[dict[str, Any]]:
    """各行: months in their order and none left out, channels and categories as registered, others by size."""
    found = dict(counted.rows)
    if by == "month":
        if since is not None and until is not None:
            empty: dict[str | None, Figures] = {m: nothing(words.report) for m in _months(since, until)}
            found = empty | found
        keys = sorted(found, key=lambda key: key or "9999-99")
    elif by in {"channel", "category"}:
        order = list(CHANNELS if by == "channel" else CATEGORIES)
        keys = sorted(found, key=lambda key: (order.index(key) if key in order else len(order), key or ""))
    else:
        first = next(iter(words.columns))
        keys = sorted(
            found,
            key=lambda key: (*(-found[key][name] for name in (words.main, first)), key is None, key or ""),
        )
    labels = _labels(by, directory)
    return [{"key": key, "label": labels(key), **found[key]} for key in keys]


def _months(since: date, until: date) -> list[str]:
    first, last = since.year * 12 + since.month - 1, until.year * 12 + until.month - 1
    if last - first >= MOST_MONTHS:
        return []
    return [f"{month // 12}-{month % 12 + 1:02d}" for month in range(first, last + 1)]


def _labels(by: str, directory: Directory) -> Callable[[str | None], str]:
    match by:
        case "unit":
            return lambda key: directory.unit_name(key) if key is not None else "未分办"
        case "officer":
            return lambda key: _officer(key, directory)
        case "channel":
            return lambda key: CHANNELS.get(key, key) if key is not None else "督查事项"
        case "category":
            known = CATEGORIES | {one.code: one.label for one in grounds.source_categories()}
            return lambda key: known.get(key, key) if key is not None else "未定"
        case _:
            return lambda key: key if key is not None else "未定"


def _officer(key: str | None, directory: Directory) -> str:
    held = directory.officers.get(key) if key is not None else None
    return f"{held.name}（{directory.unit_name(held.unit)}）" if held is not None else key or "未指定承办人"


def targets(counted: Counted) -> list[dict[str, Any]]:
    """与目标对照: the totals beside what the office has set itself."""
    return [
        {
            "measure": one.measure,
            "label": one.label,
            "sense": one.sense,
            "value": one.value,
            "basis": one.basis,
            "note": one.note,
            "actual": counted.totals[one.measure],
            "is_met": one.is_met(counted.totals[one.measure]),
        }
        for one in set_targets()
        if one.measure in counted.totals
    ]


def notes(withheld: int | None, counted: Counted, behind: bool) -> list[str]:
    """附注: what is not in the figures."""
    told = []
    if withheld is not None and withheld >= ROUGHLY:
        told.append(f"另有检举控告{withheld // ROUGHLY * ROUGHLY}件以上依规不予分列。")
    elif withheld is not None:
        told.append(
            f"不可查阅的检举控告未列入；其概数仅在已结束的自然季度、自然年度达到{ROUGHLY}件以上的列出。"
        )
    if behind:
        told.append("数据正在更新，尚未包括刚刚记录的事项。")
    return told

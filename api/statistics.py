"""统计报表: one shape for page, table and Excel – columns, rows, totals, targets, and in words what was counted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from threading import BoundedSemaphore
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from api import lists, statistics_rows, statistics_sheet
from api.bootstrap import Services
from api.errors import READS
from api.identity import Held, Signed
from api.instants import At, KnownAt
from api.paging import After
from api.statistics_reports import (
    BY_LABELS,
    CLOCKS,
    REPORTS,
    Basis,
    By,
    Words,
    kind_of,
)
from domain.acts import Act
from domain.errors import Busy, Invalid, NotYours, Unknown
from domain.rules import grounds
from domain.rules.authority import (
    CASELESS_POSTS,
    OVERSEEING_POSTS,
    READ_ACCUSATIONS_POSTS,
    READ_ALL_POSTS,
    UNIT_POSTS,
)
from eventstore.database import Database
from projections import past, statistics
from projections.lights import Lights
from projections.past import Then
from projections.statistics import Asked
from projections.tracking import head, reached

router = APIRouter(prefix="/v1/statistics", tags=["统计"], responses=READS)

MOST_REPLAYS, PATIENCE = 2, 20.0
"""How many reports are counted as of a past day at once, and how many seconds a further one waits for its turn."""
_replays = BoundedSemaphore(MOST_REPLAYS)

Since = Annotated[date | None, Query(alias="from", description="期间，自；未填的为当年1月1日")]
Until = Annotated[date | None, Query(alias="to", description="期间，至；未填的为统计当日")]
Key = Annotated[
    By | None, Query(alias="by", description="分列：单位、信访形式、类别、月份；工作量还可按承办人")
]
Clock = Annotated[
    Literal["finish", "decide", "notify", "route"], Query(description="办理时效所计的期限，默认办理期限")
]
ByBasis = Annotated[Basis, Query(description="办理时效的期间按收到日期或者办结日期")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """统计请求 — which report, by what, of which period, and as of when; what is None is as usual for the report."""

    report: str
    by: str | None = None
    since: date | None = None
    until: date | None = None
    clock: str = "finish"
    basis: Basis = "received"
    at: datetime | None = None
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Scope:
    """统计范围 — whose figures the officer gets, and how that is said."""

    units: tuple[str, ...] | None
    told: str
    hidden_told: bool = False


@router.get("/{report}.xlsx", summary="统计报表（Excel）", response_class=Response)
def sheet(
    services: Held,
    act: Signed,
    report: str,
    since: Since = None,
    until: Until = None,
    key: Key = None,
    clock: Clock = "finish",
    basis: ByBasis = "received",
    at: At = None,
    known_at: KnownAt = None,
    after: After = None,
) -> Response:
    """The same figures as a sheet, with totals and what was counted below them."""
    wanted = Wanted(
        report=report, by=key, since=since, until=until, clock=clock, basis=basis, at=at, known_at=known_at
    )
    return statistics_sheet.made(answer(services, act, wanted, after), act.at)


@router.get("/{report}", summary="统计报表")
def figures(
    services: Held,
    act: Signed,
    report: str,
    since: Since = None,
    until: Until = None,
    key: Key = None,
    clock: Clock = "finish",
    basis: ByBasis = "received",
    at: At = None,
    known_at: KnownAt = None,
    after: After = None,
) -> dict[str, Any]:
    """`receipts`、`timeliness`、`extensions`、`returns`、`repeats`、`satisfaction`、`workload`、`scores`、`risks`.

    Only what the officer may read is counted; a unit's officers get their unit's figures. With `at` or `known_at` the
    cases are folded as of then, so many at most.
    """
    wanted = Wanted(
        report=report, by=key, since=since, until=until, clock=clock, basis=basis, at=at, known_at=known_at
    )
    return answer(services, act, wanted, after)


def answer(services: Services, act: Act, wanted: Wanted, after: int | None = None) -> dict[str, Any]:
    """统计: the report, once the views have seen a position. Raises Unknown, Invalid, NotYours and Busy."""
    words = REPORTS.get(wanted.report)
    if words is None:
        raise Unknown("statistics.no_such_report", "没有这种报表。")
    by = wanted.by or words.by
    if by not in words.keys:
        named = "、".join(f"{one}（{BY_LABELS[one]}）" for one in words.keys)
        raise Invalid("statistics.bad_by", f"该报表不能按此分列，可用的有：{named}。")
    then = _then(act, wanted)
    scope = _scope(services, act, words)
    since, until = _period(words, wanted, then.day)
    report = words.concluded if wanted.basis == "concluded" and words.concluded is not None else words.report
    known = services.casework.known(then.known_at or act.at)
    asked = Asked(
        by=by,
        lights=Lights(then.day, known.calendar),
        visible=lists.eyes(services, act).condition().among_all(),
        since=since,
        until=until,
        units=scope.units,
        clocks=statistics.CLOCKS[wanted.clock],
        collective_from=grounds.representation().collective_from,
    )
    is_past = wanted.at is not None or wanted.known_at is not None
    with _database(services, after, is_past).transaction() as connection:
        names = frozenset(statistics.NEEDS)
        position, last = reached(connection, names), head(connection)
        withheld = None
        if wanted.report == "receipts" and scope.hidden_told and not is_past:
            withheld = statistics.hidden(connection, asked) if _is_finished(since, until, then.day) else 0
        if is_past:
            by_end = report is words.concluded
            with going_back():
                past.go_back(connection, services.casework, report, then, asked.visible, since, until, by_end)
            asked = replace(asked, visible=statistics.EVERYTHING)
        counted = statistics.count(connection, report, asked)
    directory = services.casework.directory()
    return {
        "report": wanted.report,
        "label": words.label,
        "from": since,
        "to": until,
        "by": by,
        "by_label": BY_LABELS[by],
        "at": wanted.at,
        "known_at": wanted.known_at,
        "as_of": then.day,
        "clock": wanted.clock if words.clocked else None,
        "clock_label": CLOCKS[wanted.clock] if words.clocked else None,
        "basis": wanted.basis if words.concluded is not None else None,
        "scope": scope.told,
        "definition": statistics_rows.definition(words, wanted.clock, wanted.basis),
        "columns": [
            {"name": "label", "label": BY_LABELS[by], "kind": "text"},
            *({"name": name, "label": label, "kind": kind_of(name)} for name, label in words.columns.items()),
        ],
        "rows": statistics_rows.rows(counted, words, by, directory, since, until),
        "totals": counted.totals,
        "targets": statistics_rows.targets(counted),
        "notes": statistics_rows.notes(withheld, counted, position < last),
        "position": position,
    }


@contextmanager
def going_back() -> Iterator[None]:
    """逐件回溯: so many at once as leave room for everybody else's work. Raises Busy."""
    if not _replays.acquire(timeout=PATIENCE):
        raise Busy("statistics.replaying", "正在按过去时点统计的较多，请稍后再试。", retry_after=30)
    try:
        yield
    finally:
        _replays.release()


def _database(services: Services, after: int | None, is_past: bool) -> Database:
    """所用数据库: folding the past needs tables of its own, which only the primary can make."""
    if is_past:
        lists.wait(services, statistics.NEEDS, after)
        return services.database
    return lists.reading(services, statistics.NEEDS, after)


def _then(act: Act, wanted: Wanted) -> Then:
    if any(one is not None and one > act.at for one in (wanted.at, wanted.known_at)):
        raise Invalid("statistics.in_future", "统计时点不得晚于现在。")
    return Then(now=act.at, at=wanted.at, known_at=wanted.known_at)


def _scope(services: Services, act: Act, words: Words) -> _Scope:
    """统计范围: the whole office for those concerned with more than one unit, else one's own unit."""
    if words.report.everybody:
        return _Scope(None, "全部单位，保密事项除外")
    if act.role in CASELESS_POSTS:
        raise NotYours("statistics.not_yours", "本职务不查阅案件，只可查看督查事项完成和考核情况。")
    if act.role in READ_ALL_POSTS:
        told = act.role in OVERSEEING_POSTS - READ_ACCUSATIONS_POSTS
        return _Scope(None, "本人可以查阅的全部事项", hidden_told=told)
    directory = services.casework.directory()
    minded = sorted(directory.minded(act.unit)) if act.role in UNIT_POSTS else []
    name = directory.unit_name(act.unit)
    told_as = f"{name}承办的事项" if act.role in UNIT_POSTS else f"本人在{name}经办的事项"
    return _Scope((act.unit, *minded), told_as)


def _period(words: Words, wanted: Wanted, day: date) -> tuple[date | None, date | None]:
    since, until = wanted.since, wanted.until
    if not words.report.open:
        until = until or day
        since = since or date(until.year, 1, 1)
    if since is not None and until is not None and since > until:
        raise Invalid("statistics.bad_period", f"期间起始日期{since}晚于截止日期{until}。")
    return since, until


def _is_finished(since: date | None, until: date | None, day: date) -> bool:
    """已结束的自然季度或者自然年度: no other period, or two that differ by a day would tell what came in on that day."""
    if since is None or until is None or until >= day or since.day != 1:
        return False
    after = until + timedelta(days=1)
    months = (after.year - since.year) * 12 + after.month - since.month
    return after.day == 1 and (months, (since.month - 1) % (months or 1)) in {(3, 0), (12, 0)}

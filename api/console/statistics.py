"""统计: the reports as pages – an overview of four plots for the weekly meeting, and each report by itself.

Every plot is drawn from its own table's figures, which stand below it and are read without any script.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api.bodies import Day
from api.console import statistics_links, statistics_plots
from api.console.visitors import Paged, Visiting, Visitor
from api.statistics import ByBasis, Clock, Key, Since, Until, Wanted, answer
from api.statistics_reports import BASES, BY_LABELS, CLOCKS, REPORTS
from api.statistics_sheet import period_told
from domain.acts import SHANGHAI

router = APIRouter(prefix="/console", route_class=Paged, include_in_schema=False)

HOME = "/console/statistics"

AsOf = Annotated[Day | None, Query()]
"""统计时点: of the years in which there are cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """所选条件 — the period and the rest of what was chosen on the page, as its links keep it."""

    since: date | None = None
    until: date | None = None
    by: str | None = None
    clock: str = "finish"
    basis: str = "received"
    on: date | None = None

    def query(self) -> str:
        """地址中的条件: what differs from the usual."""
        given: dict[str, Any] = {"from": self.since, "to": self.until, "by": self.by, "as_of": self.on}
        given |= {"clock": self.clock if self.clock != "finish" else None}
        given |= {"basis": self.basis if self.basis != "received" else None}
        return urlencode({name: value for name, value in given.items() if value is not None})

    def wanted(self, report: str, **other: Any) -> Wanted:
        """统计请求: of a report, as chosen; a day that is past is asked for as of its end."""
        at = None if self.on is None else datetime.combine(self.on, time.max, SHANGHAI)
        given = {"since": self.since, "until": self.until, "by": self.by, "at": at}
        given |= {"clock": self.clock, "basis": self.basis}
        return Wanted(report=report, **given | other)


def address(report: str, chosen: Chosen, ending: str = "") -> str:
    """地址: of a report's page."""
    query = chosen.query()
    path = f"{HOME}/{report}{ending}" if report else HOME
    return f"{path}?{query}" if query else path


@router.get("/statistics")
def overview(
    visitor: Visiting,
    since: Since = None,
    until: Until = None,
    key: Key = None,
    clock: Clock = "finish",
    as_of: AsOf = None,
) -> HTMLResponse:
    """统计概览: timeliness, lights, repeats and closing against target, extensions and returns."""
    chosen = _chosen(visitor, Chosen(since=since, until=until, by=key, clock=clock, on=as_of))
    timely_by = key if key in {"unit", "channel", "month"} else "unit"
    asked: tuple[tuple[str, str], ...] = (
        ("timeliness", timely_by),
        ("workload", "unit"),
        ("repeats", "month"),
        ("extensions", "unit"),
        ("returns", "unit"),
    )
    panels = [_panel(visitor, report, chosen, by, overview=True) for report, by in asked]
    receipts = answer(visitor.services, visitor.act, chosen.wanted("receipts", by="channel"))
    told = {panel["told"]["report"]: panel["told"] for panel in panels}
    return visitor.page(
        "statistics.html",
        panels=panels,
        marks=_marks(receipts, told),
        notes=receipts["notes"],
        scope=receipts["scope"],
        switches=_switches("", chosen, timely_by, ("unit", "month", "channel")),
        clocks=_clocks("", chosen),
        **_period_choices("", chosen, visitor.act.today),
    )


@router.get("/statistics/{report}")
def report(
    visitor: Visiting,
    report: str,
    since: Since = None,
    until: Until = None,
    key: Key = None,
    clock: Clock = "finish",
    basis: ByBasis = "received",
    as_of: AsOf = None,
) -> HTMLResponse:
    """一种报表: its plot, its table, and what was counted."""
    given = Chosen(since=since, until=until, by=key, clock=clock, basis=basis, on=as_of)
    is_open = report in REPORTS and REPORTS[report].report.open
    chosen = given if is_open else _chosen(visitor, given)
    panel = _panel(visitor, report, chosen, key)
    words, told = REPORTS[report], panel["told"]
    return visitor.page(
        "statistics_report.html",
        panel=panel,
        told=told,
        scope=told["scope"],
        reports=[
            (words.label, address(name, _kept(chosen)), name == report) for name, words in REPORTS.items()
        ],
        switches=_switches(report, chosen, told["by"], words.keys),
        clocks=_clocks(report, chosen) if words.clocked else [],
        bases=_bases(report, chosen) if words.concluded is not None else [],
        open=is_open,
        **_period_choices(report, chosen, visitor.act.today),
    )


def _chosen(visitor: Visitor, given: Chosen) -> Chosen:
    """The period in full, so that every plot of a page and every link has the same."""
    until = given.until or given.on or visitor.act.today
    return replace(given, since=given.since or date(until.year, 1, 1), until=until)


def _kept(chosen: Chosen) -> Chosen:
    """What is kept on the way to another report: the period and the day."""
    return replace(chosen, by=None, clock="finish", basis="received")


def _panel(
    visitor: Visitor, report: str, chosen: Chosen, by: str | None, overview: bool = False
) -> dict[str, Any]:
    """图表: a report's answer with its plot, the cells of its table and the addresses of its page and sheet."""
    if overview and REPORTS[report].report.open:
        chosen = replace(chosen, since=None, until=None)
    rates = overview and report in statistics_plots.RATES
    told = answer(visitor.services, visitor.act, chosen.wanted(report, by=by))
    links = [statistics_links.of_row(told, row) for row in told["rows"]]
    own = replace(chosen, by=told["by"])
    return {
        "told": told,
        "period": period_told(told),
        "plot": statistics_plots.plot(told, links, rates),
        "headline": _headline(told) if rates else None,
        "rows": [
            [_cell(told, row, column, link) for column in told["columns"]]
            for row, link in zip(told["rows"], links, strict=True)
        ],
        "totals": [
            _shown(column["kind"], told["totals"].get(column["name"])) for column in told["columns"][1:]
        ],
        "targets": [_target(one) for one in told["targets"]],
        "page": address(report, own),
        "sheet": f"/v1/statistics/{report}.xlsx?{_sheet_query(told)}",
    }


def _sheet_query(told: Mapping[str, Any]) -> str:
    names = {"from": "from", "to": "to", "by": "by", "clock": "clock", "basis": "basis"}
    given = {name: told[key] for name, key in names.items() if told[key] is not None}
    if told["at"] is not None:
        given["at"] = told["at"].isoformat(timespec="seconds")
    return urlencode(given)


def _cell(
    told: Mapping[str, Any], row: Mapping[str, Any], column: Mapping[str, str], link: str | None
) -> dict[str, Any]:
    name = column["name"]
    href = link if name == "label" else statistics_links.of_cell(told, row, name)
    return {"text": _shown(column["kind"], row[name]), "kind": column["kind"], "href": href}


def _shown(kind: str, value: Any) -> str:
    """A figure as an office writes it; a rate of nothing is a dash."""
    if kind == "rate":
        return "—" if value is None else f"{value * 100:.1f}%"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _target(one: Mapping[str, Any]) -> dict[str, Any]:
    sense = "不高于" if one["sense"] == "most" else "不低于"
    return {
        "label": one["label"],
        "actual": _shown("rate", one["actual"]),
        "wanted": f"{sense} {one['value'] * 100:.0f}%（{one['note']}）",
        "is_met": one["is_met"],
        "basis": one["basis"],
    }


def _headline(told: Mapping[str, Any]) -> str:
    """一句话: the rate of all together, and of how many."""
    totals, report = told["totals"], REPORTS[told["report"]].report
    [(name, ([above], [below]))] = report.rates.items()
    labels = {column["name"]: column["label"] for column in told["columns"]}
    parts = f"{labels[above]} {totals[above]:,}，{labels[below]} {totals[below]:,}"
    return f"{labels[name]} {_shown('rate', totals[name])}（{parts}）"


def _marks(receipts: Mapping[str, Any], told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """要数: what the meeting asks first."""
    timely, repeats, held = (told[name]["totals"] for name in ("timeliness", "repeats", "workload"))
    goals = {one["measure"]: _target(one) for one in told["repeats"]["targets"]}
    received = urlencode({"received_from": receipts["from"], "received_to": receipts["to"]})
    marks: tuple[tuple[str, str, str | None, str | None], ...] = (
        ("收到信访事项", f"{receipts['totals']['received']:,} 件", f"/console/petitions?{received}", None),
        (f"{told['timeliness']['clock_label']}按期率", _shown("rate", timely["in_time_rate"]), None, None),
        ("尚须办理", f"{held['open']:,} 件", address("workload", Chosen()), None),
        ("其中有期限超期", f"{held['red']:,} 件", address("workload", Chosen()), None),
        ("重复信访率", _shown("rate", repeats["repeat_rate"]), None, "repeat_rate"),
        ("结案率", _shown("rate", repeats["closing_rate"]), None, "closing_rate"),
    )
    is_past = receipts["at"] is not None
    return [
        {
            "label": label,
            "text": text,
            "href": None if is_past else href,
            "goal": goals[goal] if goal else None,
        }
        for label, text, href, goal in marks
    ]


def _switches(
    report: str, chosen: Chosen, current: str, keys: tuple[str, ...]
) -> list[tuple[str, str, bool]]:
    return [(BY_LABELS[key], address(report, replace(chosen, by=key)), key == current) for key in keys]


def _clocks(report: str, chosen: Chosen) -> list[tuple[str, str, bool]]:
    return [
        (label, address(report, replace(chosen, clock=clock)), clock == chosen.clock)
        for clock, label in CLOCKS.items()
    ]


def _bases(report: str, chosen: Chosen) -> list[tuple[str, str, bool]]:
    return [
        (f"按{label}", address(report, replace(chosen, basis=basis)), basis == chosen.basis)
        for basis, label in BASES.items()
    ]


def _period_choices(report: str, chosen: Chosen, today: date) -> dict[str, Any]:
    """期间选择: the usual ones as links, and the fields of one's own. In January the longest that fits is the chosen one."""
    usual = presets(today)
    fits = [label for label, *period in usual if chosen.on is None and period == [chosen.since, chosen.until]]
    return {
        "chosen": chosen,
        "action": address(report, Chosen()),
        "presets": [
            (label, address(report, replace(chosen, since=since, until=until, on=None)), fits[-1:] == [label])
            for label, since, until in usual
        ],
        "today": today,
    }


def presets(today: date) -> list[tuple[str, date, date]]:
    """常用期间: each until today, the last year until its end."""
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    last = date(today.year, 1, 1) - timedelta(days=1)
    return [
        ("本月", today.replace(day=1), today),
        ("本季", quarter, today),
        ("本年", date(today.year, 1, 1), today),
        ("上年", date(last.year, 1, 1), last),
    ]

"""统计查询: a report counted for whoever asks – by one key, within a period, as of a day.

Whoever asks has a visibility, as with any list: what an officer may not read is not in the officer's figures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from psycopg import sql

from domain.petition.stages import Stage
from domain.supervision.situation import LIMITS
from projections.lights import Lights
from projections.paging import Condition
from projections.reports import Report
from projections.view import Connection

NEEDS = ("ledger", "deadlines", "item_shares", "figures")
"""The views which a reader who asks for a position must wait for."""

WORKING = (
    Stage.REGISTERED, Stage.WITH_UNIT, Stage.HANDLING, Stage.UNDER_REVIEW, Stage.UNDER_REEXAMINATION,
)  # fmt: skip
"""Stages in which somebody of the office has yet to do something."""

LONG = timedelta(days=30)
"""So long a suspension is long."""

CLOCKS: Mapping[str, tuple[str, ...]] = {
    "finish": ("finish",),
    "decide": ("decide", "accept"),
    "notify": ("notify",),
    "route": ("route", "hop"),
}
"""期限种类: each a question, with the clocks of the rule books that ask it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """查询条件 — by which key, between which days, of which units (None: of all), of which clocks, and whose eyes look."""

    by: str
    lights: Lights
    visible: Condition
    since: date | None = None
    until: date | None = None
    units: tuple[str, ...] | None = None
    clocks: tuple[str, ...] = CLOCKS["finish"]
    collective_from: int = 5


EVERYTHING = Condition("true")
"""Of rows that were chosen by visibility before."""

Figures = dict[str, Any]
"""一行数字: measures and rates by name; a rate of nothing is None."""


@dataclass(frozen=True, slots=True)
class Counted:
    """统计结果 — the figures of each key, and those of all together."""

    rows: Mapping[str | None, Figures]
    totals: Figures


def count(connection: Connection, report: Report, asked: Asked) -> Counted:
    """统计: rows by the key, and the totals in the same pass."""
    key = report.keys[asked.by]
    conditions = [
        report.where,
        "(%(since)s::date IS NULL OR " + report.dated + " >= %(since)s)",
        "(%(until)s::date IS NULL OR " + report.dated + " <= %(until)s)",
        "(%(units)s::text[] IS NULL OR " + report.unit + " = ANY(%(units)s))",
        *([] if report.everybody else [asked.visible.text]),
    ]
    query = sql.SQL(
        "SELECT {key} AS key, grouping({key}) AS is_total, {measures} FROM {source} WHERE {where}"
        " GROUP BY GROUPING SETS (({key}), ())"
    ).format(
        key=sql.SQL(key),
        measures=sql.SQL(", ").join(
            sql.SQL("{} AS {}").format(sql.SQL(text), sql.Identifier(name))
            for name, text in report.measures.items()
        ),
        source=sql.SQL(report.source),
        where=sql.SQL(" AND ").join(sql.SQL(one) for one in conditions),
    )
    rows: dict[str | None, Figures] = {}
    totals = nothing(report)
    for row in connection.execute(query, _values(asked), prepare=False).fetchall():
        figures = _with_rates(report, {name: int(row[name] or 0) for name in report.measures})
        if row["is_total"]:
            totals = figures
        else:
            rows[row["key"]] = figures
    return Counted(rows, totals)


def nothing(report: Report) -> Figures:
    """无数字: the figures of a key of which there is nothing."""
    return _with_rates(report, dict.fromkeys(report.measures, 0))


def hidden(connection: Connection, asked: Asked) -> int:
    """未列入的件数: petitions of the period that the officer may not read."""
    query = sql.SQL(
        "SELECT count(*) AS hidden FROM ledger l WHERE l.kind = 'petition' AND l.confidential"
        " AND (%(since)s::date IS NULL OR l.received_on >= %(since)s)"
        " AND (%(until)s::date IS NULL OR l.received_on <= %(until)s) AND NOT ({})"
    ).format(sql.SQL(asked.visible.text))
    row = connection.execute(query, _values(asked), prepare=False).fetchone()
    return int(row["hidden"]) if row is not None else 0


def _values(asked: Asked) -> dict[str, Any]:
    today = asked.lights.today
    return {
        **asked.visible.values,
        "since": asked.since,
        "until": asked.until,
        "units": None if asked.units is None else list(asked.units),
        "clocks": list(asked.clocks),
        "limits": list(LIMITS),
        "working": [stage.value for stage in WORKING],
        "today": today,
        "first_green": asked.lights.first_green,
        "long_ago": today - LONG,
        "collective_from": asked.collective_from,
    }


def _with_rates(report: Report, measures: Figures) -> Figures:
    return measures | {name: _rate(measures, above, below) for name, (above, below) in report.rates.items()}


def _rate(measures: Figures, above: Sequence[str], below: Sequence[str]) -> float | None:
    whole = sum(measures[name] for name in below)
    return round(sum(measures[name] for name in above) / whole, 4) if whole else None

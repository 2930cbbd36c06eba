"""当时的读模型: the read models of some cases as they stood at another time, folded from the facts that counted then.

They lie in temporary tables of the same names, in front of the live ones until the transaction ends: whatever is counted
of the live tables is counted of these by the same query. Dates are computed by the rules as known then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg import sql

from domain.acts import legal_date
from domain.casework import Case, Casework, case_from
from domain.errors import Invalid
from domain.kinds import ITEM
from domain.petition.timetravel import as_of
from domain.rulebase.fold import Known
from domain.rules.rows import RulebookError
from projections import figures, item_shares
from projections.deadlines import clock_row
from projections.ledger import ROWS
from projections.paging import Condition
from projections.reports import Report
from projections.view import Connection, as_json

MOST, MOST_CLOCKED = 50_000, 20_000
"""Cases that are folded for one report, and fewer if their clocks are computed too; more would keep everybody waiting."""
CHUNK = 500

TABLES: tuple[LiteralString, ...] = ("ledger", "deadlines", "item_shares", "figures", "figure_cases")

CASES: LiteralString = """
    SELECT l.case_id FROM ledger l
    WHERE l.kind = ANY(%(kinds)s) AND l.received_on <= %(day)s
        AND (%(everything)s OR (%(since)s::date IS NULL OR l.received_on >= %(since)s)
            AND (%(until)s::date IS NULL OR l.received_on <= %(until)s))
        AND NOT (%(open)s AND l.state = 'closed' AND l.closed_on <= %(day)s
            AND NOT EXISTS (SELECT FROM timeline t WHERE t.case_id = l.case_id AND t.recorded_at > %(known_at)s)
            AND NOT EXISTS (SELECT FROM deadlines d WHERE d.case_id = l.case_id
                AND (d.state IN ('running', 'suspended') OR d.stopped_on > %(day)s)))
        AND {}
"""
"""What a report can count, by the day it came in. What had come to its end by then, for all that was known, is not open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Then:
    """当时 — the state of the world at `at`, as known at `known_at`; None is `now`."""

    now: datetime
    at: datetime | None = None
    known_at: datetime | None = None

    @property
    def day(self) -> date:
        """判定日期: the day on which clocks are judged."""
        return legal_date(self.at or self.now)


def go_back(
    connection: Connection,
    casework: Casework,
    report: Report,
    then: Then,
    visible: Condition,
    since: date | None,
    until: date | None,
    by_end: bool = False,
) -> None:
    """回到当时: puts the read models of then in front of the live ones, for the rest of the transaction.

    Who may read a case is judged by today, as with a single case. `by_end` is a period of what was concluded, whenever
    it came in. Raises Invalid("statistics.too_many_to_replay").
    """
    ids = _cases(connection, report, then, visible, since, until, by_end)
    for table in TABLES:
        name = sql.Identifier(table)
        connection.execute(
            sql.SQL("CREATE TEMPORARY TABLE {} (LIKE public.{}) ON COMMIT DROP").format(name, name)
        )
    known = casework.known(then.known_at or then.now)
    for first in range(0, len(ids), CHUNK):
        cases = _folded(casework, ids[first : first + CHUNK], then)
        _write(connection, cases)
        if _is_clocked(report):
            _insert(
                connection, "deadlines", [row for case in cases for row in _clocks(case, known, then.day)]
            )


def _is_clocked(report: Report) -> bool:
    return "deadlines" in report.source


def _cases(
    connection: Connection,
    report: Report,
    then: Then,
    visible: Condition,
    since: date | None,
    until: date | None,
    by_end: bool,
) -> list[UUID]:
    most = MOST_CLOCKED if _is_clocked(report) else MOST
    values = {
        **visible.values,
        "kinds": list(report.kinds),
        "day": then.day,
        "everything": report.open or by_end or report.everybody,
        "since": since,
        "until": until,
        "open": report.open,
        "known_at": then.known_at or then.now,
    }
    query = sql.SQL(CASES).format(sql.SQL("NOT l.confidential" if report.everybody else visible.text))
    rows = connection.execute(query, values, prepare=False).fetchall()
    if len(rows) > most:
        raise Invalid(
            "statistics.too_many_to_replay",
            f"按过去时点统计须逐件回溯，本次共{len(rows)}件，本报表一次不超过{most}件，"
            + ("请不指定时点。" if report.open else "请缩小期间，或者不指定时点。"),
        )
    return [row["case_id"] for row in rows]


def _folded(casework: Casework, ids: Sequence[UUID], then: Then) -> list[Case]:
    found: list[Case] = []
    for history in casework.histories(ids).values():
        kept = {
            fact.originator_version for fact in as_of([one.fact for one in history], then.at, then.known_at)
        }
        case = case_from([one for one in history if one.fact.originator_version in kept])
        if case is not None:
            found.append(case)
    return found


def _write(connection: Connection, cases: Sequence[Case]) -> None:
    _insert(
        connection,
        "ledger",
        [ROWS[case.kind.name](case.state) | {"position": case.history[0].position} for case in cases],
    )
    items = [case for case in cases if case.kind is ITEM]
    _insert(connection, "item_shares", [row for case in items for row in item_shares.rows_of(case)])
    figures.write(connection, cases)


def _insert(connection: Connection, table: LiteralString, rows: Sequence[Mapping[str, Any]]) -> None:
    name = sql.Identifier(table)
    insert = sql.SQL("INSERT INTO {} SELECT * FROM json_populate_recordset(NULL::{}, %s::json)")
    connection.execute(insert.format(name, name), (as_json(rows),), prepare=False)


def _clocks(case: Case, known: Known, day: date) -> list[dict[str, Any]]:
    """The clocks of the facts that counted then; none if no rule book was published yet."""
    try:
        clocks = case.kind.clocks(case.facts, case.state, known, day)
    except RulebookError:
        return []
    whole = {one.fact.originator_version: one for one in case.history}
    history = [whole.get(version, case.history[0]) for version in range(1, max(whole) + 1)]
    return [clock_row(case.state.id, clock, history) for clock in clocks]

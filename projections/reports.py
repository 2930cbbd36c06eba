"""报表: each as a query over the read models – what is counted, by which keys, and by which date.

What a report is called and how it is worded is in `api/statistics_reports.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import LiteralString

from domain.kinds import PETITION


@dataclass(frozen=True, slots=True)
class Report:
    """报表 — what is counted: rows of `source`, by a key, within a period of `dated`; `unit` is whose row it is.

    `rates` are quotients of sums of measures. `open` reports take no period unless one is asked for: they count what
    lies open on the day. `everybody`'s reports hold nothing that isn't for all staff, and ask no visibility.
    """

    source: LiteralString
    where: LiteralString
    keys: Mapping[str, LiteralString]
    measures: Mapping[str, LiteralString]
    unit: LiteralString
    dated: LiteralString
    rates: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)
    kinds: tuple[str, ...] = (PETITION.name,)
    open: bool = False
    everybody: bool = False


def _keys(unit: LiteralString, dated: LiteralString) -> dict[str, LiteralString]:
    return {
        "unit": unit,
        "channel": "l.channel",
        "category": "l.category",
        "month": "to_char(" + dated + ", 'YYYY-MM')",
    }


_COUNT: LiteralString = "count(*)"
_PETITIONS: LiteralString = "ledger l LEFT JOIN figure_cases c USING (case_id)"
_IS_PETITION: LiteralString = "l.kind = 'petition'"
_MET: LiteralString = "d.state = 'stopped' AND NOT coalesce(d.stopped_on > d.due_on, false)"
_MET_LATE: LiteralString = "d.state = 'stopped' AND d.stopped_on > d.due_on"
_OPEN: LiteralString = (
    "(d.state = 'suspended' OR d.state = 'running' AND (d.due_on IS NULL OR d.due_on >= %(today)s))"
)
_OVERDUE: LiteralString = "d.state = 'running' AND d.due_on < %(today)s"


def _if(condition: LiteralString) -> LiteralString:
    return "count(*) FILTER (WHERE " + condition + ")"


_FOUR_WAYS: Mapping[str, LiteralString] = {
    "total": _if("d.state <> 'cancelled'"),
    "met": _if(_MET),
    "met_late": _if(_MET_LATE),
    "open_in_time": _if(_OPEN),
    "open_late": _if(_OVERDUE),
    "let_off": _if("d.state = 'cancelled'"),
}
_IN_TIME = {"in_time_rate": (("met",), ("met", "met_late", "open_late"))}

RECEIPTS = Report(
    source=_PETITIONS,
    where=_IS_PETITION,
    keys=_keys("l.unit", "l.received_on"),
    measures={
        "received": _COUNT,
        "people": "sum(l.headcount)",
        "first": _if("NOT l.repeat"),
        "repeated": _if("l.repeat"),
        "collective": _if("l.headcount >= %(collective_from)s"),
        "urgent": _if("l.urgent"),
        "letter": _if("l.channel = 'letter'"),
        "visit": _if("l.channel = 'visit'"),
        "call": _if("l.channel = 'call'"),
        "online": _if("l.channel = 'online'"),
        "mailbox": _if("l.channel = 'mailbox'"),
        "assigned": _if("l.channel = 'assigned'"),
        "accepted": "count(c.accepted_on)",
    },
    unit="l.unit",
    dated="l.received_on",
)

TIMELINESS = Report(
    source="deadlines d JOIN ledger l USING (case_id)",
    where=_IS_PETITION + " AND NOT d.is_window AND d.clock = ANY(%(clocks)s)",
    keys=_keys("d.unit", "l.received_on"),
    measures=_FOUR_WAYS,
    unit="d.unit",
    dated="l.received_on",
    rates=_IN_TIME,
)

CONCLUDED_IN_TIME = Report(
    source=TIMELINESS.source,
    where=TIMELINESS.where + " AND d.state = 'stopped'",
    keys=_keys("d.unit", "d.stopped_on"),
    measures=_FOUR_WAYS,
    unit="d.unit",
    dated="d.stopped_on",
    rates=_IN_TIME,
)
"""The same, of what was done within the period, whenever it had come in."""

EXTENSIONS = Report(
    source=_PETITIONS
    + " LEFT JOIN (SELECT case_id, count(*) FILTER (WHERE act = 'extension_requested') AS asked,"
    " count(*) FILTER (WHERE act = 'extension_granted') AS granted,"
    " count(*) FILTER (WHERE act = 'extension_refused') AS refused,"
    " sum(amount) FILTER (WHERE act = 'extension_granted') AS days FROM figures"
    " WHERE act IN ('extension_requested', 'extension_granted', 'extension_refused') GROUP BY case_id) e"
    " USING (case_id)",
    where=_IS_PETITION,
    keys=_keys("l.unit", "l.received_on"),
    measures={
        "accepted": _if("c.accepted_on IS NOT NULL"),
        "asked": "coalesce(sum(e.asked), 0)",
        "granted": "coalesce(sum(e.granted), 0)",
        "refused": "coalesce(sum(e.refused), 0)",
        "undecided": "coalesce(sum(greatest(e.asked - e.granted - e.refused, 0)), 0)",
        "days": "coalesce(sum(e.days), 0)",
        "extended": _if("c.accepted_on IS NOT NULL AND e.granted > 0"),
    },
    unit="l.unit",
    dated="l.received_on",
    rates={"extension_rate": (("extended",), ("accepted",))},
)

RETURNS = Report(
    source="figures f JOIN ledger l USING (case_id)",
    where="f.act IN ('passed_on', 'objected', 'handed_back', 'kept', 'sent_back')",
    keys=_keys("f.unit", "l.received_on"),
    measures={
        "passed_on": _if("f.act = 'passed_on'"),
        "objected": _if("f.act = 'objected'"),
        "objected_late": _if("f.act = 'objected' AND f.result = 'late'"),
        "handed_back": _if("f.act = 'handed_back'"),
        "kept": _if("f.act = 'kept'"),
        "undecided": "greatest("
        + _if("f.act = 'objected'")
        + " - "
        + _if("f.act IN ('handed_back', 'kept')")
        + ", 0)",
        "sent_back": _if("f.act = 'sent_back'"),
    },
    unit="f.unit",
    dated="l.received_on",
    rates={"return_rate": (("handed_back",), ("passed_on",))},
    kinds=(PETITION.name, "item"),
)

REPEATS = Report(
    source=_PETITIONS,
    where=_IS_PETITION,
    keys=_keys("l.unit", "l.received_on"),
    measures={
        "received": _COUNT,
        "first": _if("NOT l.repeat"),
        "repeated": _if("l.repeat"),
        "concluded": "count(c.concluded_on)",
        "unconcluded": _if("c.concluded_on IS NULL"),
    },
    unit="l.unit",
    dated="l.received_on",
    rates={
        "repeat_rate": (("repeated",), ("received",)),
        "closing_rate": (("concluded",), ("received",)),
    },
)

SATISFACTION = Report(
    source="figures f JOIN ledger l USING (case_id)",
    where=_IS_PETITION + " AND f.act = 'rated'",
    keys=_keys("f.unit", "l.received_on"),
    measures={
        "office_satisfied": _if("f.about = 'office' AND f.result = 'satisfied'"),
        "office_basically": _if("f.about = 'office' AND f.result = 'basically'"),
        "office_dissatisfied": _if("f.about = 'office' AND f.result = 'dissatisfied'"),
        "unit_satisfied": _if("f.about = 'unit' AND f.result = 'satisfied'"),
        "unit_basically": _if("f.about = 'unit' AND f.result = 'basically'"),
        "unit_dissatisfied": _if("f.about = 'unit' AND f.result = 'dissatisfied'"),
    },
    unit="f.unit",
    dated="l.received_on",
    rates={
        f"{about}_rate": (
            (f"{about}_satisfied", f"{about}_basically"),
            (f"{about}_satisfied", f"{about}_basically", f"{about}_dissatisfied"),
        )
        for about in ("office", "unit")
    },
)

_HELD: LiteralString = """(
    SELECT l.case_id, l.kind, l.unit, c.handler AS officer, n.next_due, n.running
    FROM ledger l LEFT JOIN figure_cases c USING (case_id)
    LEFT JOIN (SELECT case_id, min(due_on) AS next_due, true AS running FROM deadlines
        WHERE state = 'running' AND NOT is_window GROUP BY case_id) n USING (case_id)
    WHERE l.kind = 'petition' AND l.stage = ANY(%(working)s)
    UNION ALL
    SELECT s.case_id, l.kind, s.unit, s.handler, n.next_due, n.running
    FROM item_shares s JOIN ledger l USING (case_id)
    LEFT JOIN (SELECT case_id, part, min(due_on) AS next_due, true AS running FROM deadlines
        WHERE state = 'running' AND NOT is_window AND clock = ANY(%(limits)s) GROUP BY case_id, part) n
        ON n.case_id = s.case_id AND n.part = s.unit
    WHERE s.released_on IS NULL AND NOT s.waived AND s.result_on IS NULL AND l.state = 'open'
)"""

WORKLOAD = Report(
    source=_HELD + " w JOIN ledger l USING (case_id)",
    where="true",
    keys=_keys("w.unit", "l.received_on") | {"officer": "w.officer"},
    measures={
        "open": _COUNT,
        "red": _if("w.running AND w.next_due < %(today)s"),
        "yellow": _if("w.running AND w.next_due >= %(today)s AND w.next_due < %(first_green)s"),
        "green": _if("w.running AND (w.next_due IS NULL OR w.next_due >= %(first_green)s)"),
        "grey": _if("w.running IS NULL"),
        "petitions": _if("w.kind = 'petition'"),
        "items": _if("w.kind = 'item'"),
    },
    unit="w.unit",
    dated="l.received_on",
    kinds=(PETITION.name, "item"),
    open=True,
)

SCORES = Report(
    source="""(
        SELECT s.case_id, s.unit, s.allocated_on, s.sent_back, s.extended, coalesce(m.missed, false) AS missed,
            coalesce(m.overdue, false) AS overdue, s.result_on IS NOT NULL AS done,
            s.released_on IS NULL AND NOT s.waived AND l.state = 'open' AS held, p.raised, p.lowered
        FROM item_shares s JOIN ledger l USING (case_id)
        LEFT JOIN (SELECT case_id, part AS unit, bool_or(state = 'stopped' AND stopped_on > due_on) AS missed,
            bool_or(state = 'running' AND due_on < %(today)s) AS overdue
            FROM deadlines WHERE clock = ANY(%(limits)s) GROUP BY case_id, part) m
            ON m.case_id = s.case_id AND m.unit = s.unit
        LEFT JOIN (SELECT case_id, unit, sum(amount) FILTER (WHERE amount > 0) AS raised,
            -sum(amount) FILTER (WHERE amount < 0) AS lowered
            FROM figures WHERE act = 'scored' GROUP BY case_id, unit) p
            ON p.case_id = s.case_id AND p.unit = s.unit
    ) w JOIN ledger l USING (case_id)""",
    where="NOT l.confidential",
    keys={"unit": "w.unit", "category": "l.category", "month": "to_char(w.allocated_on, 'YYYY-MM')"},
    measures={
        "allocated": _COUNT,
        "done_in_time": _if("w.done AND NOT w.missed"),
        "done_late": _if("w.missed AND (w.done OR NOT w.held)"),
        "open_in_time": _if("w.held AND NOT w.done AND NOT w.overdue"),
        "open_late": _if("w.held AND NOT w.done AND w.overdue"),
        "let_off": _if("NOT w.held AND NOT w.done AND NOT w.missed"),
        "sent_back": "coalesce(sum(w.sent_back), 0)",
        "extended": "coalesce(sum(w.extended), 0)",
        "raised": "coalesce(sum(w.raised), 0)",
        "lowered": "coalesce(sum(w.lowered), 0)",
        "points": "coalesce(sum(w.raised), 0) - coalesce(sum(w.lowered), 0)",
    },
    unit="w.unit",
    dated="w.allocated_on",
    rates={"done_rate": (("done_in_time",), ("done_in_time", "done_late", "open_late"))},
    kinds=("item",),
    everybody=True,
)

RISKS = Report(
    source="deadlines d JOIN ledger l USING (case_id) LEFT JOIN figure_cases c USING (case_id)",
    where="NOT d.is_window AND d.state IN ('running', 'suspended') AND l.kind IN ('petition', 'item')",
    keys=_keys("d.unit", "d.due_on"),
    measures={
        "open": _COUNT,
        "overdue": _if(_OVERDUE),
        "days_3": _if("d.state = 'running' AND d.due_on BETWEEN %(today)s AND %(today)s + 3"),
        "days_7": _if("d.state = 'running' AND d.due_on BETWEEN %(today)s + 4 AND %(today)s + 7"),
        "days_15": _if("d.state = 'running' AND d.due_on BETWEEN %(today)s + 8 AND %(today)s + 15"),
        "later": _if("d.state = 'running' AND (d.due_on IS NULL OR d.due_on > %(today)s + 15)"),
        "suspended": _if("d.state = 'suspended'"),
        "suspended_long": _if("d.state = 'suspended' AND c.suspended_since <= %(long_ago)s"),
        "provisional": _if("d.provisional"),
    },
    unit="d.unit",
    dated="d.due_on",
    kinds=(PETITION.name, "item"),
    open=True,
)

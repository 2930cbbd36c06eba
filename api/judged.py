"""当时与现在的判断: which limits were late as judged on a past day, and are not as judged now, or the other way round – and why.

Both are judged on that day. Then: by the facts and the rules recorded by the instant. Now: with what was entered later about
the days up to it, by the rules of today.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import reduce
from typing import Annotated, Any

from fastapi import APIRouter, Query
from psycopg import sql

from api import lists
from api.errors import READS
from api.identity import Held, Signed
from api.instants import KnownAt
from api.paging import After
from api.shapes import deadline_item
from api.statistics import going_back
from domain.acts import Act, legal_date
from domain.casework import Case, Casework, Recorded, case_from
from domain.directory.fold import Directory
from domain.errors import Invalid, NotYours
from domain.kinds import ITEM, PETITION
from domain.rulebase import fold as rulebase_fold
from domain.rulebase.fold import RULEBASE_ID, Known
from domain.rules.authority import CASELESS_POSTS
from domain.rules.deadlines import Clock
from domain.rules.rows import RulebookError
from domain.rules.signals import signal
from projections.ledger_list import NEEDS
from projections.view import Connection
from projections.visibility import Visibility

router = APIRouter(prefix="/v1/statistics", tags=["统计"], responses=READS)

MOST, CHUNK = 2000, 200
"""Cases that are judged twice for one answer; more would keep everybody waiting."""
LATE = frozenset({"overdue", "met_late"})
CAUSES = {"facts": "事后补录", "rules": "规则册或者放假安排变更", "both": "事后补录和规则变更"}
CASES = """
    SELECT l.case_id FROM ledger l WHERE l.kind = ANY(%(kinds)s) AND l.registered_at <= %(instant)s
        AND (%(since)s::date IS NULL OR l.received_on >= %(since)s)
        AND (%(until)s::date IS NULL OR l.received_on <= %(until)s) AND {}
    ORDER BY l.received_on, l.number LIMIT %(most)s
"""

Since = Annotated[date | None, Query(alias="from", description="收到日期，自")]
Until = Annotated[date | None, Query(alias="to", description="收到日期，至")]


@router.get("/judged", summary="当时与现在的逾期判断")
def judged(
    services: Held,
    act: Signed,
    known_at: KnownAt = None,
    since: Since = None,
    until: Until = None,
    after: After = None,
) -> dict[str, Any]:
    """Limits whose lateness differs between what was known at the instant and what is known now, each with the cause.

    Only cases that the officer may read, and that were recorded by then; at most 2,000 of them at once.
    """
    if act.role in CASELESS_POSTS:
        raise NotYours("statistics.not_yours", "本职务不查阅案件，只可查看督查事项完成和考核情况。")
    instant = known_at or act.at
    if instant > act.at:
        raise Invalid("statistics.in_future", "统计时点不得晚于现在。")
    lists.wait(services, NEEDS, after)
    with services.database.transaction() as connection, going_back():
        ids = _cases(connection, lists.eyes(services, act), instant, since, until)
        return _answer(services.casework, act, instant, ids)


def _cases(
    connection: Connection, visibility: Visibility, instant: datetime, since: date | None, until: date | None
) -> Sequence[Any]:
    visible = visibility.condition()
    values = {"kinds": [PETITION.name, ITEM.name], "instant": instant, "since": since, "until": until}
    rows = connection.execute(
        sql.SQL(CASES).format(sql.SQL(visible.text)),
        {**visible.values, **values, "most": MOST + 1},
        prepare=False,
    ).fetchall()
    if len(rows) > MOST:
        raise Invalid(
            "statistics.too_many_to_replay",
            f"两次判断须逐件回溯，本次超过{MOST}件，请缩小收到日期的期间。",
        )
    return [row["case_id"] for row in rows]


def _answer(casework: Casework, act: Act, instant: datetime, ids: Sequence[Any]) -> dict[str, Any]:
    known, directory = (_rules_of(casework, instant), casework.known(act.at)), casework.directory()
    totals = dict.fromkeys(("limits", "late_then", "late_now", "only_then", "only_now"), 0)
    items: list[dict[str, Any]] = []
    for first in range(0, len(ids), CHUNK):
        for history in casework.histories(ids[first : first + CHUNK]).values():
            items += _differing(history, instant, known, directory, totals)
    return {
        "known_at": instant,
        "judged_on": legal_date(instant),
        "cases": len(ids),
        "totals": totals,
        "items": items,
        "definition": "逾期指截至判定日仍未完成且已过届满日，或者完成日晚于届满日；权利期限不计。当时：截至该时刻已经"
        "录入的经过和规则；现在：补录的经过和现行规则。均按判定日判断。",
    }


def _rules_of(casework: Casework, instant: datetime) -> Known:
    """当时所知的规则: recorded and published by the instant."""
    recorded = (one.fact for one in casework.history(RULEBASE_ID) if one.fact.recorded_at <= instant)
    return reduce(rulebase_fold.fold, recorded, rulebase_fold.shipped()).known(instant)


def _differing(
    history: list[Recorded],
    instant: datetime,
    known: tuple[Known, Known],
    directory: Directory,
    totals: dict[str, int],
) -> Iterator[dict[str, Any]]:
    day = legal_date(instant)
    then = case_from([one for one in history if one.fact.recorded_at <= instant])
    now = case_from([one for one in history if one.fact.recorded_at <= instant or one.fact.on <= day])
    if then is None or now is None:
        return
    judged_then, judged_now = _late(then, known[0], day), _late(now, known[1], day)
    for key in dict.fromkeys([*judged_then, *judged_now]):
        was, (clock, late) = judged_then.get(key), judged_now.get(key) or (None, False)
        was_late = was is not None and was[1]
        totals["limits"] += 1
        totals["late_then"] += was_late
        totals["late_now"] += late
        if was_late == late:
            continue
        totals["only_then" if was_late else "only_now"] += 1
        by_facts = _late(now, known[0], day).get(key, (None, False))[1] == late
        by_rules = _late(then, known[1], day).get(key, (None, False))[1] == late
        cause = "both" if by_facts == by_rules else "facts" if by_facts else "rules"
        yield {
            "case": now.state.id,
            "case_kind": now.kind.name,
            "case_number": now.state.number,
            "clock": key[0],
            "part": key[2],
            "late_then": was_late,
            "late_now": late,
            "then": deadline_item(was[0], day, known[0].calendar, directory) if was is not None else None,
            "now": deadline_item(clock, day, known[1].calendar, directory) if clock is not None else None,
            "cause": cause,
            "cause_label": CAUSES[cause],
        }


def _late(case: Case, known: Known, day: date) -> dict[tuple[str, int, str], tuple[Clock, bool]]:
    try:
        clocks = case.kind.clocks(case.facts, case.state, known, day)
    except RulebookError:
        return {}
    found = {}
    for one in clocks:
        seen = signal(one.state, one.due_on, one.stopped_on, day, known.calendar, one.window)
        if not one.window:
            found[one.clock, one.start_version, one.part] = (one, seen.status in LATE)
    return found

"""试算: which due dates of open cases would move if a rule book or a calendar were otherwise, and how many limits would have
been late. Stores nothing; counted as the change itself would be applied."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from api import lists, paging
from api.bootstrap import Services
from api.limit_moves import visible
from api.previewed import Shown, differing, said
from domain.acts import Act
from domain.casework import Case
from domain.errors import Busy, Invalid, NotNow, NotYours
from domain.rulebase.fold import Known, Rulebase
from domain.rules.authority import READ_ALL_POSTS
from domain.rules.counting import CannotCount
from domain.rules.deadlines import Clock
from projections import amending, recounting, trials
from projections.tracking import head
from projections.view import Connection, Row

CHUNK = 500
MOST_FOLDED = 20_000
"""Cases whose histories are asked for one trial; more would keep everybody waiting."""


AGAIN = 15
"""Seconds after which to ask again while a change is being applied."""


class Asked(NamedTuple):
    """试算条件 — the rules on trial; of a rule book its id; whose lateness to count, by the day on which they came in."""

    trial: Rulebase
    rulebook: str | None = None
    lateness: bool = False
    since: date | None = None
    until: date | None = None


def moves(
    services: Services, act: Act, asked: Asked, *, limit: int = paging.MOST, cursor: str | None = None
) -> dict[str, Any]:
    """试算结果: the open cases whose due dates would move, a page of them; totals by clock and unit. Raises NotYours.

    `recorded` is how many limits of how many cases the pass will record, those that have stopped among them; of a rule
    book, whose trial asks open cases only, it isn't known beforehand.
    """
    if act.role not in READ_ALL_POSTS | {"admin"}:
        raise NotYours("rulebase.not_yours", "试算由信访工作机构、督查员、领导、审计人员和系统管理员使用。")
    place, seen = lists.place(cursor), visible(services, act)
    with services.database.connection() as connection:
        reached = head(connection)
    _wait(services, reached)
    with services.database.transaction() as connection:
        _put(connection, services, act, asked, reached)
        totals = trials.totals(connection, seen, act.today)
        groups = trials.by(connection, seen, act.today)
        found = trials.moves(connection, seen, act.today, limit=limit, cursor=place)
        late = (
            trials.lateness(connection, seen, act.today, asked.since, asked.until) if asked.lateness else None
        )
    answer = lists.answer(found, _shown) | {
        "total": totals["total"],
        "cases": totals["cases"],
        "compared": totals["compared"],
        "recorded": None
        if asked.rulebook
        else {"limits": totals["recorded_limits"], "cases": totals["recorded_cases"]},
        "firm": totals["firm"],
        "alerts": {"withdrawn": totals["withdrawn"], "rearmed": totals["rearmed"]},
        "by_clock": _summed(groups, "clock", ("limits",)),
        "by_unit": _named(services, _summed(groups, "unit", ("limits",))),
        "preview": Shown.of(services.casework.rulebase().version, totals, groups).token,
    }
    return answer if late is None else answer | {"lateness": _late(services, late)}


def must_be_as_shown(services: Services, act: Act, asked: Asked, shown: str | None) -> None:
    """与试算一致: what is about to be applied moves what the trial showed. Raises NotNow("rulebase.preview_outdated")."""
    if shown is None:
        return
    found = moves(services, act, asked, limit=1)
    then, now = Shown.read(shown), Shown.read(found["preview"])
    if then is not None and then == now:
        return
    labels = {one["clock"]: one["label"] for one in found["by_clock"]}
    differs = differing(then, now, labels)
    what = "；".join(said(then, now, differs)) or "所涉事项或者到期日已有变动"
    raise NotNow(
        "rulebase.preview_outdated",
        f"与试算时所示不一致：{what}。现在录入将变动{found['cases']}件{found['total']}项，请重新试算后再录入。",
        total=found["total"],
        cases=found["cases"],
        preview=found["preview"],
        differs=differs,
    )


def _wait(services: Services, position: int) -> None:
    """等待在途的调整: a pass over all open cases holds the views back for as long as it takes. Raises Busy."""
    try:
        lists.wait(services, trials.NEEDS, position)
    except Busy as error:
        raise Busy(
            error.code,
            "在办事项的期限正在重新计算，尚不能试算，请稍后再试。",
            retry_after=AGAIN,
        ) from error


def _put(connection: Connection, services: Services, act: Act, asked: Asked, position: int) -> None:
    before, after = services.casework.known(act.at), asked.trial.known(act.at)
    try:
        if asked.rulebook is None:
            trials.put(connection, recounting.changed(connection, before, after))
            return
        change = recounting.Change(0, position, before, after)
        plan = amending.plan(connection, change, asked.rulebook)
        trials.put(connection, plan.moved)
        for ids in _concerned(connection, plan, asked):
            cases = services.casework.cases(ids).values()
            rows = [row for case in cases for row in _of_case(case, before, after)]
            trials.put_folded(connection, ids, rows)
    except CannotCount as error:
        raise Invalid(error.code, f"{error.message}。", error.basis or None) from error


def _concerned(connection: Connection, plan: amending.Amendment, asked: Asked) -> Iterator[list[UUID]]:
    """须逐件计算的事项: those that the version could concern and the trial is about, some hundreds at a time."""
    query = (
        "SELECT c.case_id FROM (" + plan.query + ") c JOIN ledger l USING (case_id) WHERE"
        " (%(lateness)s AND (%(from)s::date IS NULL OR l.received_on >= %(from)s)"
        " AND (%(to)s::date IS NULL OR l.received_on <= %(to)s)"
        " OR EXISTS (SELECT FROM deadlines d WHERE d.case_id = c.case_id AND d.state IN ('running', 'suspended')))"
        " LIMIT %(most)s"
    )
    values = {
        **plan.values,
        "lateness": asked.lateness,
        "from": asked.since,
        "to": asked.until,
        "most": MOST_FOLDED + 1,
    }
    rows = connection.execute(query, values, prepare=False).fetchall()
    if len(rows) > MOST_FOLDED:
        raise Invalid(
            "what_if.too_many",
            f"该规则版本可能改变时限的起算、停止，须逐件计算的事项超过{MOST_FOLDED}件，请缩小收到日期的范围，或者改用较晚的施行日期。",
        )
    ids = [row["case_id"] for row in rows]
    for first in range(0, len(ids), CHUNK):
        yield ids[first : first + CHUNK]


def _of_case(case: Case, before: Known, after: Known) -> Iterator[dict[str, Any]]:
    facts, state, clocks = case.facts, case.state, case.kind.clocks
    was = {_which(clock): clock for clock in clocks(facts, state, before, None)}
    would = {_which(clock): clock for clock in clocks(facts, state, after, None)}
    for key in dict.fromkeys((*was, *would)):
        yield from _compared(state.id, was.get(key), would.get(key))


def _which(clock: Clock) -> tuple[str, int, str]:
    return clock.clock, clock.start_version, clock.part


def _compared(case: UUID, was: Clock | None, would: Clock | None) -> Iterator[dict[str, Any]]:
    known = would or was
    if known is None or _dates(was) == _dates(would):
        return
    yield {
        "case_id": case,
        "clock": known.clock,
        "start_version": known.start_version,
        "part": known.part,
        "label": known.label,
        "unit": known.unit,
        "is_window": known.window,
        "from_on": was.due_on if was else None,
        "to_on": would.due_on if would else None,
        "was_provisional": was.provisional if was else False,
        "provisional": would.provisional if would else False,
        "from_state": was.state if was else None,
        "to_state": would.state if would else None,
        "stopped_on": known.stopped_on,
    }


def _dates(clock: Clock | None) -> tuple[date, bool, str] | None:
    return None if clock is None else (clock.due_on, clock.provisional, clock.state)


def _shown(row: Row) -> dict[str, Any]:
    """变动一项."""
    return {
        "case": row["case_id"],
        "case_kind": row["case_kind"],
        "case_number": row["number"],
        "clock": row["clock"],
        "label": row["label"],
        "unit": row["unit"],
        "from": row["from_on"],
        "to": row["to_on"],
        "provisional": row["provisional"],
    }


def _late(services: Services, rows: Sequence[Row]) -> dict[str, Any]:
    figures = ("limits", "late", "would_be_late", "newly_late", "no_longer_late")
    whole: dict[str, Any] = {name: sum(row[name] for row in rows) for name in figures}
    return whole | {
        "by_clock": _summed(rows, "clock", figures),
        "by_unit": _named(services, _summed(rows, "unit", figures)),
    }


def _summed(rows: Sequence[Row], by: str, figures: Sequence[str]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: str(row[by])):
        one = found.setdefault(row[by], {by: row[by]} | dict.fromkeys(figures, 0))
        if by == "clock":
            one["label"] = row["label"]
        for name in figures:
            one[name] += row[name]
    return list(found.values())


def _named(services: Services, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    directory = services.casework.directory()
    return [row | {"unit_name": directory.unit_name(row["unit"])} for row in rows]

"""试算: which due dates of open cases would move if a rule book or a calendar were otherwise. Stores nothing."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from api import lists
from api.bootstrap import Services
from domain.acts import Act
from domain.casework import Case
from domain.errors import Invalid, NotYours
from domain.rulebase.fold import Known, Rulebase
from domain.rules.authority import READ_ALL_POSTS
from domain.rules.counting import CannotCount
from domain.rules.deadlines import Clock
from projections.paging import Condition

CHUNK = 500
OPEN = frozenset({"running", "suspended"})
NOT_CONFIDENTIAL = Condition("NOT l.confidential")
"""The administrator is shown numbers and dates of cases, and nothing else of any; of an accusation not even those."""


class Moved(NamedTuple):
    """变动 — one clock of a case and its due date before and after; None where there is no such clock."""

    case: UUID
    case_kind: str
    case_number: str
    clock: str
    label: str
    before: date | None
    after: date | None

    def shown(self) -> dict[str, Any]:
        """变动一项."""
        return {
            "case": self.case,
            "case_kind": self.case_kind,
            "case_number": self.case_number,
            "clock": self.clock,
            "label": self.label,
            "from": self.before,
            "to": self.after,
        }


def moves(services: Services, act: Act, trial: Rulebase) -> dict[str, Any]:
    """试算结果: every open case whose due date would move. Raises NotYours."""
    if act.role not in READ_ALL_POSTS | {"admin"}:
        raise NotYours("rulebase.not_yours", "试算由信访工作机构、督查员、领导、审计人员和系统管理员使用。")
    before, after = services.casework.known(act.at), trial.known(act.at)
    found: list[Moved] = []
    asked = 0
    for ids in _open_cases(services, act):
        asked += len(ids)
        for case in services.casework.cases(ids).values():
            found.extend(_of_case(case, before, after, act.today))
    found.sort(key=lambda one: (one.case_number, one.clock))
    cases = len({one.case for one in found})
    return {"items": [one.shown() for one in found], "total": len(found), "cases": cases, "compared": asked}


def _open_cases(services: Services, act: Act) -> Iterator[list[UUID]]:
    """未结事项: those with a clock that runs or rests, as far as the officer may see them, some hundreds at a time."""
    visible = NOT_CONFIDENTIAL if act.role == "admin" else lists.eyes(services, act).condition()
    query = (
        "SELECT l.case_id FROM ledger l WHERE l.case_id > %(last)s AND EXISTS (SELECT FROM deadlines d"
        " WHERE d.case_id = l.case_id AND d.state IN ('running', 'suspended')) AND ("
        + visible.text
        + ") ORDER BY l.case_id LIMIT %(chunk)s"
    )
    last = UUID(int=0)
    while True:
        with services.database.connection() as connection:
            values = {**visible.values, "last": last, "chunk": CHUNK}
            rows = connection.execute(query, values, prepare=False).fetchall()
        if not rows:
            return
        yield [row["case_id"] for row in rows]
        last = rows[-1]["case_id"]


def _of_case(case: Case, before: Known, after: Known, today: date) -> Iterator[Moved]:
    facts, state, clocks = case.facts, case.state, case.kind.clocks
    was = {_which(clock): clock for clock in clocks(facts, state, before, today)}
    try:
        would = {_which(clock): clock for clock in clocks(facts, state, after, today)}
    except CannotCount as error:
        raise Invalid(error.code, f"{state.number}：{error.message}。", error.basis or None) from error
    for key in dict.fromkeys((*was, *would)):
        yield from _compared(case, was.get(key), would.get(key), today)


def _which(clock: Clock) -> tuple[str, str, int, str]:
    return clock.rulebook, clock.clock, clock.start_version, clock.part


def _compared(case: Case, was: Clock | None, would: Clock | None, today: date) -> Iterator[Moved]:
    """A clock that runs in either case; a window that is past in both doesn't matter to anybody."""
    found = [clock for clock in (was, would) if clock is not None and clock.state in OPEN]
    if not found or all(clock.window and clock.due_on < today for clock in found):
        return
    before, after = was.due_on if was else None, would.due_on if would else None
    if before != after:
        yield Moved(
            case.state.id, case.kind.name, case.state.number, found[0].clock, found[0].label, before, after
        )

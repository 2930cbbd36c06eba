"""期限变动: which limits a decree or a rule-book version moved, for whoever may see the cases; and how far the record is."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from fastapi import APIRouter

from api import lists
from api.bootstrap import Services
from api.errors import READS
from api.identity import Held, Signed
from api.paging import USUAL, After, Cursor, Limit
from domain.acts import Act
from domain.errors import Unknown
from domain.facts import Fact
from domain.rulebase.events import CalendarDecreed, LimitsMoved, RulebookPublished
from domain.rulebase.fold import RULEBASE_ID
from projections import limit_moves as view
from projections.paging import Condition
from projections.view import Connection, Row

router = APIRouter(prefix="/v1/rule-changes", tags=["规则册与放假安排"], responses=READS)

NOT_CONFIDENTIAL = Condition("NOT l.confidential")
"""The administrator is shown numbers and dates of cases, and nothing else of any; of an accusation not even those."""


@router.get("", summary="规则变动列表")
def changes(services: Held, act: Signed) -> dict[str, Any]:
    """录入的放假安排和规则版本，新的在前；各自调整了多少期限，登记到哪里."""
    items = [shown(services, act, version, fact) for version, fact in entered(services)]
    return {"items": items[::-1], "next_cursor": None, "total": len(items)}


@router.get("/{change}", summary="规则变动调整的期限")
def change(
    change: int,
    services: Held,
    act: Signed,
    after: After = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> dict[str, Any]:
    """本人可查阅的事项中，哪些期限由何日调整为何日；预警相应撤回、重新安排."""
    fact = dict(entered(services)).get(change)
    if fact is None:
        raise Unknown("rulebase.unknown_change", "没有这次规则变动。")
    place = lists.place(cursor)
    lists.wait(services, view.NEEDS, after)
    with services.database.transaction() as connection:
        page = view.of_change(connection, visible(services, act), change, limit=limit, cursor=place)
    return lists.answer(page, moved) | {"change": shown(services, act, change, fact)}


def entered(services: Services) -> list[tuple[int, Fact]]:
    """录入的规则变动: the rule base's facts, each with its version."""
    casework = services.casework
    return [(row.originator_version, casework.fact(row)) for row in casework.store.select_stream(RULEBASE_ID)]


def shown(services: Services, act: Act, version: int, fact: Fact) -> dict[str, Any]:
    """规则变动: what was entered, and how far its consequences are recorded; `total` is None while they are counted."""
    with services.database.connection() as connection:
        progress = view.progress(connection, version)
        totals = view.totals(connection, visible(services, act), version)
    found: dict[str, Any] = {
        "change": version,
        "kind": "calendar" if isinstance(fact, CalendarDecreed) else "rulebook",
        "title": title(fact),
        "source": fact.basis,
        "on": fact.on,
        "recorded_at": fact.recorded_at,
        "by": fact.by,
        "total": progress["total"] if progress is not None else None,
        "recorded": progress["recorded"] if progress is not None else 0,
        "done": bool(progress and progress["done"]),
        "visible": totals,
    }
    return found


def title(fact: Fact) -> str:
    """名称: of what was entered."""
    if isinstance(fact, CalendarDecreed):
        return f"{fact.year}年放假安排"
    if isinstance(fact, RulebookPublished):
        return f"规则册“{fact.table.get('title', fact.rulebook)}”{fact.table.get('version', '')}版"
    return ""


def moved(row: Row) -> dict[str, Any]:
    """变动的期限: one row as the API shows it."""
    return {
        "case": row["case_id"],
        "case_kind": row["case_kind"],
        "case_number": row["number"],
        "clock": row["clock"],
        "label": row["label"] or row["clock"],
        "start_version": row["start_version"],
        "part": row["part"],
        "unit": row["unit_responsible"],
        "from": row["from_on"],
        "to": row["to_on"],
        "was_provisional": row["was_provisional"],
        "provisional": row["provisional"],
        "withdrawn": row["withdrawn"],
        "rearmed": row["rearmed"],
        "recorded_at": row["recorded_at"],
    }


def of_case(services: Services, case_id: UUID) -> list[dict[str, Any]]:
    """一件的期限变动: because of what, from which day to which; for those who read the case."""
    with services.database.connection() as connection:
        rows = view.of_case(connection, case_id)
    facts = dict(entered(services)) if rows else {}
    return [
        {
            "change": row["change"],
            "title": title(facts[row["change"]]) if row["change"] in facts else "",
            "source": facts[row["change"]].basis if row["change"] in facts else None,
            "clock": row["clock"],
            "label": row["label"] or row["clock"],
            "start_version": row["start_version"],
            "part": row["part"],
            "from": row["from_on"],
            "to": row["to_on"],
            "was_provisional": row["was_provisional"],
            "provisional": row["provisional"],
            "recorded_at": row["recorded_at"],
        }
        for row in rows
    ]


def visible(services: Services, act: Act) -> Condition:
    """可见范围: of the ledger, joined as l."""
    return NOT_CONFIDENTIAL if act.role == "admin" else lists.eyes(services, act).condition()


def visible_cases(services: Services, act: Act, ids: Sequence[UUID]) -> frozenset[UUID]:
    """可见案件: those of these cases that the officer may see."""
    condition = visible(services, act)
    with services.database.connection() as connection:
        return _visible(connection, condition, ids)


def _visible(connection: Connection, condition: Condition, ids: Sequence[UUID]) -> frozenset[UUID]:
    query = "SELECT l.case_id FROM ledger l WHERE l.case_id = ANY(%(ids)s) AND (" + condition.text + ")"
    values = {**condition.values, "ids": list(ids)}
    rows = connection.execute(query, values, prepare=False).fetchall()
    return frozenset(row["case_id"] for row in rows)


def of_cases(fact: LimitsMoved, cases: frozenset[UUID]) -> LimitsMoved:
    """所涉案件: the fact with the limits of these cases alone."""
    kept = tuple(move for move in fact.moves if move.case in cases)
    return fact if len(kept) == len(fact.moves) else msgspec.structs.replace(fact, moves=kept)

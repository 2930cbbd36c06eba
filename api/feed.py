"""事件流: every event in the order of its record, for whoever keeps a copy or an index of their own.

Visibility is judged on each case as it stands when asked, from its facts: no view can lag behind the feed and
make it pass something over for good.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from api import case_links
from api.bootstrap import Services
from api.case_shapes import data
from api.errors import READS
from api.identity import Held, Signed
from api.limit_moves import of_cases, visible_cases
from api.paging import USUAL, Limit
from domain.acts import Act
from domain.casework import Recorded
from domain.directory.events import DIRECTORY_FACTS
from domain.facts import Fact, name_of, term_of
from domain.numbering import LogRestored, NumbersTaken
from domain.rota.events import BOOK_FACTS
from domain.rulebase.events import CalendarDecreed, LimitsMoved, RulebookPublished
from domain.trace import TRACE_FACTS

router = APIRouter(prefix="/v1/events", tags=["事件流"], responses=READS)

CHUNK = 200
MOST_SCANNED = 1000
"""Facts looked at in one request, so that an officer who sees few cases doesn't wait for the whole log."""

OF_THE_HOUSE: tuple[type[Fact], ...] = (*DIRECTORY_FACTS, RulebookPublished, CalendarDecreed)
OF_THE_DESK: tuple[type[Fact], ...] = (NumbersTaken, LogRestored, *BOOK_FACTS, *TRACE_FACTS)
OF_NO_CASE: tuple[type[Fact], ...] = (*OF_THE_HOUSE, *OF_THE_DESK, LimitsMoved)
Readable = Mapping[UUID, str]

HOUSEKEEPERS = frozenset({"admin", "auditor"})


@router.get("", summary="事件流")
def feed(
    services: Held,
    act: Signed,
    after: Annotated[int, Query(ge=0, le=2**63 - 1, description="上次返回的 next")] = 0,
    limit: Limit = USUAL,
) -> dict[str, Any]:
    """Ask again with `next` as `after`; an empty page with `more` only means that nothing here was for this officer."""
    items: list[dict[str, Any]] = []
    reached, more = after, True
    while more and len(items) < limit and reached < after + MOST_SCANNED:
        log = _log(services, reached)
        readable = _readable(services, act, log)
        own = [one for one in _for_readers(services, act, log) if _is_for(act, one.fact, readable)]
        hidden = case_links.hidden(services, act, case_links.named(*(one.fact for one in own)))
        told = [one for one in own if not case_links.tells_of_hidden(one.fact, hidden)]
        wanted = told[: limit - len(items)]
        items.extend(_shown(one, readable, hidden) for one in wanted)
        full = len(items) == limit
        more = len(log) == CHUNK or (full and wanted[-1].position < log[-1].position)
        reached = wanted[-1].position if full else log[-1].position if log else reached
    return {"items": items, "next": reached, "more": more}


def _log(services: Services, after: int) -> list[Recorded]:
    rows = services.casework.store.select_log(after, CHUNK)
    return [
        Recorded(row.position, fact) for row, fact in zip(rows, services.casework.facts(rows), strict=True)
    ]


def _readable(services: Services, act: Act, log: Sequence[Recorded]) -> Readable:
    """可读案件: the cases among these facts which the officer may read, and of which kind each is."""
    ids = list(dict.fromkeys(one.fact.originator_id for one in log if not isinstance(one.fact, OF_NO_CASE)))
    directory = services.casework.directory()
    cases = services.casework.standings(ids)
    return {
        id: case.kind.name for id, case in cases.items() if case.kind.may_read(case.state, directory, act)
    }


def _for_readers(services: Services, act: Act, log: Sequence[Recorded]) -> list[Recorded]:
    """为其读者: of the limits that a change of the rules moved only those of cases which the officer may see."""
    moved = [move.case for one in log if isinstance(one.fact, LimitsMoved) for move in one.fact.moves]
    seen = visible_cases(services, act, moved) if moved else frozenset()
    return [
        Recorded(one.position, of_cases(one.fact, seen)) if isinstance(one.fact, LimitsMoved) else one
        for one in log
    ]


def _is_for(act: Act, fact: Fact, readable: Readable) -> bool:
    if isinstance(fact, OF_THE_HOUSE):
        return act.role in HOUSEKEEPERS
    if isinstance(fact, OF_THE_DESK):
        return act.role == "auditor"
    if isinstance(fact, LimitsMoved):
        return bool(fact.moves) or act.role in HOUSEKEEPERS
    return fact.originator_id in readable


def _shown(one: Recorded, readable: Readable, hidden: case_links.Hidden) -> dict[str, Any]:
    fact = one.fact
    of_a_case = not isinstance(fact, OF_NO_CASE)
    return {
        "position": one.position,
        "case": fact.originator_id if of_a_case else None,
        "case_kind": readable.get(fact.originator_id),
        "stream": fact.originator_id,
        "event": name_of(fact),
        "label": term_of(type(fact)),
        "version": fact.originator_version,
        "on": fact.on,
        "recorded_at": fact.recorded_at,
        "by": fact.by,
        "for_whom": fact.for_whom,
        "basis": fact.basis,
        "data": data(fact, hidden),
    }

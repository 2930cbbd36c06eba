"""督查事项的查阅: the list, how every unit stands, and one item – its state, history, deadlines, replay and papers."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from api import attachments, case_shapes, item_shapes, lists, proofs, replay_shapes
from api.case_reading import look
from api.errors import READS
from api.identity import Held, Signed
from api.instants import At, KnownAt
from api.ledger_filters import ItemFilters
from api.paging import USUAL, After, Cursor, Limit
from api.papers import papers
from api.reading_reasons import add_reasons
from domain.kinds import ITEM
from projections import items as view

router = APIRouter(prefix="/v1/supervision-items", tags=["督查事项"], responses=READS)


@router.get("", summary="督查事项列表")
def items(
    services: Held,
    act: Signed,
    asked: Annotated[ItemFilters, Depends()],
    after: After = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> dict[str, Any]:
    """Newest first; only what the officer may see, also in `total`."""
    place = lists.place(cursor)
    database = lists.reading(services, view.NEEDS, after)
    directory = services.casework.directory()
    wanted = asked.wanted(directory)
    visibility, lights = lists.eyes(services, act), lists.lights(services, act)
    with database.transaction() as connection:
        page = view.items(connection, visibility, lights, wanted, limit=limit, cursor=place)
    return lists.answer(page, lambda row: item_shapes.listed(row, directory))


@router.get("/completion", summary="各单位完成情况")
def completion(
    services: Held,
    act: Signed,
    since: Annotated[date | None, Query(alias="from", description="分办日期，自")] = None,
    until: Annotated[date | None, Query(alias="to", description="分办日期，至")] = None,
    after: After = None,
) -> dict[str, Any]:
    """各承办单位的办理情况，所有用户均可查询（第二十四条第二项）；保密事项不计.

    Every part that a unit was given is counted once: done in time, done late, open in time, open late, or let off.
    """
    database = lists.reading(services, view.NEEDS, after)
    directory = services.casework.directory()
    with database.transaction() as connection:
        rows = view.completion(connection, act.today, since, until)
    return {"items": [item_shapes.completion(row, directory) for row in rows]}


@router.get("/{id}", summary="督查事项")
def item(
    services: Held, act: Signed, response: Response, id: UUID, at: At = None, known_at: KnownAt = None
) -> dict[str, Any]:
    """The state of the item with every unit's part. The `ETag` is the version that `If-Match` compares."""
    seen = look(services, act, id, at, known_at, ITEM)
    if not seen.past:
        response.headers["ETag"] = f'"{seen.state.version}"'
    return case_shapes.state(seen)


@router.get("/{id}/history", summary="办理经过", operation_id="item-history")
def history(services: Held, act: Signed, id: UUID, at: At = None, known_at: KnownAt = None) -> dict[str, Any]:
    """Every event in the order of its record."""
    return {"items": case_shapes.history(look(services, act, id, at, known_at, ITEM))}


@router.get("/{id}/deadlines", summary="期限", operation_id="item-deadlines")
def deadlines(
    services: Held, act: Signed, id: UUID, at: At = None, known_at: KnownAt = None
) -> dict[str, Any]:
    """Every clock of the item with its status, light and explanation."""
    return {"items": case_shapes.deadlines(look(services, act, id, at, known_at, ITEM))}


@router.get("/{id}/replay", summary="逐步重放", operation_id="item-replay")
def replay(
    services: Held,
    act: Signed,
    id: UUID,
    at: At = None,
    known_at: KnownAt = None,
    cursor: Cursor = None,
    limit: replay_shapes.Limit = replay_shapes.USUAL,
) -> dict[str, Any]:
    """One entry an event: the event, the state and the clocks after it – as known then beside as known now –, what every
    party could see and was told by it, and in `passed` the days until the next event on which a limit ran out.

    `deadlines` are judged on the latest legal date so far, the last on the day asked about; `clocks` on the day of record.
    """
    return replay_shapes.answer(services, look(services, act, id, at, known_at, ITEM), cursor, limit)


attachments.add_reads(router, ITEM, "item-")
papers.add_papers(router, ITEM, "item-")
add_reasons(router, ITEM, "item-")
proofs.add_proof(router, ITEM, "item-")

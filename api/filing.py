"""否定事项月清单: the lists of negative decisions, month by month, and their sending to the discipline office.

A list shows numbers and units alone, and of each officer's view only the cases that the officer may read.
"""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api import case_reading, case_shapes, lists, month_shapes
from api.acting import add_acts
from api.errors import READS
from api.identity import Held, Signed
from api.instants import At, KnownAt
from api.paging import USUAL, After, Cursor, Limit
from domain.kinds import MONTH
from projections import month_lists

router = APIRouter(prefix="/v1/negative-lists", tags=["否定报备"], responses=READS)


@router.get("", summary="否定事项月清单列表")
def month_list_page(
    services: Held,
    act: Signed,
    month: Annotated[
        str | None, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="月份，如 2026-03")
    ] = None,
    state: Literal["open", "closed"] | None = None,
    after: After = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> dict[str, Any]:
    """Newest month first; only what the officer may see, also in `total`."""
    place = lists.place(cursor)
    lists.wait(services, month_lists.NEEDS, after)
    directory = services.casework.directory()
    visibility, lights = lists.eyes(services, act), lists.lights(services, act)
    with services.database.transaction() as connection:
        page = month_lists.month_lists(
            connection, visibility, lights, month=month, state=state, limit=limit, cursor=place
        )
    return lists.answer(page, lambda row: month_shapes.listed(row, directory))


@router.get("/{id}", summary="否定事项月清单")
def month_list(
    services: Held, act: Signed, response: Response, id: UUID, at: At = None, known_at: KnownAt = None
) -> dict[str, Any]:
    """The list with its entries. The `ETag` is the version that `If-Match` compares."""
    seen = case_reading.look(services, act, id, at, known_at, MONTH)
    if not seen.past:
        response.headers["ETag"] = f'"{seen.state.version}"'
    return case_shapes.state(seen)


@router.get("/{id}/history", summary="办理经过")
def month_history(
    services: Held, act: Signed, id: UUID, at: At = None, known_at: KnownAt = None
) -> dict[str, Any]:
    """Every event in the order of its record, save those about cases that the officer may not read."""
    return {"items": case_shapes.history(case_reading.look(services, act, id, at, known_at, MONTH))}


@router.get("/{id}/deadlines", summary="期限")
def month_deadlines(
    services: Held, act: Signed, id: UUID, at: At = None, known_at: KnownAt = None
) -> dict[str, Any]:
    """Every clock of the list with its status, light and explanation."""
    return {"items": case_shapes.deadlines(case_reading.look(services, act, id, at, known_at, MONTH))}


add_acts(router, MONTH, "month-")

"""督查事项的查阅: the list, how every unit stands, and one item – its state, history, deadlines, replay and papers."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api import attachments, case_shapes, item_shapes, lists
from api.case_reading import Seen, look
from api.errors import READS
from api.identity import Held, Signed
from api.instants import At, KnownAt
from api.paging import USUAL, After, Cursor, Limit
from domain.kinds import ITEM
from domain.rules import grounds
from domain.supervision.commands import Form
from projections import items as view
from projections.items import Wanted

router = APIRouter(prefix="/v1/supervision-items", tags=["督查事项"], responses=READS)

Word = Annotated[str | None, Query(max_length=200)]
Light = Literal["green", "yellow", "red", "grey"]
ItemStage = Literal[
    "opened", "submitted", "approved", "issued", "handling", "result", "vetted", "with_leader", "with_superior",
    "signed_off", "withdrawn", "archived",
]  # fmt: skip
"""环节: those of `domain.supervision.stages`, written out, so that the contract has no two shapes called Stage."""


@router.get("", summary="督查事项列表")
def items(
    services: Held,
    act: Signed,
    q: Annotated[str | None, Query(max_length=200, description="编号或标题中的词，以空格分隔")] = None,
    state: Literal["open", "closed"] | None = None,
    stage: ItemStage | None = None,
    unit: Annotated[
        str | None, Query(max_length=200, description="主办、协办单位；未分办的为立项部门")
    ] = None,
    light: Light | None = None,
    source: Word = None,
    category: Annotated[str | None, Query(max_length=200, description="来源类别的代码、名称或者别称")] = None,
    form: Form | None = None,
    public: bool | None = None,
    opened_from: date | None = None,
    opened_to: date | None = None,
    due_from: date | None = None,
    due_to: date | None = None,
    overdue: bool | None = None,
    mine: Annotated[bool | None, Query(description="经过本人或者本人任职单位的事项")] = None,
    after: After = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> dict[str, Any]:
    """Newest first; only what the officer may see, also in `total`."""
    place = lists.place(cursor)
    lists.wait(services, view.NEEDS, after)
    directory = services.casework.directory()
    wanted = Wanted(
        q=q,
        state=state,
        stage=stage,
        unit=None if unit is None else directory.resolve(unit),
        light=light,
        source=source,
        category=None if category is None else grounds.source_category(category),
        form=form,
        public=public,
        opened_from=opened_from,
        opened_to=opened_to,
        due_from=due_from,
        due_to=due_to,
        overdue=overdue,
        mine=mine,
    )
    visibility, lights = lists.eyes(services, act), lists.lights(services, act)
    with services.database.transaction() as connection:
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
    lists.wait(services, view.NEEDS, after)
    directory = services.casework.directory()
    with services.database.transaction() as connection:
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
def replay(services: Held, act: Signed, id: UUID, at: At = None, known_at: KnownAt = None) -> dict[str, Any]:
    """One entry an event: the event, the state after it, and every clock after it, judged as a petition's replay is."""
    seen: Seen = look(services, act, id, at, known_at, ITEM)
    return {"items": [case_shapes.step(then) for then in seen.steps()]}


attachments.add_reads(router, ITEM, "item-")

"""接访值班记录: the log of visits, calls, outreach and duty matters, one record of it, and the acts of its table."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from api import case_reading, case_shapes, lists, proofs, readings, reception_shapes, replay_shapes
from api.acting import Conditioned, Done, add_acts, body_of, done
from api.bodies import command_of, form_of
from api.bootstrap import Services
from api.case_reading import look
from api.errors import READS, WRITES
from api.identity import Held, Signed
from api.instants import At, KnownAt
from api.logs import bind
from api.paging import USUAL, After, Cursor, Limit
from api.reading_reasons import add_reasons
from api.reception_ledger import ReceptionFilters
from domain.acts import Act
from domain.facts import term_of
from domain.kinds import RECEPTION
from domain.reception.commands import Receive
from projections import receptions as view

router = APIRouter(prefix="/v1/reception", tags=["接访值班"], responses=READS)


class ReceptionLogged(Done):
    """接访登记结果 — with the record's number."""

    number: str


def _add_receive() -> None:
    form = form_of(Receive)

    def receive(services: Held, act: Signed, sent: Conditioned, response: Response, body: Any) -> Any:
        bind(command="receive")
        key = sent.keyed(router.prefix, body)
        receipt = services.casework.receive(command_of(body), act, key=key)
        bind(reception=receipt.id)
        return done(receipt, response)

    receive.__annotations__["body"] = body_of(form)
    router.post(
        "",
        status_code=201,
        response_model=ReceptionLogged,
        responses=WRITES,
        summary=term_of(Receive),
        description=Receive.__doc__,
        operation_id="receive",
    )(receive)


_add_receive()


@router.get("", summary="接访值班记录列表", operation_id="receptions")
def receptions(
    services: Held,
    act: Signed,
    asked: Annotated[ReceptionFilters, Depends(ReceptionFilters)],
    after: After = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> dict[str, Any]:
    """Newest first; only what the officer may see, also in `total`."""
    place = lists.place(cursor)
    lists.wait(services, view.NEEDS, after)
    directory = services.casework.directory()
    wanted = asked.wanted(directory)
    visibility, lights = lists.eyes(services, act), lists.lights(services, act)
    with services.database.transaction() as connection:
        page = view.receptions(connection, visibility, lights, wanted, limit=limit, cursor=place)
    return lists.answer(page, lambda row: reception_shapes.listed(row, directory))


@router.get("/{id}", summary="接访值班记录", operation_id="reception")
def reception(
    services: Held, act: Signed, response: Response, id: UUID, at: At = None, known_at: KnownAt = None
) -> dict[str, Any]:
    """The state of the record, visitors masked. The `ETag` is the version that `If-Match` compares."""
    seen = look(services, act, id, at, known_at, RECEPTION)
    if not seen.past:
        response.headers["ETag"] = f'"{seen.state.version}"'
    return case_shapes.state(seen)


@router.get("/{id}/visitors", summary="来访人身份信息", operation_id="reception-visitors")
def visitors(services: Held, act: Signed, id: UUID) -> dict[str, Any]:
    """Who came, in full, for those through whose hands the record passes; the reading is recorded first."""
    return {"items": opened_visitors(services, act, id)}


def opened_visitors(services: Services, act: Act, id: UUID) -> list[dict[str, Any]]:
    """查看来访人: the reading is recorded before anything is shown. Raises Unknown and NotYours."""
    seen = look(services, act, id, kind=RECEPTION)
    case = services.casework.readable(id, act)
    if case is None:
        raise RECEPTION.unknown()
    case_reading.must_see_visitors(services, act, case)
    readings.note(services, act, id, "visitors")
    return reception_shapes.identified(seen.state)


@router.get("/{id}/history", summary="办理经过", operation_id="reception-history")
def history(services: Held, act: Signed, id: UUID, at: At = None, known_at: KnownAt = None) -> dict[str, Any]:
    """Every event in the order of its record."""
    return {"items": case_shapes.history(look(services, act, id, at, known_at, RECEPTION))}


@router.get("/{id}/deadlines", summary="期限", operation_id="reception-deadlines")
def deadlines(
    services: Held, act: Signed, id: UUID, at: At = None, known_at: KnownAt = None
) -> dict[str, Any]:
    """Every clock of the record with its status, light and explanation."""
    return {"items": case_shapes.deadlines(look(services, act, id, at, known_at, RECEPTION))}


@router.get("/{id}/replay", summary="逐步重放", operation_id="reception-replay")
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
    return replay_shapes.answer(services, look(services, act, id, at, known_at, RECEPTION), cursor, limit)


add_acts(router, RECEPTION, "reception-")
add_reasons(router, RECEPTION, "reception-")
proofs.add_proof(router, RECEPTION, "reception-")

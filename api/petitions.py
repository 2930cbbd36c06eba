"""信访事项的查阅: the list, and one case – its state, people, history, deadlines and replay, now or as of another time."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from api import (
    attachments,
    case_reading,
    case_shapes,
    lists,
    masking,
    petition_shapes,
    proofs,
    readings,
    replay_shapes,
)
from api.case_reading import look
from api.errors import READS
from api.identity import Held, Signed
from api.instants import At, KnownAt
from api.ledger_filters import PetitionFilters
from api.paging import USUAL, After, Cursor, Limit
from api.papers import papers
from api.reading_reasons import add_reasons
from domain.kinds import PETITION
from projections import ledger_list

router = APIRouter(prefix="/v1/petitions", tags=["信访事项"], responses=READS)


@router.get("", summary="信访事项列表")
def petitions(
    services: Held,
    act: Signed,
    asked: Annotated[PetitionFilters, Depends()],
    after: After = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> dict[str, Any]:
    """Newest registration first; only what the officer may see, also in `total`.

    `total` counts up to 10,000, with a search up to 1,000 (where its words are common, among 1,000 cases): if there
    may be more, `total_is_exact` is false.
    """
    place = lists.place(cursor)
    database = lists.reading(services, ledger_list.NEEDS, after)
    directory = services.casework.directory()
    wanted = asked.wanted(directory)
    visibility, lights = lists.eyes(services, act), lists.lights(services, act)
    with database.transaction() as connection:
        page = ledger_list.petitions(connection, visibility, lights, wanted, limit=limit, cursor=place)
    return lists.answer(page, lambda row: petition_shapes.listed(row, directory))


@router.get("/{id}", summary="信访事项")
def petition(
    services: Held, act: Signed, response: Response, id: UUID, at: At = None, known_at: KnownAt = None
) -> dict[str, Any]:
    """The state of the case; personal data masked. The `ETag` is the version that `If-Match` compares."""
    seen = look(services, act, id, at, known_at)
    if not seen.past:
        response.headers["ETag"] = f'"{seen.state.version}"'
    return case_shapes.state(seen)


@router.get("/{id}/petitioners", summary="信访人身份信息")
def petitioners(
    services: Held, act: Signed, id: UUID, at: At = None, known_at: KnownAt = None
) -> dict[str, Any]:
    """Who the petitioners are, in full, and where they want the reply. Every reading is recorded before it is answered."""
    seen = look(services, act, id, at, known_at)
    case_reading.must_see_personal_data(services, act, id)
    readings.note(services, act, id, "petitioners")
    return {"items": masking.identified(seen.state), "reply_to": seen.state.personal.reply_to}


@router.get("/{id}/history", summary="办理经过")
def history(services: Held, act: Signed, id: UUID, at: At = None, known_at: KnownAt = None) -> dict[str, Any]:
    """Every event in the order of its record, without personal data."""
    return {"items": case_shapes.history(look(services, act, id, at, known_at))}


@router.get("/{id}/deadlines", summary="期限")
def deadlines(
    services: Held, act: Signed, id: UUID, at: At = None, known_at: KnownAt = None
) -> dict[str, Any]:
    """Every clock of the case with its status, light and explanation."""
    return {"items": case_shapes.deadlines(look(services, act, id, at, known_at))}


@router.get("/{id}/replay", summary="逐步重放")
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
    return replay_shapes.answer(services, look(services, act, id, at, known_at), cursor, limit)


proofs.add_proof(router, PETITION)
attachments.add_reads(router, PETITION)
papers.add_papers(router, PETITION)
add_reasons(router, PETITION)

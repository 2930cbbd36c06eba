"""查阅留痕: every opening of personal data leaves a row that nobody can change; the auditors read them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from api import lists
from api.bootstrap import Services
from api.case_reading import officer_called
from api.errors import READS
from api.identity import Held, Signed
from api.paging import USUAL, Cursor, Limit
from domain.acts import Act
from domain.directory.fold import Directory
from domain.errors import NotYours
from projections import readings
from projections.readings import Wanted
from projections.view import Row

router = APIRouter(prefix="/v1/readings", tags=["查阅留痕"], responses=READS)

MOMENT = timedelta(minutes=10)


def note(services: Services, act: Act, case_id: UUID, what: str) -> None:
    """留痕: before anything is shown; `what` is "petitioners", "attachment" and the like."""
    with services.database.transaction() as connection:
        readings.record(connection, case_id, act, what)


def note_once(services: Services, act: Act, cases: Sequence[UUID], what: str) -> None:
    """留痕一次: for each of these cases, unless the same officer left the same a moment ago – typing isn't reading."""
    with services.database.transaction() as connection:
        for case_id in cases:
            readings.record_once(connection, case_id, act, what, MOMENT)


@router.get("", summary="查阅留痕列表")
def listed(
    services: Held,
    act: Signed,
    case: UUID | None = None,
    officer: Annotated[str | None, Query(max_length=200)] = None,
    read_from: date | None = None,
    read_to: date | None = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> dict[str, Any]:
    """Newest first; for auditors. An accusation of the auditor in person stays hidden here too. Raises NotYours."""
    if act.role != "auditor":
        raise NotYours("reading.not_yours", "查阅留痕由审计人员查看。")
    place, directory = lists.place(cursor), services.casework.directory()
    wanted = Wanted(case=case, officer=officer, read_from=read_from, read_to=read_to)
    with services.database.transaction() as connection:
        page = readings.readings(connection, lists.eyes(services, act), wanted, limit=limit, cursor=place)
    return lists.answer(page, lambda row: _shown(row, directory))


def _shown(row: Row, directory: Directory) -> dict[str, Any]:
    return {
        "case": row["case_id"],
        "case_kind": row["kind"],
        "case_number": row["number"],
        "officer": row["officer"],
        "officer_name": officer_called(directory, row["officer"], row["at"]),
        "for_whom": row["for_whom"],
        "what": row["what"],
        "at": row["at"],
    }

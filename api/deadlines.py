"""期限清单: clocks across all cases that the officer may see."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from api import case_stages, lists
from api.errors import READS
from api.identity import Held, Signed
from api.ledger_filters import DeadlineFilters
from api.paging import USUAL, After, Cursor, Limit
from domain.directory.fold import Directory
from projections import deadlines_list
from projections.view import Row

router = APIRouter(prefix="/v1/deadlines", tags=["期限"], responses=READS)

AS_STORED = (
    "clock", "part", "label", "rulebook", "rulebook_version", "basis", "answerable", "unit_responsible", "started_on",
    "nominal_due_on", "due_on", "provisional", "status", "light", "stopped_on", "days_left", "working_days_left",
    "days_extended", "explanation",
)  # fmt: skip


@router.get("", summary="期限列表")
def deadlines(
    services: Held,
    act: Signed,
    asked: Annotated[DeadlineFilters, Depends()],
    after: After = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> dict[str, Any]:
    """Soonest first; status and light are those of today."""
    place = lists.place(cursor)
    database = lists.reading(services, deadlines_list.NEEDS, after)
    directory = services.casework.directory()
    wanted = asked.wanted(directory)
    visibility, lights = lists.eyes(services, act), lists.lights(services, act)
    with database.transaction() as connection:
        page = deadlines_list.deadlines(connection, visibility, lights, wanted, limit=limit, cursor=place)
    return lists.answer(page, lambda row: _shown(row, directory))


def _shown(row: Row, directory: Directory) -> dict[str, Any]:
    """期限行: a clock in the same shape as on its case, with the case it belongs to."""
    shown = {name: row[name] for name in AS_STORED}
    return shown | {
        "unit_name": directory.unit_name(row["unit"]),
        "case": row["case_id"],
        "case_kind": row["case_kind"],
        "case_number": row["number"],
        "subject": row["subject"],
        "stage": row["stage"],
        "stage_label": case_stages.label(row["case_kind"], row["stage"]),
    }

"""查阅留痕页: who was shown whose data, when, on what ground; by officer beside what is usual in the unit. For auditors.

Any case's page has its own short list.
"""

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse

from api import lists, readings
from api.console.case_places import FOLDERS
from api.console.visitors import Paged, Visiting, Visitor
from projections.readings import Wanted

HOME = "/console/readings"
OF_A_CASE = 5
"""Readings on a case's own page."""

router = APIRouter(prefix=HOME, route_class=Paged, include_in_schema=False)

Word = Annotated[str, Query(max_length=200)]


@router.get("")
def readings_page(
    visitor: Visiting,
    number: Word = "",
    officer: Word = "",
    unit: Word = "",
    what: Word = "",
    ground: Word = "",
    read_from: Word = "",
    read_to: Word = "",
    cursor: str | None = None,
) -> HTMLResponse:
    """查阅留痕."""
    readings.must_audit(visitor.act)
    asked = _asked(visitor, number, officer, unit, what, ground, read_from, read_to)
    wanted = _wanted(asked)
    page = readings.found(visitor.services, visitor.act, wanted, lists.place(cursor), None)
    query = urlencode({name: value for name, value in asked.items() if value})
    return visitor.page(
        "readings.html",
        asked=asked,
        query=query,
        choices=readings.choices(),
        units=sorted(visitor.directory.units.values(), key=lambda one: one.id),
        counts=readings.counted(visitor.services, visitor.act, wanted),
        rows=[readings.shown(row, visitor.directory) for row in page.items],
        total=page.total,
        folders=FOLDERS,
        following=page.next_cursor,
    )


@router.get("/export")
def export(
    visitor: Visiting,
    number: Word = "",
    officer: Word = "",
    unit: Word = "",
    what: Word = "",
    ground: Word = "",
    read_from: Word = "",
    read_to: Word = "",
) -> Response:
    """导出 Excel: every row of the page's filters."""
    readings.must_audit(visitor.act)
    asked = _asked(visitor, number, officer, unit, what, ground, read_from, read_to)
    return readings.sheet(visitor.services, visitor.act, _wanted(asked))


def of_case(visitor: Visitor, case: UUID) -> dict[str, Any] | None:
    """本事项的查阅留痕: the last ones and how many there are, for the auditor alone."""
    if visitor.act.role != "auditor":
        return None
    page = readings.found(visitor.services, visitor.act, Wanted(case=case), None, OF_A_CASE)
    return {"rows": [readings.shown(row, visitor.directory) for row in page.items], "total": page.total}


def _asked(visitor: Visitor, *given: str) -> dict[str, str]:
    names = ("number", "officer", "unit", "what", "ground", "read_from", "read_to")
    asked = dict(zip(names, (one.strip() for one in given), strict=True))
    named = [one.id for one in visitor.directory.officers.values() if one.name == asked["officer"]]
    if len(named) == 1:
        asked["officer"] = named[0]
    return asked | {name: asked[name] if _day(asked[name]) else "" for name in ("read_from", "read_to")}


def _wanted(asked: dict[str, str]) -> Wanted:
    return Wanted(
        number=asked["number"] or None,
        officer=asked["officer"] or None,
        unit=asked["unit"] or None,
        what=asked["what"] or None,
        ground=asked["ground"] or None,
        read_from=_day(asked["read_from"]),
        read_to=_day(asked["read_to"]),
    )


def _day(given: str) -> date | None:
    """What is no day narrows nothing, as the empty field it is shown as."""
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        return None

"""立项页: a supervision item is opened, also from a petition whose page the officer came from."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from api.acting import Conditions
from api.bodies import command_of
from api.console import case_places, forms, offers
from api.console.case_acts import Sent
from api.console.forms import Choices, Entered, Unfilled
from api.console.visitors import Paged, Visiting, Visitor, then
from api.errors import STATUS
from api.logs import bind
from domain.errors import NotYours, Refused
from domain.kinds import PETITION
from domain.supervision.commands import Open
from domain.supervision.opening import OPENERS

router = APIRouter(prefix="/console", route_class=Paged, include_in_schema=False)

ADDRESS = "/console/supervision-items/new"
OPENING_UNITS = frozenset({"petition_office", "unit", "supervision", "leadership"})
"""Kinds of unit that may stand as the one that opens an item."""
FROM_PETITION = "petition"
LIMIT_HELP = "必须写明；只有选择了期限类别的公文可以不填，由规则推算。"
"""What such an item was opened for, among the categories of 第十四条."""


def may_open(visitor: Visitor) -> bool:
    """可以立项: by the post."""
    return visitor.act.role in OPENERS


def _must_open(visitor: Visitor) -> None:
    if not may_open(visitor):
        raise NotYours("item.not_yours", "督查事项由督查员立项。", "《机关单位督查督办工作制度》第十条")


@router.get("/supervision-items/new")
def opening_page(visitor: Visiting, petition: UUID | None = None) -> HTMLResponse:
    """立项表单: empty, or with what the petition says."""
    _must_open(visitor)
    return _page(visitor, _fields(visitor, preset=_from_petition(visitor, petition)))


@router.post("/supervision-items/new")
def open_item(visitor: Visiting, given: Sent) -> Response:
    """立项: as filled in; what is wrong is said beside it."""
    _must_open(visitor)
    bind(command="open")
    known, problems = case_places.with_ids(visitor.services, visitor.act, given, frozenset({"petition"}))
    try:
        form = forms.filled(Open, known)
    except Unfilled as unfilled:
        problems = {**unfilled.problems, **problems}
        return _page(visitor, _fields(visitor, given, problems), status=422)
    if problems:
        return _page(visitor, _fields(visitor, given, problems), status=422)
    once = given.get("once")
    key = Conditions(None, f"page:{once}" if isinstance(once, str) and once.isalnum() else None)
    try:
        receipt = visitor.services.casework.open_item(
            command_of(form), visitor.act, key=key.keyed(ADDRESS, form)
        )
    except Refused as refused:
        status = next(STATUS[kind] for kind in type(refused).__mro__ if kind in STATUS)
        return _page(visitor, _fields(visitor, given), refused, status)
    bind(item=receipt.id, position=receipt.position)
    number = dict(receipt.extra)["number"]
    return then(visitor.request, f"/console/supervision-items/{receipt.id}", f"已立项，编号{number}。")


def _from_petition(visitor: Visitor, petition: UUID | None) -> Mapping[str, Any]:
    if petition is None:
        return {"opened_by_unit": visitor.act.unit}
    found = next(one for one in case_places.PLACES if one.kind is PETITION).look(visitor, petition).state
    return {
        "opened_by_unit": visitor.act.unit,
        "petition": found.number,
        "category": FROM_PETITION,
        "source": f"信访事项{found.number}",
        "subject": found.subject,
    }


def _fields(
    visitor: Visitor,
    given: Any = None,
    problems: Mapping[str, str] | None = None,
    preset: Mapping[str, Any] | None = None,
) -> list[Entered]:
    offered: dict[str, Choices] = offers.of("open", visitor.directory)
    offered |= {"opened_by_unit": offers.units(visitor.directory, OPENING_UNITS)}
    fields = forms.entered(Open, "open", offered, given, problems, preset)
    return [replace(one, needed=True, help=LIMIT_HELP) if one.name == "due_on" else one for one in fields]


def _page(
    visitor: Visitor, fields: list[Entered], refused: Refused | None = None, status: int = 200
) -> HTMLResponse:
    return visitor.page(
        "case_opening.html", status=status, fields=fields, refused=refused, once=uuid4().hex, action=ADDRESS
    )

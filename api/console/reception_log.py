"""接访台账: every record that the officer may see, filtered and searched; words are sent, never put in an address."""

from datetime import date
from typing import get_args
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from api import case_stages, lists, reception_shapes
from api.console import forms, offers
from api.console.forms import Choices
from api.console.reception import Given, text_of
from api.console.rendering import LIGHTS
from api.console.visitors import Paged, Visiting, Visitor
from domain.kinds import RECEPTION
from domain.reception.commands import Result, Way
from domain.reception.opening import RECEIVERS
from projections import receptions as view
from projections.receptions import Wanted

router = APIRouter(prefix="/console/reception/log", route_class=Paged, include_in_schema=False)

PAGE = 50
FILTERS = ("form", "result", "state", "light", "officer", "from", "to")
"""筛选栏: those that hold nothing about persons outside the house and may stand in an address."""


@router.get("")
def log(visitor: Visiting) -> HTMLResponse:
    """接访台账: as filtered in the address; without words."""
    return _page(visitor, FormData(dict(visitor.request.query_params)), words=False)


@router.post("")
def searched(visitor: Visiting, given: Given) -> HTMLResponse:
    """接访台账: as filtered and searched."""
    return _page(visitor, given, words=True)


def _page(visitor: Visitor, given: FormData, *, words: bool) -> HTMLResponse:
    services, directory = visitor.services, visitor.directory
    chosen = {name: text_of(given, name).strip() for name in FILTERS}
    q = text_of(given, "q").strip()[:200] if words else ""
    offered = _offers(visitor)
    known = {name: _known(chosen[name], offered[name]) for name in offered}
    wanted = Wanted(
        q=q or None,
        form=known["form"],
        result=known["result"],
        state=known["state"],
        light=known["light"],
        officer=known["officer"],
        received_from=_day(chosen["from"]),
        received_to=_day(chosen["to"]),
    )
    cursor = text_of(given, "cursor") or None
    visibility, lights = lists.eyes(services, visitor.act), lists.lights(services, visitor.act)
    with services.database.transaction() as connection:
        page = view.receptions(connection, visibility, lights, wanted, limit=PAGE, cursor=lists.place(cursor))
    return visitor.page(
        "reception_log.html",
        rows=[reception_shapes.listed(row, directory) for row in page.items],
        total=page.total,
        next=page.next_cursor,
        chosen=chosen,
        q=q,
        offered=offered,
        forms_named={value: forms.choice("form", value) for value in get_args(Way)},
        export=urlencode({name: value for name, value in chosen.items() if value}),
    )


def _offers(visitor: Visitor) -> dict[str, Choices]:
    return {
        "form": tuple((value, forms.choice("form", value)) for value in get_args(Way)),
        "result": tuple((value, case_stages.label(RECEPTION.name, value)) for value in get_args(Result)),
        "state": (("open", "未办结"), ("closed", "已办结")),
        "light": tuple(LIGHTS.items()),
        "officer": offers.officers(visitor.directory, RECEIVERS),
    }


def _known(value: str, choices: Choices) -> str | None:
    return value if value in {one for one, _ in choices} else None


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None

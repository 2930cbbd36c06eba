"""机构人员: everybody signed in reads who serves where and who stands in; who may changes it. The decisions are the API's."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from api import directory as changes
from api import directory_shapes
from api.bodies import Line
from api.console import directory_slips, slips
from api.console.directory_words import told
from api.console.forms import Unfilled, form_data
from api.console.slips import Slip
from api.console.visitors import Paged, Visiting, Visitor, then
from api.directory import READERS
from domain.directory.fold import DIRECTORY_ID
from domain.directory.people import Officer, Unit
from domain.directory.powers import known
from domain.errors import NotYours, Refused, Unknown

HOME = "/console/directory"
HISTORY = 200
"""So many changes are shown, the latest first."""
router = APIRouter(prefix=HOME, route_class=Paged, include_in_schema=False)
Given = Annotated[FormData, Depends(form_data)]
Change = Callable[..., Any]

UNIT_ACTS: Mapping[str, Change] = {"rename": changes.rename_unit, "move": changes.move_unit}
OFFICER_ACTS: Mapping[str, Change] = {
    "absences": changes.record_absence,
    "return": changes.end_absence,
    "stand-ins": changes.name_stand_ins,
    "appoint": changes.appoint,
    "give-post": changes.give_post,
    "take-post": changes.take_post,
    "dismiss": changes.dismiss,
}


@router.get("")
def directory_page(visitor: Visiting) -> HTMLResponse:
    """机构人员: the tree, and the officers unit by unit."""
    return _directory(visitor, directory_slips.of_directory(visitor.directory, visitor.act))


@router.post("/search")
def search(visitor: Visiting, name: Annotated[Line, Form()] = "") -> HTMLResponse:
    """查找: by a part of a name; a name never stands in an address."""
    return _directory(visitor, directory_slips.of_directory(visitor.directory, visitor.act), name.strip())


@router.post("/units")
def found_unit(request: Request, visitor: Visiting, given: Given) -> Response:
    """设立单位."""
    return _added(request, visitor, given, "found-unit", changes.found_unit, "已设立单位。")


@router.post("/officers")
def take_on(request: Request, visitor: Visiting, given: Given) -> Response:
    """新任人员."""
    return _added(request, visitor, given, "take-on", changes.take_on, "已任职。")


@router.get("/units/{id}")
def unit_page(id: str, visitor: Visiting) -> HTMLResponse:
    """单位: who holds which post, what is above and below, and what changed."""
    unit = _unit(id, visitor)
    return _unit_page(unit, visitor, directory_slips.of_unit(unit, visitor.directory, visitor.act))


@router.post("/units/{id}/{slug}")
def change_unit(id: str, slug: str, request: Request, visitor: Visiting, given: Given) -> Response:
    """更名、调整隶属."""
    unit = _unit(id, visitor)
    offered = directory_slips.of_unit(unit, visitor.directory, visitor.act)
    change = _offered(offered, slug, UNIT_ACTS)

    def again(slips: list[Slip], status: int) -> HTMLResponse:
        return _unit_page(unit, visitor, slips, status)

    return _done(request, visitor, given, offered, slug, change, f"{HOME}/units/{id}", again, id)


@router.get("/officers/{id}")
def officer_page(id: str, visitor: Visiting) -> HTMLResponse:
    """人员: posts, stand-ins in their order, absences, and what changed."""
    one = known(id, visitor.directory)
    return _officer_page(one, visitor, directory_slips.of_officer(one, visitor.directory, visitor.act))


@router.post("/officers/{id}/{slug}")
def change_officer(id: str, slug: str, request: Request, visitor: Visiting, given: Given) -> Response:
    """任免、顶岗、离岗、返岗."""
    one = known(id, visitor.directory)
    offered = directory_slips.of_officer(one, visitor.directory, visitor.act)
    change = _offered(offered, slug, OFFICER_ACTS)

    def again(slips: list[Slip], status: int) -> HTMLResponse:
        return _officer_page(one, visitor, slips, status)

    return _done(request, visitor, given, offered, slug, change, f"{HOME}/officers/{id}", again, id)


def _directory(visitor: Visitor, offered: Sequence[Slip], name: str = "", status: int = 200) -> HTMLResponse:
    directory, on = visitor.directory, visitor.act.today
    listed = [
        directory_shapes.officer(one, directory, on, visitor.act) for one in directory.officers.values()
    ]
    found = [one for one in listed if name in one["name"] or name in (one["unit_name"] or "")]
    by_unit: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        by_unit.setdefault(one["unit"] or "", []).append(one)
    tree = directory_shapes.tree(directory)
    return visitor.page(
        "directory.html",
        status=status,
        tree=tree,
        groups=[(node, level, by_unit.get(node["id"], [])) for node, level in _levels(tree)],
        gone=by_unit.get("", []),
        names={id: officer.name for id, officer in directory.officers.items()},
        kinds=directory_slips.KINDS,
        name=name,
        count=len(found),
        version=directory.version,
        slips=[one.shown() for one in offered],
    )


def _levels(tree: Sequence[dict[str, Any]], level: int = 0) -> list[tuple[dict[str, Any], int]]:
    return [pair for node in tree for pair in ((node, level), *_levels(node["units"], level + 1))]


def _unit(id: str, visitor: Visitor) -> Unit:
    unit = visitor.directory.units.get(id)
    if unit is None:
        raise Unknown("directory.no_such_unit", "没有这个单位。")
    return unit


def _unit_page(unit: Unit, visitor: Visitor, offered: Sequence[Slip], status: int = 200) -> HTMLResponse:
    directory = visitor.directory
    below = [one for one in directory.units.values() if one.parent == unit.id]
    return visitor.page(
        "directory_unit.html",
        status=status,
        unit=directory_shapes.unit_in_full(unit, directory),
        kind=directory_slips.KINDS[unit.kind],
        below=below,
        history=_history(visitor, unit.id),
        version=directory.version,
        slips=[one.shown() for one in offered],
    )


def _officer_page(one: Officer, visitor: Visitor, offered: Sequence[Slip], status: int = 200) -> HTMLResponse:
    directory, act = visitor.directory, visitor.act
    return visitor.page(
        "directory_officer.html",
        status=status,
        officer=directory_shapes.officer_in_full(one, directory, act.today, act),
        names={id: officer.name for id, officer in directory.officers.items()},
        history=_history(visitor, one.id),
        version=directory.version,
        slips=[one.shown() for one in offered],
    )


def _history(visitor: Visitor, id: str) -> list[dict[str, Any]] | None:
    """变动记录: those that name this unit or officer, the latest first; None for who may not read them."""
    if visitor.act.role not in READERS:
        return None
    events = (
        directory_shapes.event(one, visitor.directory)
        for one in reversed(visitor.services.casework.history(DIRECTORY_ID))
    )
    about = [one for one in events if _names(one["data"], id)]
    return [one | {"told": told(one)} for one in about[:HISTORY]]


def _names(data: Mapping[str, Any], id: str) -> bool:
    return id in {data.get("unit_id"), data.get("parent"), data.get("officer")} | set(
        data.get("stand_ins", ())
    )


def _offered(offered: Sequence[Slip], slug: str, known_acts: Mapping[str, Change]) -> Change:
    if slug not in known_acts:
        raise Unknown("request.no_such_address", "没有这个页面。")
    if slug not in {one.slug for one in offered}:
        raise NotYours("directory.not_yours", "您不能办理此项变动，或者当前不能办理。")
    return known_acts[slug]


def _added(
    request: Request, visitor: Visitor, given: FormData, slug: str, change: Change, note: str
) -> Response:
    offered = directory_slips.of_directory(visitor.directory, visitor.act)
    if not offered:
        raise NotYours("directory.not_yours", "机构和人员由系统管理员或者督查员维护。")

    def again(slips: list[Slip], status: int) -> HTMLResponse:
        return _directory(visitor, slips, status=status)

    return _done(request, visitor, given, offered, slug, change, HOME, again, None, note)


def _done(
    request: Request,
    visitor: Visitor,
    given: FormData,
    offered: Sequence[Slip],
    slug: str,
    change: Change,
    onward: str,
    again: Callable[[list[Slip], int], HTMLResponse],
    id: str | None,
    note: str = "已办理。",
) -> Response:
    """办理: by the API's own function; refused, the page stands again with what was filled in and why."""
    chosen = next(one for one in offered if one.slug == slug)

    def refused(faults: Sequence[str], problems: Mapping[str, str], status: int) -> HTMLResponse:
        marked = chosen.refused(given, faults, problems)
        return again([marked if one is chosen else one for one in offered], status)

    try:
        body: Any = chosen.read(given)
        if isinstance(body, directory_slips.HeldPost):
            body = body.taken()
        own = {} if id is None else {"id": id}
        change(
            **own,
            body=body,
            services=visitor.services,
            act=visitor.act,
            sent=slips.conditions(given),
            response=Response(),
        )
    except Unfilled as unfilled:
        return refused((), unfilled.problems, 422)
    except Refused as error:
        return refused((slips.said(error),), {}, slips.status_of(error))
    return then(request, onward, note)

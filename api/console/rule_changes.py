"""规则变动页: what decrees and rule-book versions moved, with the progress of the record; and lateness by other rules."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from api import limit_moves, rule_shapes, rules
from api.console import day_ranges, slips
from api.console.case_places import FOLDERS
from api.console.forms import Unfilled, checked, form_data
from api.console.visitors import Paged, Visiting, Visitor
from api.paging import Cursor
from api.rule_forms import WhatIf
from domain.errors import Invalid, Refused

HOME = "/console/rules"
router = APIRouter(prefix=HOME, route_class=Paged, include_in_schema=False)
Given = Annotated[FormData, Depends(form_data)]


@router.get("/changes")
def changes(visitor: Visiting) -> HTMLResponse:
    """规则变动: each with how many limits it moved."""
    found = limit_moves.changes(visitor.services, visitor.act)
    return visitor.page("rule_changes.html", changes=found["items"])


@router.get("/changes/{change}")
def change(change: int, visitor: Visiting, cursor: Cursor = None) -> HTMLResponse:
    """一次规则变动: how far its consequences are recorded, and the limits that it moved."""
    found = limit_moves.change(change, visitor.services, visitor.act, cursor=cursor)
    at = found["change"]["recorded_at"]
    return visitor.page(
        "rule_change.html",
        found=found,
        by=visitor.directory.officer_called(found["change"]["by"], at),
        linked=visitor.act.role != "admin",
        folders=FOLDERS,
    )


@router.get("/what-if")
def what_if_page(visitor: Visiting) -> HTMLResponse:
    """规则试算."""
    return _page(visitor, {}, None, "")


@router.post("/what-if")
def what_if(visitor: Visiting, given: Given) -> HTMLResponse:
    """规则试算的结果: the two counts side by side."""
    texts = {name: value for name, value in given.items() if isinstance(value, str)}
    try:
        return _page(visitor, texts, rules.what_if(_asked(visitor, texts), visitor.services, visitor.act), "")
    except Unfilled as unfilled:
        return _page(visitor, texts, None, "；".join(unfilled.problems.values()), 422)
    except Refused as refused:
        return _page(visitor, texts, None, slips.said(refused), slips.status_of(refused))


def _page(
    visitor: Visitor, given: dict[str, str], found: dict[str, Any] | None, fault: str, status: int = 200
) -> HTMLResponse:
    books = rules.rulebooks(visitor.services, visitor.act)["items"]
    offered = [
        (book["title"], [(f"{book['id']}/{one['clock']}", one["label"]) for one in book["clocks"]])
        for book in books
    ]
    return visitor.page(
        "rule_what_if.html",
        status=status,
        given=given,
        found=found,
        fault=fault,
        books=[(book["id"], book["title"]) for book in books],
        offered=offered,
    )


def _asked(visitor: Visitor, given: dict[str, str]) -> WhatIf:
    """试算条件: a year's days off, or a book with one clock's length changed. Raises Unfilled and Invalid."""
    content: dict[str, Any] = {name: given[name] for name in ("from", "to") if given.get(name)}
    if given.get("year") and not given.get("book"):
        year = int(given["year"]) if given["year"].isdecimal() and len(given["year"]) == 4 else 0
        content["calendar"] = {
            "year": year,
            "days_off": [str(day) for day in day_ranges.read(given.get("off", ""), year, "放假日期")],
            "make_up_days": [str(day) for day in day_ranges.read(given.get("work", ""), year, "调休上班日")],
        }
    elif given.get("book"):
        content["rulebook"] = _table(visitor, given)
    form = checked(WhatIf, content)
    assert isinstance(form, WhatIf)
    return form


def _table(visitor: Visitor, given: dict[str, str]) -> dict[str, Any]:
    books = visitor.services.casework.known(visitor.act.at).books
    book = books.version(given["book"], visitor.act.today)
    if book is None:
        raise Invalid("what_if.one_of_two", "没有这个规则册。")
    table = rule_shapes.version(books, book)
    table.pop("inherited_clocks")
    of_book, _, name = given.get("clock", "").partition("/")
    length = given.get("length", "")
    if of_book != book.id or not length.isdecimal() or not 0 < len(length) < 5:
        raise Invalid("what_if.one_of_two", "请选择所选规则册的一项时限，并填写改为多少日。")
    changed = [one for one in table["clocks"] if one["clock"] == name]
    for one in changed:
        one["length"] = int(length)
    from_on = given.get("in_force_from") or str(book.in_force_from)
    try:
        date.fromisoformat(from_on)
    except ValueError:
        raise Invalid("what_if.one_of_two", "施行日期应为年-月-日。") from None
    return {name: value for name, value in table.items() if value is not None} | {
        "version": f"{book.version}-试算",
        "in_force_from": from_on,
        "running_clocks_move": True,
    }

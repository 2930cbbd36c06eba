"""规则册页: each book with its versions and clocks in words, the calculator, and a new version after a look at what moves."""

import json
import tomllib
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from api import rule_shapes, rules
from api.console import previews, rule_words, slips
from api.console.forms import Unfilled, checked, form_data
from api.console.rule_versions import EMPTY_TEXT, changed, fields_of
from api.console.visitors import Paged, Visiting, Visitor, then
from api.rule_forms import Preview
from domain.errors import Invalid, NotYours, Refused, Unknown
from domain.rulebase import decisions
from domain.rules.rulebook import Books, Rulebook

HOME = "/console/rules"
ADMIN = "admin"
router = APIRouter(prefix=HOME, route_class=Paged, include_in_schema=False)
Given = Annotated[FormData, Depends(form_data)]
Text = Annotated[str, Query(max_length=200)]


@router.get("")
def rules_page(visitor: Visiting) -> HTMLResponse:
    """规则册."""
    found = rules.rulebooks(visitor.services, visitor.act)["items"]
    return visitor.page("rules.html", books=found, kind=rule_words.kind)


@router.get("/calculator")
def calculator(
    visitor: Visiting,
    clock: Text = "",
    started_on: Text = "",
    extension_days: Text = "",
    pause_from: Text = "",
    pause_to: Text = "",
    due_on: Text = "",
    stopped_on: Text = "",
) -> HTMLResponse:
    """期限计算器: a clock, a start, and how the date comes about."""
    books = _books(visitor)
    given = {
        "started_on": started_on,
        "extension_days": extension_days,
        "pause_from": pause_from,
        "pause_to": pause_to,
        "due_on": due_on,
        "stopped_on": stopped_on,
    }
    answer, fault = None, ""
    if clock and started_on:
        try:
            answer = rules.preview(_question(clock, given), visitor.services, visitor.act)
        except Unfilled as unfilled:
            fault = "；".join(unfilled.problems.values())
        except Refused as refused:
            fault = slips.said(refused)
    offered = [
        (book["title"], [(f"{book['id']}/{one['clock']}", one["label"]) for one in book["clocks"]])
        for book in rules.rulebooks(visitor.services, visitor.act)["items"]
    ]
    return visitor.page(
        "calculator.html",
        status=422 if fault else 200,
        offered=offered,
        clock=clock,
        given=given | {"started_on": started_on or str(visitor.act.today)},
        answer=answer,
        fault=fault,
        titles={book.id: book.title for book in books.all()},
    )


@router.get("/books/{id}")
def book_page(id: str, visitor: Visiting, version: Text = "") -> HTMLResponse:
    """一个规则册: its versions, and the clocks of one of them."""
    books = _books(visitor)
    held, chosen = _versions(books, id, visitor)
    shown = next((one for one in held if one.version == version), chosen)
    return visitor.page(
        "rulebook.html",
        id=id,
        versions=held,
        shown=shown,
        in_use=chosen,
        today=visitor.act.today,
        clocks=rule_words.clocks(books, shown),
        kind=rule_words.kind,
        admin=visitor.act.role == ADMIN,
    )


@router.get("/books/{id}/new")
def new_version(id: str, visitor: Visiting) -> HTMLResponse:
    """新版本: by fields, or as a whole table."""
    _must_be_admin(visitor)
    _, chosen = _versions(_books(visitor), id, visitor)
    return _form(visitor, id, _text_of(visitor, chosen))


@router.post("/books/{id}/preview")
def preview(id: str, visitor: Visiting, given: Given) -> HTMLResponse:
    """试算: the version checked whole, and what would move; nothing is recorded."""
    _must_be_admin(visitor)
    books = _books(visitor)
    _, chosen = _versions(books, id, visitor)
    text = str(given.get("text") or EMPTY_TEXT)
    by_fields = given.get("way") == "fields"
    base = visitor.services.casework.rulebase()
    try:
        table = changed(_table_of(books, chosen), given) if by_fields else _read(text)
        _must_be_of(table, id)
        table |= {"id": id}
        decisions.publish(table, base, visitor.act)
    except Refused as refused:
        faults = [slips.said(refused)]
        return _form(
            visitor, id, text if not by_fields else _text_of(visitor, chosen), given, faults, by_fields
        )
    text = json.dumps(table, ensure_ascii=False, indent=2, default=str)
    moved = previews.of(
        given,
        lambda cursor, limit: rules.preview_version(id, table, visitor.services, visitor.act, cursor, limit),
    )
    return visitor.page(
        "rule_preview.html",
        title=f"{table.get('title', id)}新版本试算",
        back=f"{HOME}/books/{id}",
        edit=f"{HOME}/books/{id}/edit",
        again=f"{HOME}/books/{id}/preview",
        confirm=f"{HOME}/books/{id}/versions",
        button="确认发布",
        told=[
            ("版本", table.get("version", "")),
            ("来源", table.get("source", "")),
            ("施行", f"{table.get('in_force_from', '')} 起"),
            ("在办的期限", "随新版本调整" if table.get("running_clocks_move") else "沿用起算时的版本"),
        ],
        kept=[("text", text), ("once", str(given.get("once") or ""))],
        version=base.version,
        moved=moved,
    )


@router.post("/books/{id}/edit")
def edit(id: str, visitor: Visiting, given: Given) -> HTMLResponse:
    """返回修改: the version that was looked at, as a text."""
    _must_be_admin(visitor)
    return _form(visitor, id, str(given.get("text") or EMPTY_TEXT), by_fields=False)


@router.post("/books/{id}/versions")
def publish(id: str, request: Request, visitor: Visiting, given: Given) -> Response:
    """发布: the version that was looked at."""
    _must_be_admin(visitor)
    text = str(given.get("text") or EMPTY_TEXT)
    try:
        table = _read(text)
        sent = slips.conditions(given)
        shown = str(given.get("preview") or "") or None
        rules.publish(id, table, visitor.services, visitor.act, sent, Response(), shown)
    except Refused as refused:
        return _form(visitor, id, text, given, [slips.said(refused)])
    change = visitor.services.casework.rulebase().version
    return then(request, f"{HOME}/changes/{change}", "新版本已发布，有关期限随之调整。")


def _question(clock: str, given: dict[str, str]) -> Preview:
    rulebook, _, name = clock.partition("/")
    content: dict[str, Any] = {"rulebook": rulebook, "clock": name, "started_on": given["started_on"]}
    for field in ("due_on", "stopped_on"):
        if given[field]:
            content[field] = given[field]
    days = given["extension_days"]
    if days:
        content["extension_days"] = int(days) if days.isdecimal() and len(days) < 6 else days
    if given["pause_from"] or given["pause_to"]:
        content["suspensions"] = [{"from": given["pause_from"], "to": given["pause_to"]}]
    form = checked(Preview, content)
    assert isinstance(form, Preview)
    return form


def _books(visitor: Visitor) -> Books:
    return visitor.services.casework.known(visitor.act.at).books


def _versions(books: Books, id: str, visitor: Visitor) -> tuple[list[Rulebook], Rulebook]:
    held = [book for book in books.all() if book.id == id]
    chosen = books.version(id, visitor.act.today)
    if chosen is None:
        raise Unknown("rulebook.unknown", "没有这个规则册。")
    return held, chosen


def _must_be_admin(visitor: Visitor) -> None:
    if visitor.act.role != ADMIN:
        raise NotYours("rulebase.not_yours", "规则册和放假安排由系统管理员录入。")


def _table_of(books: Books, book: Rulebook) -> dict[str, Any]:
    table = rule_shapes.version(books, book)
    table.pop("inherited_clocks")
    return table


def _text_of(visitor: Visitor, book: Rulebook) -> str:
    return json.dumps(_table_of(_books(visitor), book), ensure_ascii=False, indent=2, default=str)


def _read(text: str) -> dict[str, Any]:
    """读取文本: JSON or TOML; a fault is told with its line. Raises Invalid."""
    if len(text) > 500_000:
        raise Invalid("rulebook.malformed", "规则册文本过长。")
    try:
        table = (
            json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text.replace("\r\n", "\n"))
        )
    except json.JSONDecodeError as error:
        raise Invalid(
            "rulebook.malformed", f"第{error.lineno}行第{error.colno}个字符处不是有效的 JSON。"
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise Invalid("rulebook.malformed", f"{_place(str(error))}不是有效的 TOML。") from None
    except RecursionError:
        raise Invalid("rulebook.malformed", "规则册文本嵌套过深。") from None
    assert isinstance(table, dict)
    return table


def _place(said: str) -> str:
    """The line of a fault, as the reader of TOML tells it at the end of its message."""
    line = said.partition("(at line ")[2].partition(",")[0]
    return f"第{line}行" if line.isdecimal() else "文本末尾"


def _must_be_of(table: dict[str, Any], id: str) -> None:
    if table.get("id", id) != id:
        raise Invalid("rulebook.id_mismatch", "内容中的规则册标识与地址不一致。")


def _form(
    visitor: Visitor,
    id: str,
    text: str,
    given: FormData | None = None,
    faults: list[str] | None = None,
    by_fields: bool = True,
) -> HTMLResponse:
    books = _books(visitor)
    _, chosen = _versions(books, id, visitor)
    return visitor.page(
        "rule_new.html",
        status=422 if faults else 200,
        id=id,
        book=chosen,
        fields=fields_of(chosen, given if by_fields else None),
        text=text,
        faults=faults or [],
        by_fields=by_fields,
    )

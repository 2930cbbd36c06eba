"""系统令牌页: what other systems sign in with, what each opens, and when it was last used. A token is shown once."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from api import tokens, two_managers
from api.account_shapes import Asked
from api.console import slips
from api.console.directory_slips import people
from api.console.forms import Unfilled, form_data
from api.console.slips import Slip, field
from api.console.visitors import Paged, Visiting, Visitor, then
from api.scopes import SCOPES
from api.tokens import NewToken, TokenMade
from domain.errors import Refused

HOME = "/console/tokens"
router = APIRouter(prefix=HOME, route_class=Paged, include_in_schema=False)
Given = Annotated[FormData, Depends(form_data)]


@router.get("")
def tokens_page(visitor: Visiting) -> HTMLResponse:
    """系统令牌: the revoked ones too, newest first."""
    return _page(visitor)


@router.post("")
def make(request: Request, visitor: Visiting, given: Given) -> Response:
    """发放令牌: at once, or when another manager confirms it."""
    return _made(request, visitor, given, "make")


@router.post("/confirm")
def confirm(request: Request, visitor: Visiting, given: Given) -> Response:
    """确认发放令牌: by another manager, who fills in what the token is to open."""
    return _made(request, visitor, given, "confirm")


@router.post("/{id}/revoke")
def revoke(id: UUID, request: Request, visitor: Visiting) -> Response:
    """撤销令牌."""
    tokens.revoke(id, visitor.services, visitor.act)
    return then(request, HOME, "令牌已撤销，立即失效。")


def _made(request: Request, visitor: Visitor, given: FormData, slug: str) -> Response:
    slip = next(one for one in _slips(visitor, confirming=True) if one.slug == slug)
    try:
        body: Any = slip.read(given)
        if slug == "confirm":
            answer: Any = tokens.confirm(visitor.services, visitor.act, body)
        else:
            answer = tokens.make(visitor.services, visitor.act, body, Response())
    except Unfilled as faults:
        return _page(visitor, slip.refused(given, (), faults.problems), 422)
    except Refused as refused:
        return _page(visitor, slip.refused(given, (slips.said(refused),), {}), slips.status_of(refused))
    if isinstance(answer, Asked):
        return then(request, HOME, "已提出申请，请另一名管理人员在24小时内到本页确认。")
    assert isinstance(answer, TokenMade)
    return visitor.page("token_made.html", token=answer, scopes=SCOPES)


def _page(visitor: Visitor, marked: Slip | None = None, status: int = 200) -> HTMLResponse:
    found = tokens.tokens(visitor.services, visitor.act)
    asked = _asked(visitor)
    manages = visitor.act.role in two_managers.MANAGERS
    offered = _slips(visitor, confirming=bool(asked)) if manages else []
    return visitor.page(
        "tokens.html",
        status=status,
        tokens=found.items,
        scopes=SCOPES,
        asked=asked,
        manages=manages,
        slips=[(marked if marked and marked.slug == one.slug else one).shown() for one in offered],
        names={id: one.name for id, one in visitor.directory.officers.items()} | {"system": "系统"},
    )


def _asked(visitor: Visitor) -> list[dict[str, Any]]:
    with visitor.services.database.connection() as connection:
        rows = two_managers.waiting(connection, visitor.act.at)
    return [
        row | {"officer": row["account"].removeprefix("token:")}
        for row in rows
        if row["what"] == "token_made"
    ]


def _slips(visitor: Visitor, *, confirming: bool) -> list[Slip]:
    asked = _asked(visitor) if confirming else []
    officer = asked[0]["officer"] if asked else ""
    note = "为该系统另设人员，不能借用个人账户的身份；由任命该人员以外的管理人员发放。"
    found = [Slip("make", "发放令牌", HOME, _fields(visitor, ""), NewToken, "发放", note)]
    if confirming:
        told = "按申请人交来的书面内容逐项填写；令牌只在确认后显示一次。"
        fields = _fields(visitor, officer)
        found.append(Slip("confirm", "确认发放令牌", f"{HOME}/confirm", fields, NewToken, "确认发放", told))
    return found


def _fields(visitor: Visitor, officer: str) -> tuple[Any, ...]:
    return (
        field("name", "用途", help="如：省平台对接"),
        field("officer", "代表该系统的人员", "choice", choices=people(visitor.directory), value=officer),
        field(
            "scopes", "权限", "choices", choices=tuple(SCOPES.items()), value=(), help="按住 Ctrl 可多选。"
        ),
        field("expires_on", "有效期至", "date", required=False, help="不填则至撤销之日。"),
    )

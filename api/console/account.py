"""本人账户: one's own posts, password, sessions, absences and stand-ins. What others may do for one stands elsewhere."""

from typing import Annotated, cast
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from api import bodies, own_password, sessions
from api import directory as directory_acts
from api.account_shapes import NewOwnPassword
from api.acting import Conditions
from api.console import forms
from api.console.forms import Unfilled
from api.console.visitors import Paged, Visiting, Visitor, then
from api.directory_forms import EndAbsence, RecordAbsence
from api.errors import TooOften
from api.identity import in_person
from api.sessions import Door, Place
from domain.directory.decisions import POSTS
from domain.errors import Invalid, Refused

ADDRESS = "/console/account"

router = APIRouter(prefix=ADDRESS, route_class=Paged, include_in_schema=False)

Word = Annotated[str, Form(max_length=1000)]
"""A password, as it was typed."""
Line = Annotated[bodies.Line, Form()]
Reason = Annotated[bodies.Lines, Form()]


@router.get("")
def account_page(visitor: Visiting) -> HTMLResponse:
    """本人账户."""
    return _page(visitor)


@router.post("/password")
def change_password(
    request: Request,
    visitor: Visiting,
    keeper: Door,
    address: Place,
    current: Word = "",
    new: Word = "",
    again: Word = "",
) -> Response:
    """修改口令: the new one is typed twice; one's other sessions end."""
    if new != again:
        return _page(visitor, "password", "两次填写的新口令不一致。", 422)
    try:
        body = cast(NewOwnPassword, forms.checked(NewOwnPassword, {"current": current, "new": new}))
        own_password.change_password(
            visitor.services,
            in_person(visitor.act),
            visitor.token,
            keeper,
            address,
            body,
        )
    except Unfilled:
        return _page(visitor, "password", "请填写原口令和新口令。", 422)
    except (Invalid, TooOften) as refused:
        return _page(visitor, "password", refused.message, 422)
    return then(request, ADDRESS, "口令已修改，其他登录已全部退出。")


@router.post("/sessions/{id}/end")
def end_session(request: Request, visitor: Visiting, id: UUID) -> Response:
    """结束会话: one of one's own."""
    sessions.end_one(id, visitor.services, in_person(visitor.act))
    return then(request, ADDRESS, "该登录已退出。")


@router.post("/absences")
def record_absence(
    request: Request, visitor: Visiting, from_on: Line = "", to_on: Line = "", reason: Reason = ""
) -> Response:
    """离岗登记: one's own; the first stand-in who is present acts meanwhile."""
    act = in_person(visitor.act)
    given = {"from_on": from_on or None, "to_on": to_on or None, "reason": reason}
    try:
        body = cast(RecordAbsence, forms.checked(RecordAbsence, given))
        directory_acts.record_absence(act.by, body, visitor.services, act, _ONCE, Response())
    except Unfilled:
        return _page(visitor, "absence", "请填写离岗的起始日期和事由。", 422)
    except Refused as refused:
        return _page(visitor, "absence", refused.message, 422)
    return then(request, ADDRESS, "离岗已登记。")


@router.post("/return")
def end_absence(request: Request, visitor: Visiting, on: Line = "") -> Response:
    """返岗: from today on, or an absence that hasn't begun is cancelled."""
    act = in_person(visitor.act)
    try:
        body = cast(EndAbsence, forms.checked(EndAbsence, {"on": on or None}))
        directory_acts.end_absence(act.by, body, visitor.services, act, _ONCE, Response())
    except Unfilled:
        return _page(visitor, "absence", "返岗日期有误。", 422)
    except Refused as refused:
        return _page(visitor, "absence", refused.message, 422)
    return then(request, ADDRESS, "已返岗。")


_ONCE = Conditions(None, None)
"""Nothing but the directory's own rules keeps an absence from being recorded twice: they overlap."""


def _page(visitor: Visitor, part: str = "", fault: str = "", status: int = 200) -> HTMLResponse:
    act, directory = visitor.act, visitor.directory
    mine = directory.officers[act.by]
    listed = sessions.sessions(visitor.services, act, visitor.token).items if act.for_whom is None else []
    names = {id: one.name for id, one in directory.officers.items()}
    return visitor.page(
        "account.html",
        status=status,
        mine=mine,
        posts=[(directory.unit_name(one.unit), POSTS[one.post]) for one in mine.posts],
        sessions=listed,
        stand_ins=[names[id] for id in mine.stand_ins],
        stands_in_for=[one.name for one in directory.officers.values() if act.by in one.stand_ins],
        absences=[one for one in mine.absences if one.to_on is None or one.to_on >= act.today],
        standing=names.get(directory.standing_in(act.by, act.today) or "", ""),
        part=part,
        fault=fault,
    )

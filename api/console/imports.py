"""导入页: a file goes in, its progress shows, refused lines are told by number, column and reason, never by content."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.responses import HTMLResponse

from api import cookies, imports
from api.bodies import Line
from api.console import slips
from api.console.visitors import Paged, Visiting, Visitor, then
from api.errors import SignedOut
from api.identity import shown
from api.import_kinds import KINDS, sendable, visible
from domain.errors import Invalid

HOME = "/console/imports"
STATES = {
    "waiting": ("等待处理", "busy"),
    "running": ("正在导入", "busy"),
    "done": ("已完成", "good"),
    "failed": ("未能完成", "bad"),
    "cancelled": ("已取消", ""),
}
PAGE = 20
SHOWN = 200
"""Refused lines on the page; all that are kept are in the file."""


class SignedFirst(Paged):
    """先验身份 — nothing of a stranger's file is read before it is known who sends it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_signed(request: Request) -> Response:
            if request.method == "POST":
                try:
                    token = request.cookies.get(cookies.SESSION)
                    await shown(request, token)
                except SignedOut:
                    return then(request, "/console/sign-in")
            return await handle(request)

        return handle_signed


router = APIRouter(prefix=HOME, route_class=SignedFirst, include_in_schema=False)


@router.get("")
def imports_page(visitor: Visiting, cursor: str | None = None) -> HTMLResponse:
    """导入: a file to send, and what was imported before."""
    return _page(visitor, cursor)


@router.post("")
def send(
    request: Request,
    visitor: Visiting,
    kind: Annotated[Line, Form()] = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """上传: looked through at once; what is no such file at all is refused beside the form."""
    chosen = KINDS.get(kind)
    if chosen is None:
        return _page(visitor, fault="请选择导入种类。", status=422)
    content = file.file.read() if file is not None else b""
    if file is None or not file.filename:
        return _page(visitor, fault="请选择文件。", kind=kind, status=422)
    try:
        id = imports.receive(visitor.services, visitor.act, kind, file.filename, content)
    except Invalid as refused:
        return _page(visitor, fault=slips.said(refused), kind=kind, status=422)
    return then(request, f"{HOME}/{id}", f"{chosen.label}文件已接收，正在后台导入，可以离开本页。")


@router.get("/{id}")
def import_page(id: UUID, visitor: Visiting) -> HTMLResponse:
    """一次导入: how far it has come, and the lines that were refused. Asked for as a piece, it is the piece."""
    found = imports.progress(id, visitor.services, visitor.act)
    template = "import_progress.html" if visitor.is_htmx else "import_one.html"
    label, mood = STATES[found.state]
    return visitor.page(
        template,
        one=found,
        state=label,
        mood=mood,
        kind=KINDS[found.kind],
        by=visitor.directory.officers[found.by].name if found.by in visitor.directory.officers else found.by,
        refused=found.refused[:SHOWN],
        kept=len(found.refused),
        goes_on=found.state in {"waiting", "running"},
        may=found.kind in sendable(visitor.act),
    )


@router.get("/{id}/refused.{ending}")
def refused_lines(id: UUID, ending: Literal["xlsx", "csv"], visitor: Visiting) -> Response:
    """未导入的行: as a file to correct by."""
    return imports.refused_lines(id, ending, visitor.services, visitor.act)


@router.post("/{id}/cancel")
def cancel(id: UUID, request: Request, visitor: Visiting) -> Response:
    """取消: after the batch under way."""
    imports.cancel(id, visitor.services, visitor.act)
    return then(request, f"{HOME}/{id}", "已取消，当前一批之后停止；已入库的保留。")


@router.post("/{id}/resume")
def resume(id: UUID, request: Request, visitor: Visiting) -> Response:
    """再次执行: from where it stopped."""
    imports.resume(id, visitor.services, visitor.act)
    return then(request, f"{HOME}/{id}", "已排队继续导入，已入库的不会重复。")


def _page(
    visitor: Visitor, cursor: str | None = None, fault: str = "", kind: str = "", status: int = 200
) -> HTMLResponse:
    visible(visitor.act)
    found = imports.imports(visitor.services, visitor.act, cursor, PAGE)
    offered = sendable(visitor.act)
    return visitor.page(
        "imports.html",
        status=status,
        imports=found.items,
        following=found.next_cursor,
        total=found.total,
        states=STATES,
        kinds=KINDS,
        offered=offered,
        chosen=kind or next(iter(offered), ""),
        fault=fault,
        names={id: one.name for id, one in visitor.directory.officers.items()} | {"system": "系统"},
    )

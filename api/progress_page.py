"""信访人查询页: one form, one answer on the same page. No cookie, no script, nothing of the petition in an address."""

from collections.abc import Callable, Coroutine
from secrets import token_urlsafe
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute

from api import progress, progress_shapes
from api.bodies import Line, Lines
from api.console import rendering
from api.console.forms import choice
from api.errors import AWAY, STATUS, away
from api.identity import Held
from api.papers.papers import Code
from api.sessions import Place
from domain.errors import Refused
from domain.petition.commands import Rate

Word = Annotated[Line, Form()]
Comment = Annotated[Lines, Form(max_length=progress.COMMENT)]

SCORES = {"satisfied": 3, "basically": 2, "dissatisfied": 1}
"""满意程度: with as many stars."""
UNREADABLE = "填写的内容过长或者含有不能使用的字符，请核对后再试。"


class Citizen(APIRoute):
    """信访人页面 — what is refused is said above the form, in words. What can be read can be asked for its headers alone."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **given: Any) -> None:
        super().__init__(path, endpoint, **given)
        if self.methods is not None and "GET" in self.methods:
            self.methods = {*self.methods, "HEAD"}

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_in_words(request: Request) -> Response:
            try:
                return await handle(request)
            except Refused as refused:
                status = next(STATUS[kind] for kind in type(refused).__mro__ if kind in STATUS)
                return _form(fault=refused.message, status=status)
            except AWAY as error:
                return _form(fault=away(error).message, status=503)
            except RequestValidationError:
                return _form(fault=UNREADABLE, status=422)

        return handle_in_words


router = APIRouter(prefix="/progress", route_class=Citizen, include_in_schema=False)


@router.get("")
def form(text: str = "") -> HTMLResponse:
    """查询页: the empty form, in large letters where asked for."""
    return _form(large=text == "large")


@router.post("")
def found(
    services: Held, address: Place, number: Word = "", query_code: Word = "", text: Word = ""
) -> HTMLResponse:
    """查询结果."""
    missing = _missing(number, query_code)
    if missing:
        return _form(fault=missing, number=number, status=422, large=text == "large")
    case_id = progress.find(services, address, number, query_code)
    return _result(services, case_id, number, query_code, text)


@router.post("/rating")
def rated(
    services: Held,
    address: Place,
    number: Word = "",
    query_code: Word = "",
    text: Word = "",
    once: Word = "",
    office: Word = "",
    unit: Word = "",
    comment: Comment = "",
) -> HTMLResponse:
    """提交评价: of one or both; the answer is the same page with what was given."""
    case_id = progress.find(services, address, number, query_code)
    chosen = {about: score for about, score in (("office", office), ("unit", unit)) if score in SCORES}
    if not chosen:
        return _result(services, case_id, number, query_code, text, fault="请先选择满意程度。", status=422)
    try:
        for about, score in chosen.items():
            # about and score are among those that the command takes: the loop and SCORES name them
            command = Rate(about, score, comment.strip() or None)  # type: ignore[arg-type]
            progress.rate(services, case_id, command, f"{once}:{about}" if once else None)
    except Refused as refused:
        return _result(services, case_id, number, query_code, text, fault=refused.message, status=409)
    return _result(services, case_id, number, query_code, text, note="评价已经提交，谢谢您。")


@router.post("/notices/{kind}.pdf")
def notice(services: Held, address: Place, kind: Code, number: Word = "", query_code: Word = "") -> Response:
    """下载已送达的文书."""
    return progress.notice(services, progress.find(services, address, number, query_code), kind)


def _missing(number: str, query_code: str) -> str | None:
    named = {"编号": number, "查询码": query_code}
    lacking = [label for label, given in named.items() if not given.strip()]
    return f"请填写{'和'.join(lacking)}。" if lacking else None


def _form(
    *, fault: str | None = None, number: str = "", status: int = 200, large: bool = False
) -> HTMLResponse:
    return rendering.page("progress.html", status=status, fault=fault, number=number, large=large)


def _result(
    services: Held,
    case_id: UUID,
    number: str,
    query_code: str,
    text: str,
    *,
    fault: str | None = None,
    note: str | None = None,
    status: int = 200,
) -> HTMLResponse:
    found = progress_shapes.progress(progress.show(services, case_id))
    return rendering.page(
        "progress_result.html",
        status=status,
        found=found,
        number=number,
        query_code=query_code,
        large=text == "large",
        once=token_urlsafe(12),
        scores=[(score, choice("score", score), stars) for score, stars in SCORES.items()],
        fault=fault,
        note=note,
    )

"""登录、退出和切换身份: the ways in and out, and the capacity the pages are seen in."""

import json
from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from api import cookies, sessions
from api.bodies import Line
from api.console import rendering
from api.console.visitors import SIGN_IN, Paged, Visiting, set_capacity, then
from api.errors import SignedOut, TooOften
from api.identity import Held, present
from api.sessions import Door, Place, Secret
from domain.directory.decisions import POSTS
from domain.errors import Busy

router = APIRouter(prefix="/console", route_class=Paged, include_in_schema=False)

Word = Annotated[str, Form(max_length=1000)]
Kept = Annotated[str, Form(max_length=1_000_000)]
"""What somebody had filled in when the session had ended: it goes along with the sign-in and back to the page."""


def inside(address: str | None) -> str:
    """站内地址: of the console, whatever was asked for; a page of another site is never gone to."""
    plain = address or ""
    path = unquote(plain.partition("?")[0])
    good = plain == "/console" or plain.startswith(("/console/", "/console?"))
    winding = "\\" in plain or "//" in path or ".." in path.split("/")
    return plain if good and not winding and plain.isprintable() else "/console"


@router.get("/sign-in")
def sign_in_page(services: Held, next: str | None = None) -> HTMLResponse:
    """登录页."""
    return _page(services, inside(next))


@router.post("/sign-in")
def sign_in(
    request: Request,
    response: Response,
    services: Held,
    keeper: Door,
    address: Place,
    username: Word = "",
    password: Word = "",
    next: Word = "",
    kept: Kept = "",
    to: Word = "",
) -> Response:
    """登录: as over HTTP, with the cookie; what is wrong is said on the page. A form that came too late is offered again."""
    if not username.strip() or not password:
        return _page(services, inside(next), "请填写用户名和口令。", username, 422, kept, to)
    try:
        secret = Secret.model_validate({"username": username, "password": password, "cookie": True})
        sessions.sign_in(request, response, services, keeper, address, secret)
    except ValidationError:
        return _page(
            services, inside(next), "用户名或者口令过长，或者含有不能使用的字符。", "", 422, kept, to
        )
    except SignedOut as refused:
        return _page(services, inside(next), refused.message, username, 401, kept, to)
    except TooOften as refused:
        return _page(services, inside(next), refused.message, username, 429, kept, to)
    except Busy as refused:
        return _page(services, inside(next), refused.message, username, 503, kept, to)
    onward = _resumed(kept, inside(to)) if kept else then(request, inside(next))
    for name, value in response.raw_headers:
        if name == b"set-cookie":
            onward.raw_headers.append((name, value))
    set_capacity(request, onward, None, None)
    return onward


def _resumed(kept: str, to: str) -> HTMLResponse:
    """继续提交: the form as it was filled in, to be sent by a click of whoever has signed in."""
    try:
        fields = [
            (name, text) for name, text in json.loads(kept) if isinstance(name, str) and isinstance(text, str)
        ]
    except (TypeError, ValueError):
        fields = []
    response = rendering.page("resume.html", fields=fields, to=to)
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(
    services: Held,
    next: str,
    fault: str | None = None,
    username: str = "",
    status: int = 200,
    kept: str = "",
    to: str = "",
) -> HTMLResponse:
    return rendering.page(
        "sign_in.html",
        status=status,
        next=next,
        fault=fault,
        username=username,
        provider=services.settings.oidc is not None and not kept,
        kept=kept,
        to=to,
    )


@router.post("/sign-out")
def sign_out(request: Request, services: Held) -> Response:
    """退出: the session ends at once, whoever was being stood in for."""
    with services.database.transaction() as connection:
        sessions.end_session(connection, request.cookies.get(cookies.SESSION))
    response = then(request, SIGN_IN)
    cookies.clear_session(request, response)
    set_capacity(request, response, None, None)
    return response


@router.get("/capacity")
def capacity_page(visitor: Visiting) -> HTMLResponse:
    """切换身份: the posts held and the officers stood in for today."""
    directory, act = visitor.directory, visitor.act
    mine = directory.officers[act.by]
    posts = [(one.key, f"{directory.unit_name(one.unit)} · {POSTS[one.post]}") for one in mine.posts]
    absent = [(id, directory.officers[id]) for id in directory.stands_in_for(act.by, act.today)]
    away = [
        (id, f"代 {one.name}（{directory.unit_name(one.unit)} · {POSTS[one.post]}）") for id, one in absent
    ]
    return visitor.page("capacity.html", posts=posts, away=away)


@router.post("/capacity")
def choose_capacity(
    request: Request,
    visitor: Visiting,
    for_whom: Annotated[Line, Form()] = "",
    post: Annotated[Line, Form()] = "",
) -> Response:
    """选定身份: one that the directory gives; the next pages are seen and acted in with it."""
    wanted = for_whom or None, post or None
    present(visitor.services, visitor.token, for_whom=wanted[0], post=wanted[1])
    response = then(request, "/console", "已切换身份。")
    set_capacity(request, response, *wanted)
    return response

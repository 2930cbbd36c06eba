"""登录 Cookie 与跨站防护: the console's session is a cookie, so a request that another site makes a browser send has to
be told from one of our own pages.
"""

import re
from datetime import timedelta

from fastapi import Request, Response
from starlette.datastructures import URL, Headers
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

from api.console import faults
from api.errors import problem

SESSION = "shixian_session"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
TRACED = re.compile(r"^/(console|v1)/.+/(papers|notices|attachments)/[^/]+$|^/(console|v1)/.+\.zip$")
"""Files whose reading is recorded: papers, attachments, dossiers."""
TAKEN = ("application/json", "multipart/form-data")
"""What a page of ours sends; a form of another site can send neither without being asked first, or is known by where
it comes from."""


def set_session(request: Request, response: Response, token: str, lasts: timedelta) -> None:
    """写入 Cookie: out of reach for scripts, only over https where that is how we are reached."""
    response.set_cookie(
        SESSION,
        token,
        max_age=int(lasts.total_seconds()),
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


def clear_session(request: Request, response: Response) -> None:
    """清除 Cookie: of who has one."""
    if SESSION in request.cookies:
        response.delete_cookie(
            SESSION, path="/", secure=request.url.scheme == "https", httponly=True, samesite="lax"
        )


class SameSite:
    """跨站防护 — changes nothing on behalf of another site's page.

    Browsers say where a request comes from in Sec-Fetch-Site or, over plain http, in Origin; other clients say
    neither, and what comes with the cookie alone and says neither is not taken.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE:
            headers = Headers(scope=scope)
            if not _is_ours(headers):
                await _foreign(scope, "不接受来自其他网站的请求。")(scope, receive, send)
                return
            if _carries_session(headers) and not _is_taken(scope["path"], headers):
                detail = "请求内容应为 application/json。"
                await problem(422, "request.not_json", detail)(scope, receive, send)
                return
        elif scope["type"] == "http" and _leaves_a_trace(scope):
            query = scope["query_string"].decode("latin-1")
            way = (scope["path"] + (f"?{query}" if query else ""), "仍要打开")
            message = "这个链接来自其他网站，打开文件会留下您的查阅记录。"
            await _foreign(scope, message, way)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _foreign(scope: Scope, message: str, way: tuple[str, str] | None = None) -> Response:
    """As a page where a page was asked for."""
    if faults.is_page(scope):
        return faults.fault(scope, 403, "request.cross_site", message, way=way)
    return problem(403, "request.cross_site", message)


def _leaves_a_trace(scope: Scope) -> bool:
    """Whether another site's link leads, with the cookie, to a file of which each reading is recorded."""
    if not TRACED.search(scope["path"]):
        return False
    headers = Headers(scope=scope)
    return headers.get("sec-fetch-site") in {"cross-site", "same-site"} and _carries_session(headers)


def _is_ours(headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    if origin is None:
        return "authorization" in headers or not _carries_session(headers)
    return _host(origin) == headers.get("host", "").lower()


def _host(origin: str) -> str | None:
    """The host and port of an origin; None of one that is none ("null")."""
    try:
        return URL(origin).netloc.lower() or None
    except ValueError:
        return None


def _carries_session(headers: Headers) -> bool:
    return any(SESSION in cookie_parser(one) for one in headers.getlist("cookie"))


def _is_taken(path: str, headers: Headers) -> bool:
    if not path.startswith("/v1/"):
        return True
    empty = headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    return media in TAKEN or (empty and not media)

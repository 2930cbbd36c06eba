"""来访: who asks for a page, in which capacity, and what happens to a request that is refused.

A page's session is the cookie; the capacity (为谁顶岗、以何职务) is a cookie too, judged by the directory each time.
"""

import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qs, urlencode

from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from api import cookies, wording
from api.bootstrap import Services
from api.console import faults, navigation, rendering
from api.errors import AWAY, STATUS, TITLES, SignedOut, away
from api.identity import Held, present
from domain.acts import Act
from domain.directory.decisions import POSTS
from domain.directory.fold import Directory
from domain.errors import NotYours, Refused

CAPACITY = "shixian_capacity"
NOTE = "shixian_note"
"""Cookie of the one sentence that the next page says."""
SIGN_IN = "/console/sign-in"
PLAIN_FORM = "application/x-www-form-urlencoded"
MOST_KEPT = 5000


@dataclass(frozen=True)
class Visitor:
    """来访者 — the officer who asks, the act of asking, and the directory of the moment."""

    services: Services
    request: Request
    act: Act
    directory: Directory
    token: str

    @property
    def is_htmx(self) -> bool:
        """局部请求: a piece of a page was asked for, not a page."""
        return "hx-request" in self.request.headers

    def page(self, template: str, /, *, status: int = 200, **context: Any) -> HTMLResponse:
        """页面: a template within the frame of the console; the note left for this officer is said once."""
        note = self.request.cookies.get(NOTE)
        response = rendering.page(template, status=status, **self._frame(note), **context)
        if note is not None and not self.is_htmx:
            response.delete_cookie(NOTE, path="/console")
        return response

    def _frame(self, note: str | None) -> dict[str, Any]:
        act, directory = self.act, self.directory
        mine = directory.officers[act.by]
        return {
            "frame": {
                "name": mine.name,
                "unit": directory.unit_name(act.unit),
                "post": POSTS.get(act.role, act.role),
                "role": act.role,
                "for_whom": None if act.for_whom is None else directory.officers[act.for_whom].name,
                "entries": navigation.entries(act.role),
                "current": navigation.current(self.request.url.path),
                "today": act.today,
                "note": parse_qs(note or "").get("text", [None])[0],
                "capacities": len(mine.posts) > 1
                or act.for_whom is not None
                or bool(directory.stands_in_for(act.by, act.today)),
            }
        }


def visitor(request: Request, services: Held) -> Visitor:
    """来访者: from the cookies. Raises SignedOut; a capacity that the officer no longer has is dropped."""
    token = request.cookies.get(cookies.SESSION)
    for_whom, post = capacity_of(request)
    try:
        act = present(services, token, for_whom=for_whom, post=post)
    except NotYours:
        if for_whom is None and post is None:
            raise
        act = present(services, token)
    return Visitor(services, request, act, services.casework.directory(), str(token))


Visiting = Annotated[Visitor, Depends(visitor)]


def capacity_of(request: Request) -> tuple[str | None, str | None]:
    """所选身份: whom the officer chose to stand in for, and the post chosen."""
    chosen = parse_qs(request.cookies.get(CAPACITY, ""))
    return chosen.get("for", [None])[0], chosen.get("as", [None])[0]


def set_capacity(request: Request, response: Response, for_whom: str | None, post: str | None) -> None:
    """选定身份: for the pages of this browser; none chosen is one's own post."""
    chosen = {name: value for name, value in (("for", for_whom), ("as", post)) if value is not None}
    if chosen:
        _keep(request, response, CAPACITY, urlencode(chosen))
    else:
        response.delete_cookie(CAPACITY, path="/console")


def then(request: Request, address: str, note: str | None = None) -> Response:
    """随后转到: another page, which says the note. A piece of a page makes the browser go there whole."""
    response: Response
    if "hx-request" in request.headers:
        response = Response(status_code=204, headers={"HX-Redirect": address})
    else:
        response = RedirectResponse(address, 303)
    if note is not None:
        _keep(request, response, NOTE, urlencode({"text": note}))
    return response


def _keep(request: Request, response: Response, name: str, value: str) -> None:
    secure = request.url.scheme == "https"
    response.set_cookie(name, value, path="/console", secure=secure, httponly=True, samesite="lax")


class Paged(APIRoute):
    """页面路由 — refusals become pages: signed out goes to the sign-in, everything else says what and why. What can be
    read can be asked for its headers alone.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **given: Any) -> None:
        super().__init__(path, endpoint, **given)
        if self.methods is not None and "GET" in self.methods:
            self.methods = {*self.methods, "HEAD"}

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_as_page(request: Request) -> Response:
            try:
                return await handle(request)
            except SignedOut:
                return _to_sign_in(request, await _filled_in(request))
            except Refused as refused:
                return refusal(request, refused)
            except AWAY as error:
                return refusal(request, away(error))
            except RequestValidationError as error:
                fields = [f"{one['loc'][-1]}：{wording.of(one)}" for one in error.errors()[:5]]
                return faults.fault(request.scope, 422, "request.malformed", "；".join(fields) + "。")
            except HTTPException as error:
                status = error.status_code if error.status_code in TITLES else 422
                return faults.fault(request.scope, status, "request.refused", "请求无法处理。")

        return handle_as_page


def refusal(request: Request, refused: Refused) -> Response:
    """拒绝页: what was refused, why, and the rule it rests on."""
    status = next(STATUS[kind] for kind in type(refused).__mro__ if kind in STATUS)
    return faults.fault(request.scope, status, refused.code, refused.message, refused.basis)


async def _filled_in(request: Request) -> list[tuple[str, str]]:
    """What a plain form was filled in with; nothing of one with files, nor of a piece of a page, which keeps it itself."""
    media = request.headers.get("content-type", "").partition(";")[0]
    if request.method != "POST" or "hx-request" in request.headers or media != PLAIN_FORM:
        return []
    given = await request.form(max_files=0, max_fields=MOST_KEPT)
    return [(name, text) for name, text in given.multi_items() if isinstance(text, str)]


def _to_sign_in(request: Request, filled_in: list[tuple[str, str]]) -> Response:
    """Who reads is sent to the sign-in and back; who sends a form keeps what was filled in: on the page that can wait, or
    carried along by the sign-in, which is answered right here – never kept on the server, never in an address."""
    if request.method == "POST" and "hx-request" in request.headers:
        return faults.as_piece(rendering.page("signed_out_piece.html", status=401))
    asked = request.url.path
    if any(text.strip() for _, text in filled_in):
        response = rendering.page(
            "sign_in.html",
            status=401,
            next="/console",
            fault=None,
            username="",
            provider=False,
            kept=json.dumps(filled_in, ensure_ascii=False),
            to=asked,
        )
        response.headers["Cache-Control"] = "no-store"
        return response
    if request.method == "GET" and "hx-request" not in request.headers and asked != "/console":
        query = f"?{request.url.query}" if request.url.query else ""
        return then(request, f"{SIGN_IN}?{urlencode({'next': asked + query})}")
    return then(request, SIGN_IN)

"""身份: who is acting. Taken from the session or token alone – never from a URL or a body.

Whoever stands in for somebody or holds further posts says in `Acting-For` and `Acting-As` in which capacity; whether
that is so is judged by the directory.
"""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

import structlog
from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api import cookies, scopes
from api.bootstrap import Services
from api.holders import API_TOKEN, Present, Shown, find
from api.logs import bind
from api.together import Together
from domain.acts import Act
from domain.directory.capacity import act_of
from domain.errors import Invalid, NotYours

BACKGROUND = ("/v1/alerts/stream",)
"""What a page asks for by itself: doesn't count as somebody's being there."""

log = structlog.get_logger("identity")

bearer = HTTPBearer(auto_error=False, description="POST /v1/sessions 返回的 token，或 POST /v1/tokens 的令牌")
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


async def held(request: Request) -> Services:
    """服务: what the application was built with. Waits for nothing, so it needs no thread of its own."""
    services: Services = request.app.state.services
    return services


Held = Annotated[Services, Depends(held)]


def token_of(request: Request, credentials: Credentials) -> str | None:
    """出示的令牌: from the header or, where there is none, from the cookie, which holds sessions alone."""
    if "authorization" in request.headers:
        return credentials.credentials if credentials is not None else None
    session = request.cookies.get(cookies.SESSION)
    return None if session is None or session.startswith(API_TOKEN) else session


async def token_shown(request: Request, credentials: Credentials) -> str | None:
    """出示的令牌: as a route asks for it."""
    return token_of(request, credentials)


Token = Annotated[str | None, Depends(token_shown)]


def present(
    services: Services,
    token: str | None,
    *,
    for_whom: str | None = None,
    post: str | None = None,
    seen: bool = True,
) -> Act:
    """出示令牌: the act of the officer whose token it is, in the post the directory gives now. Raises SignedOut, and
    NotYours for a capacity that isn't the officer's; `seen` notes that the officer is there."""
    (found,) = find(services, (Shown(token, seen),))
    if isinstance(found, Exception):
        raise found
    bind(actor=found.holder.officer)
    return _act(services, found, for_whom, post)


async def shown(request: Request, token: str | None) -> Present:
    """持有人: of the session or token that came with the request, looked up with those of everybody who asks just now.

    Raises SignedOut.
    """
    door: Together[Shown, Present] = request.app.state.signing_in
    found = await door.ask(shown_by(request, token))
    bind(actor=found.holder.officer)
    return found


def shown_by(request: Request, token: str | None) -> Shown:
    """出示: the token, and whether its use says that the officer is there."""
    return Shown(token, request.scope["path"] not in BACKGROUND)


async def signed_in(request: Request, services: Held, token: Token) -> Act:
    """已登录: the act of the officer who sent the request, in the capacity that the headers name. Raises SignedOut, and
    NotYours for a token without the scope and for a capacity that isn't the officer's."""
    here = await shown(request, token)
    return in_capacity(request, services, here)


def in_capacity(request: Request, services: Services, here: Present) -> Act:
    """以其身份: the act of the officer who is here, in the capacity that the headers name. Raises as `signed_in` does."""
    path = request.scope["path"]
    for_whom, post = _one(request, "acting-for"), _one(request, "acting-as")
    bind(actor=here.holder.officer)
    found = here.holder
    needed = None
    if found.scopes is not None:
        needed = scopes.needed(request.method, path)
        if needed not in found.scopes:
            raise NotYours("token.scope_missing", "这个令牌没有办理此项的权限。")
        if for_whom is not None:
            log.warning("capacity.refused", code="token.no_standing_in", actor=found.officer)
            raise NotYours("token.no_standing_in", "令牌不能代人办理。")
    act = _act(services, here, for_whom, post)
    if needed == scopes.PERSONAL and act.role in scopes.NEVER_PERSONAL:
        raise NotYours("token.scope_missing", "这个令牌没有办理此项的权限。")
    return act


Signed = Annotated[Act, Depends(signed_in)]


def in_person(act: Act) -> Act:
    """本人: the act of an officer about what is the officer's own; nobody does that for somebody else."""
    if act.for_whom is not None:
        raise NotYours("session.in_person", "本人的登录和口令只能由本人处理。")
    return act


async def signed_in_person(act: Signed) -> Act:
    """本人已登录: as a route asks for it."""
    return in_person(act)


Personal = Annotated[Act, Depends(signed_in_person)]


def _act(services: Services, here: Present, for_whom: str | None, post: str | None) -> Act:
    found, directory = here
    try:
        act = act_of(directory, found.officer, services.clock(), for_whom=for_whom, post=post)
    except NotYours as refused:
        if for_whom is not None or post is not None:
            # what was sent is logged only where it is an id of ours: a header may hold anything
            absent = for_whom if for_whom in directory.officers else None
            log.warning("capacity.refused", code=refused.code, actor=found.officer, for_whom=absent)
        raise
    if act.for_whom is not None:
        bind(for_whom=act.for_whom)
    return act


def _one(request: Request, name: str) -> str | None:
    values = request.headers.getlist(name)
    if len(values) > 1:
        raise Invalid("request.header_twice", "同一请求头只能出现一次。")
    return values[0] if values else None


class SignedFirst(APIRoute):
    """先验身份 — a route that takes forms: nothing of a stranger's is read before it is known who sends it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_signed(request: Request) -> Response:
            if request.method == "POST":
                token = token_of(request, await bearer(request))
                await shown(request, token)
            return await handle(request)

        return handle_signed

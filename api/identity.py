"""身份: who is acting. Taken from the session or token alone – never from a URL or a body.

Whoever stands in for somebody or holds further posts says in `Acting-For` and `Acting-As` in which capacity; whether
that is so is judged by the directory. Tokens are 256 random bits; the tables hold their SHA-256 only.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any

import structlog
from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool

from api import cookies, scopes
from api.bootstrap import Services
from api.errors import SignedOut
from api.logs import bind
from domain.acts import Act, legal_date
from domain.directory.capacity import act_of
from domain.errors import Invalid, NotYours

IDLE = timedelta(hours=2)
"""A session that nobody used for so long has ended."""
NOTED = timedelta(minutes=1)
"""So exact is what is kept of when a session or token was last used."""
API_TOKEN = "sxt_"
"""How the tokens of other systems begin."""
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


def digest(token: str) -> bytes:
    """令牌摘要: what is stored of a token."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


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


@dataclass(frozen=True, slots=True)
class Holder:
    """持有人 — whose session or token it is and since when; of a token also what it opens."""

    officer: str
    since: datetime
    scopes: frozenset[str] | None = None


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
    return _act(services, holder(services, token, seen=seen), for_whom, post)


def holder(services: Services, token: str | None, *, seen: bool = True) -> Holder:
    """持有人: who holds a session or token that is good now. Raises SignedOut."""
    now = services.clock()
    found = None
    if token:
        find = _of_token if token.startswith(API_TOKEN) else _of_session
        found = find(services, digest(token), now, seen)
    officer = services.casework.directory().officers.get(found.officer) if found is not None else None
    if found is None or officer is None or not officer.serves_since(found.since):
        raise SignedOut("session.missing", "尚未登录或登录已失效，请重新登录。")
    bind(actor=found.officer)
    return found


def _of_session(services: Services, stored: bytes, now: datetime, seen: bool) -> Holder | None:
    with services.database.connection() as connection:
        row = connection.execute(
            "SELECT s.officer, s.created_at, s.last_seen_at FROM sessions s LEFT JOIN accounts a ON a.officer = s.officer"
            " WHERE s.token_digest = %s AND s.expires_at > %s AND s.last_seen_at > %s AND a.locked_at IS NULL",
            (stored, now, now - IDLE),
        ).fetchone()
        if row is not None and seen and now - row["last_seen_at"] >= NOTED:
            connection.execute("UPDATE sessions SET last_seen_at = %s WHERE token_digest = %s", (now, stored))
    return Holder(row["officer"], row["created_at"]) if row is not None else None


def _of_token(services: Services, stored: bytes, now: datetime, _: bool) -> Holder | None:
    with services.database.connection() as connection:
        row = connection.execute(
            "SELECT officer, scopes, created_at, last_used_at FROM api_tokens WHERE token_digest = %s"
            " AND revoked_at IS NULL AND (expires_on IS NULL OR expires_on >= %s)",
            (stored, legal_date(now)),
        ).fetchone()
        if row is not None and (row["last_used_at"] is None or now - row["last_used_at"] >= NOTED):
            connection.execute(
                "UPDATE api_tokens SET last_used_at = %s WHERE token_digest = %s", (now, stored)
            )
    return Holder(row["officer"], row["created_at"], frozenset(row["scopes"])) if row is not None else None


def signed_in(request: Request, services: Held, token: Token) -> Act:
    """已登录: the act of the officer who sent the request, in the capacity that the headers name. Raises SignedOut, and
    NotYours for a token without the scope and for a capacity that isn't the officer's."""
    path = request.scope["path"]
    found = holder(services, token, seen=path not in BACKGROUND)
    for_whom, post = _one(request, "acting-for"), _one(request, "acting-as")
    needed = None
    if found.scopes is not None:
        needed = scopes.needed(request.method, path)
        if needed not in found.scopes:
            raise NotYours("token.scope_missing", "这个令牌没有办理此项的权限。")
        if for_whom is not None:
            log.warning("capacity.refused", code="token.no_standing_in", actor=found.officer)
            raise NotYours("token.no_standing_in", "令牌不能代人办理。")
    act = _act(services, found, for_whom, post)
    if needed == scopes.PERSONAL and act.role in scopes.NEVER_PERSONAL:
        raise NotYours("token.scope_missing", "这个令牌没有办理此项的权限。")
    return act


Signed = Annotated[Act, Depends(signed_in)]


def in_person(act: Signed) -> Act:
    """本人: the act of an officer about what is the officer's own; nobody does that for somebody else."""
    if act.for_whom is not None:
        raise NotYours("session.in_person", "本人的登录和口令只能由本人处理。")
    return act


Personal = Annotated[Act, Depends(in_person)]


def _act(services: Services, found: Holder, for_whom: str | None, post: str | None) -> Act:
    directory = services.casework.directory()
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
                await run_in_threadpool(holder, request.app.state.services, token)
            return await handle(request)

        return handle_signed

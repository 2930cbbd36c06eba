"""身份: who is acting. Taken from the session alone – never from a URL, a body or another header.

Tokens are 256 random bits; the table holds their SHA-256 only.
"""

from collections.abc import Callable, Coroutine
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool

from api.bootstrap import Services
from api.errors import SignedOut
from api.logs import bind
from domain.acts import Act

bearer = HTTPBearer(auto_error=False, description="POST /v1/sessions 返回的 token")
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


def held(request: Request) -> Services:
    """服务: what the application was built with."""
    services: Services = request.app.state.services
    return services


Held = Annotated[Services, Depends(held)]


def digest(token: str) -> bytes:
    """令牌摘要: what is stored of a token."""
    return sha256(token.encode()).digest()


def present(services: Services, token: str | None) -> Act:
    """出示令牌: the act of the officer whose token it is, in the post the directory gives now. Raises SignedOut."""
    now = services.clock()
    officer = None
    if token:
        with services.database.connection() as connection:
            row = connection.execute(
                "SELECT officer FROM sessions WHERE token_digest = %s AND expires_at > %s",
                (digest(token), now),
            ).fetchone()
        officer = services.casework.directory().officers.get(row["officer"]) if row is not None else None
    if officer is None:
        raise SignedOut("session.missing", "尚未登录或登录已失效，请重新登录。")
    bind(actor=officer.id)
    return Act(by=officer.id, unit=officer.unit, role=officer.post, at=now, name=officer.name)


def signed_in(services: Held, credentials: Credentials) -> Act:
    """已登录: the act of the officer who sent the request. Raises SignedOut."""
    return present(services, credentials.credentials if credentials is not None else None)


Signed = Annotated[Act, Depends(signed_in)]


class SignedFirst(APIRoute):
    """先验身份 — a route that takes forms: nothing of a stranger's is read before it is known who sends it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_signed(request: Request) -> Response:
            if request.method == "POST":
                given = await bearer(request)
                token = given.credentials if given is not None else None
                await run_in_threadpool(present, request.app.state.services, token)
            return await handle(request)

        return handle_signed

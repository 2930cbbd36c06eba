"""统一身份认证登录: through an OpenID Connect provider, for officers who have an account here. Who has none is refused;
nobody gets an account by signing in.

What a sign-in was begun with is kept in the database for ten minutes, bound to the browser by a cookie, and taken out
when the browser comes back: neither another browser nor a second try can use it.
"""

import re
from datetime import timedelta
from secrets import token_urlsafe
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from api import account_records, cookies, tries
from api.bootstrap import Services
from api.errors import responses
from api.holders import digest
from api.identity import Held
from api.logs import bind
from api.oidc_provider import Away, Disbelieved, Provider
from api.sessions import LASTS, NewSession, Place, begin_session, end_session, shown
from api.settings import Oidc
from domain.acts import Act
from domain.errors import Busy, Invalid, NotYours, Unknown
from projections.view import Connection, Row

router = APIRouter(prefix="/v1/oidc", tags=["登录"])

BROWSER, AT = "shixian_oidc", "/v1/oidc"
WITHIN = timedelta(minutes=10)
ONWARD = "^/([A-Za-z0-9_.~%?=&-][A-Za-z0-9_.~%?=&/-]*)?$"
"""A page of ours, never another site's."""

_HOST = re.compile(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")

Sent = Annotated[str | None, Query(max_length=2000)]

log = structlog.get_logger("oidc")


@router.get(
    "/start",
    summary="统一身份认证登录",
    status_code=303,
    response_class=RedirectResponse,
    responses=responses(404, 422, 429, 503),
)
def start(
    request: Request,
    services: Held,
    address: Place,
    next: Annotated[
        str | None,
        Query(pattern=ONWARD, max_length=500, description="登录后转到本站的哪一页；不填则返回 token"),
    ] = None,
) -> RedirectResponse:
    """转到认证方登录."""
    provider = _provider(services)
    now = services.clock()
    tries.admit(services.database, address, now)
    redirect_uri = _redirect_uri(request)
    try:
        begun = Provider(provider).begin(redirect_uri)
    except Away as error:
        raise _away(error) from None
    browser = token_urlsafe(32)
    with services.database.transaction() as connection:
        connection.execute("DELETE FROM oidc_logins WHERE expires_at <= %s", (now,))
        connection.execute(
            "INSERT INTO oidc_logins"
            " (state_digest, browser_digest, nonce, verifier, redirect_uri, onward, expires_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (
                digest(begun.state),
                digest(browser),
                begun.nonce,
                begun.verifier,
                redirect_uri,
                next,
                now + WITHIN,
            ),
        )
    answer = RedirectResponse(begun.url, status_code=303)
    answer.set_cookie(
        BROWSER,
        browser,
        max_age=int(WITHIN.total_seconds()),
        path=AT,
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return answer


@router.get(
    "/callback",
    summary="统一身份认证返回",
    response_model=NewSession,
    responses={303: {"description": "登录成功，转到开始登录时指定的页面"}, **responses(403, 404, 422, 503)},
)
def callback(
    request: Request,
    response: Response,
    services: Held,
    address: Place,
    state: Sent = None,
    code: Sent = None,
    iss: Sent = None,
    error: Sent = None,
) -> Any:
    """认证方返回: 建立会话并设置 Cookie；开始登录时指定了页面的转到该页，否则返回 token."""
    provider = _provider(services)
    begun = _taken(services, state, request.cookies.get(BROWSER))
    if begun is None:
        raise _refused("oidc.state", "登录请求已失效，请重新登录。")
    if error is not None or code is None or (iss is not None and iss != provider.issuer):
        raise _refused("oidc.refused", "统一身份认证没有通过，请重新登录。")
    try:
        claims = Provider(provider).finish(
            code, begun["nonce"], begun["verifier"], begun["redirect_uri"], services.clock()
        )
    except Away as fault:
        raise _away(fault) from None
    except Disbelieved as fault:
        raise _refused("oidc.refused", "统一身份认证没有通过，请重新登录。", fault) from None
    now = services.clock()
    with services.database.transaction() as connection:
        row = _account(connection, provider, claims, services)
        if row is None or row["locked_at"] is not None:
            raise _refused(
                "oidc.unknown_subject", "您的统一身份认证账号没有可用的本系统账户，请联系系统管理员。"
            )
        end_session(connection, request.cookies.get(cookies.SESSION))
        token, ends = begin_session(connection, row["officer"], "oidc", now)
    tries.forget(services.database, address)
    bind(actor=row["officer"])
    answer = RedirectResponse(begun["onward"], status_code=303) if begun["onward"] is not None else response
    cookies.set_session(request, answer, token, LASTS)
    answer.delete_cookie(
        BROWSER, path=AT, secure=request.url.scheme == "https", httponly=True, samesite="lax"
    )
    if begun["onward"] is not None:
        return answer
    return NewSession(token=token, **dict(shown(services, row["officer"], ends)))


def _provider(services: Services) -> Oidc:
    if services.settings.oidc is None:
        raise Unknown("oidc.off", "没有启用统一身份认证。")
    return services.settings.oidc


def _redirect_uri(request: Request) -> str:
    """Where the provider sends the browser back to: the address we were asked at, which it has to know."""
    host = request.headers.get("host", "")
    if not _HOST.fullmatch(host):
        raise Invalid("request.malformed", "请求头 Host 无法识别。")
    return f"{request.url.scheme}://{host}{AT}/callback"


def _taken(services: Services, state: str | None, browser: str | None) -> Row | None:
    """What this browser began with this state; nobody's from now on."""
    with services.database.transaction() as connection:
        return connection.execute(
            "DELETE FROM oidc_logins WHERE state_digest = %s AND browser_digest = %s AND expires_at > %s"
            " RETURNING nonce, verifier, redirect_uri, onward",
            (digest(state or ""), digest(browser or ""), services.clock()),
        ).fetchone()


def _account(
    connection: Connection, provider: Oidc, claims: dict[str, Any], services: Services
) -> Row | None:
    """The account that is linked with the subject or, the first time, bears the name that the provider says."""
    subject = f"{provider.issuer} {claims['sub']}"
    row = connection.execute(
        "SELECT username, officer, locked_at FROM accounts WHERE oidc_subject = %s FOR SHARE", (subject,)
    ).fetchone()
    name = claims.get(provider.claim) if provider.claim is not None else None
    if row is None and isinstance(name, str) and name.isprintable():
        row = connection.execute(
            "UPDATE accounts SET oidc_subject = %s WHERE username = %s AND oidc_subject IS NULL"
            " AND locked_at IS NULL RETURNING username, officer, locked_at",
            (subject, name),
        ).fetchone()
        if row is not None:
            act = Act(by=row["officer"], unit="", role="", at=services.clock())
            account_records.note(connection, act, row["username"], "linked")
    serves = row is not None and services.casework.directory().is_serving(row["officer"])
    return row if serves else None


def _refused(code: str, message: str, fault: Exception | None = None) -> NotYours:
    log.warning("oidc.refused", code=code, fault=str(fault) if fault is not None else None)
    return NotYours(code, message)


def _away(fault: Away) -> Busy:
    log.warning("oidc.away", fault=str(fault))
    return Busy("oidc.away", "统一身份认证暂时不可用，请稍后再试，或者用口令登录。")

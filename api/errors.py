"""错误应答: every refusal as application/problem+json. HTTP numbers for refusals exist only in this file.

Nothing that was sent is repeated in an answer: a field's name and what is wrong with it, never its value.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import psycopg
import structlog
from eventsourcing.persistence import InterfaceError, OperationalError
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api import wording
from domain.errors import Busy, Invalid, NotNow, NotYours, Refused, Stale, Unknown

MEDIA = "application/problem+json"

log = structlog.get_logger("api")


class SignedOut(Refused):
    """未登录 — nobody is signed in, or the session has ended."""


class TooOften(Refused):
    """过于频繁 — tried too often from the same place; `retry_after` says how many seconds to wait."""


class TooLarge(Refused):
    """内容过大 — more was sent than is taken in."""


class TooSlow(Refused):
    """发送过慢 — what was announced didn't arrive in time."""


STATUS: dict[type[Refused], int] = {
    SignedOut: 401,
    NotYours: 403,
    Unknown: 404,
    TooSlow: 408,
    NotNow: 409,
    Stale: 412,
    TooLarge: 413,
    Invalid: 422,
    TooOften: 429,
    Busy: 503,
}

AWAY = (psycopg.OperationalError, psycopg.InterfaceError, OperationalError, InterfaceError)
"""A database that is away."""

TITLES: dict[int, str] = {
    400: "请求有误",
    401: "未登录",
    403: "无权办理",
    404: "查无此件",
    405: "不支持的请求方法",
    408: "接收超时",
    409: "当前不可办理",
    412: "内容已更新",
    413: "内容过大",
    422: "填写有误",
    429: "请求过于频繁",
    500: "系统故障",
    503: "系统繁忙",
}

_BY_STATUS: dict[int, tuple[str, str]] = {
    404: ("request.no_such_address", "没有这个地址。"),
    405: ("request.method_not_allowed", "这个地址不支持该请求方法。"),
    408: ("request.too_slow", "请求内容未能及时送达，请检查网络后重试。"),
    413: ("request.too_large", "发送的内容超过允许的大小。"),
}

_FIELD_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    basis: str | None = None,
    headers: Mapping[str, str] | None = None,
    details: Mapping[str, object] | None = None,
) -> Response:
    """问题应答: one shape for every error."""
    content: dict[str, Any] = {
        "type": f"urn:shixian:problem:{code}",
        "title": TITLES[status],
        "status": status,
        "detail": detail,
        "code": code,
    }
    if basis is not None:
        content["basis"] = basis
    content |= {name: value for name, value in (details or {}).items() if name not in content}
    return Response(
        msgspec.json.encode(content), status_code=status, media_type=MEDIA, headers=dict(headers or {})
    )


def answer(refused: Refused) -> Response:
    """拒绝应答: the answer to a refusal of any kind."""
    status = next(STATUS[kind] for kind in type(refused).__mro__ if kind in STATUS)
    headers: dict[str, str] = {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status in {429, 503}:
        headers["Retry-After"] = str(refused.details.get("retry_after", 1))
    return problem(
        status, refused.code, refused.message, basis=refused.basis, headers=headers, details=refused.details
    )


BROKEN = ("server.failed", "系统出现故障，请稍后重试；如仍不能办理，请联系管理员。")
"""系统故障: code and words of what was never expected; the log has the place."""


def malformed(errors: Sequence[Mapping[str, Any]]) -> Response:
    """填写有误: the fields that are wrong and why, in Chinese."""
    fields = [{"field": _field(one["loc"]), "message": wording.of(one)} for one in errors[:50]]
    detail = "；".join(f"{one['field']}：{one['message']}" for one in fields[:5]) or "请求格式有误"
    return problem(422, "request.malformed", detail + "。", details={"fields": fields})


def _field(loc: Sequence[int | str]) -> str:
    """Where the fault is; a name that no form of ours could have is not repeated."""
    shown = [str(one) if _FIELD_NAME.fullmatch(str(one)) else "未知字段" for one in loc]
    if len(shown) > 1 and shown[0] in {"body", "query", "path", "header"}:
        shown = shown[1:]
    return ".".join(shown) or "body"


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """问题应答声明: what a route declares besides its success, so that OpenAPI tells."""
    return {
        status: {
            "description": TITLES[status],
            "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


def shared(paths: dict[str, Any]) -> dict[str, Any]:
    """共用的问题应答: told once each; the operations refer to them."""
    found: dict[str, Any] = {}
    operations = [operation for methods in paths.values() for operation in methods.values()]
    for told in (operation["responses"] for operation in operations):
        for status in [one for one in told if one.isdecimal() and int(one) >= 400]:
            found[status] = responses(int(status))[int(status)]
            told[status] = {"$ref": f"#/components/responses/{status}"}
    return dict(sorted(found.items()))


READS = responses(401, 403, 404, 422, 429, 503)
"""问题应答: what any read may answer besides its success."""

WRITES = responses(401, 403, 404, 409, 412, 413, 422, 429, 503)
"""问题应答: what any command may answer besides its success."""

PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "type": "object",
    "description": "问题应答（RFC 9457）",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "basis": {"type": "string"},
    },
}


def install(app: FastAPI) -> None:
    """安装: the handlers for refusals, malformed requests, and a database that is away."""

    @app.exception_handler(Refused)
    async def on_refused(_: Request, refused: Refused) -> Response:
        return answer(refused)

    @app.exception_handler(RequestValidationError)
    async def on_malformed(request: Request, error: RequestValidationError) -> Response:
        reason = request.scope.get("shixian.malformed")
        if reason is not None:
            return problem(422, "request.malformed", reason)
        return malformed(error.errors())

    @app.exception_handler(HTTPException)
    async def on_http(_: Request, error: HTTPException) -> Response:
        return problem(*said(error), headers=error.headers)

    async def on_away(_: Request, error: Exception) -> Response:
        return answer(away(error))

    for kind in AWAY:
        app.add_exception_handler(kind, on_away)


def said(error: HTTPException) -> tuple[int, str, str]:
    """框架的拒绝: what the framework refuses by itself, as status, code and words."""
    status = error.status_code if error.status_code in TITLES else 400
    if status == 400:  # the framework could not read the body
        return 422, "request.malformed", "请求内容无法读取。"
    return status, *_BY_STATUS.get(status, ("request.refused", "请求被拒绝。"))


def away(error: Exception) -> Busy:
    """数据库不可用: logged, and said."""
    log.warning("database.away", error=type(error).__name__)
    return Busy("database.away", "数据库暂时不可用，请稍后重试。")

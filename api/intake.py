"""请求入口: what happens to every request before any route sees it – note, limit, well-formedness, last resort.

No answer begins before the request has been received, within bounds: a plain client reads only once it has sent all,
and a connection that is closed on what it still sends takes the answer with it.

Malformed JSON does not end the request here: it is handed on as plain bytes, so that who isn't signed in learns
only that, and everybody else gets 422 with the reason from `errors`.
"""

import asyncio
import json
from collections.abc import Iterable
from contextlib import suppress
from time import perf_counter
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import pace
from api.console import faults
from api.errors import BROKEN, TooLarge, TooSlow, answer, problem
from api.logs import begin, place
from api.pace import Pace

JSON_LIMIT = 1024 * 1024
FILE_LIMITS = {
    "/v1/imports": 32 * 1024 * 1024,
    "/console/imports": 32 * 1024 * 1024,
    "/v1/attachments": 21 * 1024 * 1024,
}
"""Where forms with files are taken in; a form is a little larger than its file."""
DEEPEST = 32
DRAINED = 64 * 1024 * 1024
PATIENCE = 5.0
"""Bytes and seconds after which what is left of a request's body is no longer received."""

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""安全标头: other sites learn nothing of where a reader came from. Our own pages do: without a referrer a browser
sends the origin "null" with a form over plain http, and nothing tells such a form from another site's.
"""

ALWAYS = [(name.lower().encode(), value.encode()) for name, value in SECURITY.items()]
"""The same as they are sent."""

DOCS = {
    "/docs": "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}
"""The interactive description of the API has a script in its page; it too loads nothing from elsewhere."""

log = structlog.get_logger("api")


class Watch:
    """值守 — one log line a request, the security headers, and an answer even when something breaks."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        note, started, status, body = begin(), perf_counter(), 0, Body(scope, receive)

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                given = {name for name, _ in headers.raw}
                headers.raw.extend(one for one in ALWAYS if one[0] not in given)
                if scope["path"] in DOCS:
                    headers.setdefault("Content-Security-Policy", DOCS[scope["path"]])
                if status == 408 or not await body.drained():
                    headers["Connection"] = "close"
            await send(message)

        try:
            await self.app(scope, body.receive, watched)
        except Exception as error:
            log.error("request.failed", error=type(error).__name__, at=place(error))
            if status == 0:
                await _broken(scope)(scope, body.receive, watched)
        route = getattr(scope.get("route"), "path", None)
        milliseconds = round((perf_counter() - started) * 1000, 1)
        log.info("request.done", method=scope["method"], route=route, status=status, ms=milliseconds, **note)


def _broken(scope: Scope) -> Response:
    """As a page where a page was asked for; as a problem where even that can't be made."""
    if faults.is_page(scope):
        with suppress(Exception):
            return faults.fault(scope, 500, *BROKEN)
    return problem(500, *BROKEN)


class Body:
    """请求内容 — what a client sends, and what is left of it when the answer is ready."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        self._begun = self._ended = False
        self._announced = _announced(scope)
        self._asks_first = Headers(scope=scope).get("expect", "").lower() == "100-continue"

    async def receive(self) -> Message:
        """接收: the next piece."""
        self._begun = True
        message = await self._receive()
        self._ended = not message.get("more_body", False)
        return message

    async def drained(self) -> bool:
        """收完: receives the rest and forgets it; False if there is more of it than that, or it comes too slowly.

        A client that asks before it sends is not asked to send, and one that announces too much is not waited for.
        """
        if not self._ended and self._announced <= DRAINED and (self._begun or not self._asks_first):
            left = DRAINED
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    while not self._ended and left > 0:
                        left -= len((await self.receive()).get("body", b""))
        return self._ended


class Intake:
    """收件 — refuses what is too large or comes too slowly, and marks what is no well-formed JSON."""

    def __init__(self, app: ASGIApp, patience: float = pace.PATIENCE, rate: float = pace.RATE) -> None:
        self.app = app
        self.patience, self.rate = patience, rate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if not _is_text(unquote_to_bytes(scope["query_string"])):
            await problem(422, "request.malformed", "查询参数含有不可用的字符。")(scope, receive, send)
            return
        if "\x00" in scope["path"]:
            await problem(404, "request.no_such_address", "没有这个地址。")(scope, receive, send)
            return
        limit = FILE_LIMITS.get(scope["path"], JSON_LIMIT)
        if _announced(scope) > limit:
            await answer(_too_large(limit))(scope, receive, send)
        elif scope["path"] in FILE_LIMITS:
            timed = Pace(receive, self.patience, self.rate)
            await self.app(scope, _counted(timed, limit), send)
        else:
            await self._json(scope, receive, send)

    async def _json(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, timed = bytearray(), Pace(receive, self.patience)
        while True:
            try:
                message = await timed.receive()
            except TimeoutError:
                await answer(_too_slow())(scope, receive, send)
                return
            if message["type"] != "http.request":
                return  # the client went away
            body += message.get("body", b"")
            if len(body) > JSON_LIMIT:
                await answer(_too_large(JSON_LIMIT))(scope, receive, send)
                return
            if not message.get("more_body", False):
                break
        if body and "json" in Headers(scope=scope).get("content-type", "").lower():
            sent, fault = _read(bytes(body))
            if fault is None:
                scope["shixian.sent"] = sent
            else:
                scope["headers"] = _as_bytes(scope["headers"])
                scope["shixian.malformed"] = fault
        await self.app(scope, _replayed(bytes(body), receive), send)


def _is_text(given: bytes) -> bool:
    try:
        return "\x00" not in given.decode("utf-8")
    except UnicodeDecodeError:
        return False


def _announced(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "0")
    return int(length) if length.isascii() and length.isdecimal() and len(length) < 16 else 0


def _too_large(limit: int) -> TooLarge:
    return TooLarge("request.too_large", f"发送的内容超过{limit // 1024 // 1024} MiB，不能接收。")


def _too_slow() -> TooSlow:
    return TooSlow("request.too_slow", "请求内容未能及时送达，请检查网络后重试。")


def _counted(timed: Pace, limit: int) -> Receive:
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        try:
            message = await timed.receive()
        except TimeoutError:
            raise HTTPException(408) from None
        taken += len(message.get("body", b""))
        if taken > limit:
            raise HTTPException(413)
        return message

    return counted


def _replayed(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed


def _as_bytes(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    kept = [(name, value) for name, value in headers if name != b"content-type"]
    return [*kept, (b"content-type", b"application/octet-stream")]


def _read(body: bytes) -> tuple[Any, str | None]:
    """读入: what was sent, or why it is not JSON as this service takes it."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None, "请求内容不是 UTF-8 编码。"
    try:
        value = json.loads(text, object_pairs_hook=_no_twins, parse_constant=_no_constant)
        return value, None if _depth(value) <= DEEPEST else "请求内容嵌套过深。"
    except _Twins:
        return None, "请求内容中有重复的字段。"
    except RecursionError:
        return None, "请求内容嵌套过深。"
    except ValueError:
        return None, "请求内容不是有效的 JSON。"


class _Twins(ValueError):
    """重复字段 — a name stands twice in one object; which of the two was meant is anybody's guess."""


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Twins
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _depth(value: Any) -> int:
    deepest, level = 0, [value]
    while level:
        level = [
            inner
            for one in level
            if isinstance(one, (dict, list))
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        deepest += 1
    return deepest

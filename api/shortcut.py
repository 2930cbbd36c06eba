"""近路: a well-formed command on a case goes straight to where it is decided, past the framework's search and assembly.

Two thirds of such a request's time went into finding its route among two hundred, solving its dependencies anew and
checking the shape of our own answer. What this way promises is the same, and is said by the same functions; and
whatever isn't plainly well-formed – a strange header, another media type, a field that isn't right – is handed on
untouched to the framework's own route, which says what is wrong with it (docs/decisions/0023-batched-decisions.md).
"""

import re
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

import msgspec
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.acting import IF_MATCH, KEY, LONGEST_KEY, Conditions, Way, conditions_of, perform
from api.bodies import ID, Form
from api.errors import AWAY, answer, away
from api.identity import bearer, token_of
from domain.errors import Refused

SENT = "shixian.sent"
"""Where the intake leaves what was sent, read already."""

_ID, _IF_MATCH, _KEY = re.compile(ID), re.compile(IF_MATCH), re.compile(KEY)


class WellFormed(NamedTuple):
    """合格的请求 — what it asks for; whether it may is judged later."""

    way: Way
    id: UUID
    body: Form
    conditions: Conditions


class Shortcut:
    """近路 — for the commands of these ways; everything else goes on to the framework."""

    def __init__(self, app: ASGIApp, ways: Mapping[tuple[str, str], Way]) -> None:
        self.app = app
        self._ways = ways

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = self._well_formed(scope) if scope["type"] == "http" and SENT in scope else None
        if asked is None:
            await self.app(scope, receive, send)
            return
        scope["route"] = asked.way.route
        try:
            response = await _answered(Request(scope, receive), asked)
        except Refused as refused:
            response = answer(refused)
        except AWAY as error:
            response = answer(away(error))
        await response(scope, receive, send)

    def _well_formed(self, scope: Scope) -> WellFormed | None:
        before, _, slug = scope["path"].rpartition("/")
        prefix, _, id = before.rpartition("/")
        way = self._ways.get((prefix, slug))
        if way is None or scope["method"] != "POST" or scope.get("root_path") or not _ID.fullmatch(id):
            return None
        conditions = _conditions(scope["headers"])
        if conditions is None:
            return None
        try:
            return WellFormed(way, UUID(id), way.form.model_validate(scope[SENT]), conditions)
        except ValidationError:
            return None


def _conditions(headers: list[tuple[bytes, bytes]]) -> Conditions | None:
    """The two conditions of a command that is sent as JSON; None where a header is other than usual."""
    given: dict[bytes, str] = {}
    for name, value in headers:
        if name in {b"if-match", b"idempotency-key", b"content-type"}:
            if name in given:
                return None
            given[name] = value.decode("latin-1")
    version, key = given.get(b"if-match"), given.get(b"idempotency-key")
    usual = (
        given.get(b"content-type", "").partition(";")[0].strip().lower() == "application/json"
        and (version is None or _IF_MATCH.search(version))
        and (key is None or (0 < len(key) <= LONGEST_KEY and _KEY.search(key)))
    )
    return conditions_of(version, key) if usual else None


async def _answered(request: Request, asked: WellFormed) -> Response:
    token = token_of(request, await bearer(request))
    done, etag = await perform(request, asked.way, asked.id, token, asked.conditions, asked.body)
    return Response(msgspec.json.encode(done), headers={"ETag": etag}, media_type="application/json")

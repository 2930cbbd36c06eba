"""案件的办理: one POST route for every command of a kind's table, and which acts are open. No rule is repeated here."""

import json
from collections.abc import Callable, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Header, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from api.bodies import Form, command_of, form_of, is_optional
from api.bootstrap import Services
from api.errors import READS, WRITES, SignedOut
from api.holders import Holder, Shown, held, present, signed_out
from api.identity import Held, Signed, in_capacity, shown_by, signed_in
from api.logs import bind
from api.together import Together
from domain.acts import Act, Receipt
from domain.cases import Kind
from domain.casework import Asked, Casework, Coming, Key
from domain.directory.fold import Directory
from domain.erasure.commands import COMMANDS as CUSTODY_COMMANDS
from domain.errors import Refused
from domain.facts import term_of

IF_MATCH = r'^(\*|(W/)?"[0-9]{1,9}")$'
KEY = "^[!-~]([ -~]*[!-~])?$"
LONGEST_KEY = 200

IfMatch = Annotated[
    str | None,
    Header(pattern=IF_MATCH, description='所依据的版本，如 "3"；已有新的记录时答 412'),
]
IdempotencyKey = Annotated[
    str | None,
    Header(min_length=1, max_length=LONGEST_KEY, pattern=KEY, description="同一键、同一内容只办一次"),
]


@dataclass(frozen=True, slots=True)
class Conditions:
    """附带条件 — the version the officer saw, and the key under which the act is done once."""

    expects: int | None
    key: str | None

    def keyed(self, path: str, form: Form) -> Key | None:
        """幂等键: the key with the digest of what was sent: method, path and content."""
        if self.key is None:
            return None
        content = json.dumps(form.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return Key(self.key, sha256(f"POST {path}\n{content}".encode()).hexdigest())


async def conditions(if_match: IfMatch = None, idempotency_key: IdempotencyKey = None) -> Conditions:
    """附带条件: from the headers If-Match and Idempotency-Key."""
    return conditions_of(if_match, idempotency_key)


def conditions_of(if_match: str | None, idempotency_key: str | None) -> Conditions:
    """附带条件: from what the two headers say, which is well-formed."""
    expects = None if if_match in {None, "*"} else int(str(if_match).removeprefix("W/").strip('"'))
    return Conditions(expects, idempotency_key)


Conditioned = Annotated[Conditions, Depends(conditions)]


class Done(BaseModel):
    """办理结果 — the case, its version, the position in the log, and the events made."""

    id: UUID
    version: int
    position: int
    events: list[str]


class ActShown(BaseModel):
    """操作 — whether an act is open to the officer now, and if not, why."""

    act: str
    term: str
    open: bool
    code: str | None = None
    reason: str | None = None
    basis: str | None = None


class Acts(BaseModel):
    """可办操作 — every act of the table, for this case, officer and moment."""

    id: UUID
    version: int
    stage: str
    items: list[ActShown]


def done(receipt: Receipt, response: Response) -> dict[str, Any]:
    """办理结果: the body and the ETag of what a command did."""
    bind(position=receipt.position)
    response.headers["ETag"] = f'"{receipt.version}"'
    return {
        "id": receipt.id,
        "version": receipt.version,
        "position": receipt.position,
        "events": list(receipt.events),
        **dict(receipt.extra),
    }


@dataclass(frozen=True, slots=True)
class Way:
    """去处 — a command of a kind of case, its form, and the route it has in the interface's description."""

    kind: Kind
    prefix: str
    slug: str
    form: type[Form]
    route: BaseRoute


CUSTODY = tuple(CUSTODY_COMMANDS.values())

WAYS: dict[tuple[str, str], Way] = {}
"""每项操作的去处: by the address before the case's id and the name behind it."""


class Errand(NamedTuple):
    """来办的事 — what whoever sent the request asks, once it is known who that is."""

    request: Request
    shown: Shown
    asks: Callable[[Act], Asked]
    case: UUID
    key: Key | None
    context: Context

    def coming(self, services: Services, holder: Holder) -> Coming:
        """来办: by whom, the directory says on which it is decided."""

        def asks(directory: Directory) -> Asked:
            here = present(holder, directory)
            return self.asks(self.context.run(in_capacity, self.request, services, here))

        return Coming(self.case, self.key, asks)


def deal(
    services: Services, errands: Sequence[Asked | Errand], storing: Callable[[], object]
) -> Sequence[Receipt | Exception]:
    """受理: who comes is looked up for all at once; what they ask goes the same way as what is asked by who is known."""
    unknown = [one for one in errands if isinstance(one, Errand)]
    holders = iter(held(services, [one.shown for one in unknown])) if unknown else iter(())
    found = [one if isinstance(one, Asked) else _coming(one, next(holders), services) for one in errands]
    asked = [one for one in found if not isinstance(one, SignedOut)]
    outcomes = iter(services.casework.handle_many(asked, storing))
    return [one if isinstance(one, SignedOut) else next(outcomes) for one in found]


def _coming(errand: Errand, holder: Holder | None, services: Services) -> Coming | SignedOut:
    return signed_out() if holder is None else errand.coming(services, holder)


async def perform(
    request: Request, way: Way, id: UUID, who: Act | str | None, sent: Conditions, body: Form
) -> tuple[dict[str, Any], str]:
    """办理: together with what others do at the same moment; what is answered, and the version's mark.

    Whose session or token it is that was sent, is found out along with it.
    """
    bind(**{way.kind.name: id}, command=way.slug)
    key = sent.keyed(f"{way.prefix}/{id}/{way.slug}", body)
    command, services = command_of(body), request.app.state.services

    def asks(act: Act) -> Asked:
        return Asked(id, command, act, way.kind, sent.expects, key)

    if isinstance(command, CUSTODY):
        act = who if isinstance(who, Act) else await signed_in(request, services, who)
        receipt = await run_in_threadpool(_by_itself, services.casework, asks(act))
    else:
        door: Together[Asked | Errand, Receipt] = request.app.state.acting
        if isinstance(who, Act):
            receipt = await door.ask(asks(who))
        else:
            receipt = await door.ask(Errand(request, shown_by(request, who), asks, id, key, copy_context()))
    bind(position=receipt.position)
    told = {"id": id, "version": receipt.version, "position": receipt.position, "events": receipt.events}
    return told, f'"{receipt.version}"'


def _by_itself(casework: Casework, asked: Asked) -> Receipt:
    """单独办理: what looks through other files or waits for the file of the keys keeps nobody else waiting."""
    id, command, act, kind, expects, key = asked
    return casework.handle(id, command, act, kind=kind, expects=expects, key=key)


def body_of(form: type[Form]) -> Any:
    """A form without required fields may be left out altogether."""
    return Annotated[form, Body(default_factory=form) if is_optional(form) else Body()]


def add_acts(router: APIRouter, kind: Kind, prefix: str = "") -> None:
    """加入操作: a route for every command of the kind, and the one that tells which are open.

    `prefix` begins the operation ids of kinds whose slugs another kind has too.
    """
    for slug, command in kind.commands.items():
        _add_act(router, kind, slug, command, prefix)
    _add_list(router, kind, prefix)


def _add_act(router: APIRouter, kind: Kind, slug: str, command: type, prefix: str) -> None:
    form = form_of(command)

    async def act_on(
        id: UUID, request: Request, act: Signed, sent: Conditioned, response: Response, body: Any
    ) -> Any:
        told, response.headers["ETag"] = await perform(request, way, id, act, sent, body)
        return told

    act_on.__annotations__["body"] = body_of(form)
    router.post(
        f"/{{id}}/{slug}",
        response_model=Done,
        responses=WRITES,
        summary=term_of(command),
        description=command.__doc__,
        operation_id=f"{prefix}{slug}",
    )(act_on)
    way = WAYS[router.prefix, slug] = Way(kind, router.prefix, slug, form, router.routes[-1])


def _add_list(router: APIRouter, kind: Kind, prefix: str) -> None:
    @router.get(
        "/{id}/acts",
        summary="可办操作",
        response_model=Acts,
        response_model_exclude_none=True,
        responses=READS,
        operation_id=f"{prefix}acts",
    )
    def acts(id: UUID, services: Held, act: Signed, response: Response) -> Any:
        """可办操作: 每项操作当前能否办理，不能办理的说明理由和依据."""
        bind(**{kind.name: id})
        _, situation = services.casework.situation(id, act, kind)
        version = len(situation.history)
        response.headers["ETag"] = f'"{version}"'
        items = [
            _shown(slug, command, kind.refusal(situation, slug)) for slug, command in kind.commands.items()
        ]
        stage = kind.project(situation.history).stage.value
        return Acts(id=id, version=version, stage=stage, items=items)


def _shown(slug: str, command: type, closed: Refused | None) -> ActShown:
    shown = ActShown(act=slug, term=term_of(command), open=closed is None)
    if closed is None:
        return shown
    return shown.model_copy(update={"code": closed.code, "reason": closed.message, "basis": closed.basis})

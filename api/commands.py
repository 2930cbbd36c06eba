"""信访事项的办理: one POST route for every command of the table, and which acts are open. No rule is repeated here."""

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Header, Response
from pydantic import BaseModel

from api.bodies import Form, command_of, form_of, is_optional
from api.errors import READS, WRITES
from api.identity import Held, Signed
from api.logs import bind
from domain.acts import Receipt
from domain.casework import Key
from domain.facts import term_of
from domain.petition.commands import Register
from domain.petition.petition import COMMANDS
from domain.petition.situation import refusal

router = APIRouter(prefix="/v1/petitions", tags=["信访事项办理"])

IfMatch = Annotated[
    str | None,
    Header(pattern=r'^(\*|(W/)?"[0-9]{1,9}")$', description='所依据的版本，如 "3"；已有新的记录时答 412'),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1, max_length=200, pattern="^[!-~]([ -~]*[!-~])?$", description="同一键、同一内容只办一次"
    ),
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


def conditions(if_match: IfMatch = None, idempotency_key: IdempotencyKey = None) -> Conditions:
    """附带条件: from the headers If-Match and Idempotency-Key."""
    expects = None if if_match in {None, "*"} else int(str(if_match).removeprefix("W/").strip('"'))
    return Conditions(expects, idempotency_key)


Conditioned = Annotated[Conditions, Depends(conditions)]


class Done(BaseModel):
    """办理结果 — the case, its version, the position in the log, and the events made."""

    id: UUID
    version: int
    position: int
    events: list[str]


class Entered(Done):
    """登记结果 — with the petition's number and the petitioner's query code."""

    number: str
    query_code: str


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


def _body(form: type[Form]) -> Any:
    """A form without required fields may be left out altogether."""
    return Annotated[form, Body(default_factory=form) if is_optional(form) else Body()]


def _add_register() -> None:
    form = form_of(Register)

    def register(services: Held, act: Signed, sent: Conditioned, response: Response, body: Any) -> Any:
        bind(command="register")
        key = sent.keyed("/v1/petitions", body)
        receipt = services.casework.register(command_of(body), act, key=key)
        bind(petition=receipt.id)
        return done(receipt, response)

    register.__annotations__["body"] = _body(form)
    router.post(
        "", status_code=201, response_model=Entered, responses=WRITES, summary="登记", operation_id="register"
    )(register)


def _add_act(slug: str, command: type) -> None:
    form = form_of(command)

    def perform(
        id: UUID, services: Held, act: Signed, sent: Conditioned, response: Response, body: Any
    ) -> Any:
        bind(petition=id, command=slug)
        key = sent.keyed(f"/v1/petitions/{id}/{slug}", body)
        receipt = services.casework.handle(id, command_of(body), act, expects=sent.expects, key=key)
        return done(receipt, response)

    perform.__annotations__["body"] = _body(form)
    router.post(
        f"/{{id}}/{slug}",
        response_model=Done,
        responses=WRITES,
        summary=term_of(command),
        description=command.__doc__,
        operation_id=slug,
    )(perform)


_add_register()
for _slug, _command in COMMANDS.items():
    _add_act(_slug, _command)


@router.get(
    "/{id}/acts", summary="可办操作", response_model=Acts, response_model_exclude_none=True, responses=READS
)
def acts(id: UUID, services: Held, act: Signed, response: Response) -> Any:
    """可办操作: 每项操作当前能否办理，不能办理的说明理由和依据."""
    bind(petition=id)
    situation = services.casework.situation(id, act)
    response.headers["ETag"] = f'"{len(situation.history)}"'
    items = []
    for slug, command in COMMANDS.items():
        closed = refusal(situation, slug)
        shown = ActShown(act=slug, term=term_of(command), open=closed is None)
        if closed is not None:
            shown = shown.model_copy(
                update={"code": closed.code, "reason": closed.message, "basis": closed.basis}
            )
        items.append(shown)
    return Acts(id=id, version=len(situation.history), stage=situation.petition.stage.value, items=items)

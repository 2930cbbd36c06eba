"""日志封存: signed heads of the log, consistency between any two, heads kept for other offices, and where ours are sent."""

from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Query
from psycopg import Connection
from psycopg.errors import UniqueViolation
from pydantic import Field

from api import paging, seal_shapes
from api.bodies import Form, Short
from api.errors import READS, WRITES
from api.identity import Held, Signed
from api.paging import USUAL, Cursor, Limit
from domain.acts import Act
from domain.errors import Busy, Invalid, NotYours, Unknown
from eventstore import heads, merkle, seal_keys, seal_status, sealed_tree, witnessed
from eventstore.heads import Head
from eventstore.sealed_tree import SealedTree

router = APIRouter(prefix="/v1/seals", tags=["日志封存"])
log = structlog.get_logger("seal")

KEEPERS = frozenset({"admin", "inspector", "auditor"})
"""Posts that keep other offices' heads and see how sealing goes."""
Size = Annotated[int, Query(ge=1, le=2**63 - 1)]


class WrittenHead(Form):
    """封存头 — as it is published."""

    origin: Short
    size: Annotated[int, Field(ge=1, lt=2**63)]
    root: Short
    position: Annotated[int, Field(ge=1, lt=2**63)]
    sealed_at: Short
    key: Short
    signature: Short


class WitnessForm(Form):
    """送存封存头 — another office's head, its public key, and if there is one the proof that it extends an earlier one."""

    head: WrittenHead
    public_key: Short
    previous_size: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    consistency: Annotated[list[Short], Field(default_factory=list, max_length=128)]


def keeper(act: Act) -> None:
    """保管人员: raises NotYours for everybody else."""
    if act.role not in KEEPERS:
        raise NotYours("seal.not_yours", "外机关的封存头由系统管理员、督查员和审计人员保管。")


def known_head(connection: Connection[Any], size: int) -> Head:
    """某规模的封存头. Raises Unknown."""
    head = sealed_tree.head_at(connection, size)
    if head is None:
        raise Unknown("seal.unknown", "没有这个封存头。")
    return head


@router.get("", summary="封存头列表", responses=READS)
def seals(services: Held, act: Signed, cursor: Cursor = None, limit: Limit = USUAL) -> dict[str, Any]:
    """Newest first, with the public keys to check them by; `status` tells how sealing goes, `restorations` how often the log was put back."""
    before = paging.place(cursor, int, 0) or None
    with services.database.transaction() as connection:
        found = sealed_tree.heads_before(connection, before, limit + 1)
        keys = seal_keys.known(connection, services.settings.keys_folder)
        status = seal_status.status(connection)
    shown = found[:limit]
    return {
        "items": [heads.to_json(one) for one in shown],
        "next_cursor": paging.encode((shown[-1].size,)) if len(found) > limit else None,
        "public_keys": seal_shapes.public_keys(keys),
        "status": seal_shapes.status(status, in_full=act.role in KEEPERS),
        "restorations": [seal_shapes.restoration(one) for one in services.casework.restorations()],
    }


@router.get("/consistency", summary="一致性证明", responses=READS)
def consistency(
    services: Held,
    _: Signed,
    older: Annotated[Size, Query(alias="from")],
    newer: Annotated[Size, Query(alias="to")],
) -> dict[str, Any]:
    """That the log under the head `to` extends the log under the head `from` (RFC 9162 §2.1.4)."""
    if older > newer:
        raise Invalid("seal.order", "from 应不大于 to。")
    with services.database.transaction() as connection:
        first, second = known_head(connection, older), known_head(connection, newer)
        path = _path(SealedTree(connection), older, newer)
    return {"from": heads.to_json(first), "to": heads.to_json(second), "path": [one.hex() for one in path]}


@router.get("/witnessed", summary="代存的外机关封存头", responses=READS)
def all_witnessed(services: Held, act: Signed, cursor: Cursor = None, limit: Limit = USUAL) -> dict[str, Any]:
    """Latest first, each with the key it was signed with."""
    keeper(act)
    before = paging.place(cursor, int, 0) or None
    with services.database.transaction() as connection:
        found = witnessed.latest(connection, before, limit + 1)
    return {
        "items": [seal_shapes.witness(one) for one in found[:limit]],
        "next_cursor": paging.encode((found[limit - 1].id,)) if len(found) > limit else None,
    }


@router.post("/witnessed", summary="送存外机关封存头", status_code=201, responses=WRITES)
def witness(services: Held, act: Signed, body: WitnessForm) -> dict[str, Any]:
    """Keeps the head for the office that signed it. `contradicts` tells that it goes against one kept before; then it is
    kept all the more."""
    keeper(act)
    try:
        head = heads.from_json(body.head.model_dump())
        public_key = bytes.fromhex(body.public_key)
        path = [bytes.fromhex(one) for one in body.consistency]
    except ValueError as error:
        raise Invalid("seal.malformed", "不是有效的封存头。") from error
    if not heads.is_signed_by(head, public_key):
        raise Invalid("seal.bad_signature", "封存头的签名与所附公钥不符。")
    with services.database.transaction() as connection:
        try:
            verdict = witnessed.keep(
                connection, head, public_key, body.previous_size, path, at=services.clock(), by=act.by
            )
        except UniqueViolation as error:
            raise Busy("seal.at_once", "同一封存头正在送存，请稍后重试。") from error
    if verdict.contradicts:
        log.error("seal.contradicted", origin=head.origin, size=head.size)
    return {"head": heads.to_json(head), "extends": verdict.extends, "contradicts": verdict.contradicts}


@router.get("/{size}", summary="封存头", responses=READS)
def seal(services: Held, _: Signed, size: int) -> dict[str, Any]:
    """One head, and the key to check it by."""
    with services.database.transaction() as connection:
        head = known_head(connection, size) if 0 < size < 2**63 else None
        keys = seal_keys.known(connection, services.settings.keys_folder)
    if head is None:
        raise Unknown("seal.unknown", "没有这个封存头。")
    return {"head": heads.to_json(head), "public_key": seal_shapes.key_of(keys, head)}


def _path(tree: SealedTree, older: int, newer: int) -> list[bytes]:
    try:
        return merkle.consistency(older, newer, tree.hash_of)
    except LookupError as error:
        raise Busy("seal.broken", "封存表不完整，证明暂不能出具；请管理员运行 shixian verify。") from error

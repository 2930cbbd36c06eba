"""公钥表: what the database says of the keys that heads are signed with – never trusted where there is a key outside."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import structlog
from psycopg import Connection
from psycopg.rows import class_row, tuple_row

from eventstore import heads, sealkey
from eventstore.differences import Finding
from eventstore.heads import Head
from eventstore.sealkey import SealKey, SealKeyUnusable

KEEP = "SELECT public.keep_seal_key(%s, %s, %b, %s)"

log = structlog.get_logger("seal")


class KeyRow(NamedTuple):
    """公钥行 — as it is stored."""

    id: str
    origin: str
    public_key: bytes


def rows(connection: Connection[Any]) -> list[KeyRow]:
    """公钥行: oldest first."""
    with connection.cursor(row_factory=class_row(KeyRow), binary=True) as cursor:
        return list(cursor.execute("SELECT id, origin, public_key FROM seal_keys ORDER BY at, id"))


def told(connection: Connection[Any]) -> dict[str, bytes]:
    """库内公钥: by id, as the database tells them; whoever trusts nobody compares with the key outside."""
    return {heads.key_id(one.public_key): one.public_key for one in rows(connection)}


def known(connection: Connection[Any], folder: Path) -> dict[str, bytes]:
    """公钥: by id, from the key outside; what the database says only on a host that lacks the key."""
    try:
        own = sealkey.load(folder)
    except SealKeyUnusable:
        own = None
    return {own.id: own.public} if own is not None else told(connection)


def keep(connection: Connection[Any], key: SealKey, at: datetime, *, signed: bool) -> bool:
    """留存公钥: puts the row of this key there if it lacks, loudly if heads are `signed` with it; whether the table then
    holds this key as it is and no other."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(KEEP, (key.id, key.origin, key.public, at)).fetchone()
    if signed and row == (True,):
        log.error("seal.key_restored", key=key.id)
    return rows(connection) == [KeyRow(key.id, key.origin, key.public)]


def findings(
    stored: Sequence[KeyRow], signed: Sequence[Head], trusted: Mapping[str, bytes]
) -> Iterator[Finding]:
    """公钥表核对: against the keys that are trusted and the heads that are validly signed with them."""
    origins = {one.key: one.origin for one in signed}
    for row in stored:
        if heads.key_id(row.public_key) != row.id:
            yield _changed(f"密钥 {row.id} 的公钥与其标识不符")
        elif row.id not in trusted:
            yield _changed(f"密钥 {row.id} 不受信任")
        elif origins and row.id not in origins:
            yield _changed(f"密钥 {row.id} 没有签发过库内任何封存头")
        elif row.origin != origins.get(row.id, row.origin):
            yield _changed(f"密钥 {row.id} 的日志标识与其签发的封存头不符")
    for id in sorted(origins.keys() - {row.id for row in stored}):
        yield _changed(f"密钥 {id} 缺失，而库内有它签发的封存头")


def _changed(said: str) -> Finding:
    return Finding("key_changed", f"公钥表被改动：{said}")

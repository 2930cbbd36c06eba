"""取证: the head that covers a dossier, where its rows lie in the tree, and the signature of the one who hands it out."""

from collections.abc import Sequence
from typing import NamedTuple

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api import sealing
from api.bootstrap import Services
from api.dossier import forms, layout
from api.dossier.opening import Row
from domain.errors import Busy
from eventstore import heads, merkle, seal_keys, sealed_tree
from eventstore.heads import Head
from eventstore.leaves import Leaf
from eventstore.sealed_tree import SealedTree
from eventstore.sealing import Broken
from eventstore.sealkey import SealKey, SealKeyUnusable, load

ROUNDS = 64
"""Rounds of sealing that a dossier waits for at most: so many batches of facts were stored just now."""
_UNSEALED = "日志尚未封存到本件的最后一个事件，案卷暂不能制作，请稍后重试；长时间如此的，请管理员运行 shixian verify。"
_BROKEN = "日志封存已经中断，案卷不能制作，请管理员运行 shixian verify 查明。"

log = structlog.get_logger("dossier")


class Proven(NamedTuple):
    """证明 — the head, the key it is signed with, and the proof of each row."""

    head: Head
    public_key: bytes
    proofs: list[forms.Proof]


def proven(services: Services, rows: Sequence[Row]) -> Proven:
    """取证: of rows that are stored; what isn't sealed yet is sealed now. Raises Busy."""
    last = max(row.position for row in rows)
    head = _sealed(services, last)
    with services.database.transaction() as connection:
        tree = SealedTree(connection)
        places = tree.places([row.position for row in rows])
        keys = seal_keys.known(connection, services.settings.keys_folder)
        if head.key not in keys:
            raise _broken("head_forged")
        found = []
        for row in rows:
            place = places.get(row.position)
            own = Leaf(row.position, row.originator_id, row.version, row.stored_at, row.topic, row.state)
            if place is None or tree.hash_of(0, place.leaf) != own.hash():
                raise _broken("log_changed")
            found.append(
                forms.Proof(
                    originator_id=row.originator_id,
                    version=row.version,
                    position=row.position,
                    leaf_index=place.leaf,
                    leaf_hash=own.hash().hex(),
                    path=[one.hex() for one in merkle.inclusion(place.leaf, head.size, tree.hash_of)],
                )
            )
    return Proven(head, keys[head.key], found)


def _sealed(services: Services, position: int) -> Head:
    """封存到此: the newest head once it covers the position."""
    sealer = sealing.of(services)
    for _ in range(ROUNDS):
        with services.database.connection() as connection:
            head = sealed_tree.last_head(connection)
        if head is not None and head.position >= position:
            return head
        try:
            sealer.step()
        except Broken as broken:
            raise _broken(broken.code) from broken
    raise Busy("dossier.not_sealed_yet", _UNSEALED, retry_after=5)


def _broken(code: str) -> Busy:
    log.error("dossier.sealing_broken", code=code)
    return Busy("dossier.sealing_broken", _BROKEN, retry_after=3600)


def signing_key(services: Services) -> SealKey:
    """签名密钥: the one that heads are signed with. Raises Busy where this process hasn't got it."""
    try:
        key = load(services.settings.keys_folder)
    except SealKeyUnusable:
        key = None
    if key is None:
        raise _broken("key_missing")
    return key


def signature(key: SealKey, manifest: bytes) -> bytes:
    """目录签名: the file beside the manifest."""
    digest = layout.digest(manifest)
    signed = key.private.sign(layout.SIGNED.format(digest).encode())
    return layout.written(
        {"algorithm": "Ed25519", "key": key.id, "manifest_sha256": digest, "signature": signed.hex()}
    )


def head_file(head: Head) -> bytes:
    """封存头文件."""
    return layout.written(heads.to_json(head))


def public_key_file(public_key: bytes) -> bytes:
    """公钥文件: in PEM, as every tool reads it."""
    key = Ed25519PublicKey.from_public_bytes(public_key)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

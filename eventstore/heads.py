"""封存头: signed statements of what the whole log was at a size. Ed25519 over a text that people can read."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

TITLE = "shixian.seal.1"


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """封存头 — so many facts, up to this position, have this root; said by the holder of the key at that instant."""

    origin: str
    """日志标识: which log it is about; made once, with the signing key."""
    size: int
    root: bytes
    position: int
    """末位: the position of the last fact in it."""
    sealed_at: datetime
    key: str
    """密钥标识: of the public key, its first sixteen hexadecimal digits of SHA-256."""
    signature: bytes = b""


def text(head: Head) -> str:
    """签名正文: what is signed – every field on a line of its own."""
    lines = (
        TITLE, head.origin, head.size, head.root.hex(), head.position, stamp(head.sealed_at), head.key,
    )  # fmt: skip
    return "".join(f"{one}\n" for one in lines)


def sign(head: Head, key: Ed25519PrivateKey) -> Head:
    """签名: the head under this key, whose id it then bears."""
    named = msgspec.structs.replace(head, key=key_id(key.public_key().public_bytes_raw()))
    return msgspec.structs.replace(named, signature=key.sign(text(named).encode()))


def is_signed_by(head: Head, public_key: bytes) -> bool:
    """签名是否有效: whether the holder of this key signed just this."""
    if head.key != key_id(public_key):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(head.signature, text(head).encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def key_id(public_key: bytes) -> str:
    """密钥标识."""
    return sha256(public_key).hexdigest()[:16]


def stamp(at: datetime) -> str:
    """时刻: in UTC, always with six decimals."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def to_json(head: Head) -> dict[str, Any]:
    """JSON 形式: hashes and signature in hexadecimal."""
    return {
        "origin": head.origin,
        "size": head.size,
        "root": head.root.hex(),
        "position": head.position,
        "sealed_at": stamp(head.sealed_at),
        "key": head.key,
        "signature": head.signature.hex(),
    }


def from_json(given: object) -> Head:
    """由 JSON 得封存头. Raises ValueError for anything that isn't one."""
    read = msgspec.convert(given, Written)
    if "\n" in read.origin or "\n" in read.key:
        raise ValueError("a line break in a head")
    return Head(
        origin=read.origin,
        size=read.size,
        root=bytes.fromhex(read.root),
        position=read.position,
        sealed_at=read.sealed_at,
        key=read.key,
        signature=bytes.fromhex(read.signature),
    )


class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """写成 JSON 的封存头 — the types of its fields."""

    origin: str
    size: int
    root: str
    position: int
    sealed_at: datetime
    key: str
    signature: str

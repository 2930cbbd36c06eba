"""启封: what a stored state says with the keys that are at hand, and what of it stays closed.

Whoever makes a dossier has the office's keys, whoever checks one those that it encloses; both open a state here.
"""

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag

from eventstore.ciphers import opener
from eventstore.envelope import PERSON, REST, Blob, Tampered, blobs, plain_part

SecretOf = Callable[[Blob], bytes | None]
"""The data key of a blob; None where it isn't at hand."""


class Row(NamedTuple):
    """存储行 — one row of the log, with the instant at which the database took it."""

    position: int
    originator_id: UUID
    version: int
    stored_at: int
    topic: str
    state: bytes


class Opened(NamedTuple):
    """启封结果 — the stored fields as far as they can be read, and the field and subject of each blob that can't."""

    fields: dict[str, Any]
    closed: list[tuple[str, str]]


def key_id(blob: Blob) -> str:
    """密钥标识: of the key of a blob, by its generation and its place in the key tree."""
    return f"{blob.generation}.{blob.path.hex()}"


def opened(row: Row, secret_of: SecretOf) -> Opened:
    """启封: the row's state. Raises Tampered."""
    try:
        fields = msgspec.json.decode(plain_part(row.state), type=dict[str, Any]) if row.state else {}
    except (msgspec.DecodeError, ValueError, IndexError) as error:
        raise Tampered("the plain part is no JSON") from error
    closed: list[tuple[str, str]] = []
    people: dict[str, list[Any]] = {}
    for blob in blobs(row.state) if row.state else ():
        secret = secret_of(blob)
        if secret is None:
            closed += [(name, blob.subject) for name, _ in blob.fields]
            continue
        text = _decrypted(row, blob, secret)
        name, form = blob.fields[0]
        if form == PERSON:
            people.setdefault(name, []).append(_json(text))
        elif form == REST:
            fields[name] = {**fields.get(name, {}), **_object(b"{" + text + b"}")}
        else:
            fields.update(_object(b"{" + text + b"}"))
    for name, those in people.items():
        fields[name] = {**fields.get(name, {}), "people": those}
    return Opened(fields, closed)


def place(row: Row) -> bytes:
    """所在位置: what ties a blob to its event – the stream, the version, the topic."""
    return b"".join([row.originator_id.bytes, row.version.to_bytes(8, "big"), row.topic.encode(), b"\x00"])


def _decrypted(row: Row, blob: Blob, secret: bytes) -> bytes:
    associated = place(row) + blob.header
    try:
        return opener(blob.algorithm, secret).decrypt(blob.nonce, blob.ciphertext, associated)
    except (InvalidTag, ValueError) as error:
        raise Tampered(f"the key of {blob.subject!r} doesn't open what is stored") from error


def _json(text: bytes) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, ValueError) as error:
        raise Tampered("what was enciphered is no JSON") from error


def _object(text: bytes) -> dict[str, Any]:
    found = _json(text)
    if not isinstance(found, dict):
        raise Tampered("what was enciphered is no object")
    return found

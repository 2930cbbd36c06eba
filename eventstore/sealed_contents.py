"""密封内容: whole contents beside the log – attachments, files to be imported – under a key of their own."""

from collections.abc import Mapping
from os import urandom
from typing import Any

from cryptography.exceptions import InvalidTag

from eventstore.ciphers import KNOWN, NONCE_BYTES, TAG_BYTES
from eventstore.envelope import Tampered, cleared
from eventstore.keys import KEY, Keys, path_of


def seal(keys: Keys, owner: str, subject: str, content: bytes) -> bytes:
    """密封: key, nonce and ciphertext. Raises NotNow if the key was destroyed."""
    ring, algorithm = keys.ring(), keys.algorithm
    generation = ring.content.current
    opener = ring.opener(owner, subject, generation, algorithm)
    if opener is None:
        raise cleared()
    header = KEY.pack(algorithm, generation, path_of(owner, subject), 0)
    nonce = urandom(NONCE_BYTES)
    return b"".join([header, nonce, opener.encrypt(nonce, content, _place(owner, subject) + header)])


def nothing(keys: Keys, owner: str, subject: str) -> bytes:
    """已清除的内容: in place of one whose key was destroyed before it was sealed."""
    header = KEY.pack(keys.algorithm, keys.generation, path_of(owner, subject), 0)
    return header + bytes(NONCE_BYTES + TAG_BYTES)


def unseal(keys: Keys, owner: str, subject: str, sealed: bytes) -> bytes | None:
    """启封: None if its key was destroyed. Raises Tampered."""
    if len(sealed) < KEY.size + NONCE_BYTES:
        raise Tampered("the content is cut short")
    algorithm, generation, _, _ = KEY.unpack_from(sealed)
    if algorithm not in KNOWN:
        raise Tampered("the content names no known algorithm")
    opener = keys.ring().opener(owner, subject, generation, algorithm)
    if opener is None:
        return None
    header, at = sealed[: KEY.size], KEY.size + NONCE_BYTES
    try:
        return opener.decrypt(sealed[KEY.size : at], sealed[at:], _place(owner, subject) + header)
    except InvalidTag:
        raise Tampered("the content isn't what was stored") from None


def of_row(keys: Keys, row: Mapping[str, Any], owner: str, subject: str) -> bytes | None:
    """行中内容: `content` of a row, which is enciphered if its `sealed` says so; None if its key was destroyed."""
    stored = bytes(row["content"])
    return unseal(keys, owner, subject, stored) if row["sealed"] else stored


def _place(owner: str, subject: str) -> bytes:
    return f"{subject}\x00{owner}\x00".encode()

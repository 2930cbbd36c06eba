"""加密算法: AES-256-GCM, or SM4-GCM (GB/T 32907, RFC 8998) where an office has to use the national one. Kept libraries only.

Both take a 32-byte data key; SM4's own key of 16 bytes is drawn from it, so that no key serves two algorithms.
"""

import hmac
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

AES: Final = 1
SM4: Final = 2
NAMES: Final = {"aes": AES, "sm4": SM4}
KNOWN: Final = frozenset(NAMES.values())
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16


class Opener(Protocol):
    """加解密 — under one data key; what was tampered with raises InvalidTag."""

    def encrypt(self, nonce: bytes, data: bytes, associated: bytes) -> bytes: ...
    def decrypt(self, nonce: bytes, data: bytes, associated: bytes) -> bytes: ...


class Sm4Gcm:
    """SM4-GCM — the tag stands behind the ciphertext, as with AES-GCM."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def encrypt(self, nonce: bytes, data: bytes, associated: bytes) -> bytes:
        running = Cipher(algorithms.SM4(self._key), modes.GCM(nonce)).encryptor()
        running.authenticate_additional_data(associated)
        return running.update(data) + running.finalize() + running.tag

    def decrypt(self, nonce: bytes, data: bytes, associated: bytes) -> bytes:
        if len(data) < TAG_BYTES:
            raise InvalidTag
        running = Cipher(algorithms.SM4(self._key), modes.GCM(nonce, data[-TAG_BYTES:])).decryptor()
        running.authenticate_additional_data(associated)
        return running.update(data[:-TAG_BYTES]) + running.finalize()


def opener(algorithm: int, secret: bytes) -> Opener:
    """Of a data key. Raises ValueError for an algorithm that nobody knows."""
    if algorithm == AES:
        return AESGCM(secret)
    if algorithm == SM4:
        return Sm4Gcm(hmac.digest(secret, b"SM4-GCM", "sha256")[:16])
    raise ValueError(f"algorithm {algorithm} isn't known")

"""封存密钥: the Ed25519 key that heads are signed with, in a file of its own outside the database; made once, never replaced."""

import contextlib
import os
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from eventstore import heads

NAME = "seal.key"
TITLE = "shixian seal key 1"


class SealKeyUnusable(Exception):
    """封存密钥不可用 — the file is there and can't be read as one."""


class SealKey(NamedTuple):
    """封存密钥 — and which log it signs for."""

    origin: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        """公钥."""
        return self.private.public_key().public_bytes_raw()

    @property
    def id(self) -> str:
        """密钥标识."""
        return heads.key_id(self.public)


def load(folder: Path) -> SealKey | None:
    """读取: None if there is none. Raises SealKeyUnusable."""
    try:
        lines = (folder / NAME).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeError) as error:
        raise SealKeyUnusable(type(error).__name__) from error
    try:
        title, origin, secret = lines
        if title != TITLE or not origin:
            raise ValueError(title)
        return SealKey(origin, Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)))
    except ValueError:
        raise SealKeyUnusable("not a seal key") from None


def make(folder: Path) -> SealKey:
    """制作: for a log that has no head yet; where another process was quicker, its key. Raises SealKeyUnusable, OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = SealKey(f"shixian:{uuid4()}", Ed25519PrivateKey.generate())
    fresh = folder / f"{NAME}.{os.getpid()}"
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as written:
        written.write(f"{TITLE}\n{made.origin}\n{made.private.private_bytes_raw().hex()}\n")
        written.flush()
        os.fsync(handle)
    with contextlib.suppress(FileExistsError):
        os.link(fresh, folder / NAME)  # never over one that is there
    fresh.unlink()
    _keep_folder(folder)
    found = load(folder)
    if found is None:
        raise SealKeyUnusable("the key vanished")
    return found


def _keep_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""密钥文件: the one file that holds the key trees, outside the database: how it is written, replaced and read again.

It is replaced whole or not at all, under a lock that all processes of a machine share; what it replaced is written over
before its name is forgotten. Nobody but its owner may read it.
"""

import fcntl
import hashlib
import os
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import msgspec

from domain.errors import Busy
from eventstore.keytree import Tree, TreeDamaged

NAME = "master.keys"
MAGIC = b"shixian keys 1\n"
DIGEST_BYTES = 32
TRIES, PAUSE = 100, 0.05
"""How often, and at what distance in seconds, the lock is tried: changing the file takes a fraction of a second."""


class KeysUnusable(RuntimeError):
    """主密钥不可用: missing, damaged, another office's, or open to others; the message says what to do."""


class KeysBusy(KeysUnusable, Busy):
    """主密钥文件被占用: somebody else has held its lock for longer than any change takes. Nothing was changed."""

    def __init__(self, folder: Path) -> None:
        Busy.__init__(self, "keys.busy", f"主密钥目录 {folder} 正被其他程序占用，请稍后重试。", retry_after=5)

    def __str__(self) -> str:
        return self.message


class Header(msgspec.Struct, frozen=True):
    """文件首部 — which key store this is, its generations with their numbers of bytes, and its named secrets."""

    id: str
    generations: dict[int, int]
    named: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Content:
    """文件内容 — the trees by generation; the last one is for what is stored from now on."""

    id: str
    trees: Mapping[int, Tree]
    named: Mapping[str, bytes]

    @property
    def current(self) -> int:
        """现用代次."""
        return max(self.trees)

    def data(self) -> bytes:
        """The file's bytes."""
        sizes = {generation: len(tree.records) for generation, tree in self.trees.items()}
        header = msgspec.json.encode(Header(self.id, sizes, dict(self.named)))
        body = b"".join(
            [MAGIC, struct.pack(">I", len(header)), header, *(tree.records for tree in self.trees.values())]
        )
        return body + hashlib.sha256(body).digest()


def parse(data: bytes) -> Content:
    """What the bytes hold. Raises ValueError if they aren't whole."""
    body, digest = data[:-DIGEST_BYTES], data[-DIGEST_BYTES:]
    if not body.startswith(MAGIC) or hashlib.sha256(body).digest() != digest:
        raise ValueError("not a whole key file")
    at = len(MAGIC) + 4
    (length,) = struct.unpack_from(">I", body, len(MAGIC))
    header = msgspec.json.decode(body[at : at + length], type=Header)
    at += length
    trees: dict[int, Tree] = {}
    for generation, size in header.generations.items():
        trees[generation] = Tree(body[at : at + size])
        at += size
    return Content(header.id, trees, header.named)


def read(file: Path) -> tuple[Content, tuple[int, ...]]:
    """The content, with the stamp of the file it was read from. Raises KeysUnusable."""
    for _ in range(3):
        try:
            with file.open("rb") as opened:
                stamp = _stamp(os.fstat(opened.fileno()))
                data = opened.read()
        except FileNotFoundError:
            raise missing(file) from None
        except OSError as error:
            raise KeysUnusable(f"主密钥文件 {file} 无法读取（{error.strerror}）。") from None
        try:
            return parse(data), stamp
        except (ValueError, TreeDamaged, struct.error, msgspec.MsgspecError):
            if stamp_of(file) == stamp:
                break  # else it was replaced, and written over, while we read it
    raise KeysUnusable(f"主密钥文件 {file} 已损坏，请用该文件的备份恢复。数据未作改动。")


def missing(file: Path) -> KeysUnusable:
    """What to say where there is no file and there must be one."""
    return KeysUnusable(
        f"主密钥缺失：{file}。数据库中有用该密钥加密的内容，请将该文件（或其备份）放回原处，"
        "或用 SHIXIAN_KEYS 指明所在目录；程序不会另造新密钥。"
    )


def stamp_of(file: Path) -> tuple[int, ...] | None:
    """By what a file is known from the one that replaces it; None without a file."""
    try:
        return _stamp(file.stat())
    except OSError:
        return None


def write(file: Path, data: bytes) -> None:
    """Put the bytes in the file's place, on the disk before anybody sees them; the former ones are written over."""
    fresh = file.with_name(f"{file.name}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as written:
        written.write(data)
        written.flush()
        os.fsync(handle)
    former = os.open(file, os.O_WRONLY | os.O_CLOEXEC) if file.exists() else None
    fresh.replace(file)
    _settle(file.parent)
    if former is not None:
        with os.fdopen(former, "wb") as old:
            old.write(bytes(os.fstat(former).st_size))
            old.flush()
            os.fsync(former)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One process at a time changes what lies in the folder. Raises KeysBusy."""
    handle = os.open(folder / "keys.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not _is_locked(handle):
            raise KeysBusy(folder)
        yield
    finally:
        os.close(handle)


def _is_locked(handle: int) -> bool:
    pause = Event()
    for _ in range(TRIES):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pause.wait(PAUSE)
        else:
            return True
    return False


def private_folder(folder: Path) -> None:
    """The folder, made if it isn't there; one that others may enter is refused. Raises KeysUnusable."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise KeysUnusable(f"主密钥目录 {folder} 无法建立（{error.strerror}）。") from None
    found = folder.stat()
    if found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise KeysUnusable(f"主密钥目录 {folder} 应为本账户所有，且只准本账户进入（chmod 700）。")


def _stamp(found: os.stat_result) -> tuple[int, ...]:
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size


def _settle(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""备份目录: what lies in the folder of a backup – base copies, each with a note of what it is, and the write-ahead log.

A base copy is there once it is whole and checked: one being made lies under a name that doesn't count. Nothing here knows
the keys, which lie outside the database; without them a copy can't be read.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from eventstore.binaries import ServerError
from eventstore.places import make_home, open_private

NOTE = "backup.json"
DATA = "data"
WAL = "wal"
UNFINISHED = ".new"


class Base(msgspec.Struct, frozen=True, kw_only=True):
    """基础备份 — a whole copy of the database server's files, and what has to be known to restore it."""

    name: str
    began_at: datetime
    ended_at: datetime
    """完成时刻: by the database's clock; a moment before it can't be restored from this copy."""
    position: int
    """日志位置: of the last fact when it was done."""
    major: int
    """数据库大版本."""
    system: str
    """集簇标识: which server it is a copy of; standbys and copies have the same."""
    superuser: str
    database: str
    wal: str
    """起始预写日志: the first file of the write-ahead log that it needs."""


class Folder:
    """备份目录 — of one database; `bases` are its copies, the oldest first."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().absolute()
        self.wal = self.path / WAL

    def make(self) -> None:
        """建立: closed to others. Raises OSError."""
        fresh = not self.path.exists()
        make_home(self.path)
        if fresh:
            self.path.chmod(0o700)

    def bases(self) -> list[Base]:
        """全部基础备份."""
        found = [
            self._note(note)
            for note in sorted(self.path.glob(f"*/{NOTE}"))
            if note.parent.suffix != UNFINISHED
        ]
        return sorted(found, key=lambda base: base.ended_at)

    def data(self, base: Base) -> Path:
        """数据库文件: of a base copy."""
        return self.path / base.name / DATA

    def unfinished(self) -> list[Path]:
        """未完成的: what broken-off runs have left."""
        return [one for one in self.path.glob(f"*{UNFINISHED}") if one.is_dir()]

    def segments(self, start: str = "") -> Iterator[tuple[str, Path]]:
        """预写日志文件: by the names that the server knows them under, from one on, whatever line of history they are of."""
        for file in sorted(self.wal.iterdir()) if self.wal.exists() else ():
            name = file.name.removesuffix(".partial")
            whole = file.suffix != ".partial" or not file.with_suffix("").exists()
            if whole and (name.endswith(".history") or (len(name) == 24 and name[8:] >= start[8:])):
                yield name, file

    def goes_on(self, base: Base) -> bool:
        """是否衔接: whether the write-ahead log in the folder begins no later than the copy; else it ends with itself."""
        return any(name == base.wal for name, _ in self.segments(base.wal))

    @contextmanager
    def alone(self, what: str) -> Iterator[None]:
        """独占: one base copy at a time, one follower at a time. Raises ServerError."""
        handle = open_private(self.path / f"{what}.lock", os.O_RDWR)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise ServerError(f"{self.path} 正由另一进程使用，请等它结束或者换一个目录。") from None
        try:
            yield
        finally:
            os.close(handle)

    def _note(self, note: Path) -> Base:
        try:
            return msgspec.json.decode(note.read_bytes(), type=Base)
        except msgspec.DecodeError as error:
            raise ServerError(f"{note} 已损坏，该份备份不能使用；请将其移走。") from error

"""库外封存头: every head on a line of a file outside the database. By it a rolled-back or replaced database is found.

A line counts once its line break is there: what a crash left of one is cut off by the next writer.
"""

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from eventstore import heads
from eventstore.heads import Head
from eventstore.places import make_home

NAME = "seals.jsonl"
LONGEST = 4096
"""Bytes of a line, with much to spare."""


class Line(NamedTuple):
    """一行 — its number, and the head if it is one."""

    number: int
    head: Head | None


def read(file: Path) -> list[Line]:
    """读取: every whole line; none where there is no file. Raises OSError."""
    try:
        written = file.read_bytes()
    except FileNotFoundError:
        return []
    whole = written[: written.rfind(b"\n") + 1]
    return [Line(number, _head(line)) for number, line in enumerate(whole.splitlines(), 1)]


def unfinished(file: Path) -> bool:
    """末行是否残缺: bytes behind the last line break, which count for nothing. Raises OSError."""
    try:
        written = file.read_bytes()
    except FileNotFoundError:
        return False
    return bool(written) and not written.endswith(b"\n")


def renew(file: Path, more: Iterable[Head], aside: str) -> None:
    """重新写出: these heads and nothing else; a file that is there is kept under its name with `aside` behind. Raises OSError."""
    if file.exists():
        file.rename(file.with_name(f"{file.name}.{aside}"))
    append(file, more)


def last(file: Path) -> Line | None:
    """最后一行: number 0, for nobody counted; None where there is no file or no line. Raises OSError."""
    try:
        with file.open("rb") as opened:
            size = opened.seek(0, os.SEEK_END)
            opened.seek(max(0, size - LONGEST))
            lines = opened.read().split(b"\n")
    except FileNotFoundError:
        return None
    # behind the last line break lies nothing, or what a crash left of a line
    return Line(0, _head(lines[-2])) if len(lines) > 1 else None


def append(file: Path, more: Iterable[Head]) -> None:
    """追加: heads, on the disk when this returns; those that another process has added meanwhile are not repeated.

    Everybody may read it (0644): it names no case, and it is meant to be copied. The folder is made where there is none: beside a database that is given nobody else needs it. Raises OSError.
    """
    make_home(file.parent)
    fresh = not file.exists()
    with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644), "r+b") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        opened.seek(_end(opened.fileno()))
        opened.truncate()
        known = last(file)
        size = known.head.size if known is not None and known.head is not None else 0
        for head in more:
            if head.size > size:
                opened.write(msgspec.json.encode(heads.to_json(head)) + b"\n")
        opened.flush()
        os.fsync(opened.fileno())
    if fresh:
        handle = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _end(handle: int) -> int:
    """Where the last whole line ends."""
    size = os.fstat(handle).st_size
    start = max(0, size - LONGEST)
    tail = os.pread(handle, LONGEST, start)
    return start + tail.rfind(b"\n") + 1


def _head(line: bytes) -> Head | None:
    try:
        return heads.from_json(msgspec.json.decode(line))
    except ValueError:
        return None

"""备份: base copies of a running server, and its write-ahead log as it grows. Made with PostgreSQL's own programs.

A base copy holds the log that was written while it was made, is checked file by file before it counts, and by itself
restores to its own end. With the write-ahead log followed beside it, any moment after that end can be restored.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from threading import Event
from typing import IO, Any

import msgspec
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import tuple_row

from eventstore.binaries import Programs, ServerError
from eventstore.copies import DATA, NOTE, UNFINISHED, Base, Folder

Say = Callable[[int, int], None]
"""Hears how many kilobytes are copied, of how many."""

ABOUT = """
SELECT current_setting('server_version_num')::int / 10000, (SELECT system_identifier::text FROM pg_control_system()),
    (SELECT rolname FROM pg_catalog.pg_roles WHERE oid = 10), current_database(), clock_timestamp()
"""
NOW = "SELECT clock_timestamp(), coalesce((SELECT max(notification_id) FROM public.casework_events), 0)"
PROGRESS = re.compile(rb"(\d+)/(\d+) kB")
STARTS = re.compile(r"^START WAL LOCATION: .* \(file ([0-9A-F]{24})\)", re.MULTILINE)
RECYCLED = "has already been removed"
ELSEWHERE = "is not in this server's history"
"""What the server says that was restored to before the end of what the folder holds."""
SLOT = "slot"
COPYING, FOLLOWING = "base", "wal"
"""What one process at a time does in a folder."""
STOP_LIMIT = 15.0
ENDED_WITH_US = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 15)
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""
"""Of the programs that copy: when this process is killed, the kernel ends them, else they would go on and hold the slot."""
FAULT = re.compile(r"\b(?:error|ERROR|FATAL|PANIC):\s")


class Recycled(ServerError):
    """日志已回收 — the server no longer has what comes next, or never had it; the folder's log ends here."""


def take(dsn: str, folder: Folder, programs: Programs, say: Say = lambda done, total: None) -> Base:
    """基础备份: copied, checked, then there; what a broken-off run left is cleared away. Raises ServerError, psycopg.Error."""
    folder.make()
    with folder.alone(COPYING):
        for left in folder.unfinished():
            shutil.rmtree(left)
        major, system, superuser, database, began_at = _about(dsn)
        for other in folder.bases():
            if other.system != system:
                raise ServerError(f"{folder.path} 中是另一个数据库的备份，请换一个目录。")
        name = f"{began_at:%Y%m%dT%H%M%S.%fZ}"
        fresh = folder.path / f"{name}{UNFINISHED}"
        fresh.mkdir(mode=0o700)
        data = fresh / DATA
        _copy(dsn, data, programs, say)
        check(data, programs)
        ended_at, position = _now(dsn)
        base = Base(
            name=name, began_at=began_at, ended_at=ended_at, position=position, major=major, system=system,
            superuser=superuser, database=database, wal=_start_of(data),
        )  # fmt: skip
        (fresh / NOTE).write_bytes(msgspec.json.format(msgspec.json.encode(base)) + b"\n")
        fresh.rename(folder.path / name)
        _on_disk(folder.path)
    return base


def check(data: Path, programs: Programs) -> None:
    """核对: every file against the sums that the server gave with it, and the log that belongs to it. Raises ServerError."""
    _run([programs.tool("pg_verifybackup"), "--quiet", str(data)], "备份未通过核对")


def prune(folder: Folder, programs: Programs, keep: int) -> list[str]:
    """清理: all but the newest copies, and the log that only they needed; the names of those that went."""
    with folder.alone(COPYING):
        bases = folder.bases()
        gone, kept = bases[:-keep], bases[-keep:]
        for base in gone:
            leaving = folder.path / f"{base.name}{UNFINISHED}"
            (folder.path / base.name).rename(leaving)
            shutil.rmtree(leaving)
        if kept and folder.wal.exists():
            _run([programs.tool("pg_archivecleanup"), str(folder.wal), kept[0].wal], "预写日志未能清理")
    return [base.name for base in gone]


def hold(dsn: str, folder: Folder, programs: Programs) -> None:
    """留存: from now on the server keeps its write-ahead log until the folder has it."""
    folder.make()
    folder.wal.mkdir(mode=0o700, exist_ok=True)
    address, environment = _apart(dsn)
    _run(
        [programs.tool("pg_receivewal"), "-d", address, "-w", "-S", slot(folder), "--create-slot", "--if-not-exists"],
        "未能登记连续归档",
        environment,
    )  # fmt: skip


def release(dsn: str, folder: Folder, programs: Programs) -> None:
    """不再留存: the server need keep nothing for this folder any more."""
    address, environment = _apart(dsn)
    command = [programs.tool("pg_receivewal"), "-d", address, "-w", "-S", slot(folder), "--drop-slot"]
    _run(command, "未能注销连续归档", environment)


def follow(dsn: str, folder: Folder, programs: Programs, stopping: Event, began: Event) -> str:
    """连续归档: the write-ahead log as it is written, until `stopping`; `began` is set once the server sends it.

    Returns what was said when the server ended or was lost, for then it may be another one that has to be asked. Raises Recycled.
    """
    address, environment = _apart(dsn)
    command = [programs.tool("pg_receivewal"), "-d", address, "-w", "-D", str(folder.wal), "-S", slot(folder)]
    quick = ["--no-loop", "--synchronous", "--status-interval=5", "--verbose"]
    with folder.alone(FOLLOWING):
        child = subprocess.Popen(
            bound_to_us([*command, *quick]), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env=environment, start_new_session=True,
        )  # fmt: skip
        try:
            said = _listen(child, stopping, began)
        finally:
            _end(child)
    if RECYCLED in said:
        raise Recycled(
            f"数据库已回收 {folder.path} 所缺的预写日志，此目录的连续归档到此为止；请换一个目录重新备份。"
        )
    if ELSEWHERE in said:
        raise Recycled(
            f"数据库恢复到过早先的时刻，{folder.path} 中的预写日志有一段不在其历史之内，此目录的连续归档到此为止；请换一个目录重新备份。"
        )
    return reason(said)


def slot(folder: Folder) -> str:
    """复制槽: the name by which the server knows how far this folder is; made once, with the folder."""
    file = folder.path / SLOT
    with suppress(FileNotFoundError):
        return file.read_text().strip()
    made = f"shixian_backup_{token_hex(4)}"
    file.write_text(made + "\n")
    return made


def _listen(child: subprocess.Popen[bytes], stopping: Event, began: Event) -> str:
    """What the program says, until it ends or has to."""
    said: list[str] = []
    assert child.stderr is not None
    os.set_blocking(child.stderr.fileno(), False)
    while child.poll() is None and not stopping.wait(0.1):
        _hear(child.stderr, said, began)
    _hear(child.stderr, said, began)
    return "".join(said[-20:])


def _hear(pipe: IO[bytes], said: list[str], began: Event) -> None:
    while more := pipe.read():
        said.append(more.decode(errors="replace"))
        if "starting log streaming" in said[-1]:
            began.set()


def _end(child: subprocess.Popen[bytes]) -> None:
    """Politely, so that what it has is on the disk; then surely."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _about(dsn: str) -> tuple[int, str, str, str, datetime]:
    with psycopg.connect(dsn) as connection, connection.cursor(row_factory=tuple_row) as cursor:
        if cursor.execute("SELECT to_regclass('public.casework_events') IS NULL").fetchone() == (True,):
            raise ServerError("数据库中还没有日志，请先执行 shixian migrate。")
        row = cursor.execute(ABOUT).fetchone()
    assert row is not None
    major, system, superuser, database, began_at = row
    return major, system, superuser, database, began_at.astimezone(UTC)


def _now(dsn: str) -> tuple[datetime, int]:
    with psycopg.connect(dsn) as connection, connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(NOW).fetchone()
    assert row is not None
    return row[0].astimezone(UTC), row[1]


def _copy(dsn: str, data: Path, programs: Programs, say: Say) -> None:
    address, environment = _apart(dsn)
    command = [
        programs.tool("pg_basebackup"), "-d", address, "-w", "-D", str(data), "-X", "stream", "--checkpoint=fast",
        "--manifest-checksums=SHA256", "--progress", "--label=shixian",
    ]  # fmt: skip
    child = subprocess.Popen(
        bound_to_us(command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env=environment, start_new_session=True,
    )  # fmt: skip
    said = b""
    try:
        assert child.stderr is not None
        while more := os.read(child.stderr.fileno(), 1 << 16):
            said = PROGRESS.sub(b"", said + more)[:65536]
            found = PROGRESS.findall(more)
            if found:
                say(int(found[-1][0]), int(found[-1][1]))
        child.wait()
    finally:
        _end(child)
    if child.returncode != 0:
        raise ServerError(f"备份未完成：{reason(said.decode(errors='replace'))}")


def _start_of(data: Path) -> str:
    found = STARTS.search((data / "backup_label").read_text())
    if found is None:
        raise ServerError(f"{data} 不是完整的基础备份。")
    return found.group(1)


def _apart(dsn: str) -> tuple[str, dict[str, str]]:
    """The address without its password, which everybody may see who lists processes; and where the program finds it."""
    parts: dict[str, Any] = dict(conninfo_to_dict(dsn))
    password = parts.pop("password", None)
    handed_on = dict(os.environ)  # not read, handed on: certificates and service files may be named there
    if password is not None:
        handed_on["PGPASSWORD"] = str(password)
    return make_conninfo(**parts), {**handed_on, "LC_ALL": "C.UTF-8"}


def _run(command: Sequence[str], failed: str, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, capture_output=True, text=True, env=environment, errors="replace")
    if done.returncode != 0:
        raise ServerError(f"{failed}：{reason(done.stderr)}")


def bound_to_us(command: Sequence[str]) -> list[str]:
    """同终: the command, ended by the kernel when this process is."""
    return [sys.executable, "-I", "-S", "-c", ENDED_WITH_US, str(os.getpid()), *command]


def reason(said: str) -> str:
    """原因: the first complaint; what follows it is the clearing away."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return next(filter(FAULT.search, lines), lines[-1] if lines else "没有说明")


def _on_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

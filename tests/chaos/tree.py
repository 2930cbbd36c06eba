"""进程树: the service as an office runs it, in processes that a scene may kill one by one."""

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from eventstore.binaries import is_postgres

ROOT = Path(__file__).parents[2]
SERVE = (sys.executable, "-P", "-m", "api.cli", "serve", "--empty")
"""`shixian serve`, as it stands."""
START_LIMIT = 120.0


class NotInTime(AssertionError):
    """未在限期内 — what should have come about by itself did not."""


def eventually(holds: Callable[[], bool], what: str, seconds: float = 60.0, every: float = 0.05) -> None:
    """等到: raises NotInTime."""
    pause, deadline = threading.Event(), time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise NotInTime(f"{what}, not in {seconds:.0f} s")
        pause.wait(every)


def shifted(clock: Path, name: str = "serve") -> tuple[str, ...]:
    """The same under a clock that a file sets; or one part of it."""
    return (sys.executable, "-m", "tests.chaos.part", str(clock), name)


class Tree:
    """进程树 — a supervisor with its parts, or one part alone; its log lies in a file."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        with log.open("ab") as said:
            self.process = subprocess.Popen(
                [*command],
                env={**os.environ, **environment},
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
                start_new_session=True,
            )

    def ready(self, seconds: float = START_LIMIT) -> None:
        """就绪: once it said so; raises NotInTime."""
        assert self.process.stdout is not None
        readable, _, _ = select.select([self.process.stdout], [], [], seconds)
        line = self.process.stdout.readline() if readable else ""
        if not line.startswith("shixian ready"):
            raise NotInTime(f"the service was not ready in {seconds:.0f} s")

    def pid(self, name: str) -> int | None:
        """进程号: of the part, if it runs."""
        children = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        try:
            pids = [int(one) for one in Path(children).read_text().split()]
        except FileNotFoundError:
            return None
        return next((pid for pid in pids if last_argument(pid) == name), None)

    def kill(self, name: str) -> bool:
        """强杀: SIGKILL to the part; whether there was one."""
        pid = self.pid(name)
        return pid is not None and killed(pid)

    def stop(self) -> None:
        """停止: in good order; what doesn't end is killed."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.end()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def end(self) -> None:
        """强停: the parts notice by themselves."""
        self.process.kill()
        self.process.wait()


def last_argument(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").split(b"\0")
    except OSError:
        return ""
    return words[-1].decode(errors="replace")


def killed(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def postmaster(home: Path) -> int | None:
    """数据库主进程: by its file, and only if it is one."""
    try:
        pid = int((home / "postgres" / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None
    return pid if is_postgres(pid) else None

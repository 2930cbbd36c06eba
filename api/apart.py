"""隔离进程: what strangers' files are read by runs in a process of its own, with so much time and memory and no more.

The module that runs there begins with `confine`; it is given its task on standard input and answers on standard output.
"""

import re
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator

NOWHERE = "http://127.0.0.1:9"
_STOPPED = frozenset({-signal.SIGXCPU, -signal.SIGKILL})
_NO_ROOM = re.compile(rb"^(?:MemoryError|memory allocation of)", re.MULTILINE)
"""How a process ends that its limits stop: by a signal, or saying that there is no memory."""


class Exceeded(Exception):
    """超出限制 — the process took too much time or memory, or broke down."""


class Crashed(Exceeded):
    """意外中止 — the process broke down, though within its limits."""


def confine(seconds: int, memory: int) -> None:
    """限定: this process, from now on, to so many seconds of computing and bytes of memory."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(module: str, given: bytes, seconds: float) -> bytes:
    """隔离处理: all that the module answers, within so many seconds of the clock. Raises Exceeded and Crashed."""
    try:
        done = subprocess.run(
            _command(module),
            input=given,
            capture_output=True,
            timeout=seconds,
            env=_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Exceeded from None
    if done.returncode in _STOPPED or _NO_ROOM.search(done.stderr) is not None:
        raise Exceeded
    if done.returncode != 0:
        raise Crashed
    return done.stdout


def lines(module: str, given: bytes) -> Iterator[bytes]:
    """逐行答复: line by line, as they come; who stops listening ends the process. Raises Exceeded."""
    with subprocess.Popen(
        _command(module),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
    ) as process:
        try:
            # both pipes were asked for above
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                process.stdin.write(given)
                process.stdin.close()
            except BrokenPipeError:
                raise Exceeded from None
            yield from process.stdout
            if process.wait() != 0:
                raise Exceeded
        finally:
            process.kill()


def _command(module: str) -> list[str]:
    return [sys.executable, "-I", "-m", module]


def _environment() -> dict[str, str]:
    return {"LANG": "C.UTF-8", "PYTHONUTF8": "1", "HTTP_PROXY": NOWHERE, "HTTPS_PROXY": NOWHERE}

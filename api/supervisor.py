"""进程看护: the process tree of `shixian serve` — the embedded database and the parts, started, watched, ended.

A part that dies is started again, ever more slowly; so is the database. The parts hold the reading end of a pipe
whose other end only the supervisor has: however it dies, they notice and end too. Signals are read from a pipe as
well, so that no handler runs in the middle of anything.
"""

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psycopg
import structlog

from eventstore.binaries import ServerError
from eventstore.database import patient
from eventstore.embedded import Server

LIFELINE = "SHIXIAN_LIFELINE"
DATABASE_URL = "DATABASE_URL"
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
STEADY = 10.0
"""Seconds a part must have lived for its earlier deaths to be forgotten."""
HOPELESS = 7
"""Deaths in a row before the service was ever ready, after which it gives up instead of trying for ever."""
INTERRUPTED = 130
"""The exit code of one that was told to stop before it was ready."""
GRACE = 15.0
RECOVERY = 60.0
"""Seconds that a part waits for the database before it dies of its absence."""
HEARTBEAT = 1.0
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

log = structlog.get_logger("supervisor")


def run(
    parts: Mapping[str, Sequence[str]],
    ready: Callable[[], bool],
    port: int,
    *,
    home: Path,
    database_url: str | None = None,
    prepare: Callable[[str], Sequence[str]] | None = None,
) -> int:
    """Run until told to stop; returns the exit code.

    Without a `database_url` the embedded server of `home` is started. `prepare` gets the connection string before
    any part starts (migrations); the parts get it as DATABASE_URL, of the embedded server one that may only do what
    the service does. Once `ready()` holds, the address is printed, and
    after it the lines which `prepare` gave.
    """
    with Signals() as signals:
        server = None if database_url else Server.ensure(home)
        try:
            dsn = database_url or (server.dsn if server else "")
            news = prepare(dsn) if prepare else ()
            return Tree(parts, ready, port, server, signals, news).run(
                server.for_service() if server else dsn
            )
        finally:
            if server is not None:
                server.stop()


def watch_parent(grace: float = GRACE) -> None:
    """Called by a part: ends this process when the supervisor is gone, first politely, then surely."""
    given = os.environ.get(LIFELINE)
    if given is None:
        return
    lifeline = int(given)
    os.set_inheritable(lifeline, False)

    def watch() -> None:
        while os.read(lifeline, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(grace)
        os._exit(1)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


def await_database(dsn: str, seconds: float = RECOVERY) -> None:
    """等待数据库: called by a part once it has loaded its program: while the database is being brought back, that isn't thrown
    away. A part that somebody started by hand is told at once."""
    deadline = time.monotonic() + seconds
    while LIFELINE in os.environ and time.monotonic() < deadline:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(patient(dsn)).close()
            return
        threading.Event().wait(FIRST_PAUSE)


class Signals:
    """Signals as bytes on a socket: what arrived is read when the loop is ready for it."""

    def __init__(self) -> None:
        self._inbox, self._outbox = socket.socketpair()
        self._selector = selectors.DefaultSelector()

    def __enter__(self) -> "Signals":
        self._inbox.setblocking(False)
        self._outbox.setblocking(False)
        self._selector.register(self._inbox, selectors.EVENT_READ)
        signal.set_wakeup_fd(self._outbox.fileno(), warn_on_full_buffer=False)
        self._before = {one: signal.signal(one, lambda *_: None) for one in (*STOPPING, signal.SIGCHLD)}
        return self

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(-1)
        for one, handler in self._before.items():
            signal.signal(one, handler)
        self._selector.close()
        self._inbox.close()
        self._outbox.close()

    def wait(self, seconds: float) -> int:
        """How many orders to stop arrived; returns early when any signal does."""
        if not self._selector.select(max(seconds, 0.0)):
            return 0
        with contextlib.suppress(BlockingIOError):
            return sum(one in STOPPING for one in self._inbox.recv(4096))
        return 0


class Part:
    """部件: one child process and when it may be started again."""

    def __init__(self, name: str, command: Sequence[str]) -> None:
        self.name = name
        self.command = command
        self.process: subprocess.Popen[bytes] | None = None
        self.deaths = 0
        self.due_at = 0.0
        self._started_at = 0.0

    def start(self, lifeline: int, dsn: str) -> None:
        environment = {**os.environ, LIFELINE: str(lifeline), DATABASE_URL: dsn}
        self._started_at = time.monotonic()
        # a group of its own, so that Ctrl-C reaches the supervisor alone; stdout belongs to the ready line
        self.process = subprocess.Popen(
            self.command, env=environment, pass_fds=(lifeline,), process_group=0, stdout=2
        )
        log.info("part.started", part=self.name, pid=self.process.pid)

    def bury(self) -> None:
        """Take note of a death, and of the time of the next attempt."""
        if self.process is None or self.process.poll() is None:
            return
        now = time.monotonic()
        self.deaths = 1 if now - self._started_at > STEADY else self.deaths + 1
        pause = min(FIRST_PAUSE * 2 ** (self.deaths - 1), LONGEST_PAUSE)
        log.warning("part.died", part=self.name, code=self.process.returncode, again_in=pause)
        self.process = None
        self.due_at = now + pause

    def send(self, order: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(order)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Tree:
    """进程树: all parts, the database under them, and the loop that keeps them."""

    def __init__(
        self,
        parts: Mapping[str, Sequence[str]],
        ready: Callable[[], bool],
        port: int,
        server: Server | None,
        signals: Signals,
        news: Sequence[str],
    ) -> None:
        self.parts = [Part(name, command) for name, command in parts.items()]
        self.ready = ready
        self.port = port
        self.server = server
        self.signals = signals
        self.news = news
        self.announced = False

    def run(self, dsn: str) -> int:
        reading, writing = os.pipe()
        try:
            while not self.signals.wait(self._pause()):
                self._keep_server()
                for part in self.parts:
                    part.bury()
                    if part.process is None and time.monotonic() >= part.due_at:
                        part.start(reading, dsn)
                if not self.announced and any(part.deaths >= HOPELESS for part in self.parts):
                    log.error("supervisor.gave_up", parts=[part.name for part in self.parts if part.deaths])
                    return 1
                self._announce()
            return 0 if self.announced else INTERRUPTED
        finally:
            self._stop()
            os.close(writing)
            os.close(reading)

    def _pause(self) -> float:
        """Until something is due; deaths and orders wake the loop by themselves."""
        waits = [part.due_at - time.monotonic() for part in self.parts if part.process is None]
        return min([*waits, HEARTBEAT if self.announced else FIRST_PAUSE])

    def _announce(self) -> None:
        if not self.announced and self.ready():
            self.announced = True
            lines = (f"shixian ready http://127.0.0.1:{self.port}", *self.news)
            sys.stdout.writelines(f"{line}\n" for line in lines)
            sys.stdout.flush()

    def _keep_server(self) -> None:
        if self.server is None or self.server.postmaster() is not None:
            return
        log.error("database.died", home=str(self.server.home))
        try:
            self.server.restart()
        except ServerError as error:
            log.error("database.not_restarted", error=str(error))
        else:
            log.info("database.restarted")

    def _stop(self) -> None:
        """Ask the parts to end, wait, and insist after a while or when told to stop once more."""
        for part in self.parts:
            part.send(signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        while any(part.is_running() for part in self.parts):
            if self.signals.wait(min(deadline - time.monotonic(), HEARTBEAT)) or time.monotonic() > deadline:
                for part in self.parts:
                    part.send(signal.SIGKILL)
                deadline = time.monotonic() + GRACE
        log.info("supervisor.stopped")

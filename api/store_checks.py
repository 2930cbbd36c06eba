"""核验任务: the whole store verified in a process of its own, so that nobody who works meanwhile waits for it. One at a time."""

import os
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Lock, Thread
from typing import Literal

import structlog

from api import store_check
from api.bootstrap import Services
from api.settings import Settings
from api.store_check import Outcome

EVERY = 20_000
"""Facts between two words on how far it has come."""
POLITELY = 10
"""By so much the process stands back behind those who work."""

log = structlog.get_logger("seal")


@dataclass
class Check:
    """一次核验 — who asked and when, how far it has come, and what came out."""

    by: str
    begun_at: datetime
    total: int = 0
    done: int = 0
    ended_at: datetime | None = None
    outcome: Outcome | None = None

    @property
    def state(self) -> Literal["running", "done", "failed"]:
        """状态."""
        if self.ended_at is None:
            return "running"
        return "failed" if self.outcome is None else "done"


class Checks:
    """核验任务册 — the last one, or the one under way."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lock = Lock()
        self._last: Check | None = None
        self._thread: Thread | None = None

    def last(self) -> Check | None:
        """最近一次: since the service was started."""
        return self._last

    def start(self, by: str) -> Check:
        """开始: unless one is under way, which is then the answer."""
        with self._lock:
            if self._last is not None and self._last.state == "running":
                return self._last
            check = self._last = Check(by, self._services.clock())
            self._thread = Thread(target=self._follow, args=(check,), name="verify", daemon=True)
            self._thread.start()
            return check

    def wait(self) -> None:
        """等待: until the one under way has ended."""
        if self._thread is not None:
            self._thread.join()

    def _follow(self, check: Check) -> None:
        try:
            _run(self._services.settings, check)
        except (OSError, ValueError, EOFError) as error:
            log.error("seal.check_failed", error=type(error).__name__)
        finally:
            check.ended_at = self._services.clock()
        if check.outcome is not None and check.outcome.findings:
            log.error("seal.check_found", findings=len(check.outcome.findings))


def _run(settings: Settings, check: Check) -> None:
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(settings, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        while check.outcome is None:
            match ours.recv():
                case ("total", int(total)):
                    check.total = total
                case ("done", int(done)):
                    check.done = done
                case Outcome() as outcome:
                    check.done, check.outcome = check.total, outcome
    finally:
        ours.close()
        process.join()


def work(settings: Settings, told: Connection) -> None:
    """核验进程: says how far it has come, then what came out."""
    os.nice(POLITELY)
    done = said = 0

    def advance(more: int) -> None:
        nonlocal done, said
        done += more
        if done - said >= EVERY:
            said = done
            told.send(("done", done))

    outcome = store_check.check(
        settings.database_url or "",
        settings,
        begin=lambda total: told.send(("total", total)),
        advance=advance,
    )
    told.send(outcome)

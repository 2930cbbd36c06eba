"""值班进程: APScheduler wiring. It only ticks; the jobs hold no state, so a missed tick merely delays."""

import signal
import threading
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from domain.acts import SHANGHAI
from eventstore.database import Database
from scheduler.jobs import JOBS, Cases, Context, Job
from scheduler.leadership import Leadership

log = structlog.get_logger(__name__)


class Worker:
    """值班进程 — runs the job table while it leads; otherwise it stands by. Any number may be started."""

    def __init__(
        self,
        database: Database,
        casework: Cases,
        clock: Callable[[], datetime],
        *,
        name: str,
        jobs: Sequence[Job] = JOBS,
    ) -> None:
        self._jobs = tuple(jobs)
        self._stopping = threading.Event()
        self._leadership = Leadership(database.dsn, name)
        self._running = {job.name: threading.Lock() for job in self._jobs}
        self._context = Context(database, casework, clock, name, self._go_on)
        self._firsts = [
            threading.Thread(target=self.run, args=[job], name=f"{job.name} at start") for job in self._jobs
        ]
        self._scheduler = BackgroundScheduler(
            timezone=SHANGHAI,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self) -> None:
        """开始值班: every job at once, then at its interval."""
        for job in self._jobs:
            self._scheduler.add_job(
                self.run, "interval", args=[job], id=job.name, seconds=job.seconds, jitter=job.jitter
            )
        self._scheduler.start()
        # not jobs of the scheduler's: removing one that is done while it shuts down breaks its thread
        for first in self._firsts:
            first.start()
        log.info("scheduler.started", worker=self._context.name)

    def stop(self) -> None:
        """结束值班: what is under way comes to the end of its current row or batch."""
        self._stopping.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
            for first in self._firsts:
                first.join()
        self._leadership.release()
        log.info("scheduler.stopped", worker=self._context.name)

    def run_until_stopped(self) -> None:
        """值班到收到停止信号: for a process of its own; SIGTERM and SIGINT end it cleanly."""
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, lambda *_: self._stopping.set())
        self.start()
        self._stopping.wait()
        self.stop()

    def run_once(self) -> None:
        """值班一次: each job once, in the order of the table."""
        for job in self._jobs:
            self.run(job)

    def run(self, job: Job) -> None:
        """执行任务: only while leading, never twice at a time; after a failure the next tick tries again."""
        if not self._running[job.name].acquire(blocking=False):
            return
        try:
            if self._go_on():
                job.run(self._context)
        except Exception as error:
            log.error("job.failed", job=job.name, worker=self._context.name, error=type(error).__name__)
        finally:
            self._running[job.name].release()

    def _go_on(self) -> bool:
        return not self._stopping.is_set() and self._leadership.held()

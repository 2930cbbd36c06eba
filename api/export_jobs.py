"""导出任务: a large ledger is made while its officer looks at a bar; it can be cancelled, and is the officer's alone.

A task lives in this process: its file has no name, so that whatever ends the process also ends the file. After a restart
one exports again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Lock, Thread
from typing import IO, Any, Literal
from uuid import UUID, uuid4

import structlog

from api import exports
from api.ledgers import Asking, Ledger
from domain.errors import Unknown
from projections.archive_lists import erased_since
from projections.paging import count

log = structlog.get_logger(__name__)

KEPT_FOR = timedelta(minutes=30)
"""How long a file waits to be fetched."""
TURN = 900.0
"""Seconds that a task waits for its turn."""
State = Literal["waiting", "running", "done", "failed", "cancelled"]


class Cancelled(Exception):
    """已取消 — whoever asked no longer wants the file."""


@dataclass
class Job:
    """导出任务 — what is exported for whom, how far it has come, and the file when it is made."""

    id: UUID
    officer: str
    ledger: Ledger
    ending: str
    name: str
    back: str
    begun_at: datetime
    total: int = 0
    done: int = 0
    state: State = "waiting"
    file: IO[bytes] | None = None
    unwanted: Event = field(default_factory=Event)
    ended: Event = field(default_factory=Event)

    def counted(self, rows: Iterable[list[Any]]) -> Iterator[list[Any]]:
        """逐行计数: the rows as they pass; none any more once the task is cancelled."""
        for row in rows:
            if self.unwanted.is_set():
                raise Cancelled
            self.done += 1
            yield row


class Jobs:
    """导出任务册 — one task an officer; starting another ends the one before."""

    def __init__(self) -> None:
        self._jobs: dict[UUID, Job] = {}
        self._lock = Lock()

    def start(
        self,
        asking: Asking,
        ledger: Ledger,
        filters: Any,
        ending: str,
        columns: Sequence[str],
        order: str,
        back: str,
    ) -> Job:
        """开始: on a thread of its own. `back` is the page to go back to."""
        act = asking.act
        name = exports.file_name(asking, ledger, ending)
        job = Job(uuid4(), act.by, ledger, ending, name, back, act.at)
        with self._lock:
            self._forget(lambda one: one.officer == act.by or act.at - one.begun_at > KEPT_FOR)
            self._jobs[job.id] = job
        Thread(
            target=_run, args=(job, asking, filters, columns, order), name=f"export-{job.id}", daemon=True
        ).start()
        return job

    def of(self, asking: Asking, id: UUID) -> Job:
        """一项任务: of the officer's own. Raises Unknown."""
        with self._lock:
            self._forget(lambda one: asking.act.at - one.begun_at > KEPT_FOR)
            job = self._jobs.get(id)
        if job is None or job.officer != asking.act.by:
            raise Unknown("export.unknown", "没有这项导出，或者文件已经下载、过期。请重新导出。")
        return job

    def take(self, asking: Asking, id: UUID) -> tuple[Job, IO[bytes]]:
        """取走文件: once; then it is gone; and it is none any more once a case was destroyed meanwhile. Raises Unknown."""
        job = self.of(asking, id)
        with asking.services.database.connection() as connection:
            outdated = erased_since(connection, job.begun_at)
        if outdated:
            self.cancel(asking, id)
            raise Unknown("export.outdated", "导出期间有案卷被依法清除，这份文件已经作废，请重新导出。")
        with self._lock:
            file = job.file
            if file is None or self._jobs.pop(id, None) is None:
                raise Unknown("export.not_made", "文件还没有做好，或者已经下载。")
            job.file = None
        return job, file

    def cancel(self, asking: Asking, id: UUID) -> Job:
        """取消. Raises Unknown."""
        job = self.of(asking, id)
        with self._lock:
            self._forget(lambda one: one is job)
        return job

    def _forget(self, which: Callable[[Job], bool]) -> None:
        for job in [one for one in self._jobs.values() if which(one)]:
            del self._jobs[job.id]
            job.unwanted.set()
            if job.file is not None:
                job.file.close()
                job.file = None


def _run(job: Job, asking: Asking, filters: Any, columns: Sequence[str], order: str) -> None:
    try:
        query = job.ledger.query(asking, filters, order)
        with asking.services.database.transaction() as connection:
            job.total = count(connection, query)
        with exports.turn(TURN):
            job.state = "running"
            made = exports.make(asking, job.ledger, filters, job.ending, columns, order, job.counted)
        if job.unwanted.is_set():
            made.close()
            raise Cancelled
        job.file, job.state = made, "done"
        log.info("export.made", ledger=job.ledger.slug, format=job.ending, bytes=made.tell())
    except Cancelled:
        job.state = "cancelled"
    except Exception as error:  # a thread's last: whoever waits is told, and the log knows what it was
        job.state = "failed"
        log.error("export.failed", ledger=job.ledger.slug, error=type(error).__name__)
    finally:
        job.ended.set()

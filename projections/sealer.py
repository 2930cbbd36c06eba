"""封存进程: keeps the log sealed – one active sealer a database, woken by each commit, never more than a moment behind."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

import psycopg
import structlog

from eventstore import seal_status
from eventstore.database import HELD
from eventstore.sealing import BATCH, Broken, Sealing
from projections.tracking import EVENTS

LEADER = "sealer"
POLL = 0.4
"""Seconds between two looks at the log when no announcement comes."""
REST = 0.5
"""Seconds after a head that left nothing over, so that a busy log gets two heads a second and not one a fact."""
BACK_OFF = (1.0, 15.0)
"""Seconds before sealing is tried again after a failure: the first wait, doubled up to the last."""
BEAT = 25
"""Idle rounds between two notes that it is alive."""

log = structlog.get_logger("seal")


class Sealer:
    """封存进程 — seals while it leads; a log that isn't what was signed is told loudly and left alone."""

    def __init__(
        self,
        sealing: Sealing,
        *,
        poll: float = POLL,
        rest: float = REST,
        back_off: tuple[float, float] = BACK_OFF,
    ) -> None:
        self.sealing = sealing
        self.poll = poll
        self.rest = rest
        self.back_off = back_off
        self._fault: str | None = None
        self._idle = 0

    def start(self, stop: Event) -> Thread:
        """开始: in a thread of its own until told to stop."""
        thread = Thread(target=self.run, args=(stop,), name="sealer")
        thread.start()
        return thread

    def run(self, stop: Event) -> None:
        """运行: whatever fails is logged and tried again."""
        wait, last_wait = self.back_off
        while not stop.is_set():
            try:
                with self._leading() as leader:
                    if leader is not None:
                        self._follow(leader, stop)
                pause, wait = self.poll, self.back_off[0]
            except Broken as broken:
                self._refuse(broken)
                pause, wait = wait, min(wait * 2, last_wait)
            except Exception as error:
                self._say(log.error, "seal.interrupted", error=type(error).__name__)
                pause, wait = wait, min(wait * 2, last_wait)
            stop.wait(pause)

    @contextmanager
    def _leading(self) -> Iterator[psycopg.Connection[tuple[object, ...]] | None]:
        """A connection that holds the sealer's advisory lock and hears of new events; None while another holds it."""
        with psycopg.connect(self.sealing.database.dsn, autocommit=True, options=HELD) as connection:
            connection.execute(f"LISTEN {EVENTS}")
            row = connection.execute(
                "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (LEADER,)
            ).fetchone()
            yield connection if row is not None and row[0] else None

    def _follow(self, leader: psycopg.Connection[tuple[object, ...]], stop: Event) -> None:
        while not stop.is_set():
            leader.execute("SELECT 1")  # raises once the lock's connection is gone
            sealed = self.sealing.step()
            self._well()
            if sealed:
                stop.wait(self.rest if sealed < BATCH else 0)
            else:
                for _ in leader.notifies(timeout=self.poll, stop_after=1):
                    pass

    def _well(self) -> None:
        self._idle = (self._idle + 1) % BEAT
        if self._fault is not None:
            self._say(log.info, "seal.recovered", fault=self._fault)
        if self._fault is not None or self._idle == 1:
            self._fault = None
            self._note(None)

    def _refuse(self, broken: Broken) -> None:
        if broken.code != self._fault:
            self._say(log.error, "seal.refused", fault=broken.code, **broken.details)
        self._fault = broken.code
        with suppress(psycopg.Error):
            self._note(broken)

    def _note(self, broken: Broken | None) -> None:
        with self.sealing.database.transaction() as connection:
            seal_status.note(connection, self.sealing.clock(), broken)

    def _say(self, log_at: Callable[..., object], event: str, **more: object) -> None:
        """Logs; a log that can't be written to neither hides a fault nor ends the sealer."""
        with suppress(OSError, ValueError):
            log_at(event, **more)

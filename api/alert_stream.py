"""预警推送: new alerts as server-sent events. One listener a process wakes every open stream; none holds a
connection while it waits.

A stream shows only alerts that all the views it is joined from have seen, so that no alert is passed over because
one view was ahead of another.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any

import msgspec
import psycopg
import structlog
from psycopg.rows import dict_row
from psycopg_pool import PoolTimeout
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from api.errors import SignedOut, TooOften
from projections import alerts
from projections.tracking import CHANNEL, reached

NEEDS = frozenset(alerts.NEEDS)
LOOK = 1.0
"""Seconds between two looks at the views' positions when no announcement comes."""
AGAIN = 5.0
"""Seconds after which a stream looks again although nothing was announced: the last look may have failed, and the
session may have ended."""
LIFETIME = 600.0
"""Seconds after which a stream ends, so that whoever listens signs in again; browsers reconnect by themselves."""

log = structlog.get_logger("api")

MOST_STREAMS = 10
"""Open streams of one officer in one process."""

Unread = Callable[[int, int], list[tuple[int, dict[str, Any]]]]
"""Alerts with a position after the first number and not after the second: their positions and what is shown, in order.
Raises SignedOut when the session is no longer the one that the stream was opened in."""


class Seats:
    """席位 — how many streams each officer has open."""

    def __init__(self, most: int = MOST_STREAMS) -> None:
        self._most = most
        self._lock = Lock()
        self._taken: dict[str, list[float]] = {}

    def take(self, officer: str) -> Callable[[], None]:
        """入座: what gives the seat back; one that is lost falls free when its stream would have ended. Raises TooOften."""
        now = monotonic()
        ends = now + LIFETIME + AGAIN
        with self._lock:
            taken = [one for one in self._taken.get(officer, ()) if one > now]
            if len(taken) >= self._most:
                raise TooOften(
                    "alert.too_many_streams", "打开的预警推送过多，请先关闭其他页面。", retry_after=int(AGAIN)
                )
            self._taken[officer] = [*taken, ends]

        def leave() -> None:
            with self._lock:
                left = self._taken.get(officer, [])
                if ends in left:
                    left.remove(ends)
                if not left:
                    self._taken.pop(officer, None)

        return leave


class Streaming(EventSourceResponse):
    """推送应答 — gives the seat back when it is over, however it ends."""

    def __init__(self, content: AsyncIterator[ServerSentEvent], leave: Callable[[], None]) -> None:
        super().__init__(content)
        self._leave = leave

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._leave()


class Bell:
    """提示铃 — listens for as long as anybody waits; `position` is how far all the views have come."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._lock = Lock()
        self._waiting: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}
        self._quiet = Event()
        self.position = 0

    @contextmanager
    def waiting(self) -> Iterator[asyncio.Event]:
        """等候: the event is set whenever the views have moved."""
        mine = asyncio.Event()
        with self._lock:
            self._waiting[mine] = asyncio.get_running_loop()
            if len(self._waiting) == 1:
                self._quiet = Event()
                Thread(target=self._listen, args=(self._quiet,), name="alerts", daemon=True).start()
        try:
            yield mine
        finally:
            with self._lock:
                del self._waiting[mine]
                if not self._waiting:
                    self._quiet.set()

    def _listen(self, quiet: Event) -> None:
        while not quiet.is_set():
            try:
                with psycopg.connect(self._dsn, autocommit=True, row_factory=dict_row) as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    while not quiet.is_set():
                        self._ring(reached(connection, NEEDS))
                        for _ in connection.notifies(timeout=LOOK, stop_after=1):
                            pass
            except psycopg.Error as error:
                log.warning("alerts.listener_away", error=type(error).__name__)
                quiet.wait(LOOK)

    def _ring(self, position: int) -> None:
        if position == self.position:
            return
        with self._lock:
            self.position = position
            waiting = list(self._waiting.items())
        for event, loop in waiting:
            with suppress(RuntimeError):  # its loop has ended
                loop.call_soon_threadsafe(event.set)


@cache
def bell(dsn: str) -> Bell:
    """提示铃: the one of this process for a database."""
    return Bell(dsn)


async def stream(bell: Bell, unread: Unread, since: int) -> AsyncIterator[ServerSentEvent]:
    """推送: what is unread after `since`, then whatever comes, for as long as the session lasts."""
    ends = monotonic() + LIFETIME
    with bell.waiting() as moved:
        while monotonic() < ends:
            moved.clear()
            upto = bell.position
            try:
                found = await _look(unread, since, upto)
            except SignedOut:
                return
            for position, alert in found or ():
                data = msgspec.json.encode(alert).decode()
                yield ServerSentEvent(event="alert", id=str(position), data=data)
                since = position
            if found == []:
                since = max(since, upto)
            if not found:
                with suppress(TimeoutError):
                    await asyncio.wait_for(moved.wait(), AGAIN)


async def _look(unread: Unread, since: int, upto: int) -> list[tuple[int, dict[str, Any]]] | None:
    """What is unread; None if the database is away for a moment, which doesn't end the stream."""
    try:
        return await run_in_threadpool(unread, since, upto)
    except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout) as error:
        log.warning("alerts.unread_away", error=type(error).__name__)
        return None

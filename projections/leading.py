"""领跑: keeps the views up with the log – one thread and one connection a process for all the views it leads.

A view is led by one process at a time, by an advisory lock. Views go together; one that fails, is far behind or has long
work to do runs in a lane of its own until it is back with the others. LISTEN is a hint that there is something new; the
log is looked at every moment anyway.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic

import psycopg
import structlog

from domain.casework import Casework
from eventstore.database import HELD, Database
from projections import tracking
from projections.catalogue import VIEWS
from projections.runner import Aside, Runner, Stalled, where
from projections.view import View

POLL = 1.0
"""Seconds between two looks at the log when no announcement comes, and between two tries to lead what another leads."""
GATHER = 0.25
"""Seconds from one batch to the next while many facts come: what comes in between costs one batch, not one each."""
WANTED = 0.04
"""The same while somebody waits for them, or few come."""
MANY = 30
"""Facts a second that are many."""
AT_WORK = 10_000
"""Facts at a time while the office reads along: fewer than a rebuild takes, so that lists move on every few seconds."""
FAR = 1_000
"""Facts that a view may lack and still go with the others."""
REJOIN = 0.05
"""Seconds between two looks for views that are back, while any is away."""
BACK_OFF = (1.0, 60.0)
"""Seconds before a failed view is tried again: the first wait, doubled up to the last."""
AWAY = 5.0
"""Seconds at most while it isn't a view that failed but the database that is away: lists go on when it is back."""
LEAD = """
    SELECT name FROM unnest(%s::text[]) AS name WHERE pg_try_advisory_lock(hashtextextended('projection ' || name, 0))
"""

Session = psycopg.Connection[tuple[object, ...]]

log = structlog.get_logger("projections")


def say(log_at: Callable[..., object], event: str, view: str, **more: object) -> None:
    """Logs; a log that can't be written to – its reader gone, its disk full – neither hides a stall nor ends a view."""
    with suppress(OSError, ValueError):
        log_at(event, view=view, **more)


def gathering(taken: int, since: float) -> float:
    """积攒: seconds from a batch of so many facts, that many seconds after the one before it, to the next. None after a lone one."""
    if taken > MANY * since:
        return GATHER
    return WANTED if since < 2 * WANTED else 0.0


class Leader:
    """领跑者 — leads all the views it can lock; whatever fails is logged and tried again."""

    _say = staticmethod(say)

    def __init__(
        self,
        database: Database,
        casework: Casework,
        views: Sequence[View] = VIEWS,
        *,
        batch: int = AT_WORK,
        poll: float = POLL,
        back_off: tuple[float, float] = BACK_OFF,
    ) -> None:
        self.database = database
        self.casework = casework
        self.views = views
        self.batch = batch
        self.poll = poll
        self.back_off = back_off
        self.threads: list[Thread] = []

    def run(self, stop: Event) -> None:
        """运行: until told to stop."""
        wait, last_wait = self.back_off
        while not stop.is_set():
            try:
                with self._session() as session, self._lanes() as lanes:
                    wait = self.back_off[0]
                    self._lead(session, lanes, stop)
            except Exception as error:
                every = ",".join(view.name for view in self.views)
                self._say(
                    log.error, "projection.interrupted", every, error=type(error).__name__, at=where(error)
                )
                stop.wait(min(wait, AWAY))
                wait = min(wait * 2, last_wait)
        for thread in self.threads:
            thread.join()

    @contextmanager
    def _session(self) -> Iterator[Session]:
        """The connection that holds the views' locks and hears of new events."""
        with psycopg.connect(self.database.dsn, autocommit=True, options=HELD) as session:
            session.execute(f"LISTEN {tracking.EVENTS}")
            yield session

    @contextmanager
    def _lanes(self) -> Iterator["Lanes"]:
        lanes = Lanes(self)
        try:
            yield lanes
        finally:
            lanes.close()

    def _lead(self, session: Session, lanes: "Lanes", stop: Event) -> None:
        main = Runner(self.database, self.casework, batch=self.batch)
        led: set[str] = set()
        tried = -self.poll
        last = -self.poll
        while not stop.is_set():
            session.execute("SELECT 1")  # raises once the locks' connection is gone
            if len(led) < len(self.views) and monotonic() - tried >= self.poll:
                tried = monotonic()
                mine = self._take(session, led)
                led.update(view.name for view in mine)
                self._start(main, lanes, mine)
            main.views += lanes.tend()
            begun, before = monotonic(), main.position
            if not self._step(main, lanes):
                continue
            gather = 0.0
            if main.position > before:
                gather, last = gathering(main.position - before, begun - last), begun
            self._rest(session, stop, main.position, begun + gather, REJOIN if lanes.are_busy else self.poll)

    def _rest(self, session: Session, stop: Event, at: int, soonest: float, poll: float) -> None:
        """Until something has come, but not before `soonest` unless somebody waits for it; or until the next look."""
        begun, has_come = monotonic(), False
        while not stop.is_set():
            left = (soonest if has_come else begun + poll) - monotonic()
            if left <= 0:
                return
            for hint in session.notifies(timeout=left, stop_after=1):
                if hint.payload.isdecimal() and int(hint.payload) > at:
                    soonest = min(soonest, begun + WANTED)
                has_come = has_come or not hint.payload.isdecimal() or int(hint.payload) > at

    def _take(self, session: Session, led: set[str]) -> list[View]:
        """The views that nobody led, led from now on."""
        free = [view.name for view in self.views if view.name not in led]
        mine = {row[0] for row in session.execute(LEAD, (free,)).fetchall()}
        return [view for view in self.views if view.name in mine]

    def _start(self, main: Runner, lanes: "Lanes", mine: Sequence[View]) -> None:
        """Those that are far behind the others start in lanes, each with those that are where it is."""
        if not mine:
            return
        with self.database.connection() as connection:
            at = {
                one["name"]: one["position"] for one in tracking.lags(connection, [one.name for one in mine])
            }
        front = max(main.position, *at.values())
        behind: dict[int, list[View]] = {}
        for view in mine:
            if front - at[view.name] <= FAR:
                main.views.append(view)
            else:
                behind.setdefault(at[view.name], []).append(view)
        for views in behind.values():
            lanes.open(views)

    def _step(self, main: Runner, lanes: "Lanes") -> bool:
        """Whether those who go together have nothing more to do at once."""
        if not main.views:
            return True
        try:
            return not main.step() or main.is_there
        except Aside as aside:
            main.leave(aside.view)
            lanes.open([aside.view])
        except Stalled as stalled:
            held = [view for view in main.views if view.name in stalled.names]
            for view in held:
                main.leave(view)
            lanes.open(held)
        return False  # the others haven't got their events yet


class Lanes:
    """旁道 — the views that go by themselves for a while; the leader's thread opens lanes and takes back who has caught up."""

    _say = staticmethod(say)

    def __init__(self, leader: Leader) -> None:
        self.leader = leader
        self._stop = Event()
        self._back: SimpleQueue[Sequence[View]] = SimpleQueue()
        self._apart: SimpleQueue[Sequence[View]] = SimpleQueue()

    @property
    def are_busy(self) -> bool:
        """有视图在旁道."""
        return bool(self.leader.threads)

    def open(self, views: Sequence[View]) -> None:
        """开道: for views that are at the same position."""
        runner = Runner(self.leader.database, self.leader.casework, *views, batch=self.leader.batch)
        thread = Thread(target=self._follow, args=(runner,), name=f"view-{views[0].name}")
        self.leader.threads.append(thread)
        thread.start()

    def tend(self) -> list[View]:
        """照看: lanes for whoever was held up in one; answers the views that are back."""
        self.leader.threads = [thread for thread in self.leader.threads if thread.is_alive()]
        for views in _taken(self._apart):
            self.open(views)
        return [view for views in _taken(self._back) for view in views]

    def close(self) -> None:
        """关闭: each finishes what it is doing; the views' rows are locked as long as that takes."""
        self._stop.set()

    def _follow(self, runner: Runner) -> None:
        wait, last_wait = self.leader.back_off
        stalled = False
        while not self._stop.is_set():
            try:
                taken = runner.step()
            except Aside as aside:
                runner.leave(aside.view)
                self._apart.put([aside.view])
            except Stalled as error:
                stalled = True
                self._record(error)
                self._stop.wait(wait)
                wait = min(wait * 2, last_wait)
            except Exception as error:
                for view in runner.views:
                    self._say(log.error, "projection.interrupted", view.name, error=type(error).__name__, at=where(error))  # fmt: skip
                self._stop.wait(min(wait, AWAY))
                wait = min(wait * 2, last_wait)
            else:
                if taken and stalled:
                    stalled, wait = False, self.leader.back_off[0]
                    for view in runner.views:
                        self._say(log.info, "projection.recovered", view.name)
                if runner.is_there:
                    self._back.put(runner.views)
                    return

    def _record(self, stalled: Stalled) -> None:
        for name in stalled.names:
            self._say(
                log.error, "projection.stalled", name, position=stalled.position, error=stalled.error, at=stalled.where
            )  # fmt: skip
        with suppress(psycopg.Error), self.leader.database.transaction() as connection:
            tracking.stall(connection, stalled.names, stalled.position, stalled.error)


def _taken(queue: SimpleQueue[Sequence[View]]) -> Iterator[Sequence[View]]:
    with suppress(Empty):
        while True:
            yield queue.get_nowait()


def run_all(database: Database, casework: Casework, stop: Event, views: Sequence[View] = VIEWS) -> None:
    """全部运行: keep every view up until told to stop; none ever holds up the others."""
    Leader(database, casework, views).run(stop)

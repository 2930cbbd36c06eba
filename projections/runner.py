"""视图运行器: feeds the log to views – in batches, each read, decoded and folded once for all of them, never skipping an event.

The rows of a batch and the views' positions change in one transaction. Views whose positions differ are brought together
first. A view that fails, or whose turn would hold up the others, is named to the caller, who lets it go on by itself.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Protocol

import psycopg
from eventsourcing.persistence import InterfaceError, OperationalError

from domain.casework import Casework, Recorded
from domain.secrets import destroyed_by
from domain.store import Stored
from eventstore.database import Database
from projections import tracking
from projections.casebook import Casebook
from projections.catalogue import LONG, UNREAD, VIEWS
from projections.deadlines import settled as as_settled
from projections.view import OF_RULES, Connection, View

BATCH = 50_000
"""Facts at a time when there are so many: the more facts of a case fall into one batch, the fewer times it is counted."""
PASSING = frozenset({"08", "40", "53", "55", "57", "58"})
"""Classes of SQLSTATE that pass without the event being different."""
PATIENCE = "SELECT set_config('lock_timeout', '250ms', true)"
"""So long views that go together wait for a row that somebody else holds; a view by itself waits as long as it takes."""


class Stalled(Exception):
    """停滞 — one event cannot be applied: to which views, its position and the class of the error."""

    def __init__(self, names: Sequence[str], position: int, error: Exception) -> None:
        super().__init__(f"{', '.join(names)} at {position}: {type(error).__name__}")
        self.names = tuple(names)
        self.position = position
        self.error = type(error).__name__
        self.where = where(error)


class Aside(Exception):
    """让行 — this view can't go on with the others, who needn't wait for it."""

    def __init__(self, view: View) -> None:
        super().__init__(view.name)
        self.view = view


class Store(Protocol):
    """库 — what a runner needs of a database; a rebuild hands it the shadow tables."""

    def transaction(self) -> AbstractContextManager[Connection]:
        """事务: a connection in a transaction that commits when the block ends well."""
        ...


class Runner:
    """运行器 — brings views up to the log, together.

    `settled` is set when views are built anew: up to that position the rule facts need no answer, because every
    row is computed with the rules of today anyhow.
    """

    def __init__(
        self, database: Store, casework: Casework, *views: View, batch: int = BATCH, settled: int = 0
    ) -> None:
        self.database = database
        self.casework = casework
        self.views = [as_settled(view, settled) for view in views]
        self.batch = batch
        self.settled = settled
        self.position = 0
        self.is_there = False
        """已到末端: the last batch was all there was for any of the views."""
        self._casebook = Casebook(casework)
        self._suspect = 0  # so many of the next events hold one that fails

    def step(self) -> int:
        """一批: apply the next batch to the views that are furthest behind; the number of its events, 0 at the head.

        Raises Stalled, and Aside as long as there are others.
        """
        while True:
            going: list[View] = []
            taken: list[int] = []
            working: View | None = None
            try:
                with self.database.transaction() as connection:
                    going, after, until = self._claim(connection)
                    batch = self._readable(after, until, taken)
                    self.is_there = not taken or (until is None and len(taken) < self._limit())
                    if not taken:
                        self.position = after
                        return 0
                    self._make_way(going, batch)
                    self._casebook.open(batch)
                    for working in going:
                        working.apply(connection, batch, self._casebook)
                    tracking.move(connection, [view.name for view in going], taken[-1])
            except Exception as error:
                self._casebook.forget()
                self._fail(error, going, taken, working)
            else:
                self._suspect = max(0, self._suspect - len(taken))
                self.position = taken[-1]
                return len(taken)

    def catch_up(self) -> int:
        """追赶: apply batches up to the head; the number of events applied. Raises as `step`."""
        applied = 0
        while taken := self.step():
            applied += taken
        return applied

    def leave(self, view: View) -> None:
        """离开: the view goes on without these others."""
        self._suspect = 0
        self.views = [one for one in self.views if one is not view]

    def _claim(self, connection: Connection) -> tuple[list[View], int, int | None]:
        """The views that are furthest behind, their position and that of the next; the rows of all are locked."""
        together = len(self.views) > 1
        if together:
            connection.execute(PATIENCE)
        at = tracking.claim(connection, [view.name for view in self.views], wait=not together)
        for view in self.views:
            if view.name not in at:
                raise Aside(view)
        after = min(at.values())
        if after < self.position:
            self._casebook.forget()  # the views were emptied, or the database is another one
        ahead = [position for position in at.values() if position > after]
        return [view for view in self.views if at[view.name] == after], after, min(ahead, default=None)

    def _next(self, after: int, until: int | None) -> Generator[list[Stored]]:
        with closing(self.casework.store.stream_log(after, self._limit())) as pieces:
            for rows in pieces:
                yield rows if until is None else [one for one in rows if one.position <= until]
                if until is not None and rows[-1].position >= until:
                    return

    def _limit(self) -> int:
        return max(1, self._suspect // 2) if self._suspect else self.batch

    def _make_way(self, going: Sequence[View], batch: Sequence[Recorded]) -> None:
        """A view that has long work to do with a fact of the batch does it by itself."""
        for view in going if len(self.views) > 1 else ():
            if any(isinstance(one.fact, LONG.get(view.name, ())) for one in batch):
                raise Aside(view)

    def _fail(
        self, error: Exception, going: Sequence[View], taken: Sequence[int], working: View | None
    ) -> None:
        """Halves what is tried next; raises what is to be dealt with elsewhere."""
        if isinstance(error, Aside) or not taken:
            raise error
        together = len(self.views) > 1
        if isinstance(error, psycopg.errors.LockNotAvailable) and working is not None and together:
            raise Aside(working) from error
        if _of_the_database(error):
            raise error
        if working is not None and together:
            raise Aside(working) from error
        self._suspect = len(taken)
        if len(taken) == 1:
            raise Stalled([view.name for view in going], taken[0], error) from error

    def _readable(self, after: int, until: int | None, taken: list[int]) -> list[Recorded]:
        """The batch, read without the keys whose destruction it records: on a machine whose file still has them, too."""
        batch = self._read(after, until, taken)
        gone = [pair for one in batch for pair in destroyed_by(one.fact)]
        if not gone:
            return batch
        self.casework.keys.destroy(gone)
        return self._read(after, taken[-1], [])

    def _read(self, after: int, until: int | None, taken: list[int]) -> list[Recorded]:
        """The facts, each opened as soon as it is there; the rows are let go. Their positions are told in `taken`, also of those
        in whose midst one can't be read."""
        batch: list[Recorded] = []
        with closing(self._next(after, until)) as pieces:
            for rows in pieces:
                taken += [row.position for row in rows]
                facts = zip(rows, self.casework.facts(rows, UNREAD), strict=True)
                batch += [
                    Recorded(row.position, fact)
                    for row, fact in facts
                    if row.position > self.settled or not isinstance(fact, OF_RULES)
                ]
        return batch


def catch_up(
    database: Store,
    casework: Casework,
    views: Sequence[View] = VIEWS,
    *,
    settled: int = 0,
    progress: Callable[[int], None] = lambda position: None,
) -> None:
    """全部追赶: bring every view up to the head here and now. Raises `Stalled`, when all others are there."""
    runners = [Runner(database, casework, *views, settled=settled)]
    for runner in runners:
        while runner.views:
            try:
                if not runner.step():
                    break
            except Aside as aside:
                runner.leave(aside.view)
                runners.append(Runner(database, casework, aside.view, settled=settled))
            else:
                progress(runner.position)


def lags(database: Database, views: Sequence[View] = VIEWS) -> list[tracking.Lag]:
    """积压: how far each view is behind the log, and where it stalled."""
    with database.connection() as connection:
        return tracking.lags(connection, tuple(view.name for view in views))


def where(error: BaseException) -> str:
    """The file and line that raised, so that a log line needs no message: messages may quote personal data."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace is not None else ""


def _of_the_database(error: Exception) -> bool:
    """Whether the database failed rather than the event: a lost connection, a deadlock, no space, a shutdown."""
    if isinstance(error, (InterfaceError, OperationalError, psycopg.InterfaceError)):
        return True
    return isinstance(error, psycopg.OperationalError) and (error.sqlstate or "08")[:2] in PASSING

"""Leading: views go together, and whoever can't goes by itself and comes back (C1, C2, issue 6)."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest

from domain.casework import Casework, Recorded
from domain.petition.events import Urged
from eventstore.database import Database
from projections.alerts import Alerts
from projections.casebook import Casebook
from projections.catalogue import VIEWS
from projections.item_shares import ItemShares
from projections.leading import Leader
from projections.ledger import Ledger
from projections.rebuild import rebuild
from projections.runner import Aside, Runner, catch_up, lags
from projections.timeline import Timeline
from projections.view import Connection, View
from projections.wait import wait_for
from tests.owner import as_owner
from tests.projections.office import Office
from tests.projections.snapshot import everything

ROOT = Path(__file__).parents[2]
QUICK = (0.01, 0.05)


class Touchy(ItemShares):
    """One of the eleven that can't take an urging until it is mended; it tells of each batch that it is given."""

    def __init__(self) -> None:
        self.mended = False
        self.refused = Event()
        self.batches: list[int] = []

    def apply(self, connection: Connection, batch: Sequence[Recorded], casebook: Casebook) -> None:
        """Breaks after it has written: a half-done batch would show."""
        super().apply(connection, batch, casebook)
        self.batches.append(len(batch))
        if not self.mended and any(isinstance(one.fact, Urged) for one in batch):
            self.refused.set()
            raise ValueError("not an urging")


@contextmanager
def leading(leader: Leader) -> Iterator[Event]:
    """The leader at work in a thread of its own."""
    stop = Event()
    thread = Thread(target=leader.run, args=(stop,))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(timeout=10)
        assert not thread.is_alive()


def names(views: Sequence[View]) -> list[str]:
    return [view.name for view in views]


def others(view: View) -> list[View]:
    return [one for one in VIEWS if one.name != view.name]


def test_c1_an_event_that_one_of_eleven_cannot_take_holds_up_no_other(
    database: Database, casework: Casework, office: Office
) -> None:
    touchy = Touchy()
    views = [*others(touchy), touchy]
    with leading(Leader(database, casework, views, back_off=QUICK)):
        case = office.register("2026-03-02")
        assert wait_for(database, names(views), casework.history(case)[-1].position)
        bad = office.do_urge(case)
        assert touchy.refused.wait(10)
        later = office.register("2026-03-03")
        last = casework.history(later)[-1].position
        assert wait_for(database, names(others(touchy)), last)
        assert {one["name"]: one["position"] < bad for one in lags(database, views)}[touchy.name]
        touchy.mended = True
        assert wait_for(database, names(views), last)
        again = office.do_urge(later)
        assert wait_for(database, names(views), again)
    assert all(one["stalled_position"] is None for one in lags(database, views))
    assert all(result.agrees for result in rebuild(database, casework, switch=False))


def test_c1_all_views_are_given_the_same_batch_once(
    database: Database, casework: Casework, office: Office
) -> None:
    """Views whose positions differ are brought together first, by those facts that only some of them lack."""
    office.varied()
    ahead = Runner(database, casework, Ledger())
    while ahead.position < (casework.store.max_notification_id() or 0) // 2:
        ahead = Runner(database, casework, Ledger(), batch=10)
        ahead.step()
    touchy = Touchy()
    touchy.mended = True
    both = Runner(database, casework, Ledger(), touchy)
    assert both.step() == touchy.batches[0]
    assert both.position == ahead.position
    rest = both.step()
    assert touchy.batches == [touchy.batches[0], rest]
    assert both.step() == 0
    assert {one["lag"] for one in lags(database, (Ledger(), touchy))} == {0}


def test_c1_whoever_holds_one_view_holds_up_no_other(
    database: Database, casework: Casework, office: Office
) -> None:
    """A rebuild that is about to switch, for instance."""
    views = [Ledger(), Timeline(), Alerts()]
    with leading(Leader(database, casework, views, poll=0.05, back_off=QUICK)):
        case = office.register("2026-03-02")
        assert wait_for(database, names(views), casework.history(case)[-1].position)
        with as_owner(database) as holder, holder.transaction():
            holder.execute("SELECT FROM projection_tracking WHERE name = 'timeline' FOR UPDATE")
            last = office.do_urge(case)
            assert wait_for(database, ["ledger", "alerts"], last)
            assert not wait_for(database, ["timeline"], last, timeout=0)
        assert wait_for(database, ["timeline"], last)


def test_c1_a_row_that_somebody_holds_keeps_only_its_view_waiting(
    database: Database, casework: Casework, office: Office
) -> None:
    """The sweep, for instance, holds the steps that it raises."""
    views = [Ledger(), Timeline(), Alerts()]
    with leading(Leader(database, casework, views, poll=0.05, back_off=QUICK)):
        case = office.register("2026-03-02")
        assert wait_for(database, names(views), casework.history(case)[-1].position)
        with as_owner(database) as holder, holder.transaction():
            holder.execute("SELECT FROM ledger WHERE case_id = %s FOR UPDATE", (case,))
            last = office.do_urge(case)
            assert wait_for(database, ["timeline", "alerts"], last)
            assert not wait_for(database, ["ledger"], last, timeout=0)
        assert wait_for(database, ["ledger"], last)
    assert all(one["stalled_position"] is None for one in lags(database, views))


def test_c2_a_decree_is_answered_beside_the_others(
    database: Database, casework: Casework, office: Office
) -> None:
    office.accepted("2026-01-07")
    together = Runner(database, casework, *VIEWS)
    together.catch_up()
    office.decree(2026, "2026-03-03", ["2026-03-05", "2026-03-06"])
    with pytest.raises(Aside) as aside:
        together.catch_up()
    assert aside.value.view.name == "deadlines"
    together.leave(aside.value.view)
    assert together.catch_up() > 0
    assert {one["name"] for one in lags(database) if one["lag"]} == {"deadlines"}
    catch_up(database, casework)
    assert all(one["lag"] == 0 for one in lags(database))


def test_c1_what_is_remembered_from_batch_to_batch_is_what_would_be_read(
    database: Database, casework: Casework, office: Office
) -> None:
    """The same rows from one runner that follows event by event, and from one pass; also when less is kept than comes."""
    cases = [*office.varied(), *office.items()]
    casebook = Casebook(casework, kept=7)
    log = casework.store.select_log(0, 10_000)
    facts = [Recorded(row.position, fact) for row, fact in zip(log, casework.facts(log), strict=True)]
    for one in facts:
        casebook.open([one])
        casebook.cases([one.fact.originator_id])
    read = casework.cases(cases)
    casebook.open(facts)
    followed = casebook.cases(cases)
    assert {id: case.state for id, case in followed.items()} == {id: case.state for id, case in read.items()}
    assert {id: case.history for id, case in followed.items()} == {
        id: case.history for id, case in read.items()
    }
    Runner(database, casework, *VIEWS, batch=1).catch_up()
    stepwise = everything(database)
    with as_owner(database) as connection:
        tables = ", ".join(table for view in VIEWS for table in view.tables)
        connection.execute(f"TRUNCATE projection_tracking, {tables}")
    catch_up(database, casework)
    assert everything(database) == stepwise


def test_c1_one_of_two_projectors_is_killed_and_the_other_goes_on(
    database: Database, casework: Casework, office: Office
) -> None:
    projector = subprocess.Popen(
        [sys.executable, "-m", "tests.projections.projector", database.dsn], cwd=ROOT
    )
    every = names(VIEWS)
    try:
        case = office.register("2026-03-02")
        assert wait_for(database, every, casework.history(case)[-1].position, timeout=30)
        with leading(Leader(database, casework, poll=0.05, back_off=QUICK)):
            assert wait_for(database, every, office.do_urge(case))
            assert holders(database) == 1
            projector.kill()
            projector.wait(timeout=10)
            assert wait_for(database, every, office.do_urge(case), timeout=20)
            assert holders(database) == 1
    finally:
        projector.kill()
        projector.wait(timeout=10)
    assert projector.returncode == -9
    assert all(result.agrees for result in rebuild(database, casework, switch=False))


def holders(database: Database) -> int:
    """How many sessions lead views of this database."""
    with psycopg.connect(database.dsn) as connection:
        row = connection.execute(
            "SELECT count(DISTINCT pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        ).fetchone()
    return int(row[0]) if row else 0

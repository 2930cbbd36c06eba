"""The runner: positions with rows, redelivery, poison, one leader, and views that don't wait for each other."""

from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from io import StringIO
from threading import Event, Thread
from time import monotonic
from uuid import UUID

import psycopg
import pytest
import structlog

from domain.casework import Casework, Recorded
from eventstore.database import Database
from projections.casebook import Casebook
from projections.catalogue import VIEWS
from projections.leading import Leader, run_all
from projections.ledger import Ledger
from projections.runner import Runner, Stalled, catch_up, lags
from projections.timeline import Timeline
from projections.view import Connection, Table
from projections.wait import wait_for
from tests.owner import append_rubbish, as_owner
from tests.projections.office import Office, a_casework
from tests.projections.snapshot import everything

QUICK = (0.01, 0.05)


class Fragile:
    """A timeline that breaks on the facts of one case until it is mended; it also counts its batches."""

    name = "fragile"
    tables: Mapping[str, Table] = {}

    def __init__(self, poison: UUID | None = None) -> None:
        self.poison = poison
        self.inner = Timeline()
        self.batches: list[int] = []
        self.broken = Event()

    def apply(self, connection: Connection, batch: Sequence[Recorded], casebook: Casebook) -> None:
        """Applies, then breaks: so that a half-done batch would show."""
        self.inner.apply(connection, batch, casebook)
        if any(one.fact.originator_id == self.poison for one in batch):
            self.broken.set()
            raise ValueError("a subject that nobody should read in a log")
        self.batches.append(len(batch))


def rows(database: Database) -> int:
    with database.connection() as connection:
        row = connection.execute("SELECT count(*) AS n FROM timeline").fetchone()
    return row["n"] if row else 0


def facts(database: Database) -> int:
    """How many facts of cases there are."""
    with database.connection() as connection:
        row = connection.execute(
            "SELECT count(*) AS n FROM casework_events"
            " WHERE topic LIKE 'petition.%%' AND topic NOT LIKE 'petition.numbers%%' OR topic LIKE 'review.%%'"
        ).fetchone()
    return row["n"] if row else 0


def position(database: Database, name: str) -> int:
    with database.connection() as connection:
        row = connection.execute(
            "SELECT position FROM projection_tracking WHERE name = %s", (name,)
        ).fetchone()
    return row["position"] if row else 0


@contextmanager
def running(*leaders: Leader):
    """The leaders at work in threads of their own."""
    stop = Event()
    threads = [Thread(target=leader.run, args=(stop,)) for leader in leaders]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=10)
        assert not any(thread.is_alive() for thread in threads)


def test_the_log_is_taken_in_batches(database: Database, casework: Casework, office: Office) -> None:
    office.many_letters(30)
    view = Fragile()
    applied = Runner(database, casework, view, batch=50).catch_up()
    assert sum(view.batches) == applied
    assert max(view.batches) == 50
    assert rows(database) == facts(database) == 120


def test_rows_and_position_are_committed_together(
    database: Database, casework: Casework, office: Office
) -> None:
    good = office.register("2026-03-02")
    Runner(database, casework, Fragile()).catch_up()
    before = position(database, "fragile")
    bad = office.register("2026-03-02")
    with pytest.raises(Stalled):
        Runner(database, casework, Fragile(poison=bad)).catch_up()
    with database.connection() as connection:
        seen = connection.execute("SELECT DISTINCT case_id FROM timeline").fetchall()
    assert [row["case_id"] for row in seen] == [good]
    assert before <= position(database, "fragile") < casework.history(bad)[0].position


def test_redelivery_changes_nothing(database: Database, casework: Casework, office: Office) -> None:
    office.varied()
    catch_up(database, casework)
    before = everything(database)
    with database.transaction() as connection:
        connection.execute("UPDATE projection_tracking SET position = 0")
    catch_up(database, casework)
    assert everything(database) == before


def test_a_poison_event_stops_exactly_there(database: Database, casework: Casework, office: Office) -> None:
    office.many_letters(40)
    bad = office.register("2026-03-02")
    office.many_letters(10, start=100)
    poisoned = casework.history(bad)[0].position
    view = Fragile(poison=bad)
    with pytest.raises(Stalled) as stalled:
        Runner(database, casework, view).catch_up()
    assert stalled.value.position == poisoned
    before = [one for one in casework.store.select_log(0, 1000) if one.position < poisoned]
    assert position(database, "fragile") == before[-1].position
    assert rows(database) == 160
    view.poison = None
    Runner(database, casework, view).catch_up()
    assert rows(database) == facts(database)


def test_an_unreadable_event_stops_exactly_there(
    database: Database, casework: Casework, office: Office
) -> None:
    office.register("2026-03-02")
    position = append_rubbish(database)
    with pytest.raises(Stalled) as stalled:
        Runner(database, casework, Timeline()).catch_up()
    assert stalled.value.position == position


def test_a_stalled_view_reports_holds_up_no_other_and_recovers(
    database: Database, casework: Casework, office: Office
) -> None:
    bad = office.register("2026-03-02")
    view = Fragile(poison=bad)
    healthy = Ledger()
    with running(Leader(database, casework, [view, healthy], back_off=QUICK)):
        assert view.broken.wait(10)
        assert wait_for(database, ["ledger"], casework.history(bad)[-1].position)
        later = office.do_urge(bad)
        assert wait_for(database, ["ledger"], later)
        report = stalled_report(database, (view, healthy))
        assert report["fragile"]["stalled_position"] == casework.history(bad)[0].position
        assert report["fragile"]["error"] == "ValueError"
        assert report["fragile"]["lag"] > 0
        assert report["ledger"]["lag"] == 0
        assert report["ledger"]["error"] is None
        view.poison = None
        assert wait_for(database, ["fragile"], later)
    healed = {one["name"]: one for one in lags(database, (view, healthy))}
    assert healed["fragile"]["stalled_position"] is None
    assert healed["fragile"]["error"] is None


def stalled_report(database: Database, views, seconds: float = 10.0) -> dict:
    """The health report once the stall is recorded: it is, before the view is tried again."""
    deadline, report = monotonic() + seconds, {}
    with psycopg.connect(database.dsn, autocommit=True) as listener:
        listener.execute("LISTEN projections")
        while monotonic() < deadline:
            report = {one["name"]: one for one in lags(database, views)}
            if report["fragile"]["error"] is not None:
                return report
            for _ in listener.notifies(timeout=0.05, stop_after=1):
                pass
    pytest.fail(f"no stall was recorded in {seconds} seconds: {report}")


def test_a_log_that_cannot_be_written_hides_no_stall_and_ends_no_view(
    database: Database, casework: Casework, office: Office
) -> None:
    bad = office.register("2026-03-02")
    view = Fragile(poison=bad)
    with StringIO() as gone:
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(gone))
    with running(Leader(database, casework, [view], back_off=QUICK)):
        assert stalled_report(database, (view,))["fragile"]["error"] == "ValueError"
        view.poison = None
        assert wait_for(database, ["fragile"], casework.history(bad)[-1].position)


def test_a_view_that_stalls_at_the_very_first_event_reports_it_too(
    database: Database, casework: Casework
) -> None:
    with database.transaction() as connection:
        connection.execute("DELETE FROM projection_tracking")
    append_rubbish(database)
    first = casework.store.select_log(0, 1)[0].position
    with running(Leader(database, casework, [Fragile()], batch=1, back_off=QUICK)):
        report = stalled_report(database, (Fragile(),))["fragile"]
    assert (report["stalled_position"], report["position"]) == (first, 0)


def test_two_runners_take_turns(database: Database, casework: Casework, office: Office) -> None:
    """The second waits for the first and takes over when it goes."""
    first, second = Fragile(), Fragile()
    stop_first, stop_second = Event(), Event()
    one = Thread(target=Leader(database, casework, [first], poll=0.05).run, args=(stop_first,))
    two = Thread(target=Leader(database, casework, [second], poll=0.05).run, args=(stop_second,))
    one.start()
    case = office.register("2026-03-02")
    assert wait_for(database, ["fragile"], casework.history(case)[-1].position)
    two.start()
    later = office.do_urge(case)
    assert wait_for(database, ["fragile"], later)
    assert second.batches == []
    stop_first.set()
    one.join(timeout=10)
    last = office.do_urge(case)
    assert wait_for(database, ["fragile"], last)
    stop_second.set()
    two.join(timeout=10)
    assert second.batches != []
    assert sum(first.batches) + sum(second.batches) == len(casework.store.select_log(0, 1000))


def test_a_leader_whose_connection_is_cut_is_followed(
    database: Database, casework: Casework, office: Office
) -> None:
    view = Fragile()
    with running(Leader(database, casework, [view], poll=0.05, back_off=QUICK)):
        case = office.register("2026-03-02")
        assert wait_for(database, ["fragile"], casework.history(case)[-1].position)
        with as_owner(database) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        assert wait_for(database, ["fragile"], office.do_urge(case))


def test_all_views_run_until_told_to_stop(database: Database, casework: Casework, office: Office) -> None:
    stop = Event()
    thread = Thread(target=run_all, args=(database, casework, stop))
    thread.start()
    case = office.register("2026-03-02")
    assert wait_for(database, [view.name for view in VIEWS], casework.history(case)[-1].position)
    stop.set()
    thread.join(timeout=10)
    assert not thread.is_alive()
    assert all(one["lag"] == 0 for one in lags(database))


def test_waiting_gives_up_in_time(database: Database, casework: Casework, office: Office) -> None:
    assert not wait_for(database, ["ledger"], 1, timeout=0.1)
    catch_up(database, casework)
    assert wait_for(database, ["ledger"], 1, timeout=0)
    assert not wait_for(database, ["ledger", "no-such-view"], 1, timeout=0.1)


def test_another_process_sees_what_this_one_wrote(
    database: Database, casework: Casework, office: Office
) -> None:
    case = office.register("2026-03-02")
    with a_casework(database.dsn) as elsewhere:
        catch_up(database, elsewhere)
    with database.connection() as connection:
        row = connection.execute("SELECT version FROM ledger WHERE case_id = %s", (case,)).fetchone()
    assert row == {"version": 1}

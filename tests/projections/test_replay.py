"""整库重放: the views as they stood at an instant, in a schema of their own; interrupted, resumed, refused and dropped (C4)."""

from datetime import timedelta

import psycopg
import pytest

from domain.bounded import Then, reach
from domain.casework import Casework
from domain.petition import commands
from eventstore.database import Database
from projections.catalogue import VIEWS
from projections.replay import (
    BadName,
    Foreign,
    Replayed,
    Replaying,
    drop,
    drop_outdated,
    replay,
    schemas,
)
from projections.runner import catch_up
from tests.projections.office import Office, at

SECOND = timedelta(seconds=1)


@pytest.fixture
def lived(database: Database, casework: Casework, office: Office) -> Office:
    """An office with a past; its views are up to date."""
    case = office.transferred("2026-03-02")
    office.do(case, "a-clerk", "2026-03-05", commands.Accept())
    office.register("2026-03-09", "反映路灯不亮")
    catch_up(database, casework)
    return office


def count(database: Database, table: str) -> int:
    with database.connection() as connection:
        row = connection.execute(f"SELECT count(*) AS n FROM {table}").fetchone()
    return int(row["n"]) if row is not None else 0


def ask(database: Database, query: str) -> dict[str, object]:
    with database.connection() as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row


def test_a_schema_holds_what_was_recorded_by_the_instant(
    database: Database, casework: Casework, lived: Office
) -> None:
    done = replay(database, casework, at("2026-03-04"), "march")
    assert (count(database, "march.ledger"), count(database, "ledger")) == (1, 2)
    assert ask(database, "SELECT stage FROM march.ledger") == {"stage": "with_unit"}
    about = ask(database, "SELECT * FROM march.replayed")
    assert (about["until"], about["position"]) == (at("2026-03-04"), done.within.last)
    assert about["finished_at"] is not None
    tracked = ask(database, "SELECT count(*) AS n FROM march.projection_tracking")
    assert tracked == {"n": len(VIEWS)}
    with database.connection() as connection:
        assert schemas(connection) == ["march"]


def test_the_live_views_are_not_touched(database: Database, casework: Casework, lived: Office) -> None:
    before = ask(database, "SELECT min(position) AS n, max(xmin::text::bigint) AS x FROM projection_tracking")
    replay(database, casework, at("2026-03-04"), "march")
    after = ask(database, "SELECT min(position) AS n, max(xmin::text::bigint) AS x FROM projection_tracking")
    assert before == after


def test_before_anything_was_recorded_there_is_nothing(
    database: Database, casework: Casework, lived: Office
) -> None:
    done = replay(database, casework, at("2020-01-01"), "nothing")
    assert (done.within.last, done.within.facts, count(database, "nothing.ledger")) == (0, 0, 0)


class Interrupted(Exception):
    """Whoever ran it pressed Ctrl-C."""


def test_what_was_cut_short_goes_on_and_another_instant_begins_anew(
    database: Database, casework: Casework, lived: Office
) -> None:
    views = iter(range(len(VIEWS) * 3))

    def cut(name: str, position: int, head: int) -> None:
        if next(views) == 4:
            raise Interrupted

    with pytest.raises(Interrupted):
        replay(database, casework, at("2026-03-06"), "march", progress=cut)
    assert ask(database, "SELECT finished_at FROM march.replayed") == {"finished_at": None}
    begun = ask(database, "SELECT started_at FROM march.replayed")
    again = replay(database, casework, at("2026-03-06"), "march")
    assert (again.resumed, again.was_done) == (True, False)
    assert replay(database, casework, at("2026-03-06"), "march").was_done
    assert ask(database, "SELECT started_at FROM march.replayed") == begun
    fresh = replay(database, casework, at("2026-03-06"), "fresh")
    assert not fresh.resumed
    for view in VIEWS:
        for table in view.tables:
            rows = [
                sorted(str(row["r"]) for row in found)
                for found in (_rows(database, f"{schema}.{table}") for schema in ("march", "fresh"))
            ]
            assert rows[0] == rows[1], table
    other = replay(database, casework, at("2026-03-03"), "march")
    assert not other.resumed
    assert ask(database, "SELECT until FROM march.replayed") == {"until": at("2026-03-03")}


def _rows(database: Database, table: str) -> list[dict[str, object]]:
    with database.connection() as connection:
        return connection.execute(f"SELECT t::text AS r FROM {table} t").fetchall()


@pytest.mark.parametrize(
    "name", ["public", "rebuild", "pg_toast", "information_schema", "März", "a b", "", "x" * 64]
)
def test_no_other_schema_can_be_meant(
    database: Database, casework: Casework, office: Office, name: str
) -> None:
    with pytest.raises(BadName):
        replay(database, casework, at("2026-03-04"), name)
    with pytest.raises(BadName):
        drop(database, name)


def test_a_schema_of_somebody_elses_is_left_alone(
    database: Database, casework: Casework, lived: Office
) -> None:
    with database.transaction() as connection:
        connection.execute("CREATE SCHEMA theirs")
        connection.execute("CREATE TABLE theirs.replayed (until timestamptz)")
    with pytest.raises(Foreign):
        replay(database, casework, at("2026-03-04"), "theirs")
    with pytest.raises(Foreign):
        drop(database, "theirs")
    assert count(database, "theirs.replayed") == 0


def test_a_replay_is_dropped_once(database: Database, casework: Casework, lived: Office) -> None:
    replay(database, casework, at("2026-03-04"), "march")
    assert (drop(database, "march"), drop(database, "march")) == (True, False)
    assert ask(database, "SELECT to_regnamespace('march') AS there") == {"there": None}


def test_what_was_destroyed_since_is_in_no_replay_any_more(
    database: Database, casework: Casework, lived: Office
) -> None:
    replay(database, casework, at("2026-03-04"), "march")
    assert drop_outdated(database) == []
    insert = (
        "INSERT INTO erasures SELECT case_id, 9, %s, '', '', '', '{}', '{}', '{}', now(), now() - interval '1 day',"
        " '', 1, true, 0, '[]' FROM ledger LIMIT 1"
    )
    with database.transaction() as connection:
        connection.execute(insert, ((casework.store.max_notification_id() or 0) + 1,))
    assert drop_outdated(database) == ["march"]
    assert drop_outdated(database) == []


def test_two_replays_do_not_mix(database: Database, casework: Casework, lived: Office) -> None:
    with psycopg.connect(database.dsn, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended('replay march', 0))")
        with pytest.raises(Replaying):
            replay(database, casework, at("2026-03-04"), "march")
        other.execute("SELECT pg_advisory_unlock_all()")
    found: Replayed = replay(database, casework, at("2026-03-04"), "march")
    assert found.schema == "march"


def test_the_office_of_then_knows_no_more_and_writes_nothing(casework: Casework, lived: Office) -> None:
    """Directory and rules are those recorded by then; a fact stored behind a later one counts in its own stream only."""
    lived.decree(2027, "2026-11-20", ["2027-01-01"])
    case = lived.register("2026-11-23")
    entered_late = lived.register("2026-11-19", "反映停水")
    within = reach(casework, at("2026-11-19"))
    assert within.whole < within.last, "it lies behind what was recorded after it"
    then = Then(casework, within)
    assert then.rulebase().version == 0
    assert casework.rulebase().version == 1
    assert (then.case(case), then.case(entered_late) is not None) == (None, True)
    assert then.directory() == casework.directory()
    assert Then(casework, reach(casework, at("2025-01-02") - SECOND)).directory().version == 0
    with pytest.raises(TypeError):
        lived.casework.__class__.handle(
            then, entered_late, commands.Transfer("unit-a"), lived.act("clerk", "2026-11-23")
        )
    assert casework.case(entered_late) == then.case(entered_late)

"""Rebuilding: the same rows as following along, damage repaired, and nothing lost when a projector is killed."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from domain.casework import Casework
from domain.petition import commands
from eventstore.database import Database
from projections.catalogue import VIEWS
from projections.rebuild import Rebuilding, rebuild
from projections.runner import Runner, catch_up
from projections.timeline import Timeline
from projections.view import NOT_OF_A_CASE
from tests.projections.office import Office, at
from tests.projections.snapshot import TABLES, everything

ROOT = Path(__file__).parents[2]


def followed(database: Database, casework: Casework) -> None:
    """The views after reading the log in the smallest steps there are."""
    for view in VIEWS:
        Runner(database, casework, view, batch=1).catch_up()


def test_following_along_and_building_anew_agree(
    database: Database, casework: Casework, office: Office
) -> None:
    cases = [*office.varied(), *office.items()]
    followed(database, casework)
    office.decree(2026, "2026-03-03", ["2026-03-05", "2026-03-06", "2026-04-06"], ["2026-03-14"])
    followed(database, casework)
    office.do(cases[1], "a-officer", "2026-03-05", commands.Reply("support", "答复意见"))
    casework.raise_alerts(cases, at("2026-03-09"))
    followed(database, casework)
    before = everything(database)
    assert all(before[table] for table in TABLES)
    for result in rebuild(database, casework, switch=False):
        assert result.agrees, result
    assert everything(database) == before
    assert all(result.agrees for result in rebuild(database, casework))
    assert everything(database) == before


def test_damage_is_found_and_repaired(database: Database, casework: Casework, office: Office) -> None:
    office.varied()
    office.items()
    catch_up(database, casework)
    sound = everything(database)
    with database.transaction() as connection:
        connection.execute("UPDATE ledger SET subject = 'x' WHERE repeat")
        connection.execute("DELETE FROM deadlines WHERE clock = 'finish'")
        connection.execute("DELETE FROM timeline WHERE event = 'Registered'")
        connection.execute("UPDATE item_shares SET unit = 'x' WHERE sent_back > 0")
        connection.execute(
            "INSERT INTO timeline SELECT case_id, 99, 99, 'Invented', on_date, recorded_at, by, unit"
            " FROM timeline LIMIT 1"
        )
    steps: list[tuple[str, int, int]] = []
    found = rebuild(database, casework, progress=lambda *step: steps.append(step))
    by_name = {one.name: one for one in found}
    assert (by_name["ledger"].wrong, by_name["ledger"].missing) == (1, 0)
    assert by_name["deadlines"].missing > 0
    assert by_name["timeline"].wrong == 1
    assert by_name["timeline"].missing > 0
    assert by_name["alerts"].agrees
    assert (by_name["item_shares"].wrong, by_name["item_shares"].missing) == (1, 1)
    assert everything(database) == sound
    assert {name for name, *_ in steps} == {view.name for view in VIEWS}
    assert all(position <= head for _, position, head in steps)


def test_a_view_that_was_behind_is_brought_up(database: Database, casework: Casework, office: Office) -> None:
    case = office.register("2026-03-02")
    catch_up(database, casework)
    last = office.do_urge(case)
    timeline = Timeline()
    [result] = rebuild(database, casework, [timeline])
    assert (result.live_position < last, result.position, result.missing) == (True, last, 1)
    assert Runner(database, casework, timeline).step() == 0


def test_what_the_sweep_has_claimed_stays_claimed(
    database: Database, casework: Casework, office: Office
) -> None:
    office.accepted("2026-03-02")
    catch_up(database, casework)
    with database.transaction() as connection:
        connection.execute("UPDATE deadline_steps SET raised = true WHERE clock = 'finish'")
    rebuild(database, casework)
    with database.connection() as connection:
        row = connection.execute("SELECT count(*) FILTER (WHERE raised) AS n FROM deadline_steps").fetchone()
    assert row is not None
    assert row["n"] > 0


def test_two_rebuilds_do_not_mix(database: Database, casework: Casework, office: Office) -> None:
    with psycopg.connect(database.dsn, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended('rebuild', 0))")
        with pytest.raises(Rebuilding):
            rebuild(database, casework)
        other.execute("SELECT pg_advisory_unlock(hashtextextended('rebuild', 0))")
    assert rebuild(database, casework)


def test_nothing_of_the_shadow_is_left(database: Database, casework: Casework, office: Office) -> None:
    rebuild(database, casework)
    with database.connection() as connection:
        row = connection.execute("SELECT to_regnamespace('rebuild') AS shadow").fetchone()
    assert row == {"shadow": None}


def test_a_projector_killed_in_the_middle_loses_nothing(
    database: Database, casework: Casework, office: Office
) -> None:
    """kill -9 while catching up, three times; then the rest, and the rows are those of a rebuild."""
    office.many_letters(300)
    office.varied()
    office.items()
    for _ in range(3):
        before = positions(database)
        projector = subprocess.Popen(
            [sys.executable, "-m", "tests.projections.projector", database.dsn], cwd=ROOT
        )
        try:
            with psycopg.connect(database.dsn, autocommit=True) as listener:
                listener.execute("LISTEN projections")
                for _ in listener.notifies(timeout=30, stop_after=4):
                    pass
        finally:
            projector.kill()
            projector.wait(timeout=10)
        assert projector.returncode == -9
        last = casework.store.max_notification_id() or 0
        assert before < positions(database) < last * len(VIEWS)
    catch_up(database, casework)
    for result in rebuild(database, casework, switch=False):
        assert result.agrees, result
    with database.connection() as connection:
        counts = connection.execute(
            "SELECT (SELECT count(*) FROM ledger) AS cases, (SELECT count(*) FROM timeline) AS facts"
        ).fetchone()
    stored = [casework.fact(one) for one in casework.store.select_log(0, 10_000)]
    of_cases = [fact for fact in stored if not isinstance(fact, NOT_OF_A_CASE)]
    assert counts == {"cases": len({fact.originator_id for fact in of_cases}), "facts": len(of_cases)}


def positions(database: Database) -> int:
    """How far all views have come, added up."""
    with database.connection() as connection:
        row = connection.execute("SELECT coalesce(sum(position), 0) AS n FROM projection_tracking").fetchone()
    return int(row["n"]) if row else 0

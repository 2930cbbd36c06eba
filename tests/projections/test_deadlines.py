"""The clocks' rows: what the rules say of the whole history, also after the rules themselves have changed."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from domain.alerts.plan import planned
from domain.casework import Casework
from domain.petition import commands
from domain.petition.situation import clocks_of
from domain.rules import rulebook
from eventstore.database import Database
from projections.amending import CHUNK
from projections.casebook import EVER
from projections.runner import catch_up
from tests.projections.office import Office, at, on


def rows(database: Database, table: str) -> list[dict[str, Any]]:
    with database.connection() as connection:
        return connection.execute(f"SELECT * FROM {table}").fetchall()


def due_dates(database: Database, case: UUID) -> dict[str, date]:
    """The due date of each clock of a case."""
    return {row["clock"]: row["due_on"] for row in rows(database, "deadlines") if row["case_id"] == case}


def assert_as_computed(database: Database, casework: Casework, cases: Iterable[UUID]) -> None:
    """The rows are what the rules say now, no more and no less."""
    known = casework.known(EVER)
    clocks, steps = set(), set()
    for case in cases:
        petition = casework.petition(case)
        assert petition is not None
        found = clocks_of([one.fact for one in casework.history(case)], petition, known)
        for clock in found:
            clocks.add(
                (case, clock.clock, clock.start_version, clock.unit, clock.due_on, clock.nominal_due_on,
                 clock.state, clock.stopped_on, clock.provisional, clock.rulebook_version, clock.explanation)
            )  # fmt: skip
        for item in planned(petition, found, known.books, known.calendar):
            steps.add(
                (
                    case,
                    item.clock.clock,
                    item.clock.start_version,
                    item.step.id,
                    item.clock.due_on,
                    item.fire_on,
                )
            )
    assert clocks == {
        (row["case_id"], row["clock"], row["start_version"], row["unit"], row["due_on"], row["nominal_due_on"],
         row["state"], row["stopped_on"], row["provisional"], row["rulebook_version"], tuple(row["explanation"]))
        for row in rows(database, "deadlines")
    }  # fmt: skip
    assert steps == {
        (row["case_id"], row["clock"], row["start_version"], row["step"], row["due_on"], row["fire_on"])
        for row in rows(database, "deadline_steps")
    }


def test_rows_are_what_the_rules_say(database: Database, casework: Casework, office: Office) -> None:
    cases = office.varied()
    catch_up(database, casework)
    assert_as_computed(database, casework, cases)
    started = {(one["case_id"], one["start_version"]): one["position"] for one in rows(database, "deadlines")}
    for (case, version), position in started.items():
        assert casework.history(case)[version - 1].position == position


def test_a_raised_step_is_no_longer_to_come(database: Database, casework: Casework, office: Office) -> None:
    case = office.register("2026-03-02")
    catch_up(database, casework)
    before = {row["step"] for row in rows(database, "deadline_steps")}
    assert casework.raise_alerts([case], at("2026-03-10")) == 1
    catch_up(database, casework)
    gone = before - {row["step"] for row in rows(database, "deadline_steps")}
    assert gone == {"due_soon_5"}
    assert {row["step"] for row in rows(database, "alerts")} == gone


def test_a_clock_that_ends_has_no_steps(database: Database, casework: Casework, office: Office) -> None:
    case = office.transferred("2026-03-02")
    catch_up(database, casework)
    assert rows(database, "deadline_steps")
    office.do(case, "clerk", "2026-03-03", commands.Withdraw("信访人撤回"))
    catch_up(database, casework)
    assert rows(database, "deadline_steps") == []
    assert {row["state"] for row in rows(database, "deadlines")} == {"stopped", "cancelled"}


def test_a_decree_moves_the_clocks_of_its_year(
    database: Database, casework: Casework, office: Office
) -> None:
    """Of 2027, which no notice covers yet: the dates are provisional until it is decreed."""
    late = office.register("2026-12-21")
    early = office.register("2026-03-02")
    catch_up(database, casework)
    assert due_dates(database, late) == {"route": on("2027-01-05")}
    assert {row["provisional"] for row in rows(database, "deadlines") if row["case_id"] == late} == {True}
    before = due_dates(database, early)
    office.decree(2027, "2026-11-20", ["2027-01-01", "2027-01-04", "2027-01-05", "2027-01-06"])
    catch_up(database, casework)
    assert due_dates(database, late) == {"route": on("2027-01-07")}
    assert {row["provisional"] for row in rows(database, "deadlines") if row["case_id"] == late} == {False}
    assert due_dates(database, early) == before
    assert_as_computed(database, casework, [late, early])


def test_a_decree_moves_the_steps_beyond_the_turn_of_the_year(
    database: Database, casework: Casework, office: Office
) -> None:
    """Due on 30 December; escalated three working days later, in a year that is decreed only now."""
    case = office.register("2026-12-15")
    catch_up(database, casework)
    office.decree(2027, "2026-11-20", ["2027-01-01", "2027-01-04", "2027-01-05", "2027-01-06"])
    catch_up(database, casework)
    assert due_dates(database, case) == {"route": on("2026-12-30")}
    assert_as_computed(database, casework, [case])


def test_a_decree_of_any_year_stops_nothing(database: Database, casework: Casework, office: Office) -> None:
    case = office.register("2026-03-02")
    for year in ("0001", "9999"):
        office.decree(int(year), "2026-03-02", [f"{year}-10-01"])
    catch_up(database, casework)
    assert_as_computed(database, casework, [case])


def test_a_new_version_moves_running_clocks_if_it_says_so(
    database: Database, casework: Casework, office: Office
) -> None:
    running = office.register("2026-03-02")
    done = office.transferred("2026-01-05")
    catch_up(database, casework)
    before = due_dates(database, running)
    office.publish(amended(length=20, version="2", running_clocks_move=False), "2026-03-05")
    catch_up(database, casework)
    assert due_dates(database, running) == before
    office.publish(amended(length=25, version="3", running_clocks_move=True), "2026-03-05")
    catch_up(database, casework)
    assert due_dates(database, running) == {"route": on("2026-03-27")}
    assert_as_computed(database, casework, [running, done])


def test_a_new_version_may_open_a_clock_where_there_was_none(
    database: Database, casework: Casework, office: Office
) -> None:
    """A case without any clock is asked too when a rule book changes."""
    case = office.register("2026-03-02", rulebook="time-limited", limit_class="routine")
    other = office.register("2026-03-02", category="suggestion", rulebook="letters-grain-bureau")
    catch_up(database, casework)
    assert due_dates(database, other) == {}
    table = shipped("letters-grain-bureau")
    table |= {"version": "2", "published_at": at("2026-02-01").isoformat(), "in_force_from": "2026-02-01"}
    table["clock"] = [*table["clock"], {**table["clock"][0], "clock": "settle", "starts": ["registered"]}]
    office.publish(table, "2026-03-05")
    catch_up(database, casework)
    assert "settle" in due_dates(database, other)
    assert_as_computed(database, casework, [case, other])


def test_many_cases_are_computed_again_in_portions(
    database: Database, casework: Casework, office: Office
) -> None:
    cases = office.many_letters(CHUNK + 70)
    catch_up(database, casework)
    before = rows(database, "deadlines")
    every = [f"2019-{month:02}-{day:02}" for month in (2, 3, 4) for day in range(1, 29)]
    office.decree(2019, "2026-03-02", every)
    catch_up(database, casework)
    moved = [row for row in rows(database, "deadlines") if row not in before]
    assert len(moved) > CHUNK / 10
    assert_as_computed(database, casework, cases)


def shipped(id: str) -> dict[str, Any]:
    """The table of a rule book as shipped."""
    return rulebook.as_table(next(book for book in rulebook.shipped() if book.id == id))


def amended(length: int, version: str, running_clocks_move: bool) -> dict[str, Any]:
    """The Regulations with another limit for passing a petition on."""
    table = shipped("petition-2022")
    table |= {
        "version": version,
        "published_at": at("2026-03-03").isoformat(),
        "in_force_from": "2026-03-04",
        "running_clocks_move": running_clocks_move,
    }
    table["clock"] = [one | {"length": length} if one["clock"] == "route" else one for one in table["clock"]]
    return table

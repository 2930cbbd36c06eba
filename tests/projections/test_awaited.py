"""What each case waits for: of whom, through its life; the same when built anew; and only acts of the tables."""

from uuid import UUID

import pytest

from domain.casework import Casework
from domain.kinds import KINDS
from domain.petition import commands
from eventstore.database import Database
from projections.awaited import DUTIES, INSPECTORS, LEADERS, Awaited
from projections.catalogue import VIEWS
from projections.rebuild import rebuild
from projections.runner import Runner, catch_up
from projections.visibility import office_key, person_key
from tests.projections.office import Office

OFFICE = office_key("office")


def waits(database: Database, casework: Casework, case: UUID) -> dict[str, set[str]]:
    catch_up(database, casework)
    with database.connection() as connection:
        found = connection.execute("SELECT who, acts FROM awaited WHERE case_id = %s", (case,)).fetchall()
    return {row["who"]: set(row["acts"]) for row in found}


def test_following_along_and_building_anew_agree(
    database: Database, casework: Casework, office: Office
) -> None:
    office.varied()
    office.items()
    for view in VIEWS:
        Runner(database, casework, view, batch=1).catch_up()
    [result] = rebuild(database, casework, [Awaited()])
    assert result.agrees


def test_only_acts_of_the_tables_are_duties() -> None:
    kinds = {kind.name: set(kind.commands) for kind in KINDS}
    assert all(set(duties) <= kinds[name] for name, duties in DUTIES.items())


def test_a_new_petition_waits_for_the_office_to_pass_it_on(
    database: Database, casework: Casework, office: Office
) -> None:
    found = waits(database, casework, office.register("2026-03-02"))
    assert {"transfer", "assign", "accept", "decline"} <= found[OFFICE]
    assert set(found) == {OFFICE, "office"}


def test_it_goes_from_hand_to_hand(database: Database, casework: Casework, office: Office) -> None:
    case = office.transferred("2026-03-02", "unit-a")
    with_unit = waits(database, casework, case)
    assert {"accept", "decline", "object", "designate"} <= with_unit["unit-a"]
    assert "transfer" not in with_unit.get(OFFICE, set())
    office.do(case, "a-head", "2026-03-03", commands.Designate("a-officer"))
    office.do(case, "a-clerk", "2026-03-03", commands.Accept())
    handled = waits(database, casework, case)
    assert "reply" in handled["unit-a"]
    assert "designate" not in handled["unit-a"]
    assert "reply" in handled[person_key("a-officer")]


def test_an_objection_waits_for_the_office(database: Database, casework: Casework, office: Office) -> None:
    case = office.transferred("2026-03-02", "unit-a")
    office.do(case, "a-clerk", "2026-03-03", commands.Object("不属于本单位"))
    found = waits(database, casework, case)
    assert {"hand-back", "keep-with-unit"} <= found[OFFICE]
    assert "accept" not in found.get("unit-a", set())


def test_a_request_for_more_time_waits_for_a_leader(
    database: Database, casework: Casework, office: Office
) -> None:
    case = office.accepted("2026-03-02", "unit-a")
    assert LEADERS not in waits(database, casework, case)
    office.do(case, "a-clerk", "2026-03-04", commands.RequestExtension(10, "案情复杂"))
    assert waits(database, casework, case)[LEADERS] == {"grant-extension", "refuse-extension"}


def test_what_was_answered_is_served_and_then_signed_off(
    database: Database, casework: Casework, office: Office
) -> None:
    case = office.accepted("2026-03-02", "unit-a")
    office.do(case, "a-clerk", "2026-03-04", commands.Reply("support", "已办理。"))
    assert "serve" in waits(database, casework, case)["unit-a"]
    office.do(case, "a-clerk", "2026-03-05", commands.Serve("opinion", "post"))
    served = waits(database, casework, case)
    assert "serve" not in served.get("unit-a", set())
    assert "sign-off" in served[OFFICE]
    office.do(case, "clerk", "2026-03-06", commands.SignOff("办理到位"))
    assert "sign-off" not in waits(database, casework, case).get(OFFICE, set())


def test_an_item_waits_for_those_it_is_with(database: Database, casework: Casework, office: Office) -> None:
    office.items()
    catch_up(database, casework)
    with database.connection() as connection:
        found = connection.execute(
            "SELECT DISTINCT a.who FROM awaited a JOIN ledger l USING (case_id) WHERE l.kind = 'item'"
        ).fetchall()
    who = {row["who"] for row in found}
    assert INSPECTORS in who
    assert {"unit-a", "unit-b"} & who


@pytest.mark.parametrize("slug", ["urge", "supervise", "take-charge", "send-for-reading", "rate", "classify"])
def test_what_may_be_done_at_any_time_is_nobodys_duty(slug: str) -> None:
    assert not [name for name, duties in DUTIES.items() if slug in duties]

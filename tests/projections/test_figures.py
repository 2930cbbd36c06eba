"""统计事实: each counted act is one row with the unit it concerns; a case's conclusion goes when it is opened again."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from domain.casework import Casework
from domain.petition import commands
from domain.supervision import commands as item
from eventstore.database import Database
from projections.figures import Figures
from projections.rebuild import rebuild
from projections.runner import catch_up
from tests.projections.office import Office, on


@pytest.fixture
def database(database_dsn: str):
    with Database(database_dsn) as database:
        yield database


def acts(database: Database, case: UUID) -> list[tuple[Any, ...]]:
    with database.connection() as connection:
        rows = connection.execute(
            "SELECT act, on_date, unit, about, result, amount FROM figures WHERE case_id = %s ORDER BY version",
            (case,),
        ).fetchall()
    return [tuple(row.values()) for row in rows]


def standing(database: Database, case: UUID) -> dict[str, Any]:
    with database.connection() as connection:
        row = connection.execute("SELECT * FROM figure_cases WHERE case_id = %s", (case,)).fetchone()
    return {name: value for name, value in (row or {}).items() if name != "case_id"}


def test_a_hand_back_is_counted_for_the_unit_that_gave_the_matter_back(
    office: Office, casework: Casework, database: Database
) -> None:
    case = office.transferred("2026-03-02")
    office.do(case, "a-clerk", "2026-03-03", commands.Object("不属于本单位职权"))
    office.do(case, "clerk", "2026-03-04", commands.HandBack("异议成立"))
    office.do(case, "clerk", "2026-03-04", commands.Transfer("unit-b"))
    office.do(case, "b-clerk", "2026-03-20", commands.Object("也不属于本单位职权"))
    office.do(case, "clerk", "2026-03-23", commands.KeepWithUnit("属于你单位"))
    catch_up(database, casework)
    assert acts(database, case) == [
        ("passed_on", on("2026-03-02"), "unit-a", None, None, 0),
        ("objected", on("2026-03-03"), "unit-a", None, "in_time", 0),
        ("handed_back", on("2026-03-04"), "unit-a", None, None, 0),
        ("passed_on", on("2026-03-04"), "unit-b", None, None, 0),
        ("objected", on("2026-03-20"), "unit-b", None, "late", 0),
        ("kept", on("2026-03-23"), "unit-b", None, None, 0),
    ]


def test_extensions_and_ratings_are_counted_with_days_and_score(
    office: Office, casework: Casework, database: Database
) -> None:
    case = office.accepted("2026-03-02")
    office.do(case, "a-head", "2026-03-03", commands.Designate("a-officer"))
    office.do(case, "a-clerk", "2026-04-01", commands.RequestExtension(20, "案情复杂"))
    office.do(case, "leader", "2026-04-02", commands.GrantExtension(15))
    catch_up(database, casework)
    assert acts(database, case)[1:] == [
        ("extension_requested", on("2026-04-01"), "unit-a", None, None, 20),
        ("extension_granted", on("2026-04-02"), "unit-a", None, None, 15),
    ]
    assert standing(database, case) == {
        "handler": "a-officer",
        "accepted_on": on("2026-03-02"),
        "concluded_on": None,
        "suspended_since": None,
    }


def test_a_conclusion_is_undone_when_the_matter_is_opened_again(
    office: Office, casework: Casework, database: Database
) -> None:
    case = office.accepted("2026-03-02")
    office.do(case, "a-clerk", "2026-03-10", commands.Reply("support", "已整改。"))
    catch_up(database, casework)
    assert standing(database, case)["concluded_on"] == date(2026, 3, 10)
    office.do(case, "a-clerk", "2026-03-11", commands.Serve("opinion", "post"))
    office.do(case, "head", "2026-03-12", commands.SignOff("办结"))
    office.do(case, "head", "2026-03-16", commands.Reopen("问题没有解决"))
    catch_up(database, casework)
    assert standing(database, case)["concluded_on"] is None


def test_only_confirmed_points_and_send_backs_count_of_an_item(
    office: Office, casework: Casework, database: Database
) -> None:
    [_, _, joint, *_] = office.items()
    office.do(joint, "a-head", "2026-02-26", item.Score("unit-a", 3, "报告被采纳"))
    catch_up(database, casework)
    assert [row[0] for row in acts(database, joint)] == ["sent_back"]
    office.do(joint, "inspector", "2026-02-27", item.Score("unit-a", -2, "迟报"))
    catch_up(database, casework)
    assert acts(database, joint) == [
        ("sent_back", on("2026-02-10"), "unit-a", None, None, 0),
        ("scored", on("2026-02-27"), "unit-a", None, None, -2),
    ]


def test_the_figures_built_anew_are_the_same(office: Office, casework: Casework, database: Database) -> None:
    office.items()
    office.letters([("2026-01-05", "2026-02-10"), ("2026-01-06", "2026-01-07")])
    catch_up(database, casework)
    assert all(one.agrees for one in rebuild(database, casework, [Figures()]))

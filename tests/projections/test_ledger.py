"""The ledger's rows: where each petition stands, and nothing that a fact may say can stop the list."""

from typing import Any
from uuid import UUID

import pytest

from domain.alerts.commands import AcknowledgeAlert
from domain.alerts.events import Alerted
from domain.casework import Casework
from domain.petition import commands
from eventstore.database import Database
from projections.ledger import ROWS
from projections.runner import catch_up, lags
from tests.projections.office import Office, at, on


def stored(database: Database, case: UUID) -> dict[str, Any]:
    """The case's row."""
    with database.connection() as connection:
        found = connection.execute("SELECT * FROM ledger WHERE case_id = %s", (case,)).fetchone()
    assert found is not None
    return found


def test_a_row_tells_where_the_petition_stands(
    database: Database, casework: Casework, office: Office
) -> None:
    case = office.transferred("2026-03-02", "unit-b", subject="反映低保资格", headcount=3, urgent=True)
    office.do(case, "b-head", "2026-03-03", commands.Object("不属于本单位职权"))
    office.do(case, "head", "2026-03-04", commands.HandBack("同意退回"))
    office.do(case, "clerk", "2026-03-04", commands.Transfer("unit-a"))
    office.do(case, "a-clerk", "2026-03-05", commands.Accept())
    office.do(case, "a-clerk", "2026-03-05", commands.Designate("a-officer"))
    catch_up(database, casework)
    found = stored(database, case)
    assert found["number"] == "XF-2026-000001"
    assert (found["year"], found["received_on"], found["registered_at"]) == (
        2026,
        on("2026-03-02"),
        at("2026-03-02"),
    )
    assert (found["stage"], found["state"], found["unit"]) == ("handling", "open", "unit-a")
    assert found["units"] == ["office", "unit-b", "unit-a", "office:office", "officer:a-officer"]
    assert (found["headcount"], found["urgent"], found["repeat"], found["version"]) == (3, True, False, 7)
    assert found["position"] == casework.history(case)[0].position


def test_every_row_is_the_fold_of_its_case(database: Database, casework: Casework, office: Office) -> None:
    cases = [*office.varied(), *office.items()]
    catch_up(database, casework)
    for case in cases:
        found = casework.case(case)
        assert found is not None
        expected = ROWS[found.kind.name](found.state) | {"position": found.history[0].position}
        assert stored(database, case) == expected | {"units": list(expected["units"])}


@pytest.mark.parametrize(
    "fields",
    [
        {"subject": "反映\x00小区供暖"},
        {"purpose": "\x00", "against": (commands.AgainstEntry(person="某\x00甲"),)},
        {"headcount": 10**12},
        {"subject": "路" * 100_000},
        {"subject": "'; DROP TABLE ledger; -- \\u0000 \\ \" %s {}"},
    ],
    ids=["nul", "nul elsewhere", "a crowd", "a long subject", "quotes"],
)
def test_no_words_stop_the_list(
    database: Database, casework: Casework, office: Office, fields: dict[str, Any]
) -> None:
    case = office.register("2026-03-02", **fields)
    catch_up(database, casework)
    assert stored(database, case)["version"] == 1
    assert all(one["lag"] == 0 for one in lags(database))
    if "\x00" not in fields.get("subject", "\x00"):
        assert stored(database, case)["subject"] == fields["subject"]


def test_no_remark_stops_the_alerts(database: Database, casework: Casework, office: Office) -> None:
    case = office.register("2026-03-02")
    casework.raise_alerts([case], at("2026-03-20"))
    raised = [one.fact for one in casework.history(case) if isinstance(one.fact, Alerted)]
    alert = raised[-1]
    act = office.act(alert.recipients[0], "2026-03-20")
    casework.acknowledge(case, AcknowledgeAlert(alert.alert_id, "已\x00知"), act)
    catch_up(database, casework)
    with database.connection() as connection:
        found = connection.execute("SELECT remark FROM alerts WHERE acknowledged_at IS NOT NULL").fetchall()
    assert found == [{"remark": "已知"}]

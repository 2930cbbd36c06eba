"""The list of alerts: its filters, what became of each alert, and where it was delivered."""

from uuid import UUID

import pytest

from domain.alerts.commands import AcknowledgeAlert
from domain.errors import Invalid
from projections import alerts
from projections.runner import catch_up
from projections.visibility import Visibility
from tests.projections.listing import EVERYTHING, Lists
from tests.projections.office import Office, at


def test_alerts_are_listed(lists: Lists, cases: dict[str, UUID]) -> None:
    lists.casework.raise_alerts(list(cases.values()), at("2026-04-20"))
    catch_up(lists.database, lists.casework)
    everything = lists.alerts().items
    assert everything
    positions = [row["position"] for row in everything]
    assert positions == sorted(positions, reverse=True)
    for_a_clerk = lists.alerts(lists.office.sees("a-clerk"), to="me").items
    assert {row["alert_id"] for row in for_a_clerk} == {
        row["alert_id"] for row in everything if "a-clerk" in row["recipients"]
    }
    assert for_a_clerk
    of_unit_a = lists.alerts(lists.office.sees("a-clerk"), to="unit").items
    assert {row["alert_id"] for row in of_unit_a} == {
        row["alert_id"] for row in everything if row["unit"] == "unit-a"
    }
    for light in ("green", "yellow", "red", "grey"):
        assert {row["alert_id"] for row in lists.alerts(light=light).items} == {
            row["alert_id"] for row in everything if row["light"] == light
        }
    with pytest.raises(Invalid):
        lists.alerts(to="them")
    with pytest.raises(Invalid):
        lists.alerts(status="lost")


def test_an_alert_is_open_escalated_or_acknowledged(lists: Lists, cases: dict[str, UUID]) -> None:
    office, casework = lists.office, lists.casework
    every = {row["alert_id"]: row for row in lists.alerts().items}
    one = next(row for row in every.values() if "head" in row["recipients"])
    casework.acknowledge(
        one["case_id"], AcknowledgeAlert(one["alert_id"], "已督促"), office.act("head", "2026-03-03")
    )
    catch_up(lists.database, casework)
    by_status = {
        status: {row["alert_id"] for row in lists.alerts(status=status).items}
        for status in ("open", "acknowledged", "escalated")
    }
    assert by_status["acknowledged"] == {one["alert_id"]}
    assert set.union(*by_status.values()) == set(every)
    assert sum(map(len, by_status.values())) == len(every)
    with lists.database.connection() as connection:
        shown = alerts.alert(connection, EVERYTHING, lists.lights, one["alert_id"])
        hidden = alerts.alert(connection, Visibility(officer="x"), lists.lights, one["alert_id"])
    assert shown is not None
    assert (shown["acknowledged_by"], shown["remark"]) == ("head", "已督促")
    assert shown["acknowledged_at"] == at("2026-03-03")
    assert hidden is None


def test_an_alert_shows_its_deliveries(lists: Lists, office: Office) -> None:
    with lists.database.transaction() as connection:
        connection.execute(
            "INSERT INTO alert_channels (id, kind) VALUES ('邮件', 'mail'), ('对接', 'webhook')"
        )
    case = office.register("2026-01-05")
    lists.casework.raise_alerts([case], at("2026-01-21"))
    catch_up(lists.database, lists.casework)
    rows = lists.alerts().items
    assert rows
    for row in rows:
        assert [(one["channel"], one["state"], one["attempts"]) for one in row["deliveries"]] == [
            ("对接", "pending", 0), ("邮件", "pending", 0)
        ]  # fmt: skip

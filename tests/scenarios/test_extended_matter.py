"""延期件 (A4): a leaking roof that needs an expert, over National Day; alerts on the way."""

from domain.alerts.commands import AcknowledgeAlert
from domain.alerts.events import Alerted
from domain.petition.commands import (
    Accept,
    Designate,
    GrantExtension,
    Reply,
    RequestExtension,
    Serve,
    Transfer,
)
from tests.builders import a_clerk, a_head, act, clerk, handler, leader
from tests.scenarios.office import Office


def test_a4_a_leaking_roof_is_answered_within_sixty_days_and_thirty_more(office: Office):
    """
    Accepted on 9 July 2026, due on 7 September. The expert can't come before September. The officer in charge asks
    on the 31st of August, the leader grants thirty days on 1 September: counted from 7 September, they end on
    7 October, a holiday, hence on the 8th. The opinion is served that day, in time.
    """
    roof = office.registers("2026-07-06", "反映屋面漏水")
    roof.on("2026-07-07", clerk, Transfer("unit-a"))
    roof.on("2026-07-09", a_head, Accept())
    roof.on("2026-07-09", a_head, Designate("handler"))
    roof.on("2026-07-09", a_clerk, Serve("acceptance", "post"))
    assert roof.ledger("2026-07-09") == {
        ("route", "petition-office"): ("2026-07-21", "met"),
        ("notify", "unit-a"): ("2026-07-22", "met"),
        ("object", "unit-a"): ("2026-07-14", "cancelled"),
        ("finish", "unit-a"): ("2026-09-07", "running"),
    }

    assert office.sweeps("2026-08-28", roof) == 0
    assert office.sweeps("2026-08-31", roof) == 1
    assert office.sweeps("2026-08-31", roof) == 0
    alert = next(fact for fact in roof.facts if isinstance(fact, Alerted))
    assert (alert.step, set(alert.recipients)) == ("due_soon_5", {"handler", "a-clerk", "inspector"})
    office.casework.acknowledge(
        roof.id, AcknowledgeAlert(alert.alert_id, "正在联系鉴定机构"), act(a_clerk, "2026-08-31")
    )

    assert (
        roof.refused("2026-08-31", handler, RequestExtension(31, "鉴定排期")) == "petition.extension_over_cap"
    )
    roof.on("2026-08-31", handler, RequestExtension(30, "鉴定机构九月方能到场"))
    assert roof.refused("2026-09-01", a_head, GrantExtension(30)) == "petition.not_yours"
    roof.on("2026-09-01", leader, GrantExtension(30))
    roof.on("2026-09-02", handler, Serve("extension", "in_person"))
    assert roof.ledger("2026-09-08")["finish", "unit-a"] == ("2026-10-08", "running")
    assert (
        roof.refused("2026-09-15", handler, RequestExtension(10, "再次延期")) == "petition.already_extended"
    )

    assert (
        office.sweeps("2026-09-30", roof) == 2
    )  # five and two working days before the new date, both missed
    roof.on("2026-10-08", handler, Reply("support", "由开发单位修缮屋面。"))
    roof.on("2026-10-08", handler, Serve("opinion", "in_person", signed_by="王某"))
    assert roof.ledger("2026-11-02")["finish", "unit-a"] == ("2026-10-08", "met")
    assert office.sweeps("2026-12-01", roof) == 0
    assert [(clock, step) for clock, step, _ in roof.alerts()] == [
        ("finish", "due_soon_5"),
        ("finish", "due_soon_5"),
        ("finish", "due_soon_2"),
    ]


def test_a4_asked_on_the_last_day_is_in_time_and_the_day_after_is_not(office: Office):
    """The sixty days from 5 August 2026 end on 4 October, in the holidays, hence on the 8th."""
    files = [office.registers("2026-08-05", f"反映电梯停运{n}") for n in range(2)]
    for file in files:
        file.on("2026-08-05", clerk, Transfer("unit-a"))
        file.on("2026-08-05", a_head, Accept())
    files[0].on("2026-10-08", a_head, RequestExtension(15, "等待配件"))
    files[0].on("2026-10-08", leader, GrantExtension(15))
    assert files[0].ledger("2026-10-09")["finish", "unit-a"] == ("2026-10-19", "running")
    assert (
        files[1].refused("2026-10-09", a_head, RequestExtension(15, "等待配件"))
        == "petition.extension_too_late"
    )
    assert files[1].ledger("2026-10-09")["finish", "unit-a"] == ("2026-10-08", "overdue")
    office.sweeps("2026-10-13", *files)
    steps = {step: set(to) for clock, step, to in files[1].alerts() if clock == "finish"}
    assert steps["overdue"] >= {"a-clerk", "a-head", "clerk", "head", "inspector"}
    assert "leader" in steps["escalated_1"]
    assert [f.number for f in files] == ["XF-2026-000001", "XF-2026-000002"]

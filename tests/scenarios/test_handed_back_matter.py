"""退办再转件 (A6): a pension that went to the wrong bureau first."""

from domain.petition.commands import Accept, HandBack, KeepWithUnit, Object, Reply, Serve, Transfer
from tests.builders import a_clerk, a_head, b_clerk, b_head, clerk, head
from tests.scenarios.office import Office


def test_a6_the_wrong_bureau_gives_it_back_and_the_right_one_starts_its_own_days(office: Office):
    """
    Received on 9 February 2026 and passed on, on the 12th, to housing, which has five working days to say that it
    is not its matter: 13, 14 (a Saturday that works), 24, 25 and 26 February, Spring Festival in between. It says
    so on the 24th; the office agrees on the 25th and passes the matter to civil affairs on the 26th. Civil affairs
    counts from the 26th; the office's own fifteen days were met on the 12th and do not begin again.
    """
    pension = office.registers("2026-02-09", "反映养老金停发")
    pension.on("2026-02-12", clerk, Transfer("unit-a"))
    assert pension.ledger("2026-02-12") == {
        ("route", "petition-office"): ("2026-02-24", "met"),
        ("notify", "unit-a"): ("2026-02-27", "running"),
        ("object", "unit-a"): ("2026-02-26", "running"),
    }
    pension.on("2026-02-24", a_clerk, Object("养老金不属于住建局职权范围"))
    assert pension.facts[-1].late is False
    assert pension.refused("2026-02-24", a_head, Accept()) == "petition.objection_open"
    pension.on("2026-02-25", head, HandBack("同意退回"))
    assert pension.stage == "registered"
    assert pension.refused("2026-02-25", a_clerk, Accept()) == "petition.not_yours"

    pension.on("2026-02-26", clerk, Transfer("unit-b"))
    assert pension.ledger("2026-02-26") == {
        ("route", "petition-office"): ("2026-02-24", "met"),
        ("notify", "unit-a"): ("2026-02-27", "cancelled"),
        ("object", "unit-a"): ("2026-02-26", "met"),
        ("notify", "unit-b"): ("2026-03-13", "running"),
        ("object", "unit-b"): ("2026-03-04", "running"),
    }
    pension.on("2026-02-27", b_head, Accept())
    pension.on("2026-02-27", b_clerk, Serve("acceptance", "post"))
    pension.on("2026-03-20", b_clerk, Reply("support", "已补发养老金。"))
    pension.on("2026-03-23", b_clerk, Serve("opinion", "in_person"))
    assert pension.ledger("2026-06-01")["finish", "unit-b"] == ("2026-04-28", "met")
    assert pension.petition.units == ("petition-office", "unit-a", "unit-b")
    assert office.sweeps("2026-12-01", pension) == 0
    assert pension.story == [
        "Registered", "Transferred", "Objected", "HandedBack", "Transferred", "Accepted", "Served", "Replied", "Served",
    ]  # fmt: skip


def test_a6_a_late_objection_is_heard_and_the_days_run_on_when_it_is_not_agreed_to(office: Office):
    """Raised on the sixth working day it is marked late, not thrown away; the office keeps the matter there."""
    heating = office.registers("2026-02-12", "反映小区供暖不足")
    heating.on("2026-02-12", clerk, Transfer("unit-a"))
    heating.on("2026-02-27", a_clerk, Object("不属于本单位职权范围"))
    assert heating.facts[-1].late is True
    assert heating.ledger("2026-02-27")["object", "unit-a"] == ("2026-02-26", "met_late")
    heating.on("2026-03-03", head, KeepWithUnit("供热管理属于住建局职责"))
    assert heating.ledger("2026-03-03")["notify", "unit-a"] == ("2026-02-27", "overdue")
    assert office.sweeps("2026-03-04", heating) == 5
    assert {step for clock, step, _ in heating.alerts() if clock == "notify"} == {
        "due_soon_5", "due_soon_2", "due", "overdue", "escalated_1",
    }  # fmt: skip
    heating.on("2026-03-04", a_head, Accept())
    assert heating.ledger("2026-03-04")["finish", "unit-a"] == ("2026-05-06", "running")

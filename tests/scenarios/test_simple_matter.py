"""简易办理件 (A7): a street lamp, settled within ten working days; and one that proved less simple."""

from domain.petition.commands import Accept, Rate, Reply, Serve, SignOff, SwitchTrack, Transfer
from tests.builders import a_clerk, a_head, clerk, head
from tests.scenarios.office import Office


def test_a7_a_street_lamp_is_mended_within_ten_working_days(office: Office):
    """
    On Tuesday, 28 April 2026, Mr Wang reports by phone that the lamps of his street have been dark for a week. The
    office passes the matter on the same day. The housing bureau accepts it as a simple matter. Labour Day and
    a working Saturday lie in between: the tenth working day is 14 May. The lamps burn on the 13th, and Mr Wang,
    told so by message, is satisfied.
    """
    lamps = office.registers("2026-04-28", "幸福路路灯不亮", channel="call")
    assert lamps.number == "XF-2026-000001"
    lamps.on("2026-04-28", clerk, Transfer("unit-a"))
    lamps.on("2026-04-28", a_clerk, Accept(track="simplified"))
    assert lamps.ledger("2026-04-28")["finish", "unit-a"] == ("2026-05-14", "running")

    assert lamps.refused("2026-05-13", a_clerk, Reply("not_support", "不予支持")) == (
        "petition.simplified_not_applicable"
    )
    lamps.on("2026-05-13", a_clerk, Reply("support", "路灯已经修复。"))
    lamps.on("2026-05-13", a_clerk, Serve("opinion", "online"))
    assert lamps.ledger("2026-05-20")["finish", "unit-a"] == ("2026-05-14", "met")
    assert lamps.ledger("2026-05-20")["notify", "unit-a"] == ("2026-05-13", "met")

    lamps.on("2026-05-18", clerk, Rate("unit", "satisfied"))
    lamps.on("2026-05-18", head, SignOff("已办结"))
    assert lamps.stage == "signed_off"
    assert office.sweeps("2026-12-01", lamps) == 0


def test_a7_a_matter_that_proves_less_simple_keeps_the_days_it_used(office: Office):
    """
    On the eighth working day the bureau finds that the cable belongs to somebody else and changes to the ordinary
    procedure. The sixty days count from 28 April, when the matter was accepted, and not from the change.
    """
    cable = office.registers("2026-04-28", "路灯电缆权属不清")
    cable.on("2026-04-28", clerk, Transfer("unit-a"))
    cable.on("2026-04-28", a_head, Accept(track="simplified"))
    cable.on("2026-05-12", a_head, SwitchTrack("电缆权属有争议，需要调查"))
    finish = {
        (c.rulebook, c.due_on.isoformat(), c.state) for c in cable.clocks("2026-05-12") if c.clock == "finish"
    }
    assert finish == {
        ("petition-summary", "2026-05-14", "cancelled"),
        ("petition-2022", "2026-06-29", "running"),
    }
    assert cable.refused("2026-05-13", a_head, SwitchTrack("再次变更")) == "petition.not_simplified"
    assert cable.story == ["Registered", "Transferred", "Accepted", "TrackSwitched"]

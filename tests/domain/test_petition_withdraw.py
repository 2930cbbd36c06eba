"""撤回: the petitioner withdraws; every clock ends without having been missed."""

from domain.petition import events
from domain.petition.commands import Accept, Withdraw
from tests.builders import OFFICE, UNIT_A, a_clerk, clerk, in_handling, on
from tests.spec import given, open_in, who_may

COMMAND = Withdraw("信访人撤回")


def test_a3_the_office_or_the_holding_unit_records_it():
    assert who_may(in_handling(), COMMAND) == OFFICE | UNIT_A


def test_a3_while_the_petition_is_active():
    assert open_in(COMMAND) == {"registered", "with_unit", "handling"}


def test_a3_no_clock_runs_on():
    story = given(in_handling("2026-03-02")).when(COMMAND, clerk, on="2026-03-10").then(events.Withdrawn)
    assert story.stage == "withdrawn"
    assert story.petition.closed_on == on("2026-03-10")
    assert not [c.clock for c in story.clocks() if c.state in {"running", "suspended"}]
    assert story.clock("finish").state == "cancelled"


def test_a3_what_is_withdrawn_is_not_accepted():
    story = given(in_handling()).when(COMMAND, clerk).then(events.Withdrawn)
    given(story).when(Accept(), a_clerk).refused("petition.wrong_stage")

"""转交批示 (A8): a leader's note goes on to the unit within two days."""

import pytest

from domain.petition import events
from domain.petition.commands import Forward, PassOnInstruction, Transfer
from tests.builders import OFFICE, a_petition, clerk, in_handling, jointly, on
from tests.spec import given, open_in, who_may

COMMAND = PassOnInstruction()
NOTED = in_handling("2026-03-02").instructed("2026-03-04")


def test_a8_only_the_office_passes_a_note_on():
    assert who_may(NOTED, COMMAND) == OFFICE


def test_a8_wherever_a_leader_may_note():
    live = {
        "registered",
        "with_unit",
        "handling",
        "replied",
        "under_review",
        "reviewed",
        "under_reexamination",
    }
    closed = {"declined", "forwarded", "terminated", "signed_off"}
    assert open_in(COMMAND, lambda story: story.instructed()) == live | closed


def test_a8_the_note_goes_to_the_unit_that_holds_the_case_and_ends_the_two_days():
    assert NOTED.due("pass-on") == "2026-03-06"
    story = (
        given(NOTED).when(COMMAND, clerk, on="2026-03-06").then(events.InstructionPassedOn, to_unit="unit-a")
    )
    assert story.clock("pass-on").stopped_on == on("2026-03-06")
    given(story).when(COMMAND, clerk).refused("petition.no_instruction", basis="第三条第二项")


def test_a8_an_assisting_unit_may_be_named_and_no_other():
    story = jointly().instructed()
    given(story).when(PassOnInstruction("清江区民政局"), clerk).then(
        events.InstructionPassedOn, to_unit="unit-b"
    )
    given(NOTED).when(PassOnInstruction("unit-b"), clerk).refused("petition.not_with_unit")


@pytest.mark.parametrize("command", [Transfer("unit-a"), Forward("unit-b"), Forward("清江市财政局")])
def test_a8_passing_the_case_on_passes_the_note_on(command):
    noted = a_petition("2026-03-02").instructed("2026-03-03")
    assert noted.clock("pass-on").state == "running"
    made = events.Transferred if isinstance(command, Transfer) else events.Forwarded
    story = given(noted).when(command, clerk, on="2026-03-04").then(made)
    assert story.clock("pass-on").state == "stopped"
    given(story).when(COMMAND, clerk).refused("petition.no_instruction")


def test_a8_each_note_has_its_own_two_days():
    story = NOTED.instruction_passed_on("2026-03-05").instructed("2026-03-10")
    assert [c.state for c in story.clocks() if c.clock == "pass-on"] == ["stopped", "running"]
    given(story).when(PassOnInstruction(on=on("2026-03-09")), clerk, on="2026-03-11").refused(
        "date.before_antecedent"
    )


def test_a8_nothing_is_owed_once_the_matter_is_answered():
    replied = NOTED.replied("2026-03-05")
    assert replied.clock("pass-on").state == "cancelled"
    given(replied).when(COMMAND, clerk).refused("petition.no_instruction")

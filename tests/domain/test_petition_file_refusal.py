"""否定报备 (A17): within one working day of the decision, after a leader's consent."""

import pytest

from domain.petition import events
from domain.petition.commands import FileRefusal
from tests.builders import OFFICE, UNIT_A, a_clerk, clerk, on, with_unit
from tests.spec import given, who_may

COMMAND = FileRefusal("否定报备书：不属于本机关职权范围，已告知信访人。")
CONSENTED = with_unit("2026-03-02").designated().declined("2026-03-06").refusal_consented()


def test_a17_the_unit_its_handler_or_the_office_files():
    assert who_may(CONSENTED, COMMAND) == OFFICE | UNIT_A | {"handler"}


def test_a17_only_with_a_leaders_consent():
    declined = with_unit().declined()
    given(declined).when(COMMAND, a_clerk).refused("petition.refusal_not_consented", basis="第二条")
    given(with_unit()).when(COMMAND, a_clerk).refused("petition.no_refusal")


@pytest.mark.parametrize(("filed", "state"), [("2026-03-09", "stopped"), ("2026-03-10", "stopped")])
def test_a17_one_working_day_over_a_weekend(filed, state):
    assert CONSENTED.due("file") == "2026-03-09"  # decided on a Friday
    story = given(CONSENTED).when(COMMAND, a_clerk, on=filed).then(events.RefusalFiled)
    assert story.clock("file").state == state
    assert story.clock("file").stopped_on == on(filed)


def test_a17_once_and_not_before_the_consent():
    filed = given(CONSENTED).when(COMMAND, clerk).then(events.RefusalFiled)
    given(filed).when(COMMAND, clerk).refused("petition.refusal_already_filed")
    early = FileRefusal("否定报备书", on=on("2026-03-05"))
    given(CONSENTED).when(early, clerk, on="2026-03-09").refused("date.before_antecedent")


def test_a17_the_answer_after_a_review_that_says_no_again_is_filed_again():
    story = CONSENTED.refusal_filed("2026-03-06").reopened("2026-03-10").accepted("2026-03-11")
    again = story.replied("2026-03-12", result="not_support")
    assert [c.state for c in again.clocks() if c.clock == "file"] == ["stopped", "running"]
    given(again).when(COMMAND, a_clerk).refused("petition.refusal_not_consented")

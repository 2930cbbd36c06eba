"""反馈督办 (A15): whether the advice was adopted."""

from domain.petition import events
from domain.petition.commands import AnswerSupervision
from tests.builders import UNIT_A, a_clerk, a_head, in_handling, on
from tests.spec import given, open_in, who_may

COMMAND = AnswerSupervision(adopted=False, text="未采纳，理由如下")
SUPERVISED = in_handling("2026-03-02").supervised("2026-03-16", answer_by="2026-04-10")


def test_a15_the_holding_unit_answers():
    assert who_may(SUPERVISED, COMMAND) == UNIT_A


def test_a15_in_every_stage_but_after_withdrawal_and_archiving():
    stages = {"registered", "with_unit", "handling", "replied", "declined", "forwarded", "under_review"}
    stages |= {"reviewed", "under_reexamination", "terminated", "signed_off"}
    assert open_in(COMMAND) == stages


def test_a15_the_answer_stops_the_clock():
    story = (
        given(SUPERVISED)
        .when(COMMAND, a_head, on="2026-04-13")
        .then(events.SupervisionAnswered, adopted=False, text="未采纳，理由如下")
    )
    clock = story.clock("advice-reply")
    assert (clock.state, clock.stopped_on, clock.due_on) == ("stopped", on("2026-04-13"), on("2026-04-10"))


def test_a15_without_supervision_there_is_nothing_to_answer():
    given(in_handling()).when(COMMAND, a_clerk).refused("petition.no_supervision")
    given(SUPERVISED.supervision_answered()).when(COMMAND, a_clerk).refused("petition.no_supervision")


def test_a15_not_before_the_supervision():
    early = AnswerSupervision(True, "已采纳", on=on("2026-03-13"))
    given(SUPERVISED).when(early, a_clerk, on="2026-03-17").refused("date.before_antecedent")

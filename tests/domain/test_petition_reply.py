"""答复 (A4, A7): the written opinion; the clock ends when it is also served."""

import pytest

from domain.petition import events
from domain.petition.commands import Reply
from tests.builders import UNIT_A, a_clerk, handler, in_handling, on
from tests.spec import given, open_in, who_may

COMMAND = Reply("support", "处理意见")


def test_a4_the_holding_unit_or_the_handler_replies():
    assert who_may(in_handling(), COMMAND) == UNIT_A | {"handler"}


def test_a4_only_in_handling():
    assert open_in(COMMAND) == {"handling"}


@pytest.mark.parametrize("result", ["support", "explain", "not_support"])
def test_a4_the_result_is_one_of_three(result):
    story = given(in_handling()).when(Reply(result, "处理意见"), handler).then(events.Replied, result=result)
    assert story.stage == "replied"


def test_a4_the_clock_ends_with_service_and_not_with_the_reply_alone():
    story = given(in_handling("2026-01-05")).when(COMMAND, a_clerk, on="2026-03-06").then(events.Replied)
    assert story.clock("finish").state == "running"
    served = story.served(on="2026-03-09")
    assert served.clock("finish").state == "stopped"
    assert served.clock("finish").stopped_on == on("2026-03-09")
    assert served.due("finish") == "2026-03-06"


def test_a7_a_simple_matter_is_not_refused_in_substance_on_the_simplified_track():
    story = in_handling(track="simplified")
    given(story).when(Reply("not_support", "意见"), handler).refused(
        "petition.simplified_not_applicable", "简易办理"
    )
    given(story).when(Reply("explain", "意见"), handler).then(events.Replied)
    given(story.switched()).when(Reply("not_support", "意见"), handler).then(events.Replied)


def test_a4_not_while_a_hearing_lasts():
    story = in_handling().hearing_opened()
    given(story).when(COMMAND, handler).refused("petition.hearing_open")
    given(story.hearing_closed()).when(COMMAND, handler).then(events.Replied)


def test_a4_a_late_reply_is_recorded_all_the_same():
    given(in_handling("2026-01-05")).when(COMMAND, handler, on="2026-06-01").then(events.Replied)


def test_a4_not_before_acceptance():
    story = in_handling("2026-03-02")
    given(story).when(Reply("support", "意见", on=on("2026-03-01")), handler).refused(
        "date.before_antecedent"
    )


def test_a3_the_reply_also_ends_the_duty_to_notify():
    assert in_handling().replied().clock("notify").state == "stopped"

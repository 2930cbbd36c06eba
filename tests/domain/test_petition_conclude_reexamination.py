"""复核意见 (A5): the last opinion ends the matter, unless it sends it back."""

import pytest

from domain.petition.commands import Reopen
from domain.review import events
from domain.review.commands import ConcludeReexamination
from tests.builders import OFFICE, a_clerk, a_head, head, leader, on, under_reexamination
from tests.spec import given, open_in, who_may

COMMAND = ConcludeReexamination("uphold", "维持复查意见")
REQUESTED = under_reexamination("2026-03-02")


def test_a5_the_last_organ_concludes():
    assert who_may(REQUESTED, COMMAND) == OFFICE | {"leader"}


def test_a5_standing_in_makes_nobody_the_organ_above():
    given(REQUESTED).when(COMMAND, head, for_whom=leader).refused("petition.own_review", basis="第三十六条")
    given(REQUESTED).when(COMMAND, a_clerk, for_whom=leader).refused("petition.own_reply")
    given(REQUESTED).when(COMMAND, a_head, for_whom=leader).then(events.ReexaminationConcluded)


def test_a5_only_under_reexamination():
    assert open_in(COMMAND) == {"under_reexamination"}


@pytest.mark.parametrize("result", ["uphold", "change"])
def test_a5_the_matter_is_terminated_and_stays_so(result):
    story = given(REQUESTED).when(ConcludeReexamination(result, "意见"), head, on="2026-04-01")
    ended = story.then(events.ReexaminationConcluded, result=result)
    assert ended.stage == "terminated"
    assert ended.petition.closed_on == on("2026-04-01")
    given(ended).when(Reopen("新的事实"), leader).refused("petition.wrong_stage")
    given(ended.archived()).when(Reopen("新的事实"), leader).refused(
        "petition.terminated", basis="第三十六条第三款"
    )


def test_a5_the_clock_ends_with_service():
    ended = given(REQUESTED).when(COMMAND, head, on="2026-04-01").then(events.ReexaminationConcluded)
    assert ended.clock("reexamination").state == "running"
    served = ended.served("reexamination-opinion", on="2026-04-01")
    assert served.clock("reexamination").state == "stopped"


@pytest.mark.parametrize("result", ["revoke", "redo"])
def test_a5_sent_back_a_new_round_of_handling_begins(result):
    story = given(REQUESTED).when(ConcludeReexamination(result, "意见"), head, on="2026-04-01")
    redone = story.then(events.ReexaminationConcluded, result=result)
    assert redone.stage == "handling"
    assert redone.due("finish") == "2026-06-01"  # 31 May is a Sunday
    ended = redone.replied().served().signed_off()
    assert given(ended).when(Reopen("新的事实"), leader).refusal() is None


def test_a5_not_while_a_hearing_lasts():
    hearing = REQUESTED.hearing_opened("2026-03-10", "reexamination")
    given(hearing).when(COMMAND, head).refused("petition.hearing_open")


def test_a5_not_before_the_request():
    early = ConcludeReexamination("uphold", "意见", on=on("2026-03-01"))
    given(REQUESTED).when(early, head, on="2026-03-20").refused("date.before_antecedent")

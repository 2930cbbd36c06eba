"""同意否定 (A17): a leader consents to a negative decision; never the one who took it."""

import pytest

from domain.petition import events
from domain.petition.commands import ConsentToRefusal, Decline, Reply
from tests.builders import a_clerk, a_head, a_petition, head, in_handling, leader, on, with_unit
from tests.spec import given, who_may

COMMAND = ConsentToRefusal("同意")
DECLINED = with_unit("2026-03-02").declined("2026-03-04")


def test_a17_a_leader_or_the_head_of_the_unit_consents():
    assert who_may(DECLINED, COMMAND) == {"leader", "a-head"}
    assert who_may(a_petition().declined(), COMMAND) == {"leader", "head"}


def test_a17_whatever_became_of_the_case():
    refused = in_handling().replied(result="not_support")
    for story in (DECLINED, DECLINED.archived(), refused, refused.served().signed_off()):
        assert given(story).when(COMMAND, leader).then(events.RefusalConsented).stage == story.stage
    given(in_handling().withdrawn()).when(COMMAND, leader).refused("petition.wrong_stage")


def test_a17_never_the_officer_who_took_the_decision():
    own = given(with_unit()).when(Decline("N4", "请依法申请行政复议"), a_head).then(events.Declined)
    given(own).when(COMMAND, a_head).refused("petition.own_refusal", basis="第二条")
    given(own).when(COMMAND, leader).then(events.RefusalConsented)
    by_head = given(a_petition()).when(Decline("N4", "说明"), head).then(events.Declined)
    given(by_head).when(COMMAND, head).refused("petition.own_refusal")


@pytest.mark.parametrize(
    ("result", "refused"), [("not_support", True), ("support", False), ("explain", False)]
)
def test_a17_a_reply_that_says_no_is_a_refusal_too(result, refused):
    story = given(in_handling()).when(Reply(result, "处理意见"), a_clerk).then(events.Replied)
    if refused:
        given(story).when(COMMAND, leader).then(events.RefusalConsented, text="同意")
        assert story.due("file") == "2026-03-03"
    else:
        given(story).when(COMMAND, leader).refused("petition.no_refusal")


def test_a17_once():
    given(DECLINED.refusal_consented()).when(COMMAND, leader).refused("petition.refusal_already_consented")


def test_a17_not_before_the_decision():
    early = ConsentToRefusal(on=on("2026-03-03"))
    given(DECLINED).when(early, leader, on="2026-03-05").refused("date.before_antecedent")


def test_a17_a_reopened_case_owes_no_filing():
    story = DECLINED.reopened("2026-03-05")
    assert story.clock("file").state == "cancelled"
    given(story).when(COMMAND, leader).refused("petition.no_refusal")

"""转报领导复审 (B7): the inspector leaves the decision to the leader."""

from domain.supervision import events
from domain.supervision.commands import SubmitToLeader
from domain.supervision.stages import Stage
from tests.builders import inspector
from tests.items import INSPECTORS, an_item_in, with_result
from tests.spec import given, open_in, who_may

COMMAND = SubmitToLeader("请审定")


def test_b7_only_the_inspector():
    assert who_may(with_result().vetted(), COMMAND) == INSPECTORS


def test_b7_only_after_vetting():
    assert open_in(COMMAND, told=an_item_in) == {"vetted"}


def test_b7_the_limit_for_the_review_goes_on():
    story = given(with_result().vetted()).when(COMMAND, inspector).then(events.SubmittedToLeader)
    assert story.stage is Stage.WITH_LEADER
    assert story.clock("result-review").state == "running"
    given(with_result().vetted()).when(SubmitToLeader(), inspector).then(
        events.SubmittedToLeader, opinion=None
    )

"""批准销毁 (A20, C4): a leader who had no part in the request agrees, once."""

import pytest

from domain.erasure import events
from domain.erasure.commands import ApproveErasure
from tests.builders import leader
from tests.custody import TODAY, approved, requested
from tests.domain.erasure.shelves import SHELF
from tests.items import LEADERS, deputy
from tests.spec import given, who_may

COMMAND = ApproveErasure("同意")
kinds = pytest.mark.parametrize("kind", SHELF)


@kinds
def test_a20_only_leaders_approve(kind: str):
    leaders = LEADERS if kind == "item" else {"leader"}
    assert who_may(requested(SHELF[kind][0]), COMMAND) == leaders


@kinds
def test_a20_a_leader_agrees_once(kind: str):
    story = requested(SHELF[kind][0])
    then = given(story).when(COMMAND, leader, on=TODAY).then(events.ErasureApproved, text="同意")
    assert then.state.custody.request.approved_by == ("leader",)
    given(then).when(COMMAND, leader, on=TODAY).refused("erasure.already_approved")


@kinds
def test_a20_nothing_is_approved_that_nobody_asked_for(kind: str):
    given(SHELF[kind][0]).when(COMMAND, leader, on=TODAY).refused("erasure.no_request")


@kinds
def test_a20_nobody_approves_the_own_request_nor_for_somebody_else(kind: str):
    own = requested(SHELF[kind][0], by=leader)
    given(own).when(COMMAND, leader, on=TODAY).refused("erasure.own_part", basis="档案法")
    asked_by_deputy = requested(SHELF[kind][0], by=deputy)
    given(asked_by_deputy).when(COMMAND, leader, on=TODAY, for_whom=deputy).refused("erasure.own_part")
    given(asked_by_deputy).when(COMMAND, leader, on=TODAY).then(events.ErasureApproved)


def test_a20_what_is_handled_again_is_no_longer_about_to_be_destroyed():
    story = approved(requested(SHELF["petition"][0])).reopened(TODAY)
    assert story.state.custody.request is None
    assert story.state.custody.archived_on is None

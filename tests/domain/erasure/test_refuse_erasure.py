"""不批准销毁 (A20, C4): a leader refuses with the reason, also after having agreed, as long as nothing is gone."""

import pytest

from domain.erasure import events
from domain.erasure.commands import RefuseErasure, WitnessErasure
from tests.builders import head, leader
from tests.custody import TODAY, requested, witnessed
from tests.domain.erasure.shelves import SHELF
from tests.items import LEADERS, deputy
from tests.spec import given, who_may

COMMAND = RefuseErasure("仍有查考价值")
kinds = pytest.mark.parametrize("kind", SHELF)


@kinds
def test_a20_only_leaders_refuse(kind: str):
    leaders = LEADERS if kind == "item" else {"leader"}
    assert who_may(requested(SHELF[kind][0]), COMMAND) == leaders


@kinds
def test_a20_after_a_refusal_nothing_is_witnessed(kind: str):
    story = given(requested(SHELF[kind][0])).when(COMMAND, leader, on=TODAY).then(events.ErasureRefused)
    assert story.state.custody.request is None
    given(story).when(WitnessErasure(), deputy, on=TODAY).refused("erasure.no_request")


@kinds
def test_a20_nobody_refuses_what_they_had_a_part_in(kind: str):
    given(requested(SHELF[kind][0], by=leader)).when(COMMAND, leader, on=TODAY).refused("erasure.own_part")
    halfway = witnessed(requested(SHELF[kind][0]), head)
    given(halfway).when(COMMAND, deputy, on=TODAY).then(events.ErasureRefused, reason="仍有查考价值")

"""催办 (B6): the inspector's nudge to one unit or to all that have not submitted."""

import pytest

from domain.supervision import events
from domain.supervision.commands import Urge
from tests.builders import inspector, leader
from tests.items import INSPECTORS, an_item_in, handled
from tests.spec import given, open_in, who_may

COMMAND = Urge("phone", "请抓紧办理")
TWO = handled("2026-03-02", "2026-04-30", "unit-b")


def test_b8_only_the_inspector_urges():
    assert who_may(handled(), COMMAND) == INSPECTORS
    given(handled()).when(COMMAND, leader).refused("item.not_yours", basis="第十条")


def test_b6_while_the_item_is_handled():
    assert open_in(COMMAND, told=an_item_in) == {"handling"}


@pytest.mark.parametrize("method", ["letter", "phone", "in_person", "on_site", "follow_up"])
def test_b6_in_all_five_ways(method):
    story = given(handled()).when(Urge(method, "请抓紧办理"), inspector).then(events.Urged, method=method)
    assert story.due("unit-limit") == "2026-04-27"


def test_b6_all_that_have_not_submitted_or_one_of_them():
    given(TWO).when(COMMAND, inspector).then(events.Urged, units=("unit-a", "unit-b"))
    given(TWO.result("unit-b")).when(COMMAND, inspector).then(events.Urged, units=("unit-a",))
    one = Urge("letter", "请抓紧办理", unit="清江区民政局")
    given(TWO).when(one, inspector).then(events.Urged, units=("unit-b",))
    given(TWO.result("unit-b")).when(one, inspector).refused("item.unit_not_in_question")

"""催办 (A15): a nudge, recorded; no new due date."""

import pytest

from domain.petition import events
from domain.petition.commands import Urge
from tests.builders import OFFICE, in_handling, inspector
from tests.spec import given, open_in, who_may

COMMAND = Urge("phone", "请抓紧办理")


def test_a15_the_office_the_inspector_or_a_leader_urges():
    assert who_may(in_handling(), COMMAND) == OFFICE | {"inspector", "leader"}


def test_a15_while_somebody_has_something_to_do():
    assert open_in(COMMAND) == {"registered", "with_unit", "handling", "under_review", "under_reexamination"}


@pytest.mark.parametrize("method", ["letter", "phone", "in_person", "on_site", "follow_up"])
def test_a15_each_way_of_urging_is_recorded_and_moves_no_date(method):
    before = in_handling()
    story = given(before).when(Urge(method, "请抓紧办理"), inspector).then(events.Urged, method=method)
    assert story.clocks() == before.clocks()


def test_a15_as_often_as_needed():
    given(in_handling().urged().urged()).when(COMMAND, inspector).then(events.Urged, text="请抓紧办理")

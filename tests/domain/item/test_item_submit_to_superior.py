"""报上级机关审核 (B7): with the same powers as the sign-off; the limit for the review ends with it."""

from domain.supervision import events
from domain.supervision.commands import SubmitToSuperior
from domain.supervision.stages import Stage
from tests.builders import inspector, leader
from tests.items import INSPECTORS, LEADERS, an_item_in, inspector2, with_leader, with_result
from tests.spec import given, open_in, who_may

COMMAND = SubmitToSuperior("清江市督查室")


def test_b8_the_inspector_where_no_leader_is_needed_else_the_leader():
    assert who_may(with_result().vetted(), COMMAND) == INSPECTORS
    assert who_may(with_result(leader_review=True).vetted(), COMMAND) == set()
    assert who_may(with_leader(), COMMAND) == LEADERS


def test_b7_after_the_first_review():
    assert open_in(COMMAND, told=an_item_in) == {"vetted", "with_leader"}


def test_b7_the_review_is_done_the_item_is_not():
    story = given(with_result().vetted()).when(COMMAND, inspector).then(events.SubmittedToSuperior)
    assert story.stage is Stage.WITH_SUPERIOR
    assert story.clock("result-review").state == "stopped"
    assert story.clock("item").state == "running"


def test_b7_nobody_sends_on_in_the_leaders_place_what_was_vetted_in_person():
    given(with_leader()).when(COMMAND, inspector, for_whom=leader).refused("item.own_vetting")
    given(with_leader()).when(COMMAND, inspector2, for_whom=leader).then(events.SubmittedToSuperior)

"""核销 (B7): the inspector where no leader is needed, else the leader; the superior's word is recorded by either."""

from domain.supervision import events
from domain.supervision.commands import SignOff
from domain.supervision.stages import Stage
from tests.builders import inspector, leader, on
from tests.items import INSPECTORS, LEADERS, an_item_in, handled, inspector2, with_leader, with_result
from tests.spec import given, open_in, who_may

COMMAND = SignOff("合格")


def test_b8_the_inspector_where_no_leader_is_needed():
    assert who_may(with_result().vetted(), COMMAND) == INSPECTORS
    assert who_may(with_result(leader_review=True).vetted(), COMMAND) == set()


def test_b8_the_leader_what_was_submitted_to_the_leader():
    assert who_may(with_leader(), COMMAND) == LEADERS
    assert who_may(with_leader(leader_review=True), COMMAND) == LEADERS


def test_b8_either_what_the_superior_reviewed():
    assert who_may(with_leader().to_superior(), COMMAND) == LEADERS | INSPECTORS
    assert who_may(with_leader(leader_review=True).to_superior(), COMMAND) == LEADERS


def test_b7_after_the_first_review():
    assert open_in(COMMAND, told=an_item_in) == {"vetted", "with_leader", "with_superior"}


def test_b7_the_item_is_off_the_list_and_nothing_runs():
    two = handled("2026-03-02", "2026-04-30", "unit-b", cadence="monthly").result(without="不等待").vetted()
    story = given(two).when(COMMAND, inspector, on="2026-03-09").then(events.SignedOff)
    assert story.stage is Stage.SIGNED_OFF
    assert story.item.closed_on == on("2026-03-09")
    assert story.clock("item").stopped_on == on("2026-03-09")
    running = {(c.clock, c.part) for c in story.clocks() if c.state == "running"}
    assert not running


def test_b7_nobody_signs_off_in_the_leaders_place_what_was_vetted_in_person():
    given(with_leader()).when(COMMAND, inspector, for_whom=leader).refused(
        "item.own_vetting", basis="第二十二条"
    )
    given(with_leader()).when(COMMAND, inspector2, for_whom=leader).then(events.SignedOff)
    passed_on = with_result().vetted().add(events.SubmittedToLeader, inspector2)
    given(passed_on).when(COMMAND, inspector2, for_whom=leader).refused("item.own_vetting")
    superior = with_leader().to_superior(by=leader)
    given(superior).when(COMMAND, inspector, for_whom=leader).refused("item.own_vetting")
    given(superior).when(COMMAND, inspector).then(events.SignedOff)
    again = passed_on.sent_back(by=leader).result().add(events.Vetted, inspector, opinion="合格").to_leader()
    given(again).when(COMMAND, inspector2, for_whom=leader).then(events.SignedOff)


def test_b7_nobody_signs_off_a_result_submitted_in_person():
    own = handled().result(by=inspector).vetted()
    given(own).when(COMMAND, inspector).refused("item.own_result")
    given(own).when(COMMAND, inspector2).then(events.SignedOff)
    given(with_leader()).when(COMMAND, leader).then(events.SignedOff)

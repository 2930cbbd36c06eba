"""批示 (B2): a leader approves the item or gives it back; a unit head notes what the unit shall do."""

from domain.supervision import events
from domain.supervision.commands import Instruct
from domain.supervision.stages import Stage
from tests.builders import a_clerk, a_head, handler, inspector, leader, on
from tests.items import LEADERS, an_item, an_item_in, deputy, handled, inspector2
from tests.spec import given, open_in, who_may

COMMAND = Instruct("同意，抓紧落实")
NO = Instruct("先补充材料", approve=False)


def test_b2_any_leader_may_if_none_is_named():
    assert who_may(an_item().submitted(), COMMAND) == LEADERS


def test_b2_only_a_named_one_if_any_is():
    assert who_may(an_item().submitted(deputy), COMMAND) == {"deputy"}
    given(an_item().submitted(deputy)).when(COMMAND, leader).refused("item.not_yours", basis="第九条")


def test_b2_when_it_is_submitted_or_handled():
    assert open_in(COMMAND, told=an_item_in) == {"submitted", "handling"}


def test_b2_one_leaders_note_approves_what_was_submitted_to_any():
    story = given(an_item().submitted()).when(COMMAND, leader).then(events.LeaderInstructed, approve=True)
    assert story.stage is Stage.APPROVED
    assert story.item.signed_by == ("leader",)


def test_b2_all_named_leaders_must_sign():
    story = given(an_item().submitted(leader, deputy)).when(COMMAND, leader).then(events.LeaderInstructed)
    assert story.stage is Stage.SUBMITTED
    given(story).when(COMMAND, leader).refused("item.already_signed")
    assert given(story).when(COMMAND, deputy).then(events.LeaderInstructed).stage is Stage.APPROVED


def test_b2_not_approved_it_goes_back_to_the_inspector():
    signed = an_item().submitted(leader, deputy).instructed(by=leader)
    story = given(signed).when(NO, deputy).then(events.LeaderInstructed, approve=False)
    assert story.stage is Stage.OPENED
    assert story.item.signed_by == ()


def test_b14_a_stand_in_signs_for_the_leader_stood_in_for():
    submitted = an_item().submitted(leader, deputy)
    story = (
        given(submitted)
        .when(COMMAND, inspector2, for_whom=leader)
        .then(events.LeaderInstructed, for_whom="leader")
    )
    assert story.item.signed_by == ("leader",)
    given(story).when(COMMAND, leader).refused("item.already_signed")
    given(story).when(COMMAND, inspector2, for_whom=deputy).refused("item.own_note", basis="第十五条")
    assert given(story).when(COMMAND, deputy).then(events.LeaderInstructed).stage is Stage.APPROVED


def test_b2_two_signatures_are_two_peoples():
    signed = an_item().submitted(leader, deputy).instructed()
    given(signed).when(COMMAND, leader, for_whom=deputy).refused("item.own_note")
    given(an_item().submitted(leader, deputy)).when(COMMAND, deputy, for_whom=leader).refused("item.own_note")
    again = given(signed).when(NO, deputy).then(events.LeaderInstructed).submitted(deputy)
    given(again).when(COMMAND, leader, for_whom=deputy).then(events.LeaderInstructed)


def test_b2_nobody_approves_an_item_drafted_in_person():
    submitted = an_item().submitted()
    refused = given(submitted).when(COMMAND, inspector, for_whom=leader).refused("item.own_item")
    assert refused.basis == "《机关单位督查督办工作制度》第九条、第十五条"
    amended = an_item().add(events.Amended, inspector2, subject="供暖改造").submitted()
    given(amended).when(COMMAND, inspector2, for_whom=leader).refused("item.own_item")
    given(submitted).when(COMMAND, inspector2, for_whom=leader).then(events.LeaderInstructed)
    by_another = an_item().add(events.Submitted, inspector2)
    given(by_another).when(COMMAND, inspector2, for_whom=leader).refused("item.own_item")


def test_b2_nor_one_drafted_in_the_leaders_place_or_for_whom_it_was():
    drafted = an_item().add(events.Submitted, leader, for_whom="inspector2")
    given(drafted).when(COMMAND, leader).refused("item.own_item")
    given(drafted).when(COMMAND, inspector2, for_whom=deputy).refused("item.own_item")
    given(handled()).when(COMMAND, inspector, for_whom=a_head).then(events.UnitInstructed)


def test_b8_head_and_clerk_note_what_the_unit_handles():
    both = {"a-head", "a-clerk", "b-head", "b-clerk"}
    assert who_may(handled("2026-03-02", "2026-04-30", "unit-b"), COMMAND) == both
    story = given(handled()).when(COMMAND, a_head).then(events.UnitInstructed, of_unit="unit-a")
    assert story.stage is Stage.HANDLING
    given(story).when(COMMAND, a_head).then(events.UnitInstructed)
    given(handled()).when(COMMAND, leader).refused("item.not_yours", basis="第十一条")
    given(handled()).when(COMMAND, a_clerk).then(events.UnitInstructed, of_unit="unit-a")
    given(handled()).when(COMMAND, handler).refused("item.not_yours")


def test_b2_not_before_it_was_submitted():
    submitted = an_item("2026-03-02").submitted(on="2026-03-04")
    early = Instruct("同意", on=on("2026-03-03"))
    given(submitted).when(early, leader, on="2026-03-05").refused("date.before_antecedent")
    given(submitted).when(COMMAND, inspector).refused("item.not_yours")

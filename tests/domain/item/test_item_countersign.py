"""会签 (B2): further leaders sign, those named before the approval, any other after it."""

from domain.supervision import events
from domain.supervision.commands import Countersign
from domain.supervision.stages import Stage
from tests.builders import inspector, leader
from tests.items import LEADERS, an_item, an_item_in, approved, deputy, inspector2
from tests.spec import given, open_in, who_may

COMMAND = Countersign("同意")
NO = Countersign("不同意", approve=False)


def test_b2_leaders_countersign():
    assert who_may(approved(), COMMAND) == LEADERS
    assert who_may(an_item().submitted(leader).instructed(), COMMAND) == LEADERS


def test_b2_while_others_have_yet_to_sign_only_those_named():
    waiting = an_item().submitted(leader, deputy).instructed()
    given(waiting).when(COMMAND, deputy).then(events.Countersigned)
    third = an_item().submitted(leader).add(events.LeaderInstructed, deputy, text="阅")
    given(third).when(COMMAND, deputy).refused("item.not_yours")


def test_b2_before_the_issue():
    named = open_in(COMMAND, told=an_item_in)
    assert named == {"submitted", "approved"}


def test_b2_somebody_has_written_a_note_before():
    given(an_item().submitted(leader, deputy)).when(COMMAND, deputy).refused("item.not_instructed_yet")


def test_b2_the_last_of_those_named_approves():
    waiting = an_item().submitted(leader, deputy).instructed()
    assert given(waiting).when(COMMAND, deputy).then(events.Countersigned).stage is Stage.APPROVED
    assert given(waiting).when(NO, deputy).then(events.Countersigned).stage is Stage.OPENED


def test_b2_nobody_signs_twice():
    given(approved()).when(COMMAND, leader).refused("item.already_signed", basis="第十五条")


def test_b2_nor_in_another_leaders_place():
    given(approved()).when(COMMAND, leader, for_whom=deputy).refused("item.own_note", basis="第十五条")
    waiting = an_item().submitted(leader, deputy).instructed()
    given(waiting).when(COMMAND, leader, for_whom=deputy).refused("item.own_note")
    stood_in = an_item().submitted().add(events.LeaderInstructed, deputy, for_whom="leader", text="同意")
    given(stood_in).when(COMMAND, deputy).refused("item.own_note")


def test_b2_nor_what_was_drafted_in_person():
    given(approved()).when(COMMAND, inspector, for_whom=deputy).refused("item.own_item", basis="第九条")
    given(approved()).when(COMMAND, inspector2, for_whom=deputy).then(events.Countersigned)


def test_b2_after_the_approval_one_more_may_sign_or_revoke_it():
    story = given(approved()).when(COMMAND, deputy).then(events.Countersigned)
    assert story.stage is Stage.APPROVED
    assert story.item.signed_by == ("leader", "deputy")
    assert given(approved()).when(NO, deputy).then(events.Countersigned).stage is Stage.OPENED

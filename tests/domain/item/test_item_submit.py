"""报请批示 (B2): to the leaders named, or to any."""

from domain.supervision import events
from domain.supervision.commands import Submit
from tests.builders import a_head, inspector, on
from tests.items import INSPECTORS, against_unit_b, an_item, an_item_in, deputy
from tests.spec import given, open_in, who_may

COMMAND = Submit(("leader", "deputy"))


def test_b2_only_the_inspector_submits():
    assert who_may(an_item(), COMMAND) == INSPECTORS


def test_b2_only_a_draft_is_submitted():
    assert open_in(COMMAND, told=an_item_in) == {"opened"}


def test_b2_several_leaders_may_be_named_each_once():
    story = given(an_item()).when(Submit(("leader", "deputy", "leader")), inspector).then(events.Submitted)
    assert story.item.leaders == ("leader", "deputy")
    assert set(story.item.leaders) <= set(story.item.people)


def test_b2_none_need_be_named():
    given(an_item()).when(Submit(), inspector).then(events.Submitted, leaders=())


def test_b2_only_leaders_are_named():
    given(an_item()).when(Submit(("a-head",)), inspector).refused("item.not_a_leader", basis="第十五条")
    given(an_item()).when(Submit(("nobody",)), inspector).refused("item.not_a_leader")


def test_a13_a_confidential_item_goes_to_leaders_by_name():
    given(against_unit_b()).when(Submit(), inspector).refused("item.leader_not_named")
    story = given(against_unit_b()).when(Submit(("deputy",)), inspector).then(events.Submitted)
    assert deputy.id in story.item.people


def test_b2_the_leaders_named_before_are_forgotten_when_it_is_given_back():
    again = an_item().submitted(deputy).instructed(by=deputy, approve=False).submitted()
    assert again.item.leaders == ()


def test_b2_not_before_the_opening():
    early = Submit(on=on("2026-03-01"))
    given(an_item("2026-03-02")).when(early, inspector, on="2026-03-03").refused("date.before_antecedent")
    given(an_item()).when(COMMAND, a_head).refused("item.unknown")

"""指定承办人 (B8): a unit names the officer who handles the item."""

from domain.petition.events import Against
from domain.supervision import events
from domain.supervision.commands import Designate, Report
from tests.builders import a_clerk, a_head, a_officer, handler, leader, on
from tests.items import an_item, an_item_in, approved, b_head, handled
from tests.spec import given, open_in, who_may

COMMAND = Designate("handler")
ALLOCATED = approved().issued().allocated("unit-a", "unit-b")


def test_b8_head_and_clerk_of_a_holding_unit():
    assert who_may(ALLOCATED, COMMAND) == {"a-head", "a-clerk", "b-head", "b-clerk"}


def test_b8_while_the_item_is_handled():
    assert open_in(COMMAND, told=an_item_in) == {"handling"}


def test_b8_an_officer_of_the_unit_or_its_head():
    story = (
        given(ALLOCATED).when(COMMAND, a_clerk).then(events.Designated, officer="handler", of_unit="unit-a")
    )
    assert "handler" in story.item.people
    given(ALLOCATED).when(Designate("a-head"), a_clerk).then(events.Designated)
    given(ALLOCATED).when(Designate("a-clerk"), a_head).refused("item.officer_not_in_unit", basis="第十二条")
    given(ALLOCATED).when(Designate("handler"), b_head).refused("item.officer_not_in_unit")
    given(ALLOCATED).when(Designate("nobody"), a_head).refused("item.officer_not_in_unit")


def test_b8_another_may_be_named_and_the_first_only_reads_on():
    story = given(handled()).when(Designate("a-officer"), a_clerk).then(events.Designated)
    given(story).when(Report("进展"), a_officer).then(events.Reported)
    given(story).when(Report("进展"), handler).refused("item.not_yours")


def test_a13_never_whom_the_item_accuses():
    accused = {"confidential": True, "against": (Against(person="孙三"),)}
    story = an_item(**accused).submitted(leader).instructed().issued().allocated()
    given(story).when(COMMAND, a_clerk).refused("item.accused_officer")
    given(story).when(Designate("a-officer"), a_clerk).then(events.Designated)


def test_b8_not_before_the_allocation_nor_after_the_result():
    early = Designate("handler", on=on("2026-03-01"))
    given(ALLOCATED).when(early, a_clerk, on="2026-03-03").refused("date.before_antecedent")
    submitted = ALLOCATED.result("unit-b")
    given(submitted).when(Designate("b-officer"), b_head).refused("item.result_submitted")

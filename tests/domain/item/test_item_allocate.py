"""分办 (B3): one lead unit, assisting units, a task group; a unit's limit three working days before the item's."""

import pytest

from domain.supervision import events
from domain.supervision.commands import Allocate, SettleObjection
from domain.supervision.stages import Stage
from tests.builders import inspector, on
from tests.items import (
    INSPECTORS,
    a_document,
    against_unit_b,
    an_item_in,
    approved,
    deputy,
    handled,
    leader,
)
from tests.spec import given, open_in, who_may

COMMAND = Allocate("unit-a", ("unit-b",), "供暖改造督查小组")
ISSUED = approved().issued()


def test_b3_only_the_inspector_allocates():
    assert who_may(ISSUED, COMMAND) == INSPECTORS


def test_b3_only_what_is_issued():
    assert open_in(COMMAND, told=an_item_in) == {"approved", "issued"}
    given(approved()).when(COMMAND, inspector).refused("item.not_issued", basis="第十五条")


def test_b3_lead_and_assistants_each_hold_a_share():
    story = given(ISSUED).when(COMMAND, inspector).then(events.Allocated, task_group="供暖改造督查小组")
    assert story.stage is Stage.HANDLING
    assert story.item.lead_unit == "unit-a"
    assert story.item.assisting_units == ("unit-b",)
    assert story.item.units == ("unit-a", "unit-b")
    assert story.clock("item").unit == "unit-a"


def test_b3_units_are_given_by_id_or_name():
    given(ISSUED).when(Allocate("清江区住建局"), inspector).then(events.Allocated, lead_unit="unit-a")
    given(ISSUED).when(Allocate("财政局"), inspector).refused("unit.unknown")
    given(ISSUED).when(Allocate("unit-a", ("财政局",)), inspector).refused("unit.unknown")


def test_b3_the_lead_does_not_assist_itself():
    given(ISSUED).when(Allocate("unit-a", ("unit-a",)), inspector).refused("item.lead_assists_itself")


def test_b3_a_unit_that_was_let_off_does_not_get_it_again():
    waiting = handled().objected().settled(True)
    for again in (Allocate("unit-a"), Allocate("unit-b", ("unit-a",))):
        given(waiting).when(again, inspector).refused("item.unit_let_off", basis="第十七条")
    successor = given(waiting).when(Allocate("unit-b"), inspector).then(events.Allocated)
    back = SettleObjection(True, "属实", to_unit="unit-a")
    given(successor.objected("unit-b")).when(back, inspector).refused("item.unit_let_off")


@pytest.mark.parametrize("unit", ["supervision", "leadership", "system"])
def test_b3_who_supervises_or_decides_does_not_handle(unit):
    given(ISSUED).when(Allocate(unit), inspector).refused("item.not_a_handling_unit")
    given(ISSUED).when(Allocate("petition-office"), inspector).then(events.Allocated)


def test_b3_a_units_limit_may_be_set_within_the_items():
    set_for = Allocate("unit-a", unit_due_on=on("2026-04-15"))
    story = given(ISSUED).when(set_for, inspector).then(events.Allocated)
    assert story.due("unit-limit") == "2026-04-15"
    given(ISSUED).when(Allocate("unit-a", unit_due_on=on("2026-05-01")), inspector).refused(
        "item.unit_due_after_item", basis="第十七条"
    )
    given(ISSUED).when(Allocate("unit-a", unit_due_on=on("2026-03-01")), inspector).refused(
        "petition.due_before_start"
    )


def test_b3_so_close_to_the_items_limit_the_units_must_be_set():
    urgent = approved("2026-03-02", due_on="2026-03-06").issued()  # three working days before: 3 March
    assert given(urgent).when(Allocate("unit-a"), inspector, on="2026-03-03").then(events.Allocated)
    given(urgent).when(Allocate("unit-a"), inspector, on="2026-03-04").refused(
        "item.unit_due_needed", basis="第十七条"
    )
    set_for = Allocate("unit-a", unit_due_on=on("2026-03-06"))
    story = given(urgent).when(set_for, inspector, on="2026-03-04").then(events.Allocated)
    assert story.due("unit-limit") == "2026-03-06"


def test_a13_never_to_whom_the_item_accuses():
    story = against_unit_b().submitted(leader).instructed().issued()
    given(story).when(Allocate("unit-b"), inspector).refused("item.accused_unit")
    given(story).when(Allocate("unit-a", ("unit-b",)), inspector).refused("item.accused_unit")
    given(story).when(Allocate("unit-a"), inspector).then(events.Allocated)


class TestDocuments:
    def test_b11_straight_after_the_leaders_note(self):
        document = a_document().submitted().instructed()
        story = given(document).when(Allocate("unit-a"), inspector).then(events.Allocated)
        assert story.stage is Stage.HANDLING
        assert story.clock("dispatch").state == "stopped"
        assert story.due("ordinary") == "2026-03-16"

    def test_b11_but_not_after_its_own_limit(self):
        document = a_document(due_on="2026-03-06").submitted().instructed()
        given(document).when(Allocate("unit-a"), inspector, on="2026-03-09").refused("item.due_passed")


class TestAgain:
    """After the lead unit was let off without a successor."""

    LEFT = handled("2026-03-02", "2026-04-30", "unit-b").objected().settled(True)

    def test_b3_the_item_waits_to_be_allocated_again(self):
        assert self.LEFT.stage is Stage.ISSUED
        assert self.LEFT.item.lead_unit is None

    def test_b3_who_assists_already_may_lead_and_its_clock_goes_on(self):
        story = given(self.LEFT).when(Allocate("unit-b"), inspector, on="2026-03-05").then(events.Allocated)
        assert story.item.lead_unit == "unit-b"
        assert story.clock("unit-limit", part="unit-b").started_on == on("2026-03-02")
        assert story.clock("item").unit == "unit-b"

    def test_b3_who_is_not_named_again_is_let_off(self):
        again = Allocate("petition-office")
        story = given(self.LEFT).when(again, inspector, on="2026-03-05").then(events.Allocated)
        assert [share.unit for share in story.item.holding] == ["petition-office"]
        assert story.clock("unit-limit", part="unit-b").state == "cancelled"


def test_b2_a_revoked_approval_asks_nothing_of_the_office():
    revoked = a_document().submitted().instructed().countersigned(by=deputy, approve=False)
    assert [c.clock for c in revoked.clocks()] == ["ordinary"]

"""审核延期申请 (B5): the unit passes the request up to the inspector, the inspector to the leader."""

from domain.supervision import events
from domain.supervision.commands import VetExtension
from tests.builders import a_clerk, a_head, handler, inspector, leader, on
from tests.items import INSPECTORS, an_item_in, approved, handled
from tests.spec import given, open_in, who_may

COMMAND = VetExtension("情况属实")
ASKED = handled().asked()
PASSED = ASKED.passed_up()


def test_b8_unit_head_unit_clerk_and_inspector():
    assert who_may(ASKED, COMMAND) == {"a-head", "a-clerk"} | INSPECTORS


def test_b5_while_the_item_is_handled():
    def ask(story):
        return story.asked() if story.stage.value == "handling" else story

    assert open_in(COMMAND, ask, told=an_item_in) == {"handling"}


def test_b5_first_the_unit_then_the_inspector():
    given(ASKED).when(COMMAND, inspector).refused("item.no_extension_request", basis="第十九条")
    story = given(ASKED).when(COMMAND, a_clerk).then(events.ExtensionVetted, level="unit", of_unit="unit-a")
    given(story).when(COMMAND, a_head).refused("item.no_extension_request")
    passed = given(story).when(COMMAND, inspector).then(events.ExtensionVetted, level="inspector")
    given(passed).when(COMMAND, inspector).refused("item.no_extension_request")
    given(passed).when(COMMAND, leader).refused("item.not_yours")


def test_b5_a_units_own_request_alone():
    two = handled("2026-03-02", "2026-04-30", "unit-b").designated("unit-b").asked().asked("unit-b")
    given(two).when(COMMAND, a_head).then(events.ExtensionVetted, of_unit="unit-a")
    given(two).when(VetExtension("情况属实", unit="unit-b"), a_head).refused("item.not_yours")


def test_b5_of_several_the_inspector_names_one():
    two = handled("2026-03-02", "2026-04-30", "unit-b").designated("unit-b").asked().asked("unit-b")
    both = two.passed_up().passed_up(unit="unit-b")
    given(both).when(COMMAND, inspector).refused("item.which_unit")
    named = VetExtension("情况属实", unit="清江区民政局")
    given(both).when(named, inspector).then(events.ExtensionVetted, of_unit="unit-b")


def test_b5_nobody_vets_a_request_made_in_person():
    by_clerk = handled().add(
        events.ExtensionRequested,
        a_clerk,
        of_unit="unit-a",
        reason="天气",
        progress="八成",
        expected_on=on("2026-04-29"),
        limit="unit-limit",
    )
    given(by_clerk).when(COMMAND, a_clerk).refused("item.own_request", basis="第十九条")
    given(by_clerk).when(COMMAND, a_head).then(events.ExtensionVetted)
    given(ASKED).when(COMMAND, handler, for_whom=a_head).refused("item.own_request")


def test_b5_nobody_vets_twice():
    given(PASSED).when(COMMAND, a_head, for_whom=inspector).refused("item.own_vetting", basis="第十九条")
    given(PASSED).when(COMMAND, a_clerk, for_whom=inspector).then(events.ExtensionVetted)


def test_b5_the_heads_own_is_with_the_inspector_at_once():
    own = approved().issued().allocated().asked(by=a_head)
    given(own).when(COMMAND, inspector).then(events.ExtensionVetted, level="inspector")


def test_b5_not_before_it_was_asked_for():
    story = handled("2026-03-02").asked(on="2026-03-05")
    early = VetExtension("情况属实", on=on("2026-03-04"))
    given(story).when(early, a_head, on="2026-03-06").refused("date.before_antecedent")

"""不批准延期 (B5): by the unit head, the inspector or the leader, each in turn, with the reason."""

from domain.supervision import events
from domain.supervision.commands import RefuseExtension
from tests.builders import a_clerk, a_head, handler, inspector, leader, on
from tests.items import INSPECTORS, LEADERS, an_item_in, handled
from tests.spec import given, open_in, who_may

COMMAND = RefuseExtension("理由不充分")
ASKED = handled().asked()
PASSED = ASKED.passed_up()
WITH_LEADER = PASSED.passed_up("inspector")


def test_b8_unit_head_inspector_leader():
    assert who_may(ASKED, COMMAND) == {"a-head"} | INSPECTORS | LEADERS
    given(ASKED).when(COMMAND, a_clerk).refused("item.not_yours", basis="第十一条")


def test_b5_while_the_item_is_handled():
    def ask(story):
        return story.asked() if story.stage.value == "handling" else story

    assert open_in(COMMAND, ask, told=an_item_in) == {"handling"}


def test_b5_each_as_far_as_it_has_come():
    given(ASKED).when(COMMAND, a_head).then(events.ExtensionRefused, of_unit="unit-a")
    given(PASSED).when(COMMAND, inspector).then(events.ExtensionRefused)
    given(WITH_LEADER).when(COMMAND, leader).then(events.ExtensionRefused)
    given(PASSED).when(COMMAND, a_head).refused("item.no_extension_request")
    given(ASKED).when(COMMAND, inspector).refused("item.no_extension_request")
    given(PASSED).when(COMMAND, leader).refused("item.no_extension_request")


def test_b5_the_limit_stays_and_the_answer_is_given():
    story = given(PASSED).when(COMMAND, inspector, on="2026-03-05").then(events.ExtensionRefused)
    assert story.due("unit-limit") == "2026-04-27"
    assert story.clock("extension-answer").stopped_on == on("2026-03-05")
    assert story.item.share("unit-a").extension is None


def test_b5_nobody_refuses_a_request_made_in_person():
    given(ASKED).when(COMMAND, handler, for_whom=a_head).refused("item.own_request")


def test_b5_not_before_it_was_asked_for():
    story = handled("2026-03-02").asked(on="2026-03-05")
    given(story).when(RefuseExtension("否", on=on("2026-03-04")), a_head, on="2026-03-06").refused(
        "date.before_antecedent"
    )

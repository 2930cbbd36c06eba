"""批准延期 (B5): by the inspector within the item's limit, by the leader beyond it; with a definite date."""

from domain.supervision import events
from domain.supervision.commands import GrantExtension
from tests.builders import a_head, inspector, leader, on
from tests.items import INSPECTORS, LEADERS, a_document, an_item_in, handled, inspector2, with_result
from tests.spec import given, open_in, who_may

COMMAND = GrantExtension(on("2026-04-29"))
BEYOND = GrantExtension(on("2026-05-20"), remark="同意")
PASSED = handled().asked().passed_up()
WITH_LEADER = PASSED.passed_up("inspector")


def test_b8_inspector_and_leader():
    assert who_may(PASSED, COMMAND) == INSPECTORS | LEADERS


def test_b5_while_the_item_is_handled():
    def ask(story):
        return story.asked().passed_up() if story.stage.value == "handling" else story

    assert open_in(COMMAND, ask, told=an_item_in) == {"handling"}


def test_b5_the_inspector_after_the_unit_the_leader_after_the_inspector():
    given(handled().asked()).when(COMMAND, inspector).refused("item.no_extension_request")
    given(PASSED).when(COMMAND, leader).refused("item.no_extension_request")
    given(WITH_LEADER).when(COMMAND, inspector).refused("item.no_extension_request")
    given(PASSED).when(COMMAND, inspector).then(events.ExtensionGranted, of_unit="unit-a", item_due_on=None)
    given(WITH_LEADER).when(COMMAND, leader).then(events.ExtensionGranted, item_due_on=None)


def test_b5_the_units_limit_moves_to_the_date_granted():
    story = given(PASSED).when(COMMAND, inspector).then(events.ExtensionGranted)
    assert story.due("unit-limit") == "2026-04-29"
    assert story.due("item") == "2026-04-30"
    assert story.clock("extension-answer").state == "stopped"
    assert story.item.share("unit-a").extension is None
    assert story.item.share("unit-a").due_on == on("2026-04-29")


def test_b5_beyond_the_items_limit_only_the_leader_and_the_items_moves_along():
    given(PASSED).when(BEYOND, inspector).refused("item.beyond_item_limit", basis="第九条")
    story = given(WITH_LEADER).when(BEYOND, leader).then(events.ExtensionGranted, item_due_on="2026-05-20")
    assert story.due("unit-limit") == "2026-05-20"
    assert story.due("item") == "2026-05-20"
    assert story.item.due_on == on("2026-05-20")


def test_b5_the_other_units_keep_theirs():
    two = handled("2026-03-02", "2026-04-30", "unit-b").asked().passed_up().passed_up("inspector")
    story = given(two).when(BEYOND, leader).then(events.ExtensionGranted)
    assert story.due("unit-limit", part="unit-b") == "2026-04-27"


def test_b5_later_than_the_present_limit():
    same = GrantExtension(on("2026-04-27"))
    given(PASSED).when(same, inspector).refused("item.not_later")
    given(PASSED).when(GrantExtension(on("2026-03-01")), inspector).refused("petition.due_before_start")


def test_b5_a_request_made_in_time_is_answered_even_after_the_limit():
    late = handled().asked(on="2026-04-27").passed_up()
    story = given(late).when(COMMAND, inspector, on="2026-04-28").then(events.ExtensionGranted)
    assert story.clock("unit-limit").state == "running"


def test_b5_of_a_redo_its_own_date_moves():
    again = with_result().sent_back("2026-03-20").asked(limit="redo").passed_up()
    story = (
        given(again)
        .when(GrantExtension(on("2026-03-25")), inspector)
        .then(events.ExtensionGranted, limit="redo")
    )
    assert story.due("redo") == "2026-03-25"
    assert story.item.share("unit-a").redo_by == on("2026-03-25")


def test_b11_of_a_document_the_limit_of_its_class_moves():
    document = a_document("read").submitted().instructed().allocated().designated()
    asked = document.asked(limit="read").passed_up()
    story = given(asked).when(GrantExtension(on("2026-03-20")), inspector).then(events.ExtensionGranted)
    assert story.due("read") == "2026-03-20"


def test_b5_nobody_grants_a_request_made_in_person():
    own = handled().add(
        events.ExtensionRequested,
        inspector,
        of_unit="unit-a",
        reason="天气",
        progress="八成",
        expected_on=on("2026-04-29"),
        limit="unit-limit",
        level="unit",
    )
    given(own).when(COMMAND, inspector).refused("item.own_request")


def test_b5_nobody_grants_a_request_vetted_in_person():
    given(WITH_LEADER).when(COMMAND, inspector, for_whom=leader).refused("item.own_vetting", basis="第十九条")
    given(WITH_LEADER).when(COMMAND, inspector2, for_whom=leader).then(events.ExtensionGranted)
    given(PASSED).when(COMMAND, a_head, for_whom=inspector).refused("item.own_vetting")
    given(WITH_LEADER).when(COMMAND, a_head, for_whom=leader).refused("item.own_vetting")


def test_b5_of_several_one_is_named():
    two = handled("2026-03-02", "2026-04-30", "unit-b").designated("unit-b")
    both = two.asked().asked("unit-b").passed_up().passed_up(unit="unit-b")
    given(both).when(COMMAND, inspector).refused("item.which_unit")
    named = GrantExtension(on("2026-04-29"), unit="unit-b")
    story = given(both).when(named, inspector).then(events.ExtensionGranted, of_unit="unit-b")
    given(story).when(COMMAND, inspector).then(events.ExtensionGranted, of_unit="unit-a")
    given(both).when(COMMAND, a_head).refused("item.not_yours", basis="第十条")

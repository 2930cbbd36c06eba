"""申请延期 (B5): by who handles the item in the unit, before the limit, with reason, progress and date."""

import pytest

from domain.supervision import events
from domain.supervision.commands import RequestExtension
from tests.builders import a_clerk, a_head, handler, on
from tests.items import a_document, an_item_in, approved, handled, with_result
from tests.spec import given, open_in, who_may

COMMAND = RequestExtension("施工受天气影响", "完成八成", on("2026-04-29"))


def test_b8_the_designated_officer_or_the_head_in_person():
    assert who_may(handled(), COMMAND) == {"handler"}
    assert who_may(approved().issued().allocated(), COMMAND) == {"a-head"}


def test_b5_while_the_item_is_handled():
    assert open_in(COMMAND, told=an_item_in) == {"handling"}


def test_b5_it_goes_to_the_unit_first_and_the_heads_own_to_the_inspector():
    story = given(handled()).when(COMMAND, handler).then(events.ExtensionRequested, level="officer")
    assert story.item.share("unit-a").extension.level == "officer"
    assert story.clock("extension-answer").unit == "supervision"
    own = approved().issued().allocated()
    given(own).when(COMMAND, a_head).then(events.ExtensionRequested, level="unit")


@pytest.mark.parametrize(
    ("asked", "code"),
    [("2026-04-27", None), ("2026-04-28", "item.extension_too_late")],  # three working days before 30 April
)
def test_b5_before_the_units_limit(asked, code):
    outcome = given(handled()).when(COMMAND, handler, on=asked)
    if code is None:
        outcome.then(events.ExtensionRequested, limit="unit-limit")
    else:
        outcome.refused(code, basis="第十九条")


def test_b5_judged_by_its_legal_date_not_by_the_day_of_the_entry():
    back = RequestExtension("施工受天气影响", "完成八成", on("2026-04-29"), on=on("2026-04-27"))
    given(handled()).when(back, handler, on="2026-05-20").then(events.ExtensionRequested, on="2026-04-27")


def test_b5_to_a_later_date_than_the_present_limit():
    same = RequestExtension("施工受天气影响", "完成八成", on("2026-04-27"))
    given(handled()).when(same, handler).refused("item.not_later")
    past = RequestExtension("施工受天气影响", "完成八成", on("2026-03-01"))
    given(handled()).when(past, handler).refused("petition.due_before_start")


def test_b5_one_request_at_a_time():
    asked = given(handled()).when(COMMAND, handler).then(events.ExtensionRequested)
    given(asked).when(COMMAND, handler).refused("item.extension_request_open")
    given(asked.refused_more_time(by=a_head)).when(COMMAND, handler).then(events.ExtensionRequested)


def test_b5_after_a_send_back_it_is_the_redo_date_that_moves():
    again = with_result().sent_back("2026-03-20")
    later = RequestExtension("施工受天气影响", "完成八成", on("2026-03-25"))
    given(again).when(later, handler).then(events.ExtensionRequested, limit="redo")


def test_b11_of_a_document_it_is_its_class_of_limit():
    document = a_document("incoming").submitted().instructed().allocated().designated()
    given(document).when(COMMAND, handler).then(events.ExtensionRequested, limit="incoming")


def test_b11_a_document_without_limit_has_nothing_to_extend():
    document = a_document(None).submitted().instructed().allocated().designated()
    given(document).when(COMMAND, handler).refused("item.nothing_to_extend")


def test_b14_a_stand_in_asks_for_the_officer():
    given(handled()).when(COMMAND, a_clerk, for_whom=handler).then(events.ExtensionRequested)
    given(handled()).when(COMMAND, a_clerk).refused("item.not_yours", basis="第十二条")

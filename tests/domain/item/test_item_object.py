"""报告非本单位职责 (B3): within two working days, late ones marked late, once."""

import pytest

from domain.supervision import events
from domain.supervision.commands import Object
from tests.builders import a_clerk, a_head, on
from tests.items import an_item_in, approved, b_clerk, handled, with_result
from tests.spec import given, open_in, who_may

COMMAND = Object("非本单位职责")


def test_b3_head_and_clerk_of_a_holding_unit():
    both = {"a-head", "a-clerk", "b-head", "b-clerk"}
    assert who_may(handled("2026-03-02", "2026-04-30", "unit-b"), COMMAND) == both


def test_b3_while_the_item_is_handled():
    assert open_in(COMMAND, told=an_item_in) == {"handling"}


@pytest.mark.parametrize(
    ("allocated", "objected", "late"),
    [
        ("2026-02-12", "2026-02-14", False),  # 13 February, and Saturday the 14th works
        ("2026-02-12", "2026-02-24", True),  # after Spring Festival
        ("2026-02-13", "2026-02-24", False),
        ("2026-02-13", "2026-02-25", True),
        ("2026-09-18", "2026-09-21", False),  # counting Sunday the 20th, which works
        ("2026-09-18", "2026-09-22", True),
        ("2026-09-30", "2026-10-09", False),  # National Day; the 10th works too
        ("2026-09-30", "2026-10-10", True),
    ],
)
def test_b3_two_working_days(allocated, objected, late):
    story = approved("2026-01-05", due_on="2026-12-31").issued().allocated(on=allocated)
    done = given(story).when(COMMAND, a_clerk, on=objected).then(events.Objected, late=late, of_unit="unit-a")
    assert done.item.share("unit-a").objected_on == on(objected)


def test_b3_once():
    objected = given(handled()).when(COMMAND, a_head).then(events.Objected)
    given(objected).when(COMMAND, a_head).refused("item.already_objected", basis="第十七条")
    given(objected.settled(False)).when(COMMAND, a_clerk).refused("item.already_objected")


def test_b3_before_the_result():
    submitted = handled("2026-03-02", "2026-04-30", "unit-b").result("unit-b")
    given(submitted).when(COMMAND, a_clerk).then(events.Objected)
    given(submitted).when(COMMAND, b_clerk).refused("item.result_submitted")


def test_b3_nor_once_it_was_sent_back_to_be_done_again():
    again = with_result().sent_back("2026-03-20")
    given(again).when(COMMAND, a_clerk).refused("item.result_submitted", basis="第十七条")

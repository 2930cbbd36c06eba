"""提出异议 (A6): the unit says within five working days that the matter is not its own."""

import pytest

from domain.petition import events
from domain.petition.commands import Object
from tests.builders import UNIT_A, a_clerk, a_petition, on, with_unit
from tests.spec import given, open_in, who_may

COMMAND = Object("不属于本单位职权范围")


def test_a6_only_the_holding_unit_objects():
    assert who_may(with_unit(), COMMAND) == UNIT_A


def test_a6_only_before_acceptance():
    assert open_in(COMMAND) == {"with_unit"}


@pytest.mark.parametrize(
    ("received", "objected", "late"),
    [
        ("2026-02-12", "2026-02-26", False),  # 13, 14 (works), 24, 25, 26 February
        ("2026-02-12", "2026-02-27", True),
        ("2026-09-24", "2026-10-09", False),  # over Mid-Autumn and National Day
        ("2026-09-24", "2026-10-10", True),  # a Saturday that works: the sixth working day
        ("2026-09-18", "2026-09-24", False),  # counting a working Sunday
        ("2026-09-18", "2026-09-25", True),
    ],
)
def test_a6_the_fifth_working_day_is_in_time_and_the_sixth_is_recorded_as_late(received, objected, late):
    story = given(with_unit(received)).when(COMMAND, a_clerk, on=objected).then(events.Objected, late=late)
    assert story.petition.objected_on == on(objected)


def test_a6_a_late_objection_stays_late_although_the_notice_ended_the_clock():
    story = with_unit("2026-02-12").served("receipt", on="2026-02-13")
    given(story).when(COMMAND, a_clerk, on="2026-02-27").then(events.Objected, late=True)
    given(story).when(COMMAND, a_clerk, on="2026-02-26").then(events.Objected, late=False)


def test_a6_the_days_are_counted_from_the_last_receipt():
    again = (
        with_unit("2026-02-02")
        .objected("2026-02-03")
        .handed_back("2026-02-09")
        .transferred("unit-a", "2026-02-12")
    )
    given(again).when(COMMAND, a_clerk, on="2026-02-26").then(events.Objected, late=False)


def test_a6_what_came_to_the_unit_directly_cannot_be_objected_to():
    direct = a_petition(by=a_clerk)
    given(direct).when(COMMAND, a_clerk).refused("petition.not_passed_on", basis="第二十三条第三款")


def test_a6_one_objection_at_a_time():
    objected = given(with_unit()).when(COMMAND, a_clerk).then(events.Objected)
    given(objected).when(COMMAND, a_clerk).refused("petition.objection_open")
    given(objected.kept()).when(COMMAND, a_clerk).refused("petition.objection_answered")
    again = objected.handed_back().transferred()
    given(again).when(COMMAND, a_clerk).then(events.Objected)


def test_a6_not_before_the_receipt():
    story = a_petition("2026-03-02").transferred(on="2026-03-04")
    early = Object("不属于本单位职权范围", on=on("2026-03-03"))
    given(story).when(early, a_clerk, on="2026-03-05").refused("date.before_antecedent")


def test_a6_the_duty_to_notify_goes_on_while_the_objection_is_open():
    assert with_unit().objected().clock("notify").state == "running"

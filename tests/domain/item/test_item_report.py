"""反馈 (B4): the designated officer reports, or the unit head who handles the item in person; by periods if it has any."""

import pytest

from domain.attachments import Attachment, AttachmentEntry
from domain.supervision import events
from domain.supervision.commands import Report
from tests.builders import a_clerk, a_head, handler, leader, on
from tests.items import an_item_in, approved, handled
from tests.spec import given, open_in, who_may

COMMAND = Report("进展情况")


def test_b8_the_designated_officer_reports():
    assert who_may(handled(), COMMAND) == {"handler"}


def test_b8_where_none_is_designated_the_unit_head():
    alone = approved().issued().allocated("unit-a", "unit-b").designated("unit-b")
    assert who_may(alone, COMMAND) == {"a-head", "b-officer"}
    given(alone).when(COMMAND, a_clerk).refused("item.not_yours", basis="第十二条")


def test_b8_or_who_was_designated_as_head():
    story = approved().issued().allocated().designated(officer=a_head)
    assert who_may(story, COMMAND) == {"a-head"}


def test_b14_a_stand_in_reports_for_the_officer():
    given(handled()).when(COMMAND, a_clerk, for_whom=handler).then(events.Reported, for_whom="handler")


def test_b4_while_the_item_is_handled():
    assert open_in(COMMAND, told=an_item_in) == {"handling"}
    submitted = handled("2026-03-02", "2026-04-30", "unit-b").designated("unit-b").result()
    assert submitted.stage.value == "result"


def test_b4_attachments_are_kept_by_name():
    command = Report("进展情况", (AttachmentEntry("进度表"),))
    given(handled()).when(command, handler).then(events.Reported, attachments=(Attachment("进度表"),))


def test_b4_the_heads_own_report_needs_no_signature():
    given(handled()).when(COMMAND, handler).then(events.Reported, signed=False)
    alone = approved().issued().allocated()
    story = given(alone).when(COMMAND, a_head).then(events.Reported, signed=True)
    assert story.item.share("unit-a").signed


class TestPeriods:
    QUARTERLY = handled("2026-02-02", "2026-12-31", cadence="quarterly")

    def test_b4_the_earliest_period_not_yet_reported_on(self):
        first = (
            given(self.QUARTERLY)
            .when(COMMAND, handler, on="2026-04-02")
            .then(events.Reported, period="2026Q1")
        )
        second = given(first).when(COMMAND, handler, on="2026-04-02").then(events.Reported, period="2026Q2")
        given(second).when(COMMAND, handler, on="2026-04-02").then(events.Reported, period=None)

    def test_b4_a_special_report_answers_no_period(self):
        special = Report("专题报告", special=True)
        given_special = given(self.QUARTERLY).when(special, handler, on="2026-03-20")
        told = given_special.then(events.Reported, period=None)
        assert told.clock("cadence", part="unit-a/2026Q1").state == "running"
        both = Report("专题报告", period="2026Q1", special=True)
        given(self.QUARTERLY).when(both, handler, on="2026-03-20").refused("item.special_without_period")

    def test_b4_a_period_may_be_named_once_it_has_begun(self):
        named = Report("进展情况", period="2026q2")
        given(self.QUARTERLY).when(named, handler, on="2026-04-01").then(events.Reported, period="2026Q2")
        given(self.QUARTERLY).when(named, handler, on="2026-03-31").refused(
            "item.unknown_period", basis="第二十一条"
        )

    @pytest.mark.parametrize("name", ["2026Q5", "2025Q4", "2026H1", "2027Q1"])
    def test_b4_no_other_period_is_known(self, name):
        odd = Report("进展情况", period=name)
        given(self.QUARTERLY).when(odd, handler, on="2026-12-01").refused("item.unknown_period")

    def test_b4_an_item_without_cadence_has_no_periods(self):
        given(handled()).when(Report("进展情况", period="2026Q1"), handler).refused("item.unknown_period")


class TestDates:
    def test_b6_what_was_reported_in_time_may_be_entered_after_the_limit(self):
        story = handled("2026-03-02", "2026-03-20")  # the unit's limit: 17 March
        back = Report("进展情况", on=on("2026-03-16"))
        for today in ("2026-03-17", "2026-03-18", "2026-06-01"):
            given(story).when(back, handler, on=today).then(events.Reported, on="2026-03-16")
        given(story).when(COMMAND, handler, on="2026-03-18").then(events.Reported, on="2026-03-18")

    def test_not_before_the_allocation_and_not_in_the_future(self):
        story = approved("2026-03-02").issued().allocated(on="2026-03-04").designated()
        early = Report("进展情况", on=on("2026-03-03"))
        given(story).when(early, handler, on="2026-03-05").refused("date.before_antecedent")
        given(story).when(Report("进展情况", on=on("2026-03-06")), handler, on="2026-03-05").refused(
            "date.in_future"
        )
        given(story).when(COMMAND, leader).refused("item.not_yours")

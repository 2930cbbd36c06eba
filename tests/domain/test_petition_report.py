"""反馈 (A3, A8, A9): the unit's report to whoever assigned the matter."""

from domain.attachments import AttachmentEntry
from domain.petition import events
from domain.petition.commands import Report
from tests.builders import UNIT_A, a_clerk, a_petition, handler, in_handling, on
from tests.spec import given, open_in, who_may

COMMAND = Report("办理情况报告", attachments=(AttachmentEntry("现场照片.jpg"),))


def test_a8_the_holding_unit_or_the_handler_reports():
    assert who_may(in_handling(), COMMAND) == UNIT_A | {"handler"}


def test_a8_from_receipt_until_the_matter_is_off_the_list():
    assert open_in(COMMAND) == {"with_unit", "handling", "replied", "signed_off"}


def test_a3_the_report_stops_the_assigners_clock_in_time_or_late():
    story = a_petition("2026-03-02").assigned(due_on="2026-04-30").accepted().designated()
    for day in ("2026-04-30", "2026-05-06"):
        reported = given(story).when(COMMAND, handler, on=day).then(events.Reported, text="办理情况报告")
        assert reported.clock("assigned-report").stopped_on == on(day)
        assert reported.stage == "handling"


def test_a9_by_the_grain_bureaus_rule_a_superiors_letter_is_reported_in_fifteen_days():
    story = in_handling("2026-02-05", rulebook="letters-grain-bureau", channel="assigned")
    assert story.due("superior-assigned") == "2026-02-24"
    reported = given(story).when(COMMAND, a_clerk, on="2026-02-24").then(events.Reported)
    assert reported.clock("superior-assigned").state == "stopped"


def test_a8_not_before_the_unit_received_it():
    story = a_petition("2026-03-02").transferred(on="2026-03-04")
    early = Report("报告", on=on("2026-03-03"))
    given(story).when(early, a_clerk, on="2026-03-05").refused("date.before_antecedent")

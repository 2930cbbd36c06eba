"""审签报告 (A8): a leader agrees before the office reports to the superior who assigned the matter."""

from domain.petition import events
from domain.petition.commands import ApproveReport, Report
from tests.builders import a_clerk, a_petition, clerk, in_handling, leader
from tests.spec import given, open_in, who_may

COMMAND = ApproveReport("同意上报")
REPORT = Report("查处情况报告")
AT_OFFICE = a_petition(channel="assigned").accepted()


def test_a8_only_a_leader_approves():
    assert who_may(AT_OFFICE, COMMAND) == {"leader"}


def test_a8_only_what_a_superior_assigned():
    given(in_handling()).when(COMMAND, leader).refused(
        "petition.not_assigned_by_superior", basis="第三条第四项"
    )
    assert open_in(COMMAND) == {"with_unit", "handling", "replied", "signed_off"}


def test_a8_the_offices_report_to_the_superior_waits_for_it():
    given(AT_OFFICE).when(REPORT, clerk).refused("petition.report_not_approved", basis="第三条第四项")
    approved = given(AT_OFFICE).when(COMMAND, leader).then(events.ReportApproved, text="同意上报")
    given(approved).when(COMMAND, leader).refused("petition.report_already_approved")
    reported = given(approved).when(REPORT, clerk).then(events.Reported)
    given(reported).when(REPORT, clerk).refused("petition.report_not_approved")


def test_a8_a_units_report_to_the_office_needs_no_leader():
    story = in_handling(channel="assigned")
    given(story).when(REPORT, a_clerk).then(events.Reported)


def test_a8_the_office_reports_up_also_what_a_unit_handles_and_ends_no_date_of_the_units():
    story = (
        a_petition(channel="assigned", rulebook="letters-grain-bureau")
        .assigned(due_on="2026-04-30")
        .accepted()
    )
    given(story).when(REPORT, clerk).refused("petition.report_not_approved")
    reported = given(story.report_approved()).when(REPORT, clerk).then(events.Reported)
    assert reported.clock("superior-assigned").state == "stopped"
    plain = a_petition(channel="assigned").assigned(due_on="2026-04-30").report_approved().reported(by=clerk)
    assert plain.clock("assigned-report").state == "running"


def test_a8_what_no_superior_assigned_the_office_does_not_report_for_a_unit():
    given(in_handling()).when(REPORT, clerk).refused("petition.not_yours")
    given(a_petition().accepted()).when(REPORT, clerk).then(events.Reported)

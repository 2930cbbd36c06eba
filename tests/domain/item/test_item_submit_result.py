"""上报办理结果 (B4, A14): what the head signed, with every attachment named; the lead after its assistants."""

import pytest

from domain.attachments import AttachmentEntry
from domain.supervision import events
from domain.supervision.commands import Report, SubmitResult
from domain.supervision.stages import Stage
from tests.builders import a_clerk, a_head, handler, on
from tests.items import an_item_in, b_clerk, b_head, handled
from tests.spec import given, open_in, who_may

COMMAND = SubmitResult("已全部完成")
TWO = handled("2026-03-02", "2026-04-30", "unit-b")


def test_b8_head_and_clerk_of_a_holding_unit():
    assert who_may(handled(), COMMAND) == {"a-head", "a-clerk"}


def test_b4_while_the_item_is_handled():
    assert open_in(COMMAND, told=an_item_in) == {"handling"}


def test_b4_the_leads_result_goes_to_the_inspector():
    story = given(handled()).when(COMMAND, a_head).then(events.ResultSubmitted, of_unit="unit-a")
    assert story.stage is Stage.RESULT
    assert story.clock("unit-limit").state == "stopped"
    assert story.clock("result-review").state == "running"


def test_b4_a_clerk_submits_what_the_head_has_signed():
    given(handled()).when(COMMAND, a_clerk).refused("item.report_not_signed", basis="第十八条")
    given(handled().reported()).when(COMMAND, a_clerk).refused("item.report_not_signed")
    signed = handled().reported().report_signed()
    given(signed).when(COMMAND, a_clerk).then(events.ResultSubmitted)
    given(signed.reported()).when(COMMAND, a_clerk).refused("item.report_not_signed")


def test_b4_a_clerk_needs_a_signed_report_that_answers_no_period():
    yearly = handled("2026-01-05", "2026-12-31", cadence="quarterly")
    periodic = yearly.reported(on="2026-03-20", period="2026Q1").report_signed()
    given(periodic).when(COMMAND, a_clerk).refused("item.report_not_signed")
    given(periodic).when(COMMAND, a_head).then(events.ResultSubmitted)
    special = given(periodic).when(Report("专题报告", special=True), handler).then(events.Reported)
    given(special).when(COMMAND, a_clerk).refused("item.report_not_signed")
    signed = special.report_signed()
    given(signed).when(COMMAND, a_clerk).then(events.ResultSubmitted)
    later = signed.reported(on="2026-06-20", period="2026Q2")
    given(later).when(COMMAND, a_clerk).then(events.ResultSubmitted)


class TestAttachments:
    def test_b4_each_is_named_in_the_conclusion(self):
        both = (AttachmentEntry("验收单"), AttachmentEntry("照片.png"))
        named = SubmitResult("已完成，见附件《验收单》和照片.png。", both)
        given(handled()).when(named, a_head).then(events.ResultSubmitted)
        one = SubmitResult("已完成，见附件《验收单》。", both)
        no = given(handled()).when(one, a_head).refused("item.attachment_not_named", basis="第十八条")
        assert "照片.png" in no.message
        assert "验收单" not in no.message

    def test_b4_whatever_way_its_characters_are_composed(self):
        entry = (AttachmentEntry("re\u0301sume\u0301.pdf"),)
        given(handled()).when(SubmitResult("见 re\u0301sume\u0301.pdf", entry), a_head).then(
            events.ResultSubmitted
        )


class TestLeadAndAssistants:
    def test_a14_the_lead_waits_for_the_assistants(self):
        no = given(TWO).when(COMMAND, a_head).refused("item.assistants_pending", basis="第十六条")
        assert "清江区民政局" in no.message
        story = given(TWO).when(COMMAND, b_head).then(events.ResultSubmitted, of_unit="unit-b")
        assert story.stage is Stage.HANDLING
        assert given(story).when(COMMAND, a_head).then(events.ResultSubmitted).stage is Stage.RESULT

    def test_a14_or_goes_on_without_them_for_a_reason(self):
        command = SubmitResult("已全部完成", without_assistants="协办部分不影响结论")
        story = given(TWO).when(command, a_head).then(events.ResultSubmitted)
        assert story.stage is Stage.RESULT
        assert story.item.share("unit-b").waived
        assert story.clock("unit-limit", part="unit-b").state == "cancelled"

    def test_a14_an_assistant_that_was_late_already_stays_late_on_record(self):
        command = SubmitResult("已全部完成", without_assistants="协办部分不影响结论")
        story = given(TWO).when(command, a_head, on="2026-04-28").then(events.ResultSubmitted)
        assert story.clock("unit-limit", part="unit-b").state == "stopped"

    def test_a14_the_reason_is_only_the_leads_and_only_kept_if_needed(self):
        command = SubmitResult("已全部完成", without_assistants="不等待")
        given(TWO).when(command, b_head).refused("item.not_the_lead")
        given(handled()).when(command, a_head).then(events.ResultSubmitted, without_assistants=None)

    def test_a14_each_submits_once(self):
        done = TWO.result("unit-b")
        given(done).when(COMMAND, b_clerk).refused("item.result_submitted")


def test_b4_in_the_heads_place_nobody_submits_on_a_report_made_in_person():
    reported = handled().reported()
    given(reported).when(COMMAND, handler, for_whom=a_head).refused("item.own_report", basis="第十八条")
    given(reported).when(COMMAND, a_head).then(events.ResultSubmitted)
    given(reported.report_signed()).when(COMMAND, handler, for_whom=a_head).then(events.ResultSubmitted)


def test_b3_not_while_its_objection_is_open():
    given(handled().objected()).when(COMMAND, a_head).refused("item.objection_open", basis="第十七条")
    given(handled().objected().settled(False)).when(COMMAND, a_head).then(events.ResultSubmitted)


def test_b5_an_open_request_for_time_is_spent():
    story = given(handled().asked()).when(COMMAND, a_head).then(events.ResultSubmitted)
    assert story.item.share("unit-a").extension is None
    assert story.clock("extension-answer").state == "cancelled"


@pytest.mark.parametrize(
    ("today", "dated", "late"),
    [
        ("2026-03-17", "2026-03-16", False),
        ("2026-03-18", "2026-03-16", False),
        ("2026-06-01", "2026-03-17", False),
        ("2026-06-01", "2026-03-18", True),
    ],
)
def test_b6_a_result_entered_late_counts_by_its_legal_date(today, dated, late):
    story = handled("2026-03-02", "2026-03-20")  # the unit's limit: 17 March
    command = SubmitResult("已全部完成", on=on(dated))
    told = given(story).when(command, a_head, on=today).then(events.ResultSubmitted, on=dated)
    clock = told.clock("unit-limit")
    assert (clock.state, clock.stopped_on > clock.due_on) == ("stopped", late)


def test_b6_a_result_is_not_from_before_the_allocation():
    early = SubmitResult("已全部完成", on=on("2026-03-01"))
    given(handled("2026-03-02")).when(early, a_head, on="2026-03-06").refused("date.before_antecedent")

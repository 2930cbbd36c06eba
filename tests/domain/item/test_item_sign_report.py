"""审签报告 (B4): the unit head signs the unit's last report."""

from domain.supervision import events
from domain.supervision.commands import SignReport
from tests.builders import a_clerk, a_head, a_officer, handler, on
from tests.items import an_item_in, approved, handled
from tests.spec import given, open_in, who_may

COMMAND = SignReport()
REPORTED = handled().reported()


def test_b4_only_the_unit_head():
    assert who_may(REPORTED, COMMAND) == {"a-head"}


def test_b4_while_the_item_is_handled():
    def report(story):
        return story.reported() if story.stage.value == "handling" else story

    assert open_in(COMMAND, report, told=an_item_in) == {"handling"}


def test_b4_there_is_a_report_and_it_is_not_signed_yet():
    given(handled()).when(COMMAND, a_head).refused("item.no_report_to_sign", basis="第十八条")
    signed = given(REPORTED).when(COMMAND, a_head).then(events.ReportSigned, of_unit="unit-a")
    given(signed).when(COMMAND, a_head).refused("item.no_report_to_sign")
    given(signed.reported()).when(COMMAND, a_head).then(events.ReportSigned)


def test_b4_the_heads_own_report_is_signed_already():
    own = approved().issued().allocated().reported(by=a_head)
    given(own).when(COMMAND, a_head).refused("item.no_report_to_sign")


def test_b14_a_stand_in_signs_for_the_head():
    given(REPORTED).when(COMMAND, a_clerk, for_whom=a_head).then(events.ReportSigned, for_whom="a-head")


def test_b4_nobody_signs_a_report_made_in_person():
    given(REPORTED).when(COMMAND, handler, for_whom=a_head).refused("item.own_report", basis="第十八条")
    stood_in = handled().add(
        events.Reported, a_officer, for_whom="handler", of_unit="unit-a", text="进展情况"
    )
    given(stood_in).when(COMMAND, a_officer, for_whom=a_head).refused("item.own_report")
    given(stood_in).when(COMMAND, handler, for_whom=a_head).refused("item.own_report")
    given(stood_in.reported()).when(COMMAND, a_officer, for_whom=a_head).then(events.ReportSigned)


def test_b4_not_before_the_report():
    story = handled("2026-03-02").reported(on="2026-03-05")
    early = SignReport(on=on("2026-03-04"))
    given(story).when(early, a_head, on="2026-03-06").refused("date.before_antecedent")

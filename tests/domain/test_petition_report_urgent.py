"""紧急情况上报 (A12): an important or urgent petition is reported upward at once (条例 25)."""

from domain.petition import events
from domain.petition.commands import ReportUrgent
from tests.builders import OFFICE, UNIT_A, a_petition, clerk, in_handling
from tests.spec import given, open_in, who_may

COMMAND = ReportUrgent("清江市信访局", "可能引发聚集")


def test_a12_the_office_or_the_holding_unit_reports():
    assert who_may(in_handling(), COMMAND) == OFFICE | UNIT_A


def test_a12_while_the_petition_is_active():
    assert open_in(COMMAND) == {"registered", "with_unit", "handling"}


def test_a12_the_petition_is_urgent_from_then_on():
    before = a_petition()
    assert not before.petition.urgent
    story = given(before).when(COMMAND, clerk).then(events.UrgentReported, to_organ="清江市信访局")
    assert story.petition.urgent


def test_a12_a_further_report_waits_for_its_own_acknowledgement():
    story = a_petition().urgent_reported().urgent_acknowledged()
    again = given(story).when(COMMAND, clerk).then(events.UrgentReported)
    assert again.petition.urgent_acknowledged_on is None

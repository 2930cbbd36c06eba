"""上报签收 (A12): the upward report is acknowledged."""

from domain.petition import events
from domain.petition.commands import AcknowledgeUrgent
from tests.builders import clerk, in_handling, leader, on
from tests.spec import given, open_in, who_may

COMMAND = AcknowledgeUrgent("已阅，请妥善处置")
REPORTED = in_handling().urgent_reported()


def test_a12_a_leader_acknowledges():
    assert who_may(REPORTED, COMMAND) == {"leader"}
    given(REPORTED).when(COMMAND, clerk).refused("petition.not_yours")


def test_a12_until_the_matter_is_answered():
    assert open_in(COMMAND) == {"registered", "with_unit", "handling", "replied"}


def test_a12_the_acknowledgement_is_on_record():
    story = given(REPORTED).when(COMMAND, leader).then(events.UrgentAcknowledged, text="已阅，请妥善处置")
    assert story.petition.urgent_acknowledged_on == on("2026-03-02")


def test_a12_only_what_was_reported_and_once():
    given(in_handling()).when(COMMAND, leader).refused("petition.no_urgent_report", basis="第二十五条")
    given(REPORTED.urgent_acknowledged()).when(COMMAND, leader).refused("petition.no_urgent_report")

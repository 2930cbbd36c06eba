"""不予受理 (A3, A17): with a typed ground and an explanation."""

import pytest

from domain.petition import events
from domain.petition.commands import Accept, Decline
from tests.builders import OFFICE, UNIT_A, a_clerk, a_petition, clerk, on, with_unit
from tests.spec import given, open_in, who_may

COMMAND = Decline("N4", "属于行政复议受理范围")


def test_a3_only_the_holder_declines():
    assert who_may(with_unit(), COMMAND) == UNIT_A
    assert who_may(a_petition(), COMMAND) == OFFICE


def test_a3_before_handling_only():
    assert open_in(COMMAND) == {"registered", "with_unit"}


@pytest.mark.parametrize(
    "given_as", ["N4", "n4", "应当通过诉讼、仲裁、行政复议、纪检监察等法定途径处理，导入相应程序"]
)
def test_a3_the_ground_is_kept_by_its_code(given_as):
    story = given(with_unit()).when(Decline(given_as, "说明"), a_clerk).then(events.Declined, ground="N4")
    assert story.stage == "declined"
    assert story.petition.closed_on == on("2026-03-02")


def test_a3_a_ground_that_is_not_in_the_list_is_refused():
    unknown = given(with_unit()).when(Decline("N9", "说明"), a_clerk).refused("ground.unknown")
    assert "N1" in unknown.message


def test_a3_declining_stops_the_offices_route_clock_and_not_the_duty_to_notify():
    story = given(with_unit()).when(COMMAND, a_clerk).then(events.Declined)
    assert story.clock("notify").state == "running"
    assert story.served("refusal").clock("notify").state == "stopped"
    assert given(a_petition()).when(COMMAND, clerk).then(events.Declined).clock("route").state == "stopped"


def test_a6_not_while_an_objection_is_open():
    given(with_unit().objected()).when(COMMAND, a_clerk).refused("petition.objection_open")


def test_a3_not_before_the_unit_received_it():
    story = a_petition("2026-03-02").transferred(on="2026-03-04")
    early = Decline("N4", "说明", on=on("2026-03-03"))
    given(story).when(early, a_clerk, on="2026-03-05").refused("date.before_antecedent")


def test_a3_what_is_declined_cannot_be_accepted():
    story = given(with_unit()).when(COMMAND, a_clerk).then(events.Declined)
    assert given(story).when(Accept(), a_clerk).refused("petition.wrong_stage").details["stage"] == "declined"
